/** Reads captures through the one entrance, and writes the files that the tests read. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import type { CaptureSourceOptions } from '../../src/source/capture-source.js'
import { openSource } from '../../src/source/open-source.js'
import type { Source, SourceStatus } from '../../src/source/source.js'
import { FrameBatch } from '../../src/source/source.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-source-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** Path of a test file; nothing is written. */
export function pathOf(name: string): string {
  return join(folder, name)
}

export function write(name: string, octets: Uint8Array | string): string {
  const path = pathOf(name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, octets)
  return path
}

/** One line a frame: everything that a batch says of it, the octets in hex. */
export interface Reading {
  frames: string[]
  timesUs: number[]
  status: SourceStatus
}

export async function drain(source: Source): Promise<Reading> {
  const batch = new FrameBatch()
  const frames: string[] = []
  const timesUs: number[] = []
  while ((await source.next(batch)) > 0) {
    if (batch.firstFrame !== frames.length + 1) throw new Error('frame numbers do not continue')
    for (let i = 0; i < batch.count; i++) {
      const off = batch.off[i]!
      const end = off + batch.caplen[i]!
      if (off < 0 || end > batch.block.length) throw new Error('frame outside its block')
      const octets = Buffer.from(batch.block.subarray(off, end)).toString('hex')
      const time = batch.timeUs[i]!
      timesUs.push(time)
      frames.push(
        `${time} ${batch.wirelen[i]} link ${batch.linkType[i]} if ${batch.iface[i]} ${octets}`,
      )
    }
  }
  await source.close()
  return { frames, timesUs, status: source.status }
}

export async function read(
  paths: string | readonly string[],
  options?: CaptureSourceOptions,
): Promise<Reading> {
  return drain(await openSource(typeof paths === 'string' ? [paths] : paths, options))
}

/** Reads octets as they would come through a pipe, in pieces of `size`. */
export function readPiped(
  octets: Uint8Array,
  size: number,
  blockOctets?: number,
): Promise<Reading> {
  const pieces: Buffer[] = []
  for (let at = 0; at < octets.length; at += size) {
    pieces.push(Buffer.from(octets.subarray(at, at + size)))
  }
  const stdin = Readable.from(pieces)
  return read('-', blockOctets === undefined ? { stdin } : { stdin, blockOctets })
}

/** The message of the SourceError that opening ends with. */
export async function refusal(paths: string | readonly string[]): Promise<string> {
  try {
    const source = await openSource(typeof paths === 'string' ? [paths] : paths)
    await source.close()
    return 'no error'
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : String(error)
  }
}

/** Damage texts without the folder. */
export function damageOf(reading: Reading): string[] {
  return reading.status.damage.map(text => text.replaceAll(`${folder}/`, ''))
}
