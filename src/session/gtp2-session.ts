/** GTPv2 sessions: create and delete, and who handles the other messages. Read 3GPP TS 29.274 clauses 7.2.1,
 * 7.2.2, 7.2.9 and 7.2.10. The same PDN connection is created twice on the wire, on S11 by the MME and on
 * S5/S8 by the SGW: where both are captured they become one context. */

import type { PacketView } from '../dissect/packet-view.js'
import { causeAccepts, causeSaysGone } from '../wire/cause.js'
import { type Fault, FaultCode } from '../wire/fault.js'
import { Gtp2Type } from '../wire/gtp2-c.js'
import type { Endpoint } from './endpoint-table.js'
import {
  type Draft,
  type GtpTransactions,
  newDraft,
  newRequest,
  type Transaction,
} from './gtp-transaction.js'
import { Gtp2BearerSession } from './gtp2-bearer-session.js'
import { Gtp2Message, isOnAccess } from './gtp2-message.js'
import { EndpointGroup, endpointGroup } from './interface-type.js'
import { takeFacts2 } from './message-facts.js'
import type { PathRecovery } from './path-recovery.js'
import { PdpContextFacts } from './pdp-context.js'
import { closeRequested, isOver, refuseVersion, remember } from './session-request.js'
import type { SessionStore } from './session-store.js'

/** 29.274 clause 8.12, octet 6 bit 2: Scope Indication, "only the resources of this SGW". */
const scopeIndication = 0x02

export class Gtp2Session {
  readonly #store: SessionStore
  readonly #transactions: GtpTransactions
  readonly #recovery: PathRecovery
  readonly #message: Gtp2Message
  readonly #bearers: Gtp2BearerSession

  constructor(store: SessionStore, transactions: GtpTransactions, recovery: PathRecovery) {
    this.#store = store
    this.#transactions = transactions
    this.#recovery = recovery
    this.#message = new Gtp2Message(store)
    this.#bearers = new Gtp2BearerSession(store, transactions, this.#message)
  }

  /** The message of this datagram and the one on its back (5.5.1: P flag), false with `fault` when
   * something could not be read. */
  message(view: PacketView, fault: Fault): boolean {
    if (!this.#message.read(view, view.gtpOff, fault)) return false
    let good = fault.code === FaultCode.None
    const next = this.#message.nextOff
    this.#dispatch()
    if (next < 0) return good
    const { code, layer, at, need, have } = fault
    if (this.#message.read(view, next, fault)) {
      good = good && fault.code === FaultCode.None
      this.#dispatch()
    } else {
      good = false
    }
    if (code !== FaultCode.None) fault.raise(code, layer, at, need, have)
    return good
  }

  #dispatch(): void {
    const { exchange: e, facts } = this.#message
    if (facts.recovery >= 0) {
      const before = this.#recovery.restarted(e.source, 2, facts.recovery)
      if (before >= 0) this.#store.peerRestarted(e.source, before, facts.recovery, e)
    }
    switch (e.type) {
      case Gtp2Type.VersionNotSupported:
        refuseVersion(this.#store, this.#transactions, e)
        break
      case Gtp2Type.CreateSessionRequest:
        this.#createRequest()
        break
      case Gtp2Type.CreateSessionResponse:
        this.#createResponse()
        break
      case Gtp2Type.DeleteSessionRequest:
        this.#deleteRequest()
        break
      case Gtp2Type.DeleteSessionResponse:
        this.#deleteResponse()
        break
      default:
        this.#bearers.message()
    }
  }

  #createRequest(): void {
    const { exchange: e, facts: m, buf } = this.#message
    const digest = this.#message.digest()
    const earlier = this.#transactions.repeated(e, digest)
    if (earlier !== undefined && !isOver(earlier, this.#store)) {
      this.#store.counts.repeated++
      return
    }
    const control = this.#message.controlEndpoints()
    const moved = this.#relocated(control)
    const instance = moved < 0 ? 0 : this.#store.contexts.get(moved).context
    const request = newRequest(moved, instance, true)
    for (let i = 0; i < Math.max(1, m.bearerCount); i++) {
      const bearer = m.bearers[i]!
      if (i < m.bearerCount && bearer.instance !== 0) continue
      const facts = new PdpContextFacts(2)
      takeFacts2(facts, m, buf)
      facts.bearer = i < m.bearerCount ? bearer.ebi : m.linkedEbi
      const user = i < m.bearerCount ? this.#message.userEndpoints(bearer) : []
      request.drafts.push(newDraft(facts, [...control, ...user]))
    }
    this.#transactions.begin(e, digest, request)
    this.#store.tell('create-request', request.drafts[0]?.facts, e, -1, '')
  }

  #createResponse(): void {
    const { exchange: e, facts: m } = this.#message
    const t = this.#transactions.finish(e, Gtp2Type.CreateSessionRequest)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    if (!causeAccepts(2, m.cause)) {
      const facts = t?.request.drafts[0]?.facts ?? new PdpContextFacts(2)
      if (m.cause >= 0) this.#store.tell('rejected', facts, e, m.cause, 'Create Session')
      return
    }
    let primary = -1
    for (const draft of this.#answered(t)) {
      const row = this.#join(draft, t) ?? this.#open(draft, primary, t === undefined)
      if (primary < 0) {
        primary = this.#store.contexts.primaryOf(row)
        if (t !== undefined) remember(t, row, this.#store)
      }
    }
  }

