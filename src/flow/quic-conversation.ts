/** QUIC on a UDP flow: collects the ClientHello out of the client's Initial packets, then everything is
 * opaque. A second connection on the same ports belongs to the first one's transaction. Read
 * wire/quic-client-hello.ts and rules.md 2.6, 2.7 pre-id first. */

import { type Fault, FaultCode, layer } from '../wire/fault.js'
import { u32 } from '../wire/octets.js'
import { QuicClientHello, QuicHelloState } from '../wire/quic-client-hello.js'
import { isGoogleQuic } from '../wire/quic-version.js'
import { up } from './accounts.js'
import { type FlowDetail, Mode } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import { helloTransaction } from './hello-transaction.js'
import { type FaultCount, identify } from './identify.js'
import { Reason } from './reason.js'
import { preIdAccount } from './slice-account.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'

const quic = layer('quic')
const VERSION = 1

/** Datagrams of the client that may pass before the ClientHello is whole. */
const maxTries = 16
/** Flows whose ClientHello is being collected over datagrams; the one that began first gives way. */
const maxCollecting = 1024
/** A handshake takes a few round trips; a client gives up after some ten seconds. */
const maxAgeUs = 30_000_000

interface Collecting {
  reader: QuicClientHello
  sinceUs: number
}

export class QuicConversation {
  readonly #hooks: FlowHooks
  readonly #slices: SliceList
  readonly #policy: SlicePolicy
  readonly #fault: Fault
  readonly #faults: FaultCount
  /** by the frame that opened the flow, in the order of beginning */
  readonly #collecting = new Map<number, Collecting>()
  /** for the next flow: most need one datagram, and then it is free again */
  #spare = new QuicClientHello()

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

  /** The flow's first datagram begins like QUIC. */
  begin(d: FlowDetail, seg: Segment): void {
    d.app = 'quic'
    d.mode = Mode.Quic
    if (isGoogleQuic(u32(seg.buf, seg.off + VERSION))) {
      this.#faults.count(quic, FaultCode.Unsupported)
      this.#opaque(d)
    }
  }

  /** Slices one datagram while the ClientHello is being collected. */
  consume(d: FlowDetail, seg: Segment): void {
    const waiting = preIdAccount(d, this.#policy)
    if (seg.dir !== up) {
      this.#slices.add(waiting, SliceClass.PreId, seg.len)
      return
    }
    const reader = this.#reader(d)
    const cut = seg.capEnd < seg.off + seg.len
    const state = reader.read(seg.buf, seg.off, seg.capEnd, cut, this.#fault)
    if (this.#fault.code !== FaultCode.None && !cut) {
      this.#faults.count(this.#fault.layer, this.#fault.code)
    }
    if (cut) d.reasons |= Reason.Truncated
    const named = state === QuicHelloState.Damaged && reader.hello.serverName !== ''
    if (state === QuicHelloState.Complete || named) {
      this.#identified(d, seg, reader, named)
    } else {
      this.#slices.add(waiting, SliceClass.PreId, seg.len)
      if (state === QuicHelloState.NeedMore && ++d.unrecognised < maxTries) {
        this.#keep(d, seg, reader)
        return
      }
      this.#opaque(d)
    }
    this.#forget(d, reader)
  }

  /** Forgets handshakes that were never finished. */
  expire(nowUs: number): void {
    for (const [frame, one] of this.#collecting) {
      if (nowUs - one.sinceUs <= maxAgeUs) break
      this.#collecting.delete(frame)
    }
  }

  #reader(d: FlowDetail): QuicClientHello {
    const known = this.#collecting.get(d.frame)
    if (known !== undefined) return known.reader
    this.#spare.reset()
    return this.#spare
  }

  #keep(d: FlowDetail, seg: Segment, reader: QuicClientHello): void {
    if (reader !== this.#spare) return
    if (this.#collecting.size >= maxCollecting) {
      for (const oldest of this.#collecting.keys()) {
        this.#collecting.delete(oldest)
        break
      }
    }
    this.#collecting.set(d.frame, { reader, sinceUs: seg.timeUs })
    this.#spare = new QuicClientHello()
  }

  #forget(d: FlowDetail, reader: QuicClientHello): void {
    if (reader === this.#spare) return
    this.#collecting.delete(d.frame)
    this.#spare = reader
  }

  #identified(d: FlowDetail, seg: Segment, reader: QuicClientHello, partial: boolean): void {
    const reasons = partial ? Reason.MessageIncomplete : 0
    const txn = helloTransaction(d, reader.hello, 'quic', seg.frame, reasons)
    this.#slices.add(txn, SliceClass.Request, seg.len)
    identify(seg.row, d, txn, this.#hooks)
    d.mode = Mode.Opaque
    d.up.txn = d.down.txn = txn
  }

  #opaque(d: FlowDetail): void {
    d.mode = Mode.Opaque
    d.reasons |= Reason.Opaque
  }
}
