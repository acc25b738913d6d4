/** The usual segment: an acknowledgement, the next part of a body, a handshake or a close without payload. All that
 * it changes is in the flow's row. Read RFC 9293 section 3.10 before changing this file. */

import { type Dir, up } from './accounts.js'
import { Col, State } from './flow-table.js'
import { close, knownBit, synchronise, Tcp } from './tcp-sequence.js'

export const slowFlags = Tcp.Fin | Tcp.Syn | Tcp.Rst
const fastUp = State.SeqUpKnown | State.CurrentIsUp
const fastDown = State.SeqDownKnown | State.CurrentIsDown

/** HOT. A segment that needs no look, because it has no payload or all of it lies inside the message at hand:
 * its octets go to the current account, and what it changes is in the row, and done. False when it does need one;
 * nothing has changed then. `at` is the row's first word. */
export function passes(
  i32: Int32Array,
  at: number,
  state: number,
  dir: Dir,
  flags: number,
  seq: number,
  ack: number,
  len: number,
): boolean {
  if (len === 0) {
    if ((state & State.Plain) === 0) return false
    return (flags & slowFlags) === 0 || marks(i32, at, state, dir, flags, seq, ack)
  }
  if ((flags & slowFlags) !== 0) return false
  if (dir === up) {
    if ((state & (fastUp | State.HoleUp)) !== fastUp) return false
    if (i32[at + Col.SeqUp] !== seq || i32[at + Col.SkipUp]! < len) return false
    i32[at + Col.SeqUp] = (seq + len) | 0
    i32[at + Col.SkipUp]! -= len
    return true
  }
  if ((state & (fastDown | State.HoleDown)) !== fastDown) return false
  if (i32[at + Col.SeqDown] !== seq || i32[at + Col.SkipDown]! < len) return false
  i32[at + Col.SeqDown] = (seq + len) | 0
  i32[at + Col.SkipDown]! -= len
  return true
}

/** A SYN, FIN or RST without payload: it only moves the sequence numbers. */
function marks(
  i32: Int32Array,
  at: number,
  state: number,
  dir: Dir,
  flags: number,
  seq: number,
  ack: number,
): boolean {
  let end = seq
  if (flags & Tcp.Syn) {
    // a late or repeated SYN is for the account of the handshake
    if (state & State.Payload) return false
    end = (seq + 1) | 0
    synchronise(i32, at, dir, flags, seq, ack)
  } else if ((state & knownBit(dir)) === 0) {
    return false
  }
  close(i32, at, dir, flags, end)
  return true
}
