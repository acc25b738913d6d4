/** Flows: from one inner packet to its row, and from the row to whoever reads its payload. Opens rows, ends
 * them (closed, idle, context gone, table full) and tells the pipeline. Rules.md 2.3, 2.4. */

import { PacketFlag, type PacketView } from '../dissect/packet-view.js'
import type { FlowEnd } from '../record/flow-record.js'
import { Fault } from '../wire/fault.js'
import { Accounts, addToRow, type Dir, down, up } from './accounts.js'
import { ContextFlows } from './context-flows.js'
import { DatagramReader } from './datagram-reader.js'
import { FlowDetail } from './flow-detail.js'
import { type FlowEvents, Segment } from './flow-hooks.js'
import type { FlowOptions } from './flow-options.js'
import { Col, F, FlowTable, fStride, State, stride } from './flow-table.js'
import { HeadBuffers } from './head-buffers.js'
import type { FaultCount } from './identify.js'
import { IdleWheel } from './idle-wheel.js'
import { answersUnseen } from './one-direction.js'
import { Reason } from './reason.js'
import { isSameTunnel, pairContext, sessionlessDir } from './sessionless.js'
import { preIdAccount } from './slice-account.js'
import { SliceClass } from './slice-policy.js'
import { StreamReader } from './stream-reader.js'
import { TcpHoles } from './tcp-pending.js'
import { isnColumn, synBit, Tcp } from './tcp-sequence.js'
import { TcpStream } from './tcp-stream.js'
import { WtpReassembly } from './wtp-reassembly.js'

/** Pairs of nodes remembered; silence between others is not judged. */
const maxPairs = 65536
/** A closed TCP flow stays this long for late packets. */
const lingerDs = 50
const tcp = 6
const udp = 17
/** Flows without session of one 5-tuple that are told apart by their tunnels: who tries all TEIDs must not
 * make every packet search them all. */
const maxTunnels = 64

export class Flows {
  readonly table: FlowTable
  readonly details: FlowDetail[] = []
  readonly accounts: Accounts
  /** flows that ended to make room in the table */
  evicted = 0
  readonly heads: HeadBuffers
  readonly holes: TcpHoles
  readonly wtp: WtpReassembly
  readonly #events: FlowEvents
  readonly #options: FlowOptions
  readonly #wheel: IdleWheel
  readonly #contexts: ContextFlows
  readonly #tcp: TcpStream
  readonly #datagrams: DatagramReader
  readonly #findSilent: (row: number) => void
  readonly #silent: number[] = []
  /** pairs of nodes without a session between which anything went down */
  readonly #heard = new Set<number>()
  #nowUs = 0

  constructor(options: FlowOptions, events: FlowEvents, faults: FaultCount) {
    this.#options = options
    this.#events = events
    this.heads = new HeadBuffers(options.headOctets)
    this.holes = new TcpHoles(options.holeOctets)
    this.wtp = new WtpReassembly(options.wtp)
    this.table = new FlowTable(options.maxFlows)
    this.accounts = new Accounts(this.table)
    this.accounts.trace = options.trace
    this.#wheel = new IdleWheel(this.table)
    this.#contexts = new ContextFlows(this.table)
    const seg = new Segment(this.heads)
    const fault = new Fault()
    const { table, details, accounts, holes, wtp } = this
    const reader = new StreamReader(events, accounts, seg, fault, faults, options)
    this.#tcp = new TcpStream(table, details, accounts, options.policy, reader, seg, holes)
    this.#datagrams = new DatagramReader(events, accounts, seg, fault, faults, options, wtp)
    this.#findSilent = row => this.#silent.push(row)
  }

