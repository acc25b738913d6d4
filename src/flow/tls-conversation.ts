/** TLS on a TCP connection: collects the ClientHello, then everything is opaque (RFC 8446 section 4.1.2,
 * rules.md 2.6, 2.7 pre-id). When the client names no server, the certificate that TLS 1.2 and before
 * send in clear does (RFC 5246 section 7.4.2): a fact for people, no rule is asked about it. */

import type { Fault } from '../wire/fault.js'
import { ClientHello, HelloState } from '../wire/tls-client-hello.js'
import { FlightState, ServerFlight } from '../wire/tls-server-flight.js'
import { up } from './accounts.js'
import { type FlowDetail, MessageState, Mode } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import { helloTransaction } from './hello-transaction.js'
import { enterTunnel } from './http-framing.js'
import { appendHead } from './http-head-buffer.js'
import { type FaultCount, identify } from './identify.js'
import { Reason } from './reason.js'
import { preIdAccount } from './slice-account.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'

export class TlsConversation {
  readonly #hooks: FlowHooks
  readonly #slices: SliceList
  readonly #policy: SlicePolicy
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #hello = new ClientHello()
  readonly #flight = new ServerFlight()

  constructor(
    hooks: FlowHooks,
    slices: SliceList,
    policy: SlicePolicy,
    fault: Fault,
    faults: FaultCount,
  ) {
    this.#hooks = hooks
    this.#slices = slices
    this.#policy = policy
    this.#fault = fault
    this.#faults = faults
  }

  /** Slices one segment while the ClientHello is being collected. */
  consume(d: FlowDetail, seg: Segment): void {
    const waiting = preIdAccount(d, this.#policy)
    if (seg.dir !== up) {
      this.#slices.add(waiting, SliceClass.PreId, seg.len)
      return
    }
    let buf = seg.buf
    let off = seg.off
    let end = seg.capEnd
    const before = d.up.headLen
    if (d.up.headLen > 0) {
      buf = appendHead(d.up, seg, seg.off)
      off = 0
      end = d.up.headLen
    }
    const state = this.#hello.decode(buf, off, end, this.#fault)
    const cut = seg.capEnd < seg.off + seg.len
    if (state === HelloState.NeedMore && !cut) {
      if (d.up.headLen === 0) appendHead(d.up, seg, seg.off)
      this.#slices.add(waiting, SliceClass.PreId, seg.len)
      return
    }
    if (state === HelloState.Damaged) this.#faults.count(this.#fault.layer, this.#fault.code)
    if (cut) d.reasons |= Reason.Truncated
    // what the capture cut off, or contradicts the rest, does not hide a name that can be read
    if (cut && state === HelloState.NeedMore) {
      this.#hello.decodePartial(buf, off, end, this.#fault)
    }
    if (state === HelloState.Complete) {
      this.#identified(d, seg, before, 0)
    } else if (state !== HelloState.NotTls && this.#hello.serverName !== '') {
      this.#identified(d, seg, before, Reason.MessageIncomplete)
    } else {
      this.#slices.add(waiting, SliceClass.PreId, seg.len)
      this.#opaque(d)
    }
  }

  /** Slices one segment while the server's certificate is looked for. */
  consumeServer(d: FlowDetail, seg: Segment): void {
    const txn = d.up.txn ?? d.levelOne()
    this.#slices.add(txn, SliceClass.Opaque, seg.len)
    if (seg.dir === up) return
    let buf = seg.buf
    let off = seg.off
    let end = seg.capEnd
    if (d.down.headLen > 0) {
      buf = appendHead(d.down, seg, seg.off)
      off = 0
      end = d.down.headLen
    }
    const state = this.#flight.decode(buf, off, end, this.#fault)
    if (state === FlightState.NeedMore && seg.capEnd === seg.off + seg.len) {
      if (d.down.headLen === 0) appendHead(d.down, seg, seg.off)
      return
    }
    if (state === FlightState.Found) d.certificateNames = this.#flight.certificate.names
    this.endServer(d)
  }

  /** No certificate will be read: nothing more is looked at. */
  endServer(d: FlowDetail): void {
    d.mode = Mode.Opaque
    d.down.headLen = 0
    enterTunnel(d, d.up.txn)
  }

  /** `before`: octets of the hello that came with earlier segments. */
  #identified(d: FlowDetail, seg: Segment, before: number, reasons: number): void {
    const hello = this.#hello
    const txn = helloTransaction(d, hello, 'tls', seg.frame, reasons)
    txn.hasUpSeq = true
    txn.upSeq = (seg.seq - before) | 0
    this.#slices.add(txn, SliceClass.Request, seg.len)
    identify(seg.row, d, txn, this.#hooks)
    d.mode = Mode.Opaque
    enterTunnel(d, txn)
    if (hello.serverName === '') {
      d.mode = Mode.TlsServer
      d.down.state = MessageState.Start
    }
  }

  #opaque(d: FlowDetail): void {
    d.mode = Mode.Opaque
    d.reasons |= Reason.Opaque
    enterTunnel(d, preIdAccount(d, this.#policy))
  }
}
