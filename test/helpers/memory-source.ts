/** A Source over frames in memory, handed out in batches of any size: results must not depend on it. */

import { openSource } from '../../src/source/open-source.js'
import {
  batchCapacity,
  FrameBatch,
  type Source,
  type SourceStatus,
} from '../../src/source/source.js'

export interface Frame {
  octets: Uint8Array
  timeUs: number
  /** octets on the wire, when more than were captured */
  wirelen?: number
  /** LINKTYPE_ number; Ethernet when absent */
  linkType?: number
  /** index of the interface; 0 when absent */
  iface?: number
}

export class MemorySource implements Source {
  readonly status: SourceStatus
  readonly #frames: readonly Frame[]
  readonly #batchSize: number

  constructor(
    frames: readonly Frame[],
    batchSize = batchCapacity,
    status: Partial<SourceStatus> = {},
  ) {
    this.#frames = frames
    this.#batchSize = batchSize
    this.status = {
      name: 'memory',
      octetsRead: 0,
      octetsTotal: 0,
      interfaces: [],
      damage: [],
      drops: 0,
      ...status,
      frames: 0,
    }
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async next(batch: FrameBatch): Promise<number> {
    const from = this.status.frames
    const frames = this.#frames.slice(from, from + this.#batchSize)
    batch.block = new Uint8Array(frames.reduce((sum, frame) => sum + frame.octets.length, 0))
    batch.firstFrame = from + 1
    batch.count = frames.length
    let off = 0
    for (const [i, frame] of frames.entries()) {
      batch.block.set(frame.octets, off)
      batch.off[i] = off
      batch.caplen[i] = frame.octets.length
      batch.wirelen[i] = Math.max(frame.wirelen ?? 0, frame.octets.length)
      batch.timeUs[i] = frame.timeUs
      batch.linkType[i] = frame.linkType ?? 1
      batch.iface[i] = frame.iface ?? 0
      off += frame.octets.length
    }
    this.status.frames += frames.length
    return frames.length
  }
}

/** Every frame of a capture, and what its source said at the end. */
export async function framesOf(path: string): Promise<{ frames: Frame[]; status: SourceStatus }> {
  const source = await openSource([path])
  const batch = new FrameBatch()
  const frames: Frame[] = []
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      const off = batch.off[i]!
      frames.push({
        octets: batch.block.slice(off, off + batch.caplen[i]!),
        timeUs: batch.timeUs[i]!,
        wirelen: batch.wirelen[i]!,
        linkType: batch.linkType[i]!,
        iface: batch.iface[i]!,
      })
    }
  }
  await source.close()
  return { frames, status: source.status }
}
