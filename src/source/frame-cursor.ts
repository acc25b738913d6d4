/** One frame at a time out of the octets of a capture: the contract between a capture format and the
 * file that is read with it. The fields are overwritten by every step; no object per frame. */

import type { BlockReader } from './block-reader.js'

/** What a step found. */
export const Step = {
  /** a frame: the fields describe it */
  Frame: 0,
  /** the block ends within a record */
  More: 1,
  /** the capture cannot be read on from here: see `damage` */
  Damaged: 2,
} as const
export type Step = (typeof Step)[keyof typeof Step]

/** Longest wire length that the Int32Array column of a batch holds. */
export const wirelenMax = 0x7fffffff

export interface FrameCursor {
  /** offset of the frame's first octet in the reader's octets */
  off: number
  caplen: number
  wirelen: number
  timeUs: number
  linkType: number
  /** index into the source's interfaces */
  iface: number
  /** frames found so far */
  frames: number
  /** packets that the capture says were lost */
  readonly drops: number
  /** `bad block length 7 at octet 123456`; empty while all is well */
  readonly damage: string
  /** Moves the reader to after the next frame, or to the record that goes on after its octets. */
  step(reader: BlockReader): Step
  /** Where the input ends, when it ends at the reader's position with octets left over:
   * `in packet 18`, `after packet 17`. */
  place(reader: BlockReader): string
}

/** Told once for every interface of a capture; answers with its index in the source. */
export type AddInterface = (name: string, linkType: number) => number
