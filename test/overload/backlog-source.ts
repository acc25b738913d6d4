/** Frames in memory from a source that does not wait: how full its queue is, a pattern says. */

import type { FrameBatch } from '../../src/source/source.js'
import { type Frame, MemorySource } from '../helpers/memory-source.js'

export const queueOctets = 1 << 20

export class BacklogSource extends MemorySource {
  readonly #filled: (batch: number) => number
  #batches = 0

  /** `filled`: part of the queue that waits after batch 0, 1, ... */
  constructor(frames: readonly Frame[], batchSize: number, filled: (batch: number) => number) {
    super(frames, batchSize)
    this.#filled = filled
  }

  override async next(batch: FrameBatch): Promise<number> {
    const octets = Math.round(this.#filled(this.#batches++) * queueOctets)
    this.status.backlog = { octets, most: queueOctets }
    return super.next(batch)
  }
}
