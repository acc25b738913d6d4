/** A pcapng file that is being written: whole blocks only, so that it is readable at any moment. */

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import {
  type InterfaceCounts,
  interfaceBlock,
  packetBlockOctets,
  putPacketBlock,
  sectionBlock,
  statisticsBlock,
} from '../wire/pcapng-write.js'
import type { CaptureInterface, FrameBatch } from './source.js'

const application = 'tollgate'
const pieceOctets = 256 * 1024
const waitMs = 2
const clock = new Int32Array(new SharedArrayBuffer(4))
const fields = { iface: 0, timeUs: 0, wirelen: 0 }

/** The file could not be written on; it is valid up to `octets`. */
export class PacketFileError extends Error {
  readonly octets: number
  readonly code: string

  constructor(octets: number, error: unknown) {
    super(error instanceof Error ? error.message : String(error))
    this.octets = octets
    this.code = error instanceof Error && 'code' in error ? String(error.code) : ''
  }
}

export class PacketFile {
  /** octets of whole blocks, those that wait for `flush` included */
  octets = 0
  lastUs = 0
  /** packets of each interface */
  readonly packets: number[] = []
  readonly #fd: number
  readonly #isOwn: boolean
  #piece = new Uint8Array(pieceOctets)
  #view = new DataView(this.#piece.buffer)
  #used = 0
  #written = 0
  #interfaces = 0

  /** `to`: a path, or an open file descriptor. `flags` as of open(2): `wx` refuses a file that is there. */
  constructor(to: string | number, flags: 'w' | 'wx' = 'w') {
    this.#isOwn = typeof to === 'string'
    // packets hold numbers of subscribers: for their reader alone
    this.#fd = typeof to === 'string' ? openSync(to, flags, 0o600) : to
    this.#put(sectionBlock(application))
  }

  /** Describes those interfaces that are not in the file yet. */
  interfaces(all: readonly CaptureInterface[]): void {
    for (; this.#interfaces < all.length; this.#interfaces++) {
      const one = all[this.#interfaces]
      if (one !== undefined) this.#put(interfaceBlock(one.name, one.linkType, 0))
    }
  }

  /** Frame `i` of the batch. */
  packet(batch: FrameBatch, i: number): void {
    const off = batch.off[i]!
    const caplen = batch.caplen[i]!
    this.#room(packetBlockOctets(caplen))
    fields.iface = batch.iface[i]!
    fields.timeUs = batch.timeUs[i]!
    fields.wirelen = batch.wirelen[i]!
    const frame = batch.block.subarray(off, off + caplen)
    const octets = putPacketBlock(this.#piece, this.#view, this.#used, fields, frame)
    this.#used += octets
    this.octets += octets
    this.packets[fields.iface] = (this.packets[fields.iface] ?? 0) + 1
    this.lastUs = fields.timeUs
  }

  statistics(iface: number, timeUs: number, counts: InterfaceCounts): void {
    this.#put(statisticsBlock(iface, timeUs, counts))
  }

  /** Throws a PacketFileError; what was written stays, and ends with a whole block. */
  flush(): void {
    let at = 0
    try {
      while (at < this.#used) at += this.#write(at)
    } catch (error) {
      this.#used = 0
      if (fstatSync(this.#fd).isFile()) ftruncateSync(this.#fd, this.#written)
      throw new PacketFileError(this.#written, error)
    }
    this.#written += this.#used
    this.#used = 0
  }

  /** Octets of the piece from `at` on that were written. */
  #write(at: number): number {
    try {
      return writeSync(this.#fd, this.#piece, at, this.#used - at)
    } catch (error) {
      // a pipe that somebody set non-blocking and whose reader is slow
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(clock, 0, 0, waitMs)
      return 0
    }
  }

  close(): void {
    try {
      this.flush()
    } finally {
      if (this.#isOwn) closeSync(this.#fd)
    }
  }

  #put(block: Uint8Array): void {
    this.#room(block.length)
    this.#piece.set(block, this.#used)
    this.#used += block.length
    this.octets += block.length
  }

  #room(octets: number): void {
    if (this.#used + octets <= this.#piece.length) return
    this.flush()
    if (octets <= this.#piece.length) return
    this.#piece = new Uint8Array(octets)
    this.#view = new DataView(this.#piece.buffer)
  }
}
