/** TCP sequence numbers as int32: comparison modulo 2^32 (RFC 9293 section 3.4) and the columns of the two
 * directions. */

import { type Dir, up } from './accounts.js'
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
