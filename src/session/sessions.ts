/** The session stage as the pipeline sees it: control messages in, and for every user packet the context it
 * belongs to. Read 3GPP TS 23.060 clause 9.2 and TS 23.401 clause 5.3 for the procedures, and the heads
 * of the gtp*-session files for the messages. */

import type { PacketView } from '../dissect/packet-view.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { Gtp1Type } from '../wire/gtp1-c.js'
import { Gtp2Type } from '../wire/gtp2-c.js'
import { ipText } from '../wire/octets.js'
import type { ContextTable } from './context-table.js'
import { GtpTransactions, type Transaction } from './gtp-transaction.js'
import { Gtp1Session } from './gtp1-session.js'
import { Gtp2Session } from './gtp2-session.js'
import { IdentityBook } from './identity-book.js'
import { diameterIdentity, radiusIdentity } from './identity-messages.js'
import { groupDirection, isUserGroup } from './interface-type.js'
import { PathRecovery } from './path-recovery.js'
import { PfcpSession } from './pfcp-session.js'
import { isIdentityOnly } from './same-session.js'
import { closeRequested } from './session-request.js'
import { type SessionCounts, type SessionHooks, SessionStore } from './session-store.js'

export interface SessionOptions extends SessionHooks {
  /** most live contexts; one more evicts the one that was silent for the longest time */
  maxContexts?: number
  /** how long a request waits for its response: T3-RESPONSE times N3-REQUESTS is 5 s x 5 at most */
  responseTimeoutUs?: number
  /** most requests that wait or are remembered, of GTP and of PFCP each */
  maxTransactions?: number
  /** most subscribers that are told apart in `counts.subscribers` */
  maxSubscribers?: number
  faults: { count(layer: number, code: number): void }
}

const defaultMaxContexts = 1 << 20
const defaultTimeoutUs = 30_000_000
const defaultMaxTransactions = 1 << 16

export class Sessions {
  readonly #store: SessionStore
  readonly #transactions: GtpTransactions
  readonly #gtp1: Gtp1Session
  readonly #gtp2: Gtp2Session
  readonly #pfcp: PfcpSession
  readonly #identities: IdentityBook
  readonly #faults: SessionOptions['faults']
  readonly #fault = new Fault()
  #lastUs = 0
  #lastFrame = 0

