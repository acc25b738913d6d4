/** Usual packets (dissect/usual-frames.ts) of flows that are open: adds one to its row when it asks for nothing
 * else. What Flows.packet would do with it comes to the same; the two are compared in test/flow. */

import { PacketView } from '../dissect/packet-view.js'
import { Usual } from '../dissect/usual-frames.js'
import { addToRow, type Dir, down, up } from './accounts.js'
import { Col, F, type FlowTable, fStride, State, stride } from './flow-table.js'
import { passes } from './tcp-pass.js'
import { Tcp } from './tcp-sequence.js'

const tcp = 6
/** IP version in the protocol word of a row's key */
const version4 = 4 << 8
/** the table reads a view for IPv6 addresses only */
const noView = new PacketView()

export class UsualPackets {
  readonly #table: FlowTable
  readonly #closing: (row: number) => void

  /** `closing` is told of a row whose connection one side has closed or reset. */
  constructor(table: FlowTable, closing: (row: number) => void) {
    this.#table = table
    this.#closing = closing
  }

  /** HOT. Row of the packet's flow, or -1. The packet is at `words[at]`; `tunnel` is context * 2 + direction. */
  find(words: Int32Array, at: number, tunnel: number): number {
    const proto = words[at + Usual.Protocol]! | version4
    const src = words[at + Usual.Src]!
    const dst = words[at + Usual.Dst]!
    const ports = words[at + Usual.Ports]!
    return (tunnel & 1) === up
      ? this.#table.find(tunnel >> 1, src, dst, ports, proto, noView)
      : this.#table.find(tunnel >> 1, dst, src, swapped(ports), proto, noView)
  }

  /** HOT. Adds the packet to `row`, which `find` gave some packets ago: false, and nothing changed, when the row is
   * another flow's by now, or when the packet opens, ends or changes anything. */
  add(row: number, words: Int32Array, at: number, tunnel: number, timeUs: number): boolean {
    const { i32, f64 } = this.#table
    const key = row * stride
    const dir = (tunnel & 1) as Dir
    const protocol = words[at + Usual.Protocol]!
    const ports = words[at + Usual.Ports]!
    if (
      i32[key + Col.Ports] !== (dir === up ? ports : swapped(ports)) ||
      i32[key + Col.Ue] !== words[at + (dir === up ? Usual.Src : Usual.Dst)] ||
      i32[key + Col.Server] !== words[at + (dir === up ? Usual.Dst : Usual.Src)] ||
      i32[key + Col.Ctx] !== tunnel >> 1 ||
      i32[key + Col.Proto] !== (protocol | version4)
    ) {
      return false
    }
    const state = i32[key + Col.State]!
    const flags = words[at + Usual.Flags]!
    const isTcp = protocol === tcp
    // the UE goes on without an answer, or there was one that had been missing: both tell something
    const quiet = (state & State.Answered) === 0
    if (quiet && (dir === up ? isTcp : (state & State.OneWay) !== 0)) return false
    const last = row * fStride + F.LastUs
    const lastUs = f64[last]!
    if (timeUs - lastUs > i32[key + Col.IdleDs]! * 1e5) return false
    if (isTcp) {
      // it may open another connection
      if ((flags & (Tcp.Syn | Tcp.Ack)) === Tcp.Syn) return false
      const seq = words[at + Usual.Seq]!
      const ack = words[at + Usual.Ack]!
      const len = words[at + Usual.PayloadLen]!
      if (!passes(i32, key, state, dir, flags, seq, ack, len)) return false
    } else if ((state & State.Blind) === 0) {
      return false
    }
    if (quiet && dir === down) i32[key + Col.State]! |= State.Answered
    addToRow(i32, f64, row, dir, 1, words[at + Usual.Octets]!)
    if ((flags & (Tcp.Fin | Tcp.Rst)) !== 0) this.#closing(row)
    if (timeUs > lastUs) f64[last] = timeUs
    return true
  }
}

/** Source and destination port the other way round. */
function swapped(ports: number): number {
  return (ports << 16) | (ports >>> 16)
}
