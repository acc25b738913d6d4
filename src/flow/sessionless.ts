/** Flows whose tunnel no session explains: their key is the pair of nodes instead of a context, either way
 * round, and the TEID of each direction as soon as it is seen (rules.md 2.3, 2.4). */

import type { PacketView } from '../dissect/packet-view.js'
import { type Dir, down, up } from './accounts.js'
import { Col, State, stride } from './flow-table.js'

/** Context numbers of flows without session: this one for packets outside tunnels, below it by pair. */
const outsideTunnels = -2

/** One number for two nodes, whichever way round. */
export function pairContext(v: PacketView): number {
  if (v.outerVersion === 0) return outsideTunnels
  const a = v.outerSrc
  const b = v.outerDst
  const mixed = Math.imul(a ^ b, 0x9e3779b1) ^ ((a + b) | 0)
  return outsideTunnels - 1 - (mixed & 0x3fffffff)
}

/** Direction of a packet in a row whose key has the lower address first; `swap` says that the packet's
 * source is the higher one. */
export function sessionlessDir(i32: Int32Array, row: number, swap: boolean): Dir {
  const ueIsB = (i32[row * stride + Col.State]! & State.Swapped) !== 0
  return ueIsB === swap ? up : down
}

/** Sessionless flows of one key in one direction are told apart by TEID; an unset TEID is learnt. */
export function isSameTunnel(i32: Int32Array, row: number, v: PacketView, swap: boolean): boolean {
  if (v.outerVersion === 0) return true
  const at = row * stride
  const isUp = sessionlessDir(i32, row, swap) === up
  const bit = isUp ? State.TeidUpKnown : State.TeidDownKnown
  const column = isUp ? Col.TeidUp : Col.TeidDown
  if ((i32[at + Col.State]! & bit) === 0) {
    i32[at + Col.State]! |= bit
    i32[at + column] = v.teid
    return true
  }
  return i32[at + column] === v.teid
}