  constructor(opts: SessionOptions) {
    const maxSubscribers = opts.maxSubscribers ?? defaultMaxContexts
    this.#store = new SessionStore(opts, opts.maxContexts ?? defaultMaxContexts, maxSubscribers)
    const limit = opts.maxTransactions ?? defaultMaxTransactions
    const timeoutUs = opts.responseTimeoutUs ?? defaultTimeoutUs
    this.#transactions = new GtpTransactions(limit, timeoutUs, t => this.#noResponse(t))
    this.#identities = new IdentityBook(this.#store)
    this.#pfcp = new PfcpSession(this.#store, limit, timeoutUs, (row, at) =>
      this.#identities.contextSeen(row, at),
    )
    const recovery = new PathRecovery()
    this.#gtp1 = new Gtp1Session(this.#store, this.#transactions, recovery)
    this.#gtp2 = new Gtp2Session(this.#store, this.#transactions, recovery)
    this.#faults = opts.faults
  }

  /** Live contexts: row -> facts. */
  get contexts(): ContextTable {
    return this.#store.contexts
  }

  get counts(): Readonly<SessionCounts> {
    return this.#store.counts
  }

  /** Requests forgotten before their answer, to make room for others. */
  get forgottenRequests(): number {
    return this.#transactions.evicted + this.#pfcp.forgottenRequests
  }

  /** A message of GTP-C, or one of GTP-U that is not a packet. In the order of the capture. */
  control(view: PacketView): void {
    this.#lastUs = view.timeUs
    this.#lastFrame = view.frame
    // first: an unanswered delete closes its context, and what follows must not have looked at its row
    this.#transactions.expire(view.timeUs)
    const handler = view.gtpVersion === 2 ? this.#gtp2 : this.#gtp1
    if (handler.message(view, this.#fault)) return
    if (this.#fault.code === FaultCode.None) return
    this.#faults.count(this.#fault.layer, this.#fault.code)
  }

  /** A datagram of port 8805 outside tunnels, in the order of the capture. */
  pfcp(view: PacketView): void {
    this.expire(view.timeUs)
    const { buf, payloadOff, payloadEnd, timeUs, frame } = view
    const { book } = this.#store
    const octets = view.version === 4 ? 4 : 16
    const source = book.learn(buf, view.srcOff, octets)
    const destination = book.learn(buf, view.dstOff, octets)
    const at = { timeUs, frame }
    this.#counted(
      this.#pfcp.datagram(buf, payloadOff, payloadEnd, source, destination, at, this.#fault),
    )
  }

  /** A datagram of a RADIUS port outside tunnels. */
  radius(view: PacketView): void {
    const { buf, payloadOff, payloadEnd, timeUs, frame } = view
    const source = ipText(view.version, buf, view.srcOff)
    const at = { timeUs, frame }
    this.#counted(
      radiusIdentity(this.#identities, buf, payloadOff, payloadEnd, source, at, this.#fault),
    )
  }

  /** A whole Diameter message; `view` is the packet that completed it. */
  diameter(buf: Uint8Array, off: number, end: number, view: PacketView): void {
    const at = { timeUs: view.timeUs, frame: view.frame }
    this.#counted(diameterIdentity(this.#identities, buf, off, end, at, this.#fault))
  }

  #counted(good: boolean): void {
    if (!good && this.#fault.code !== FaultCode.None) {
      this.#faults.count(this.#fault.layer, this.#fault.code)
    }
  }

  /** Context and direction (as `tunnel`) of a packet that no tunnel explains, by the address that Gx, Gy or
   * RADIUS gave to a subscriber whose GTP-C and PFCP were not captured; -1 for all others. */
  identity(view: PacketView): number {
    const up = this.#holder(view, view.src, view.srcOff)
    if (up >= 0) return up * 2
    const down = this.#holder(view, view.dst, view.dstOff)
    return down < 0 ? -1 : down * 2 + 1
  }

  #holder(view: PacketView, word: number, off: number): number {
    const row = this.#store.ues.ofPacket(view.version, word, view.buf, off)
    return row >= 0 && isIdentityOnly(this.#store.contexts.get(row).source) ? row : -1
  }

  /** Context and direction (as `tunnel`) of a packet outside tunnels, by the addresses that the control plane
   * gave out: where Gn and Gi are in one capture, both copies of a packet are of the same session. -1 when no
   * connection, or more than one, has its address. */
  addressee(view: PacketView): number {
    const { ues } = this.#store
    const { version, buf } = view
    const up = ues.soleOfPacket(version, view.src, buf, view.srcOff, this.#areOne)
    if (up >= 0) return up * 2
    const down = ues.soleOfPacket(version, view.dst, buf, view.dstOff, this.#areOne)
    return down < 0 ? -1 : down * 2 + 1
  }

  readonly #areOne = (a: number, b: number): boolean => {
    const one = this.contexts.get(a)
    const other = this.contexts.get(b)
    return one.imsi !== '' && one.imsi === other.imsi && one.apn === other.apn
  }

  /** HOT. Tunnel of a user packet: context row * 2 + direction (0 up, 1 down), or -1 when nobody is known
   * to receive under (outer destination, TEID) now. Allocates nothing. */
  tunnel(view: PacketView): number {
    const { endpoints } = this.#store.contexts
    if (view.gtpVersion === 0) return this.#tunnel0(view)
    if (view.outerVersion === 4) return endpoints.user4(view.outerDst, view.teid)
    const id = this.#store.book.findV6(view.buf, view.outerDstOff)
    return id < 0 ? -1 : endpoints.user6(id, view.teid)
  }

  /** Goes up whenever `tunnelAt` may say something else. */
  get tunnelChanges(): number {
    return this.#store.contexts.endpoints.user4Changes
  }

  /** HOT. The same for a tunnel over IPv4 by its numbers. */
  tunnelAt(outerDst: number, teid: number): number {
    return this.#store.contexts.endpoints.user4(outerDst, teid)
  }

  /** Whether a packet of no known tunnel is one that is forwarded at a handover: it was charged before. */
  isForwarded(view: PacketView): boolean {
    return this.#store.forwarding.has(view)
  }

  /** Version 0: the TID names the context, the address tells the direction. */
  #tunnel0(view: PacketView): number {
    const row = this.#store.gtp0.find(view)
    if (row < 0) return -1
    const { endpoints } = this.#store.contexts
    const to = this.#store.book.destination(view)
    const from = this.#store.book.source(view)
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      const group = endpoints.groupOf(n)
      if (!isUserGroup(group)) continue
      if (endpoints.addressOf(n) === to) return row * 2 + groupDirection(group)
      // one side may not be known (its message was not captured): what comes from it goes the other way
      if (endpoints.addressOf(n) === from) return row * 2 + 1 - groupDirection(group)
    }
    return -1
  }

  /** Direction by the nodes' addresses alone, for a tunnel that is not known: 0 up, 1 down, -1 unknown.
   * An SGW receives both ways, so its peer decides. */
  nodeDirection(view: PacketView): number {
    const to = this.#roles(view, view.outerDst, view.outerDstOff)
    if (to === 1) return 0
    if (to === 2) return 1
    const from = this.#roles(view, view.outerSrc, view.outerSrcOff)
    if (from === 1) return 1
    if (from === 2) return 0
    return -1
  }

  /** Whether the outer destination is known to receive uplink: a GGSN, PGW or SGW. */
  isGsn(view: PacketView): boolean {
    return (this.#roles(view, view.outerDst, view.outerDstOff) & 1) !== 0
  }

  #roles(view: PacketView, word: number, off: number): number {
    if (view.outerVersion === 4) return this.#store.rolesOf(word, 4)
    if (view.outerVersion !== 6) return 0
    const id = this.#store.book.findV6(view.buf, off)
    return id < 0 ? 0 : this.#store.rolesOf(id, 6)
  }

  /** Packet clock: reports requests that were never answered. */
  expire(nowUs: number): void {
    this.#lastUs = nowUs
    this.#transactions.expire(nowUs)
    this.#pfcp.expire(nowUs)
  }

  /** End of the capture. Contexts stay: they were alive. A request that is younger than the time-out may
   * have its answer after the last packet, and is not reported. */
  end(): void {
    this.expire(this.#lastUs)
  }

  #noResponse(t: Transaction): void {
    const { contexts } = this.#store
    const { row, instance, drafts } = t.request
    const at = { timeUs: this.#lastUs, frame: this.#lastFrame }
    const isKnown = contexts.isInstance(row, instance)
    const facts = isKnown ? contexts.get(row) : drafts[0]?.facts
    const name = names[t.version === 2 ? t.type + 256 : t.type] ?? `message ${t.type}`
    this.#store.tell('no-response', facts, at, -1, `${name} of frame ${t.frame}`)
    if (!isKnown) return
    // 29.060 7.3.5: the SGSN that gets no answer deletes the context all the same
    const isDelete =
      t.type === Gtp1Type.DeletePdpContextRequest || t.type === Gtp2Type.DeleteSessionRequest
    if (isDelete) {
      closeRequested(t, this.#store, at)
      return
    }
    for (const draft of drafts) {
      if (draft.added.length === 0 || !contexts.isInstance(draft.row, draft.instance)) continue
      contexts.endpoints.remove(draft.row, draft.added)
    }
  }
}

const names: Readonly<Record<number, string>> = {
  [Gtp1Type.CreatePdpContextRequest]: 'Create PDP Context Request',
  [Gtp1Type.UpdatePdpContextRequest]: 'Update PDP Context Request',
  [Gtp1Type.DeletePdpContextRequest]: 'Delete PDP Context Request',
  [Gtp1Type.MsInfoChangeRequest]: 'MS Info Change Notification Request',
  [256 + Gtp2Type.CreateSessionRequest]: 'Create Session Request',
  [256 + Gtp2Type.ModifyBearerRequest]: 'Modify Bearer Request',
  [256 + Gtp2Type.DeleteSessionRequest]: 'Delete Session Request',
  [256 + Gtp2Type.ChangeNotificationRequest]: 'Change Notification Request',
  [256 + Gtp2Type.CreateBearerRequest]: 'Create Bearer Request',
  [256 + Gtp2Type.UpdateBearerRequest]: 'Update Bearer Request',
  [256 + Gtp2Type.DeleteBearerRequest]: 'Delete Bearer Request',
  [256 + Gtp2Type.ReleaseAccessBearersRequest]: 'Release Access Bearers Request',
  [256 + Gtp2Type.ModifyAccessBearersRequest]: 'Modify Access Bearers Request',
}
