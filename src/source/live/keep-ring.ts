/** The packets that were captured last, on disk: a ring of pcapng files in a folder, the oldest removed when
 * there are too many. What is handed on is written first, in the same order: a replay of the ring that still
 * holds everything gives the records of the live run. */

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PacketFile, PacketFileError } from '../packet-file.js'
import type { FrameBatch, Source, SourceStatus } from '../source.js'
import { SourceError } from '../source.js'
import type { LiveInterfaceStatus } from './live-status.js'

export interface RingBounds {
  files: number
  /** of one file */
  octets: number
  /** packet time that one file spans at most, microseconds */
  spanUs: number
}

/** Ten files of 100 MB, as dumpcap would count them. */
export const defaultRing: RingBounds = {
  files: 10,
  octets: 100_000_000,
  spanUs: Number.POSITIVE_INFINITY,
}

/** `tollgate_00042_20261121T150437Z.pcapng`: number, and time of the first packet. */
const fileName = /^tollgate_(\d{5,})_\d{8}T\d{6}Z\.pcapng$/

/** Losses of an interface when the current file began. */
interface Mark {
  interfaceDrops: number
  systemDrops: number
}

export class KeepRing {
  /** why nothing is kept any more; empty while all is well */
  damage = ''
  readonly folder: string
  readonly #bounds: RingBounds
  #file: PacketFile | undefined
  #startUs = 0
  #number: number
  #names: string[]
  #marks: Mark[] = []

  /** Goes on after the files that an earlier run left. Throws a SourceError. */
  constructor(folder: string, bounds: RingBounds) {
    this.folder = folder
    this.#bounds = bounds
    try {
      if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
      this.#names = readdirSync(folder)
        .filter(name => fileName.test(name))
        .sort((a, b) => numberOf(a) - numberOf(b))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      throw new SourceError(`${folder}: cannot keep packets there (${code})`)
    }
    this.#number = numberOf(this.#names.at(-1) ?? '')
  }

  /** Writes the batch; on disk when it returns. A disk that is full ends the keeping, not the capture. */
  write(batch: FrameBatch, status: SourceStatus): void {
    if (this.damage !== '') return
    try {
      for (let i = 0; i < batch.count; i++) this.#fileFor(batch.timeUs[i]!, status).packet(batch, i)
      this.#file?.flush()
    } catch (error) {
      this.#stop(error)
    }
  }

  close(status: SourceStatus): void {
    if (this.damage !== '') return
    try {
      this.#endFile(status)
    } catch (error) {
      this.#stop(error)
    }
  }

  #fileFor(timeUs: number, status: SourceStatus): PacketFile {
    const { octets, spanUs } = this.#bounds
    const full = (this.#file?.octets ?? 0) >= octets || timeUs - this.#startUs >= spanUs
    if (this.#file !== undefined && full) this.#endFile(status)
    this.#file ??= this.#begin(timeUs, status)
    this.#file.interfaces(status.interfaces)
    return this.#file
  }

  #begin(timeUs: number, status: SourceStatus): PacketFile {
    this.#startUs = timeUs
    this.#number++
    const stamp = `${new Date(timeUs / 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
    const name = `tollgate_${String(this.#number).padStart(5, '0')}_${stamp}.pcapng`
    const file = new PacketFile(join(this.folder, name), 'wx')
    this.#names.push(name)
    while (this.#names.length > this.#bounds.files) {
      rmSync(join(this.folder, this.#names.shift() ?? ''), { force: true })
    }
    this.#marks = (status.live ?? []).map((_, i) => this.#marks[i] ?? noLosses)
    return file
  }

  /** Says in the file what was lost since it began, so that a replay says it too. */
  #endFile(status: SourceStatus): void {
    const file = this.#file
    if (file === undefined) return
    this.#file = undefined
    const now = (status.live ?? []).map(markOf)
    for (const [number, one] of status.interfaces.entries()) {
      const i = status.live?.findIndex(live => live.name === one.name) ?? -1
      const mark = now[i]
      if (mark === undefined) continue
      const before = this.#marks[i] ?? noLosses
      file.statistics(number, file.lastUs, {
        received: file.packets[number] ?? 0,
        interfaceDrops: mark.interfaceDrops - before.interfaceDrops,
        systemDrops: mark.systemDrops - before.systemDrops,
      })
    }
    this.#marks = now
    file.close()
  }

  #stop(error: unknown): void {
    const code = error instanceof PacketFileError ? error.code : errorCode(error)
    const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'no space left' : `not written (${code})`
    this.damage = `${this.folder}: ${why}; packets are kept up to there`
    this.#file = undefined
  }
}

const noLosses: Mark = { interfaceDrops: 0, systemDrops: 0 }

function markOf(live: LiveInterfaceStatus): Mark {
  return {
    interfaceDrops: live.interfaceDrops ?? 0,
    systemDrops: (live.kernelDrops ?? 0) + live.queueDrops,
  }
}

function numberOf(name: string): number {
  return Number(fileName.exec(name)?.[1] ?? 0)
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** A live source whose packets are kept. */
export class KeptSource implements Source {
  readonly #source: Source
  readonly #ring: KeepRing

  constructor(source: Source, ring: KeepRing) {
    this.#source = source
    this.#ring = ring
  }

  get status(): SourceStatus {
    return this.#source.status
  }

  open(): Promise<void> {
    return this.#source.open()
  }

  async next(batch: FrameBatch): Promise<number> {
    const count = await this.#source.next(batch)
    if (count > 0) this.#ring.write(batch, this.#source.status)
    return count
  }

  async close(): Promise<void> {
    await this.#source.close()
    this.#ring.close(this.#source.status)
  }
}
