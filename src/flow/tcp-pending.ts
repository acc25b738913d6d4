/** Segments that wait behind a hole in a TCP direction, in order of sequence, within bounds
 * (RFC 9293 section 3.10.7.4; rules.md 2.7 class ooo-gap).
 *
 * One direction may hold 512 KiB, a million of them may not: what does not fit beside all that waits makes
 * its own direction give up the hole, and once a second the flows whose holes are the oldest end, until
 * there is room again. What was lost for longest is the least likely to come. */

import type { PacketView } from '../dissect/packet-view.js'
import type { Direction, PendingSegment } from './flow-detail.js'
import { seqDelta } from './tcp-sequence.js'

/** What a segment that waits costs beside its payload. */
const segmentOctets = 128

/** Bounds of one direction: what a peer may make us hold. */
export const maxPendingSegments = 256
export const maxPendingOctets = 512 * 1024

export class TcpHoles {
  /** holes given up, and flows ended, because of the bound */
  evicted = 0
  readonly #maxOctets: number
  /** directions with a hole and their flow's row, in the order in which the holes appeared */
  readonly #rows = new Map<Direction, number>()
  #octets = 0

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets
  }

  /** Octets that wait, in all flows. */
  get octets(): number {
    return this.#octets
  }

  /** Whether `octets` of payload have room; they are the caller's to hold then. */
  hold(direction: Direction, row: number, octets: number): boolean {
    const more = octets + segmentOctets
    if (this.#octets + more > this.#maxOctets) {
      this.evicted++
      return false
    }
    this.#octets += more
    if (!this.#rows.has(direction)) this.#rows.set(direction, row)
    return true
  }

  /** A segment with `octets` of payload waits no more; `direction` may have others. */
  take(direction: Direction, octets: number): void {
    this.#octets -= octets + segmentOctets
    if (direction.pending.length === 0) this.#rows.delete(direction)
  }

  /** Row of the flow with the oldest hole while a quarter of the room is not free; else -1. */
  crowding(): number {
    if (this.#octets <= this.#maxOctets * 0.75) return -1
    for (const row of this.#rows.values()) {
      this.evicted++
      return row
    }
    return -1
  }
}

/** Copies a segment of flow `row` into its place; false when the bounds of the direction, or of all, are
 * reached. */
export function addPending(
  direction: Direction,
  v: PacketView,
  seq: number,
  row: number,
  holes: TcpHoles,
): boolean {
  const captured = v.payloadEnd - v.payloadOff
  if (
    direction.pending.length >= maxPendingSegments ||
    direction.pendingOctets + captured > maxPendingOctets ||
    !holes.hold(direction, row, captured)
  ) {
    return false
  }
  const segment: PendingSegment = {
    seq,
    len: v.payloadLen,
    headerOctets: v.octets - v.payloadLen,
    packets: v.packets,
    frame: v.frame,
    timeUs: v.timeUs,
    data: v.buf.slice(v.payloadOff, v.payloadEnd),
  }
  if (direction.pending.length === 0) direction.holeUs = v.timeUs
  let at = direction.pending.length
  while (at > 0 && seqDelta(direction.pending[at - 1]?.seq ?? seq, seq) > 0) at--
  direction.pending.splice(at, 0, segment)
  direction.pendingOctets += captured
  return true
}

/** Takes the first segment out when it begins at or before `next`. */
export function takePending(
  direction: Direction,
  next: number,
  holes: TcpHoles,
): PendingSegment | undefined {
  const first = direction.pending[0]
  if (first === undefined || seqDelta(first.seq, next) > 0) return undefined
  direction.pending.shift()
  direction.pendingOctets -= first.data.length
  holes.take(direction, first.data.length)
  return first
}
