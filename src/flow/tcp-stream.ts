/** TCP payload in order: tells new octets from repeated ones, waits for holes, and gives every packet's
 * octets to accounts. Read RFC 9293 section 3.10 and rules.md 2.7 before changing this file.
 * The usual packet (a pure acknowledgement, or the next segment of a body) `passes` after a few
 * comparisons; everything else takes `#slow`. */

import type { PacketView } from '../dissect/packet-view.js'
import { type Accounts, addToRow, type Dir, down, up } from './accounts.js'
import { type Direction, type FlowDetail, MessageState, Mode } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'
import { Col, type FlowTable, State, stride } from './flow-table.js'
import { enterTunnel, messageDone } from './http-framing.js'
import { Reason } from './reason.js'
import { handshakeAccount, teardownAccount, unidentifiedAccount } from './slice-account.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'
import type { StreamReader } from './stream-reader.js'
import { passes, slowFlags } from './tcp-pass.js'
import { addPending, type TcpHoles, takePending } from './tcp-pending.js'
import {
  close,
  holeBit,
  knownBit,
  seqColumn,
  seqDelta,
  skipColumn,
  synchronise,
  Tcp,
} from './tcp-sequence.js'
import type { Transaction } from './transaction.js'

const maxGrant = 0x3fffffff
const closedBits = State.FinUp | State.FinDown | State.Rst

export class TcpStream {
  readonly #table: FlowTable
  readonly #details: FlowDetail[]
  readonly #accounts: Accounts
  readonly #policy: SlicePolicy
  readonly #reader: StreamReader
  readonly #seg: Segment
  readonly #holes: TcpHoles

  constructor(
    table: FlowTable,
    details: FlowDetail[],
    accounts: Accounts,
    policy: SlicePolicy,
    reader: StreamReader,
    seg: Segment,
    holes: TcpHoles,
  ) {
    this.#holes = holes
    this.#table = table
    this.#details = details
    this.#accounts = accounts
    this.#policy = policy
    this.#reader = reader
    this.#seg = seg
  }

  /** One packet of a TCP flow. */
  packet(row: number, v: PacketView, dir: Dir): void {
    const { i32, f64 } = this.#table
    const at = row * stride
    const state = i32[at + Col.State]!
    const { payloadLen: len, tcpFlags } = v
    if (passes(i32, at, state, dir, tcpFlags, v.tcpSeq, v.tcpAck, len)) {
      addToRow(i32, f64, row, dir, v.packets, v.octets)
    } else this.#slow(row, v, dir)
  }

  /** The flow ends: what waits behind holes is accounted for. */
  finish(row: number, d: FlowDetail): void {
    this.#finish(row, d, up, d.up)
    this.#finish(row, d, down, d.down)
  }

