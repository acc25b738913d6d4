/** A TCP connection between a UE and a server as a tap on the Gn sees it: handshake, segments,
 * acknowledgements, losses with retransmission, teardown. Read RFC 9293 section 3.4 to 3.6 and
 * RFC 5681 sections 3.2 (duplicate acknowledgements) and 4.2 (delayed acknowledgements). */

import { addressOctets } from './address.js'
import { IpProtocol } from './emit-ip.js'
import { emitTcp, TcpFlag } from './emit-tcp.js'
import type { ChargeUnit, FlowLog, TransactionLog, UnitKind } from './recorder.js'
import type { SegmentFate } from './scenario-http.js'
import type { Ends, StepRun } from './step-run.js'

/** Octets [from, to) of a burst belong to a message of a transaction. */
export interface Mark {
  transaction: TransactionLog
  role: 'request' | 'response'
  from: number
  to: number
  /** offset behind the end of what identifies a request: its headers, a ClientHello */
  identifiedAt?: number
}

export interface TcpOptions {
  uePort: number
  serverPort: number
  mss: number
  isnUe: number
  isnServer: number
  fates: readonly SegmentFate[]
}

interface Side {
  up: boolean
  next: number // next sequence number to send
  received: number // next sequence number expected from the peer
  pending: number // segments of the peer not yet acknowledged
  segments: number // data segments sent
}

interface Segment {
  seq: number
  octets: Uint8Array
  last: boolean
  /** was on the wire at least once */
  sent: boolean
  fate: SegmentFate['do'] | undefined
  times: number
  transactions: TransactionLog[]
  marks: { mark: Mark; from: number; to: number }[]
}

const SERVER_DELAY = 0.03
const UE_DELAY = 0.05
const RETRANSMISSION_TIMEOUT = 0.4
const DUPLICATE_ACKS = 3

export class TcpConnection {
  readonly #run: StepRun
  readonly #ends: Ends
  readonly #flow: FlowLog
  readonly #options: TcpOptions
  readonly #ue: Side
  readonly #server: Side

  constructor(run: StepRun, ends: Ends, flow: FlowLog, options: TcpOptions) {
    this.#run = run
    this.#ends = ends
    this.#flow = flow
    this.#options = options
    const { isnUe, isnServer } = options
    this.#ue = { up: true, next: isnUe, received: isnServer, pending: 0, segments: 0 }
    this.#server = { up: false, next: isnServer, received: isnUe, pending: 0, segments: 0 }
  }

