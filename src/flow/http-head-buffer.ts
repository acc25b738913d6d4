/** Collects a message head that is cut over TCP segments. A head inside one segment is read where it lies,
 * without a copy. */

import { headEnd } from '../wire/http1.js'
import type { Direction } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'

const firstSize = 2048

/** Where the octets of the head are, once it is complete or given up. */
export class HeadRange {
  buf: Uint8Array = new Uint8Array(0)
  off = 0
  end = 0
  /** octets of it that came with earlier segments */
  before = 0
}

/** Looks for the end of the head that continues at `pos`. True: `range` is the whole head. False: the
 * segment's octets were added to what is collected, and `range` is that. */
export function findHead(
  direction: Direction,
  seg: Segment,
  pos: number,
  range: HeadRange,
): boolean {
  range.before = direction.headLen
  if (direction.headLen === 0) {
    const end = headEnd(seg.buf, pos, seg.capEnd)
    range.buf = seg.buf
    range.off = pos
    range.end = end < 0 ? seg.capEnd : end
    if (end >= 0) return true
  }
  const seen = direction.headLen
  const head = appendHead(direction, seg, pos)
  range.buf = head
  range.off = 0
  range.end = direction.headLen
  if (seen === 0) return false
  const end = headEnd(head, 0, direction.headLen, seen)
  if (end < 0) return false
  range.end = end
  return true
}

/** Adds [pos, capEnd) of the segment to what is collected; returns the collecting buffer. */
export function appendHead(direction: Direction, seg: Segment, pos: number): Uint8Array {
  const len = direction.headLen + (seg.capEnd - pos)
  let head = direction.head
  if (head === undefined || head.length < len) {
    const larger = new Uint8Array(Math.max(firstSize, len * 2))
    if (head !== undefined) larger.set(head.subarray(0, direction.headLen))
    head = larger
    direction.head = head
  }
  head.set(seg.buf.subarray(pos, seg.capEnd), direction.headLen)
  direction.headLen = len
  return head
}