  /** A packet of a known context; `dir` comes from its tunnel. */
  packet(v: PacketView, ctx: number, dir: Dir): void {
    const proto = v.protocol | (v.version << 8)
    let row: number
    if (dir === up) {
      const ports = (v.srcPort << 16) | v.dstPort
      row = this.table.find(ctx, v.src, v.dst, ports, proto, v)
      if (row < 0 || this.#renewed(row, v, dir)) {
        row = this.#open(v, ctx, v.src, v.dst, ports, proto, dir, 0)
        if (row < 0) return
      }
    } else {
      const ports = (v.dstPort << 16) | v.srcPort
      row = this.table.find(ctx, v.dst, v.src, ports, proto, v)
      if (row < 0 || this.#renewed(row, v, dir)) {
        row = this.#open(v, ctx, v.dst, v.src, ports, proto, dir, 0)
        if (row < 0) return
      }
    }
    this.#account(row, v, dir)
  }

  /** A packet without session. `dir` is up, down, or -1 when nothing tells: the flow's first packet then
   * counts as going up. `reasons` say how it was told, and go to the flow that the packet opens. */
  sessionless(v: PacketView, dir: Dir | -1, reasons: number): void {
    const proto = v.protocol | (v.version << 8)
    const ctx = pairContext(v)
    // the key must not depend on the direction: lower address (then port) first
    const swap = v.src > v.dst || (v.src === v.dst && v.srcPort > v.dstPort)
    const a = swap ? v.dst : v.src
    const b = swap ? v.src : v.dst
    const ports = swap ? (v.dstPort << 16) | v.srcPort : (v.srcPort << 16) | v.dstPort
    let row = this.table.find(ctx, a, b, ports, proto, v)
    let tunnels = 0
    while (row >= 0 && !isSameTunnel(this.table.i32, row, v, swap)) {
      const next = this.table.findNext(row, v)
      if (++tunnels >= maxTunnels) {
        this.evicted++
        this.end(row, 'evicted')
      }
      row = next
    }
    if (row >= 0 && this.#renewed(row, v, sessionlessDir(this.table.i32, row, swap))) row = -1
    if (row < 0) {
      // orientation: `Swapped` means that the UE is `b`
      const ueIsSource = dir !== down
      const ueIsB = ueIsSource === swap
      const state = State.Sessionless | (ueIsB ? State.Swapped : 0)
      const unknown = dir < 0 ? State.DirectionUnknown : 0
      const first: Dir = ueIsSource ? up : down
      row = this.#open(v, ctx, a, b, ports, proto, first, state | unknown)
      if (row < 0) return
      this.details[row]!.reasons |= reasons
      isSameTunnel(this.table.i32, row, v, swap)
    }
    this.#account(row, v, sessionlessDir(this.table.i32, row, swap))
  }

  /** Nothing came from the server, although that direction is captured: a session's create response came
   * that way; between nodes without a session some packet must have. Else silence says nothing. */
  unanswered(row: number): boolean {
    const { i32 } = this.table
    const at = row * stride
    if (i32[at + Col.State]! & (State.Answered | State.OneWay)) return false
    return i32[at + Col.Ctx]! >= 0 || this.#heard.has(i32[at + Col.Ctx]!)
  }

  /** Time passes: ends flows that fell silent. */
  advance(nowUs: number): void {
    if (nowUs > this.#nowUs) this.#nowUs = nowUs
    this.#wheel.advance(nowUs, this.#findSilent)
    if (this.#silent.length > 0) this.#sweep(this.#silent, 'idle')
    this.#datagrams.expire(nowUs)
    for (let row = this.holes.crowding(); row >= 0; row = this.holes.crowding()) {
      this.end(row, 'evicted')
    }
  }

  end(row: number, reason: FlowEnd): void {
    const d = this.details[row]!
    if ((this.table.i32[row * stride + Col.Proto]! & 255) === tcp) this.#tcp.finish(row, d)
    this.accounts.flush(row)
    this.#events.ended(row, d, reason, this.#nowUs)
    this.accounts.current[row] = undefined
    // the accounts of an explained flow stay: its explanation refers to them
    if ((this.table.i32[row * stride + Col.State]! & State.Traced) === 0) d.release()
    d.forget()
    this.#wheel.remove(row)
    this.#contexts.remove(row)
    this.table.remove(row)
  }

  /** A context is gone: its flows end with it, oldest last opened first. */
  endContext(ctx: number): void {
    for (let row = this.#contexts.first(ctx); row >= 0; row = this.#contexts.first(ctx)) {
      this.end(row, this.#closedReason(row) ?? 'context-deleted')
    }
  }

  /** The capture ends: every flow, in the order in which they opened. */
  endAll(nowUs: number): void {
    if (nowUs > this.#nowUs) this.#nowUs = nowUs
    this.#sweep(this.#wheel.rows(), 'capture-end')
  }

  /** Ends flows in the order in which they opened: that of several threads together is that of one. */
  #sweep(rows: number[], reason: FlowEnd): void {
    rows.sort((a, b) => this.details[a]!.frame - this.details[b]!.frame)
    for (const row of rows) {
      this.#options.onSweep?.(this.details[row]!.frame)
      this.end(row, this.#closedReason(row) ?? reason)
    }
    rows.length = 0
  }

  /** A side closed or reset the connection: once it is over, the row waits a little for late packets. */
  linger(row: number): void {
    const i32 = this.table.i32
    const state = i32[row * stride + Col.State]!
    const both = State.FinUp | State.FinDown
    if ((state & State.Rst) === 0 && (state & both) !== both) return
    if (i32[row * stride + Col.IdleDs] === lingerDs) return
    this.#wheel.remove(row)
    i32[row * stride + Col.IdleDs] = lingerDs
    this.#wheel.enter(row)
  }

  /** True when the flow is over and this packet begins another one; the row is freed then. */
  #renewed(row: number, v: PacketView, dir: Dir): boolean {
    const i32 = this.table.i32
    const at = row * stride
    const lastUs = this.table.f64[row * fStride + F.LastUs]!
    if (v.timeUs - lastUs > i32[at + Col.IdleDs]! * 1e5) {
      this.end(row, this.#closedReason(row) ?? 'idle')
      return true
    }
    if (v.protocol !== tcp || (v.tcpFlags & (Tcp.Syn | Tcp.Ack)) !== Tcp.Syn) return false
    const state = i32[at + Col.State]!
    const known = dir === up ? state & State.SeqUpKnown : state & State.SeqDownKnown
    const repeated = (state & synBit(dir)) !== 0 && i32[at + isnColumn(dir)] === v.tcpSeq
    const over = (state & (State.FinUp | State.FinDown | State.Rst)) !== 0
    // a repeated SYN has the initial number of the first; after data another number is another flow
    if (known === 0 || repeated) return false
    if (!over && (state & State.Payload) === 0) return false
    this.end(row, this.#closedReason(row) ?? 'reused')
    return true
  }

  /** The row of a new flow, or -1: it is left out under overload. */
  #open(
    v: PacketView,
    ctx: number,
    a: number,
    b: number,
    ports: number,
    proto: number,
    dir: Dir,
    state: number,
  ): number {
    const { load } = this.#options
    if (load.sampleMask !== 0 && load.leavesOut(ctx, a, b, ports, proto)) {
      this.#events.leftOut(v, ctx, dir)
      return -1
    }
    let row = this.table.add(ctx, a, b, ports, proto)
    if (row < 0) {
      this.evicted++
      this.end(this.#wheel.oldest(), 'evicted')
      row = this.table.add(ctx, a, b, ports, proto)
    }
    const at = row * stride
    const { i32, f64 } = this.table
    const isTcp = v.protocol === tcp
    const { traceFrame, traceAll } = this.#options
    const traced = traceAll === true || traceFrame === v.frame ? State.Traced : 0
    i32[at + Col.State] = state | traced
    const idleMs = isTcp ? this.#options.tcpIdleMs : this.#options.udpIdleMs
    i32[at + Col.IdleDs] = Math.ceil(idleMs / 100)
    f64[row * fStride + F.LastUs] = v.timeUs
    const ueFirst = (state & State.Sessionless) === 0
    if (v.version === 6) {
      const aIsSource = ueFirst ? dir === up : a === v.src && ports >>> 16 === v.srcPort
      this.table.setV6(row, v.buf, aIsSource ? v.srcOff : v.dstOff, aIsSource ? v.dstOff : v.srcOff)
    }
    let d = this.details[row]
    if (d === undefined) {
      d = new FlowDetail()
      this.details[row] = d
    }
    d.reset(v.frame, v.timeUs)
    d.uePort = dir === up ? v.srcPort : v.dstPort
    d.serverPort = dir === up ? v.dstPort : v.srcPort
    d.protocol = v.protocol
    d.icmpTypeCode = v.icmpTypeCode
    d.openedDown = dir === down
    if (load.sampleMask !== 0) d.reasons |= Reason.Sampled
    this.#wheel.enter(row)
    if (ueFirst) this.#contexts.enter(ctx, row)
    this.#events.opened(row, d)
    return row
  }

  #account(row: number, v: PacketView, dir: Dir): void {
    const { i32, f64 } = this.table
    const at = row * stride
    const state = i32[at + Col.State]!
    const wholeTcp =
      v.protocol === tcp && (v.flags & (PacketFlag.NoPorts | PacketFlag.Fragment)) === 0
    if ((state & State.Answered) === 0) {
      if (dir === down) this.#answer(row, state)
      else if (wholeTcp && (state & State.OneWay) === 0) this.#alone(row, v, state)
    }
    if (wholeTcp) {
      this.#tcp.packet(row, v, dir)
      if (v.tcpFlags & (Tcp.Fin | Tcp.Rst)) this.linger(row)
    } else if (state & State.Blind) {
      addToRow(i32, f64, row, dir, v.packets, v.octets)
    } else {
      this.#datagram(row, v, dir)
    }
    if (v.flags !== 0) this.#noteFlags(row, v)
    this.#options.onPacket?.(v, this.details[row]!.frame)
    if (v.timeUs > f64[row * fStride + F.LastUs]!) f64[row * fStride + F.LastUs] = v.timeUs
  }

  #alone(row: number, v: PacketView, state: number): void {
    if (!answersUnseen(this.details[row]!, v, state)) return
    this.table.i32[row * stride + Col.State] = state | State.OneWay
  }

  #answer(row: number, state: number): void {
    const { i32 } = this.table
    const at = row * stride
    i32[at + Col.State] = (state & ~State.OneWay) | State.Answered
    // the answer was only late, or one packet of it was missed
    this.details[row]!.reasons &= ~Reason.OneDirection
    const pair = i32[at + Col.Ctx]!
    if (pair < 0 && this.#heard.size < maxPairs) this.#heard.add(pair)
  }

  #datagram(row: number, v: PacketView, dir: Dir): void {
    const d = this.details[row]!
    let blind = true
    if (v.protocol === udp && (v.flags & PacketFlag.NoPorts) === 0) {
      blind = this.#datagrams.packet(row, d, v, dir)
    } else {
      const account = preIdAccount(d, this.#options.policy)
      const { frame, timeUs, packets, octets } = v
      this.accounts.put(row, account, SliceClass.Opaque, dir, packets, octets, frame, timeUs)
    }
    const at = row * stride + Col.State
    const state = this.table.i32[at]!
    if (blind && (state & State.Traced) === 0) this.table.i32[at] = state | State.Blind
  }

  #noteFlags(row: number, v: PacketView): void {
    const d = this.details[row]!
    if (v.flags & PacketFlag.LengthZero) d.reasons |= Reason.LengthZero
    if (v.flags & PacketFlag.Fragment && v.fragOff > 0) d.reasons |= Reason.FragmentOrphan
    else if (v.flags & PacketFlag.NoPorts) d.reasons |= Reason.NoPorts
    if (v.flags & PacketFlag.Truncated && v.payloadEnd <= v.payloadOff) {
      d.reasons |= Reason.Truncated
    }
  }

  #closedReason(row: number): FlowEnd | undefined {
    const state = this.table.i32[row * stride + Col.State]!
    if (state & State.Rst) return 'rst'
    const both = State.FinUp | State.FinDown
    return (state & both) === both ? 'fin' : undefined
  }
}
