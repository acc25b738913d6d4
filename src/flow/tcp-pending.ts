/** Segments that wait behind a hole in a TCP direction, in order of sequence, within bounds
 * (RFC 9293 section 3.10.7.4; rules.md 2.7 class ooo-gap). */

import type { PacketView } from '../dissect/packet-view.js'
import type { Direction, PendingSegment } from './flow-detail.js'
import { seqDelta } from './tcp-sequence.js'

/** Bounds of one direction: what a peer may make us hold. */
export const maxPendingSegments = 256
export const maxPendingOctets = 512 * 1024

/** Copies a segment into its place; false when the direction's bounds are reached. */
export function addPending(direction: Direction, v: PacketView, seq: number): boolean {
  const captured = v.payloadEnd - v.payloadOff
  if (
    direction.pending.length >= maxPendingSegments ||
    direction.pendingOctets + captured > maxPendingOctets
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
export function takePending(direction: Direction, next: number): PendingSegment | undefined {
  const first = direction.pending[0]
  if (first === undefined || seqDelta(first.seq, next) > 0) return undefined
  direction.pending.shift()
  direction.pendingOctets -= first.data.length
  return first
}
