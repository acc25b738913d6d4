/** What the octets of a TCP connection are: decides once, by the first ones, and hands them to the
 * conversation that reads them. Collects the slices of one packet. Rules.md 2.6, 2.7. */

import type { Fault } from '../wire/fault.js'
import { startsRequest, startsResponse } from '../wire/http1-start.js'
import { startsTls } from '../wire/tls-record.js'
import { type Accounts, up } from './accounts.js'
import { DnsNames } from './dns-names.js'
import { type Direction, type FlowDetail, Mode } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import type { FlowOptions } from './flow-options.js'
import { HttpConversation } from './http-conversation.js'
import { enterTunnel, lose } from './http-framing.js'
import { type FaultCount, retire } from './identify.js'
import type { Load } from './load.js'
import { Reason } from './reason.js'
import { differs } from './repeated-payload.js'
import { repeatAccount } from './slice-account.js'
import { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'
import { seqDelta } from './tcp-sequence.js'
import { TlsConversation } from './tls-conversation.js'
import type { Transaction } from './transaction.js'

export class StreamReader {
  readonly #hooks: FlowHooks
  readonly #policy: SlicePolicy
  readonly #accounts: Accounts
  readonly #seg: Segment
  readonly #load: Load
  readonly #slices = new SliceList()
  readonly #http: HttpConversation
  readonly #tls: TlsConversation
  readonly #dns: DnsNames
  /** the packet repeats octets, and they are others */
  #differs = false

  constructor(
    hooks: FlowHooks,
    accounts: Accounts,
    seg: Segment,
    fault: Fault,
    faults: FaultCount,
    options: FlowOptions,
  ) {
    const { policy, dns, load } = options
    this.#load = load
    this.#hooks = hooks
    this.#policy = policy
    this.#accounts = accounts
    this.#seg = seg
    this.#http = new HttpConversation(hooks, this.#slices, policy, fault, faults)
    this.#tls = new TlsConversation(hooks, this.#slices, policy, fault, faults)
    this.#dns = new DnsNames(fault, faults, dns)
  }

  /** A packet begins. */
  begin(): void {
    this.#slices.clear()
    this.#differs = false
  }

  /** The packet is sliced: adds it to the accounts, headers included. */
  settle(row: number, d: FlowDetail, headerOctets: number, packets: number): void {
    const slices = this.#slices
    const seg = this.#seg
    slices.share(headerOctets, this.#policy)
    for (let i = 0; i < slices.count; i++) {
      if (this.#differs) slices.account[i]!.differing += slices.octets[i]!
      this.#accounts.put(
        row,
        slices.account[i]!,
        slices.sliceClass[i]! as SliceClass,
        seg.dir,
        i === 0 ? packets : 0,
        slices.octets[i]!,
        seg.frame,
        seg.timeUs,
      )
    }
    const last = this.#accounts.current[row]
    if (last !== d.repeated && last !== d.excluded) d.payload = last
    if (d.transactions.length > d.retireAt) {
      retire(row, d, this.#accounts.current[row], this.#hooks)
    }
  }

  /** Octets that were sent before: to the transactions that they belonged to then. */
  repeated(d: FlowDetail, seg: Segment, octets: number): void {
    const apart = repeatAccount(d, this.#policy)
    const first = this.#original(d, seg)
    if (octets === seg.len && differs(seg, d.transactions[first], d.repetitions)) {
      this.#differs = true
      const place = `sequence number ${seg.seq >>> 0}, ${octets} octets`
      d.suspect('retx-payload-differs', seg.frame, `frame ${seg.frame}: ${place}`, 'high')
    }
    let at = 0
    for (let i = first; i < d.transactions.length && at < octets; i++) {
      const next = d.transactions[i + 1]
      const until = next === undefined ? octets : this.#begins(next, seg, octets)
      const account = d.transactions[i] ?? d.payload ?? this.#waiting(d)
      if (until > at) this.#slices.add(apart ?? account, SliceClass.Retransmission, until - at)
      d.payload = account
      at = Math.max(at, until)
    }
  }

  /** New octets in order. */
  consume(d: FlowDetail, seg: Segment): void {
    if (d.mode === Mode.Undecided || d.mode === Mode.Watch) this.#recognise(d, seg)
    switch (d.mode) {
      case Mode.Http:
        this.#http.consume(d, seg)
        return
      case Mode.Tls:
        this.#tls.consume(d, seg)
        return
      case Mode.TlsServer:
        this.#tls.consumeServer(d, seg)
        return
      case Mode.Dns:
        this.#slices.add(this.#waiting(d), SliceClass.Opaque, seg.len)
        if (!this.#dns.streamAnswers(d, seg)) this.#leave(d)
        return
      default:
        this.#slices.add(d.up.txn ?? this.#waiting(d), SliceClass.Opaque, seg.len)
    }
  }

  lost(d: FlowDetail, direction: Direction): void {
    if (d.mode === Mode.Http) lose(d, direction)
    else if (d.mode === Mode.Undecided) d.mode = Mode.Watch
    else if (d.mode === Mode.Tls && direction === d.up) this.#opaque(d)
    else if (d.mode === Mode.Dns && direction === d.down) this.#leave(d)
    else if (d.mode === Mode.TlsServer && direction === d.down) this.#tls.endServer(d)
  }

  /** A hole was given up: nothing of the flow is read any more, and what follows is on level 1. */
  giveUp(d: FlowDetail): void {
    if (d.mode === Mode.Opaque) return
    d.mode = Mode.Opaque
    d.reasons |= Reason.Opaque
    enterTunnel(d, d.levelOne())
  }

  closed(row: number, d: FlowDetail, direction: Direction): void {
    if (d.mode === Mode.Http) this.#http.closed(row, d, direction)
  }

  #recognise(d: FlowDetail, seg: Segment): void {
    if (!this.#load.inspects) {
      this.#load.notInspected++
      d.reasons |= Reason.NotInspected
      this.#leave(d)
      return
    }
    if (seg.off >= seg.capEnd) {
      d.reasons |= Reason.Truncated
      if (d.mode === Mode.Undecided) d.mode = Mode.Watch
      return
    }
    if (seg.dir === up) this.#recogniseRequest(d, seg)
    else if (d.mode === Mode.Undecided) this.#recogniseAnswer(d, seg)
    // what the capture cut off may have been a message after all
    const cut = seg.capEnd < seg.off + seg.len
    if (cut && (d.mode === Mode.Opaque || d.mode === Mode.Watch)) d.reasons |= Reason.Truncated
  }

  #recogniseRequest(d: FlowDetail, seg: Segment): void {
    const isRequest = startsRequest(seg.buf, seg.off, seg.capEnd)
    if (isRequest === 1 || (isRequest === -1 && d.mode === Mode.Undecided)) {
      if (d.mode === Mode.Watch) d.reasons |= Reason.Resynchronised
      d.mode = Mode.Http
      d.app = 'http'
      return
    }
    if (d.mode === Mode.Watch) return
    if (startsTls(seg.buf, seg.off, seg.capEnd) !== 0) {
      d.mode = Mode.Tls
      d.app = 'tls'
    } else if (this.#dns.stream(d, seg)) {
      d.app = 'dns'
      d.mode = this.#dns.modeAfter
      if (d.mode === Mode.Opaque) enterTunnel(d, this.#waiting(d))
    } else if (d.reasons & (Reason.MidFlow | Reason.CaptureGap)) {
      d.mode = Mode.Watch
    } else {
      this.#opaque(d)
    }
  }

  /** The server speaks first: an answer whose request was missed, or no protocol of ours. */
  #recogniseAnswer(d: FlowDetail, seg: Segment): void {
    if (startsResponse(seg.buf, seg.off, seg.capEnd) !== 0) {
      d.mode = Mode.Http
      d.app = 'http'
    } else if (d.reasons & (Reason.MidFlow | Reason.CaptureGap)) {
      d.mode = Mode.Watch
    } else {
      this.#opaque(d)
    }
  }

  /** Nothing is read any more. */
  #leave(d: FlowDetail): void {
    d.mode = Mode.Opaque
    enterTunnel(d, this.#waiting(d))
  }

  #opaque(d: FlowDetail): void {
    d.mode = Mode.Opaque
    d.reasons |= Reason.Opaque
    enterTunnel(d, this.#waiting(d))
  }

  #waiting(d: FlowDetail): Transaction {
    return this.#policy.preId === 'first-transaction' ? d.waiting() : d.levelOne()
  }

  /** Index of the transaction that the segment's first octet belongs to; -1 when none is known. */
  #original(d: FlowDetail, seg: Segment): number {
    let i = d.transactions.length - 1
    while (i >= 0 && this.#begins(d.transactions[i]!, seg, 1) > 0) i--
    return i
  }

  /** Octets of the segment before the transaction's message begins, at most `most`. */
  #begins(txn: Transaction, seg: Segment, most: number): number {
    const known = seg.dir === up ? txn.hasUpSeq : txn.hasDownSeq
    if (!known) return most
    const from = seqDelta(seg.dir === up ? txn.upSeq : txn.downSeq, seg.seq)
    return Math.min(Math.max(0, from), most)
  }
}