  #finish(row: number, d: FlowDetail, dir: Dir, direction: Direction): void {
    this.#reclaim(row, d, dir, direction)
    while (direction.pending.length > 0) this.#declareGap(row, d, dir, direction)
    this.#reader.closed(row, d, direction)
  }

  #slow(row: number, v: PacketView, dir: Dir): void {
    const d = this.#details[row]!
    const at = row * stride
    let seq = v.tcpSeq
    if (v.tcpFlags & Tcp.Syn) {
      seq = (seq + 1) | 0
      synchronise(this.#table.i32, at, dir, v.tcpFlags, v.tcpSeq, v.tcpAck)
    } else if ((this.#table.i32[at + Col.State]! & knownBit(dir)) === 0) {
      this.#startMidway(at, d, v, dir)
    }
    if (v.payloadLen === 0) this.#withoutPayload(row, d, v, dir)
    else {
      const direction = dir === up ? d.up : d.down
      this.#table.i32[at + Col.State]! |= State.Payload
      this.#reclaim(row, d, dir, direction)
      this.#expireHoles(row, d, v.timeUs)
      this.#withPayload(row, d, v, dir, seq)
      this.#grant(row, d, dir, direction)
    }
    if (v.tcpFlags & slowFlags) {
      close(this.#table.i32, at, dir, v.tcpFlags, (seq + v.payloadLen) | 0)
    }
    this.#mark(row, d)
  }

  /** The first packet of a direction is no SYN. Its payload tells where the octets go on; an
   * acknowledgement alone does not, others may have been missed between it and the next payload. */
  #startMidway(at: number, d: FlowDetail, v: PacketView, dir: Dir): void {
    const i32 = this.#table.i32
    // the other side's SYN was seen: this direction was only silent (or not captured) until now
    const other: Dir = dir === up ? down : up
    if ((i32[at + Col.State]! & knownBit(other)) === 0) d.reasons |= Reason.MidFlow
    if (v.payloadLen === 0) return
    i32[at + seqColumn(dir)] = v.tcpSeq
    i32[at + Col.State]! |= knownBit(dir)
  }

  #withoutPayload(row: number, d: FlowDetail, v: PacketView, dir: Dir): void {
    const i32 = this.#table.i32
    const state = i32[row * stride + Col.State]!
    const policy = this.#policy
    let sliceClass: SliceClass = SliceClass.PureAck
    let account: Transaction | undefined
    if (v.tcpFlags & Tcp.Syn || (d.mode === Mode.Undecided && (v.tcpFlags & slowFlags) === 0)) {
      sliceClass = SliceClass.Handshake
      account = handshakeAccount(d, policy)
    } else if (v.tcpFlags & (Tcp.Fin | Tcp.Rst) || state & closedBits) {
      sliceClass = SliceClass.Teardown
      account = teardownAccount(d, policy)
    } else if (policy.pureAck === 'level1') {
      account = d.levelOne()
    } else {
      account = d.payload ?? unidentifiedAccount(d, policy)
    }
    this.#accounts.put(row, account, sliceClass, dir, v.packets, v.octets, v.frame, v.timeUs)
  }

  #withPayload(row: number, d: FlowDetail, v: PacketView, dir: Dir, seq: number): void {
    const i32 = this.#table.i32
    const at = row * stride
    const direction = dir === up ? d.up : d.down
    const ahead = seqDelta(seq, i32[at + seqColumn(dir)]!)
    if (ahead > 0 && !this.#blind(d)) {
      if (addPending(direction, v, seq, row, this.#holes)) {
        i32[at + Col.State]! |= holeBit(dir)
      } else {
        this.#declareGap(row, d, dir, direction, seq)
        this.#withPayload(row, d, v, dir, seq)
      }
      return
    }
    const seg = this.#seg
    seg.row = row
    seg.dir = dir
    seg.frame = v.frame
    seg.timeUs = v.timeUs
    seg.seq = seq
    seg.buf = v.buf
    seg.off = v.payloadOff
    seg.capEnd = v.payloadEnd
    seg.len = v.payloadLen
    this.#inOrder(row, d, v.octets - v.payloadLen, v.packets)
    if (i32[at + Col.State]! & holeBit(dir)) this.#drain(row, d, dir, direction)
  }

  /** In an opaque flow nothing is read, so nothing need wait. */
  #blind(d: FlowDetail): boolean {
    const { retransmission, seesRepeats } = this.#policy
    return d.mode === Mode.Opaque && retransmission === 'same-as-original' && seesRepeats !== true
  }

  /** Accounts for the segment at hand, which begins at or before what is expected next. */
  #inOrder(row: number, d: FlowDetail, headerOctets: number, packets: number): void {
    const i32 = this.#table.i32
    const at = row * stride
    const seg = this.#seg
    const column = seqColumn(seg.dir)
    const next = i32[at + column]!
    const old = Math.min(Math.max(0, -seqDelta(seg.seq, next)), seg.len)
    this.#reader.begin()
    if (old > 0) {
      this.#reader.repeated(d, seg, old)
      seg.off += old
      seg.len -= old
      seg.seq = (seg.seq + old) | 0
      seg.capEnd = Math.max(seg.capEnd, seg.off)
    }
    if (seg.len > 0) {
      i32[at + column] = (seg.seq + seg.len) | 0
      this.#reader.consume(d, seg)
    }
    this.#reader.settle(row, d, headerOctets, packets)
  }

  #drain(row: number, d: FlowDetail, dir: Dir, direction: Direction): void {
    const i32 = this.#table.i32
    const at = row * stride
    for (;;) {
      const waiting = takePending(direction, i32[at + seqColumn(dir)]!, this.#holes)
      if (waiting === undefined) break
      const seg = this.#seg
      seg.row = row
      seg.dir = dir
      seg.frame = waiting.frame
      seg.timeUs = waiting.timeUs
      seg.seq = waiting.seq
      seg.buf = waiting.data
      seg.off = 0
      seg.capEnd = waiting.data.length
      seg.len = waiting.len
      this.#inOrder(row, d, waiting.headerOctets, waiting.packets)
    }
    if (direction.pending.length === 0) i32[at + Col.State]! &= ~holeBit(dir)
    else direction.holeUs = direction.pending[0]!.timeUs
  }

  #expireHoles(row: number, d: FlowDetail, nowUs: number): void {
    if (this.#policy.oooGap === 'wait') return
    const state = this.#table.i32[row * stride + Col.State]!
    const holeUs = this.#policy.oooGapMs * 1000
    if (state & State.HoleUp && nowUs - d.up.holeUs > holeUs) {
      this.#declareGap(row, d, up, d.up)
    }
    if (state & State.HoleDown && nowUs - d.down.holeUs > holeUs) {
      this.#declareGap(row, d, down, d.down)
    }
  }

  /** The hole will not be filled: goes on behind it, with the framing lost. `seq`: where nothing waits. */
  #declareGap(row: number, d: FlowDetail, dir: Dir, direction: Direction, seq?: number): void {
    const next = direction.pending[0]?.seq ?? seq
    if (next === undefined) return
    d.reasons |= Reason.CaptureGap
    this.#table.i32[row * stride + seqColumn(dir)] = next
    if (this.#policy.oooGap === 'level1-for-good') this.#reader.giveUp(d)
    else this.#reader.lost(d, direction)
    this.#drain(row, d, dir, direction)
  }

  /** Takes back what the fast path was allowed to pass over and did not. */
  #reclaim(row: number, d: FlowDetail, dir: Dir, direction: Direction): void {
    if (direction.granted === 0) return
    const i32 = this.#table.i32
    const at = row * stride + skipColumn(dir)
    const used = direction.granted - i32[at]!
    direction.granted = 0
    i32[at] = 0
    if (used === 0) return
    if (direction.state === MessageState.Chunked) direction.chunked?.skip(used)
    else {
      direction.left -= used
      if (direction.left === 0) messageDone(d, direction)
    }
  }

  /** Lets the fast path pass over the body at hand. That it has ended is noticed when this direction goes on. */
  #grant(row: number, d: FlowDetail, dir: Dir, direction: Direction): void {
    const i32 = this.#table.i32
    const at = row * stride
    if (d.mode === Mode.Opaque && d.up.txn === undefined)
      enterTunnel(d, unidentifiedAccount(d, this.#policy))
    if (i32[at + Col.State]! & State.Traced) return
    direction.granted = i32[at + skipColumn(dir)] = grantOf(direction)
  }

  /** Sets the bits that allow the fast path, by which account is the current one. */
  #mark(row: number, d: FlowDetail): void {
    const i32 = this.#table.i32
    const at = row * stride + Col.State
    const state = i32[at]! & ~(State.CurrentIsUp | State.CurrentIsDown | State.Plain)
    const current = this.#accounts.current[row]
    let bits = 0
    // an account that is not the last payload's would take acknowledgements that are not its own
    if (current !== undefined && (current === d.payload || d.payload === undefined)) {
      if (current === d.up.txn) bits |= State.CurrentIsUp
      if (current === d.down.txn) bits |= State.CurrentIsDown
      if ((state & State.Traced) === 0 && this.#takesAll(current, d, state)) bits |= State.Plain
    }
    i32[at] = state | bits
  }

  /** Whether handshake, acknowledgements and teardown would all go to `account` now. */
  #takesAll(account: Transaction, d: FlowDetail, state: number): boolean {
    if (this.#policy.pureAck !== 'current-transaction') return false
    const { handshake, teardown } = this.#policy
    const first = handshake === 'first-transaction'
    const own = handshake === 'signalling-id' ? d.signalling : d.base
    const opening = first ? (d.transactions[0] ?? d.first) : handshake === 'none' ? d.excluded : own
    const initial = first && (d.reasons & Reason.MidFlow) === 0 ? opening : d.base
    const closing = teardown === 'signalling-id' ? d.signalling : d.base
    const last = teardown === 'last-transaction' ? (d.last() ?? initial) : closing
    if (account !== last) return false
    return account === opening || (d.mode !== Mode.Undecided && (state & State.Payload) !== 0)
  }
}

/** Octets of the message at hand that need no look. */
function grantOf(direction: Direction): number {
  if (direction.mms !== undefined) return 0
  if (direction.state === MessageState.Body) {
    return Math.min(direction.left, maxGrant)
  }
  const chunked = direction.chunked
  if (direction.state !== MessageState.Chunked || chunked === undefined) return 0
  return Math.max(0, Math.min(chunked.skippable - 1, maxGrant))
}