  /** The drafts of the request, completed by the bearers of the response that were accepted. */
  #answered(t: Transaction | undefined): Draft[] {
    const { facts: m, buf } = this.#message
    const control = this.#message.controlEndpoints()
    const drafts: Draft[] = []
    for (let i = 0; i < m.bearerCount; i++) {
      const bearer = m.bearers[i]!
      if (bearer.instance !== 0 || (bearer.cause >= 0 && !causeAccepts(2, bearer.cause))) continue
      const asked = t?.request.drafts.find(d => d.facts.bearer === bearer.ebi)
      const draft = asked ?? newDraft(new PdpContextFacts(2), [])
      takeFacts2(draft.facts, m, buf)
      if (asked === undefined) {
        draft.facts.bearer = bearer.ebi
        const first = t?.request.drafts[0]
        if (first !== undefined) draft.facts.takeMissing(first.facts)
      }
      if (bearer.chargingId >= 0) draft.facts.chargingId = bearer.chargingId
      const answer = [...control, ...this.#message.userEndpoints(bearer)]
      if (t === undefined) answer.push(this.#message.headerEndpoint(false, isOnAccess(answer)))
      draft.endpoints.push(...answer)
      drafts.push(draft)
    }
    return drafts
  }

  /** The row of the same session when the other interface has opened it already. It is the same when the
   * known one was never seen on this interface, and the addresses agree; or when the request named the
   * control TEID of its PGW. */
  #join(draft: Draft, t: Transaction | undefined): number | undefined {
    const { contexts } = this.#store
    const { exchange: e } = this.#message
    const row = contexts.find(draft.facts.imsi, draft.facts.bearer)
    if (row < 0) return undefined
    const facts = contexts.facts(row)
    if (facts.gtpVersion !== 2) return undefined
    if (facts.ueV4 !== '' && draft.facts.ueV4 !== '' && facts.ueV4 !== draft.facts.ueV4) {
      return undefined
    }
    const onAccess = isOnAccess(draft.endpoints)
    const isRelocation = t !== undefined && contexts.isInstance(row, t.request.instance)
    if (this.#isSeenOn(row, onAccess) && !isRelocation) return undefined
    const before = { ...facts }
    if (onAccess) {
      // the MME is nearer to the terminal: its place and access count
      facts.rat = draft.facts.rat || facts.rat
      facts.uli = draft.facts.uli || facts.uli
    }
    facts.takeMissing(draft.facts)
    if (facts.chargingId < 0) facts.chargingId = draft.facts.chargingId
    this.#store.move(row, draft.endpoints, e)
    this.#store.updated(row, before, e)
    return row
  }

  #isSeenOn(row: number, access: boolean): boolean {
    const { endpoints } = this.#store.contexts
    const group = access ? EndpointGroup.GatewayControl : EndpointGroup.ServingControl
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      if (endpoints.groupOf(n) === group) return true
    }
    return false
  }

  /** 7.2.1: at a change of SGW the request names the PGW's control TEID, which no new attach can know.
   * The session that it continues, or -1. */
  #relocated(control: readonly Endpoint[]): number {
    const { endpoints } = this.#store.contexts
    const anchor = control.find(e => endpointGroup(e.interfaceType) === EndpointGroup.AnchorControl)
    return anchor === undefined ? -1 : endpoints.control(anchor.address, anchor.teid, -1)
  }

  #open(draft: Draft, primary: number, withoutRequest: boolean): number {
    const { exchange: e, facts: m } = this.#message
    const row = this.#store.open(draft.facts, draft.endpoints, primary, e)
    const detail = withoutRequest ? 'request not captured' : ''
    this.#store.tell('created', draft.facts, e, m.cause, detail)
    return row
  }

  #deleteRequest(): void {
    const { exchange: e, facts: m } = this.#message
    const { contexts } = this.#store
    const digest = this.#message.digest()
    const row = this.#message.target(m.linkedEbi)
    const instance = row < 0 ? 0 : contexts.get(row).context
    const earlier = this.#transactions.repeated(e, digest)
    if (earlier !== undefined && (row < 0 || earlier.request.instance === instance)) {
      this.#store.counts.repeated++
      return
    }
    const isLocal = (m.indication & scopeIndication) !== 0
    this.#transactions.begin(e, digest, newRequest(isLocal ? -1 : row, instance, true))
  }

  #deleteResponse(): void {
    const { exchange: e, facts: m } = this.#message
    const { contexts } = this.#store
    const t = this.#transactions.finish(e, Gtp2Type.DeleteSessionRequest)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    if (t === undefined) return
    const { row, instance } = t.request
    if (!contexts.isInstance(row, instance)) return
    if (causeAccepts(2, m.cause) || causeSaysGone(2, m.cause)) {
      closeRequested(t, this.#store, e)
    } else if (m.cause >= 0) {
      this.#store.tell('rejected', contexts.get(row), e, m.cause, 'Delete Session')
    }
  }
}
