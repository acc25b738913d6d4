/** TLS on a TCP connection: collects the ClientHello, then everything is opaque (RFC 8446 section 4.1.2,
 * rules.md 2.6, 2.7 pre-id). */

import type { Fault } from '../wire/fault.js'
import { ClientHello, HelloState } from '../wire/tls-client-hello.js'
import { up } from './accounts.js'
import { type FlowDetail, Mode } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import { enterTunnel } from './http-framing.js'
import { appendHead } from './http-head-buffer.js'
import { type FaultCount, identify, nextAccount } from './identify.js'
import { Reason } from './reason.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'

export class TlsConversation {
  readonly #hooks: FlowHooks
  readonly #slices: SliceList
  readonly #policy: SlicePolicy
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #hello = new ClientHello()

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
    const waiting = this.#policy.preId === 'first-transaction' ? d.deferred() : d.levelOne()
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
    if (state === HelloState.Complete) {
      this.#identified(d, seg, before)
      return
    }
    if (state === HelloState.Damaged) this.#faults.count(this.#fault.layer, this.#fault.code)
    if (cut) d.reasons |= Reason.Truncated
    this.#slices.add(waiting, SliceClass.PreId, seg.len)
    this.#opaque(d)
  }

  /** `before`: octets of the hello that came with earlier segments. */
  #identified(d: FlowDetail, seg: Segment, before: number): void {
    const txn = nextAccount(d)
    txn.app = 'tls'
    txn.sni = this.#hello.serverName
    txn.identifiedFrame = seg.frame
    txn.hasUpSeq = true
    txn.upSeq = (seg.seq - before) | 0
    if (this.#hello.ech || this.#hello.esni) txn.reasons |= Reason.EncryptedHello
    this.#slices.add(txn, SliceClass.Request, seg.len)
    identify(seg.row, d, txn, this.#hooks)
    d.mode = Mode.Opaque
    enterTunnel(d, txn)
  }

  #opaque(d: FlowDetail): void {
    d.mode = Mode.Opaque
    d.reasons |= Reason.Opaque
    enterTunnel(d, this.#policy.preId === 'first-transaction' ? d.deferred() : d.levelOne())
  }
}
