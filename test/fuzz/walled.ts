/** Frames between walls of one octet: whoever reads past a frame reads the wall, and gives another result
 * with another wall. */

import { FrameBatch, type Source, type SourceStatus } from '../../src/source/source.js'
import type { Input } from './target.js'

const wall = 64

/** All frames in one batch, as far as it has room. */
export function walled(frames: Input, fill: number): FrameBatch {
  const batch = new FrameBatch()
  fillBatch(batch, frames, fill)
  return batch
}

function fillBatch(batch: FrameBatch, frames: Input, fill: number): void {
  const room = frames.reduce((sum, { octets }) => sum + octets.length + wall, wall)
  batch.block = new Uint8Array(room).fill(fill)
  batch.count = frames.length
  let at = wall
  for (const [i, { octets, timeUs, wirelen, linkType }] of frames.entries()) {
    batch.block.set(octets, at)
    batch.off[i] = at
    batch.caplen[i] = octets.length
    batch.wirelen[i] = Math.max(wirelen ?? 0, octets.length)
    batch.timeUs[i] = timeUs
    batch.linkType[i] = linkType ?? 1
    batch.iface[i] = 0
    at += octets.length + wall
  }
}

/** Hands out `frames` in batches of `size` between walls of `fill`. */
export class WalledSource implements Source {
  readonly status: SourceStatus
  readonly #frames: Input
  readonly #fill: number
  readonly #size: number

  constructor(frames: Input, fill: number, size: number) {
    this.#frames = frames
    this.#fill = fill
    this.#size = size
    this.status = {
      name: 'fuzz',
      octetsRead: 0,
      octetsTotal: 0,
      frames: 0,
      interfaces: [],
      damage: [],
      drops: 0,
    }
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async next(batch: FrameBatch): Promise<number> {
    const from = this.status.frames
    const frames = this.#frames.slice(from, from + this.#size)
    fillBatch(batch, frames, this.#fill)
    batch.firstFrame = from + 1
    this.status.frames += frames.length
    return frames.length
  }
}
