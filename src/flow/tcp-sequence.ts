/** TCP sequence numbers as int32: comparison modulo 2^32 (RFC 9293 section 3.4), the columns of the two
 * directions, and what SYN and FIN do to them. Only the row is touched. */

import { type Dir, down, up } from './accounts.js'
import { Col, State } from './flow-table.js'

/** a - b on the circle: negative when `a` is before `b`. */
export function seqDelta(a: number, b: number): number {
  return (a - b) | 0
}

export const Tcp = { Fin: 1, Syn: 2, Rst: 4, Ack: 16 } as const

export function seqColumn(dir: Dir): number {
  return dir === up ? Col.SeqUp : Col.SeqDown
}

export function isnColumn(dir: Dir): number {
  return dir === up ? Col.IsnUp : Col.IsnDown
}

export function synBit(dir: Dir): number {
  return dir === up ? State.SynUp : State.SynDown
}

export function skipColumn(dir: Dir): number {
  return dir === up ? Col.SkipUp : Col.SkipDown
}

export function knownBit(dir: Dir): number {
  return dir === up ? State.SeqUpKnown : State.SeqDownKnown
}

export function holeBit(dir: Dir): number {
  return dir === up ? State.HoleUp : State.HoleDown
}

export function finBit(dir: Dir): number {
  return dir === up ? State.FinUp : State.FinDown
}

/** A SYN: the octets of this direction begin behind its number. */
export function synchronise(
  i32: Int32Array,
  at: number,
  dir: Dir,
  flags: number,
  seq: number,
  ack: number,
): void {
  const state = i32[at + Col.State]!
  // the same SYN again, late or repeated: its octets may have come long since
  if ((state & synBit(dir)) !== 0 && i32[at + isnColumn(dir)] === seq) return
  i32[at + isnColumn(dir)] = seq
  if ((state & knownBit(dir)) === 0 || (state & holeBit(dir)) === 0) {
    i32[at + seqColumn(dir)] = (seq + 1) | 0
  }
  i32[at + Col.State]! |= knownBit(dir) | synBit(dir)
  // a SYN-ACK whose SYN was not captured tells where the other side begins
  const other: Dir = dir === up ? down : up
  if (flags & Tcp.Ack && (state & knownBit(other)) === 0) {
    i32[at + seqColumn(other)] = ack
    i32[at + Col.State]! |= knownBit(other)
  }
}

/** A FIN takes a sequence number, `end`, the one behind the segment's last octet. RST only marks the row. */
export function close(i32: Int32Array, at: number, dir: Dir, flags: number, end: number): void {
  if (flags & Tcp.Rst) i32[at + Col.State]! |= State.Rst
  if ((flags & Tcp.Fin) === 0) return
  i32[at + Col.State]! |= finBit(dir)
  if (i32[at + seqColumn(dir)] === end) i32[at + seqColumn(dir)] = (end + 1) | 0
}
