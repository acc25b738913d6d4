/** A run: frames of one file that come before anything of the others, taken into a batch in one go,
 * and the block that short runs are copied into when files overlap in time. */

import type { CaptureFile } from './capture-file.js'
import { Step } from './frame-cursor.js'
import type { FrameBatch } from './source.js'
import { batchCapacity } from './source.js'

/** A place in the order of all frames: equal times go by the order of the arguments. */
export interface Moment {
  timeUs: number
  order: number
}

export const endOfTime: Moment = {
  timeUs: Number.POSITIVE_INFINITY,
  order: Number.POSITIVE_INFINITY,
}

export function isBefore(a: Moment, b: Moment): boolean {
  return a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.order < b.order)
}

/** Appends frames of `file`, whose current frame is the first, while they come before `limit`, the
 * batch has room and they lie within `room` octets of the file's block. */
export function takeRun(batch: FrameBatch, file: CaptureFile, limit: Moment, room: number): void {
  const { cursor, reader } = file
  if (cursor === undefined) return
  const { off, caplen, wirelen, timeUs, linkType, iface } = batch
  // the file's own order stands where two frames of it have the same time as the limit
  const equalToo = file.order < limit.order
  const spanEnd = cursor.off + room
  let count = batch.count
  while (
    count < batchCapacity &&
    cursor.off + cursor.caplen <= spanEnd &&
    (cursor.timeUs < limit.timeUs || (equalToo && cursor.timeUs === limit.timeUs))
  ) {
    off[count] = cursor.off
    caplen[count] = cursor.caplen
    wirelen[count] = cursor.wirelen
    timeUs[count] = cursor.timeUs
    linkType[count] = cursor.linkType
    iface[count] = cursor.iface
    count++
    if (cursor.step(reader) !== Step.Frame) {
      file.hasFrame = false
      break
    }
  }
  batch.count = count
}

export class RunBlock {
  readonly octets: Uint8Array<ArrayBuffer>
  #used = 0

  constructor(size: number) {
    this.octets = new Uint8Array(size)
  }

  get room(): number {
    return this.octets.length - this.#used
  }

  clear(): void {
    this.#used = 0
  }

  /** Copies the frames of the batch from number `from` on, which lie in `source`, and makes their
   * offsets point here. The caller has seen that they fit `room`. */
  take(batch: FrameBatch, from: number, source: Uint8Array): void {
    const start = batch.off[from]!
    const shift = this.#used - start
    const last = batch.count - 1
    const end = batch.off[last]! + batch.caplen[last]!
    this.octets.set(source.subarray(start, end), this.#used)
    this.#used += end - start
    for (let i = from; i < batch.count; i++) batch.off[i]! += shift
  }
}

/** Octets from the first frame of a run to the end of its last one. */
export function runOctets(batch: FrameBatch, from: number): number {
  const last = batch.count - 1
  return batch.off[last]! + batch.caplen[last]! - batch.off[from]!
}
