/** Collects a message head that is cut over TCP segments. A head inside one segment is read where it lies,
 * without a copy. */

import { type Fault, FaultCode } from '../wire/fault.js'
import { type HttpHead, headEnd } from '../wire/http1.js'
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

/** What became of a head. */
export const HeadFate = { Waiting: 0, Read: 1, Bad: 2 } as const
export type HeadFate = (typeof HeadFate)[keyof typeof HeadFate]

/** Reads the head that continues at `pos` into `head`. Read: `range` is the whole head. Waiting: the segment's
 * octets were added to what is collected, and `range` is that. Bad: `range` is no head, `fault` says why. */
export function readHead(
  direction: Direction,
  seg: Segment,
  pos: number,
  range: HeadRange,
  head: HttpHead,
  isRequest: boolean,
  fault: Fault,
): HeadFate {
  const seen = direction.headLen
  range.before = seen
  range.buf = seg.buf
  range.off = pos
  range.end = seg.capEnd
  if (seen === 0) {
    // the usual head lies in one segment: it is found and read in one go
    if (decode(range, head, isRequest, fault)) {
      range.end = head.end
      return HeadFate.Read
    }
    if (fault.code !== FaultCode.Truncated) {
      const end = headEnd(seg.buf, pos, seg.capEnd)
      if (end < 0) return collect(direction, seg, pos, range)
      range.end = end
      return HeadFate.Bad
    }
    return collect(direction, seg, pos, range)
  }
  collect(direction, seg, pos, range)
  const end = headEnd(range.buf, 0, direction.headLen, seen)
  if (end < 0) return HeadFate.Waiting
  range.end = end
  return decode(range, head, isRequest, fault) ? HeadFate.Read : HeadFate.Bad
}

function decode(range: HeadRange, head: HttpHead, isRequest: boolean, fault: Fault): boolean {
  return isRequest
    ? head.decodeRequest(range.buf, range.off, range.end, fault)
    : head.decodeResponse(range.buf, range.off, range.end, fault)
}

function collect(direction: Direction, seg: Segment, pos: number, range: HeadRange): HeadFate {
  range.buf = appendHead(direction, seg, pos)
  range.off = 0
  range.end = direction.headLen
  return HeadFate.Waiting
}

/** Adds [pos, capEnd) of the segment to what is collected; returns the collecting buffer. */
export function appendHead(direction: Direction, seg: Segment, pos: number): Uint8Array {
  if (direction.headLen === 0) seg.heads.begins(direction)
  const len = direction.headLen + (seg.capEnd - pos)
  let head = direction.head
  if (head === undefined || head.length < len) {
    const larger = new Uint8Array(Math.max(firstSize, len * 2))
    seg.heads.grows(direction, larger.length - (head?.length ?? 0))
    if (head !== undefined) larger.set(head.subarray(0, direction.headLen))
    head = larger
    direction.head = head
  }
  head.set(seg.buf.subarray(pos, seg.capEnd), direction.headLen)
  direction.headLen = len
  return head
}