  #side(up: boolean): Side {
    return up ? this.#ue : this.#server
  }

  #emit(
    side: Side,
    flags: number,
    kind: UnitKind,
    seq = side.next,
    payload: Uint8Array = new Uint8Array(0),
    transactions: TransactionLog[] = [],
    hidden = false,
  ): ChargeUnit {
    const { uePort, serverPort, mss } = this.#options
    const [from, to] = side.up
      ? [this.#ends.ue, this.#ends.server]
      : [this.#ends.server, this.#ends.ue]
    const header = {
      srcPort: side.up ? uePort : serverPort,
      dstPort: side.up ? serverPort : uePort,
      seq: seq >>> 0,
      ack: flags & TcpFlag.ack ? side.received >>> 0 : 0,
      flags,
      ...(flags & TcpFlag.syn ? { mss } : {}),
    }
    const message = emitTcp(addressOctets(from), addressOctets(to), header, payload)
    const facts = { flow: this.#flow, kind, transactions, hidden }
    return this.#run.inner(this.#ends, side.up, IpProtocol.tcp, message, facts)
  }

  /** SYN only; the caller decides what follows. */
  syn(): void {
    this.#emit(this.#ue, TcpFlag.syn, 'handshake')
  }

  open(): void {
    this.syn()
    this.#ue.next++
    this.#server.received++
    this.#run.wait(SERVER_DELAY)
    this.#emit(this.#server, TcpFlag.syn | TcpFlag.ack, 'handshake')
    this.#server.next++
    this.#ue.received++
    this.#run.wait(UE_DELAY)
    this.#emit(this.#ue, TcpFlag.ack, 'handshake')
  }

  /** The capture begins in mid-flow: no handshake, the sequence numbers stand where they stand. */
  assumeOpen(): void {
    this.#flow.fromStart = false
    for (const side of [this.#ue, this.#server]) {
      side.next++
      side.received++
    }
  }

  /** Sends a burst. `cuts` are offsets at which a new segment begins beside the MSS. */
  send(
    up: boolean,
    octets: Uint8Array,
    marks: readonly Mark[],
    cuts: readonly number[] = [],
  ): void {
    const sender = this.#side(up)
    const segments = this.#cut(sender, octets, marks, cuts)
    const swapped = this.#swap(segments)
    sender.next += octets.length
    this.#side(up).pending = 0 // data carries the acknowledgement
    this.#deliver(sender, this.#side(!up), swapped)
  }

  #cut(
    sender: Side,
    octets: Uint8Array,
    marks: readonly Mark[],
    cuts: readonly number[],
  ): Segment[] {
    const segments: Segment[] = []
    const ends = [...cuts.filter(cut => cut < octets.length), octets.length].sort((a, b) => a - b)
    let from = 0
    for (const end of ends) {
      while (from < end) {
        const to = Math.min(from + this.#options.mss, end)
        const number = ++sender.segments
        const who = sender.up ? 'ue' : 'server'
        const order = this.#options.fates.find(one => one.from === who && one.segment === number)
        const inside = marks.filter(mark => mark.from < to && mark.to > from)
        segments.push({
          seq: sender.next + from,
          octets: octets.subarray(from, to),
          last: to === octets.length,
          sent: false,
          fate: order?.do,
          times: order?.times ?? 1,
          transactions: [...new Set(inside.map(mark => mark.transaction))],
          marks: inside.map(mark => ({ mark, from, to })),
        })
        from = to
      }
    }
    return segments
  }

  #swap(segments: Segment[]): Segment[] {
    const order = [...segments]
    for (let i = 0; i + 1 < order.length; i++) {
      const [here, next] = [order[i], order[i + 1]]
      if (here === undefined || next === undefined || here.fate !== 'swap') continue
      order[i] = next
      order[i + 1] = here
      i++
    }
    return order
  }

  #deliver(sender: Side, receiver: Side, segments: readonly Segment[]): void {
    const waiting: Segment[] = [] // arrived beyond a hole
    let lost: Segment[] = []
    let duplicates = 0
    const arrive = (segment: Segment) => {
      if (segment.seq !== receiver.received) {
        waiting.push(segment)
        duplicates++
        this.#ack(receiver)
        return
      }
      receiver.received += segment.octets.length
      const filled = waiting.length > 0
      waiting.sort((a, b) => a.seq - b.seq)
      while (waiting[0]?.seq === receiver.received) {
        receiver.received += waiting.shift()?.octets.length ?? 0
      }
      receiver.pending++
      if (filled || receiver.pending >= 2) this.#ack(receiver)
    }
    const retransmit = () => {
      for (const segment of lost) {
        this.#data(sender, segment)
        this.#run.wait(0.002)
        arrive(segment)
      }
      lost = []
      duplicates = 0
    }
    for (const segment of segments) {
      if (segment.fate !== 'lose-before') this.#data(sender, segment, segment.fate === 'hide')
      if (segment.fate === 'lose-before' || segment.fate === 'lose-after') lost.push(segment)
      else {
        this.#run.wait(0.001)
        arrive(segment)
        for (let n = 0; n < segment.times; n++) {
          if (segment.fate === 'repeat') this.#data(sender, segment)
          if (segment.fate === 'repeat-other') this.#other(sender, segment)
        }
      }
      if (lost.length > 0 && duplicates >= DUPLICATE_ACKS) retransmit()
    }
    if (lost.length > 0) {
      this.#run.wait(RETRANSMISSION_TIMEOUT)
      retransmit()
    }
  }

  #data(sender: Side, segment: Segment, hidden = false): void {
    const flags = TcpFlag.ack | (segment.last ? TcpFlag.psh : 0)
    const { seq, octets, transactions } = segment
    const unit = this.#emit(sender, flags, 'data', seq, octets, transactions, hidden)
    for (const { mark, from, to } of segment.marks) {
      const { transaction } = mark
      if (mark.role === 'response') {
        if (to >= mark.to) transaction.responseLast = unit
        continue
      }
      if (from <= mark.from) transaction.requestFirst ??= unit
      // the headers are whole with the last of their segments to be sent for the first time
      if (!segment.sent && from < (mark.identifiedAt ?? 0)) transaction.identifiedBy = unit
    }
    segment.sent = true
  }

  /** The same sequence numbers again with other octets: a tunnel hidden in "retransmissions". */
  #other(sender: Side, segment: Segment): void {
    const octets = this.#run.world.random.octets(segment.octets.length)
    this.#data(sender, { ...segment, octets, marks: [] })
  }

  #ack(side: Side): void {
    side.pending = 0
    this.#emit(side, TcpFlag.ack, 'ack')
  }

  /** The acknowledgement that a delayed-ack timer would send now. */
  settle(up: boolean): void {
    const side = this.#side(up)
    if (side.pending > 0) this.#ack(side)
  }

  /** Both directions closed, `up` side first. */
  close(up: boolean): void {
    const first = this.#side(up)
    const second = this.#side(!up)
    for (const side of [first, second]) {
      side.pending = 0
      this.#emit(side, TcpFlag.fin | TcpFlag.ack, 'teardown')
      side.next++
      this.#side(!side.up).received++
      this.#run.wait(side.up ? SERVER_DELAY : UE_DELAY)
    }
    this.#emit(first, TcpFlag.ack, 'teardown')
  }

  reset(up: boolean): void {
    this.#emit(this.#side(up), TcpFlag.rst | TcpFlag.ack, 'teardown')
  }

  /** Sequence numbers from a scenario or by chance. */
  static initialNumbers(run: StepRun, isnUe: number | undefined, isnServer: number | undefined) {
    return {
      isnUe: isnUe ?? run.world.random.next(),
      isnServer: isnServer ?? run.world.random.next(),
    }
  }
}
