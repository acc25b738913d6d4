/** GTPv1 and GTPv0 signalling into contexts. Read 3GPP TS 29.060 clauses 7.3.1 to 7.3.6 (tunnel management),
 * 7.2.2 (echo), 7.3.7 (error indication), and for GTPv0 GSM 09.60 clause 7.5. Both versions have the same
 * messages; version 0 names the tunnel by TID and numbers it by flow labels. */

import { PacketKind, type PacketView } from '../dissect/packet-view.js'
import { causeAccepts, causeSaysGone } from '../wire/cause.js'
import { type Fault, FaultCode } from '../wire/fault.js'
import { Gtp1Type } from '../wire/gtp1-c.js'
import type { Endpoint } from './endpoint-table.js'
import { type GtpTransactions, newDraft, newRequest, type Transaction } from './gtp-transaction.js'
import { Gtp1Message, gn } from './gtp1-message.js'
import { GnInterface } from './interface-type.js'
import { takeChanges, takeFacts1 } from './message-facts.js'
import type { PathRecovery } from './path-recovery.js'
import { PdpContextFacts } from './pdp-context.js'
import { closeRequested, isOver, refuseVersion, remember } from './session-request.js'
import type { SessionStore } from './session-store.js'

export class Gtp1Session {
  readonly #store: SessionStore
  readonly #transactions: GtpTransactions
  readonly #recovery: PathRecovery
  /** the message that is being read */
  readonly #message: Gtp1Message

  constructor(store: SessionStore, transactions: GtpTransactions, recovery: PathRecovery) {
    this.#store = store
    this.#transactions = transactions
    this.#recovery = recovery
    this.#message = new Gtp1Message(store)
  }

  /** One message; false with `fault` when it could not be read to its end (what came before counts). */
  message(view: PacketView, fault: Fault): boolean {
    if (!this.#message.read(view, fault)) return false
    const good = fault.code === FaultCode.None
    const e = this.#message.exchange
    // TS 29.281 clause 7.2.2: on the user plane the counter is always zero and means nothing
    if (view.kind !== PacketKind.GtpUserSignal) this.#takeRecovery()
    switch (e.type) {
      case Gtp1Type.VersionNotSupported:
        refuseVersion(this.#store, this.#transactions, e)
        break
      case Gtp1Type.CreatePdpContextRequest:
        this.#createRequest()
        break
      case Gtp1Type.CreatePdpContextResponse:
        this.#createResponse()
        break
      case Gtp1Type.UpdatePdpContextRequest:
      case Gtp1Type.MsInfoChangeRequest:
        this.#updateRequest()
        break
      case Gtp1Type.UpdatePdpContextResponse:
      case Gtp1Type.MsInfoChangeResponse:
        this.#updateResponse()
        break
      case Gtp1Type.DeletePdpContextRequest:
        this.#deleteRequest()
        break
      case Gtp1Type.DeletePdpContextResponse:
        this.#deleteResponse()
        break
      case Gtp1Type.ErrorIndication:
        this.#errorIndication()
        break
    }
    return good
  }

  #takeRecovery(): void {
    const { recovery } = this.#message.facts
    if (recovery < 0) return
    const e = this.#message.exchange
    const before = this.#recovery.restarted(e.source, this.#message.version, recovery)
    if (before >= 0) this.#store.peerRestarted(e.source, before, recovery, e)
  }

  #createRequest(): void {
    const e = this.#message.exchange
    const { contexts } = this.#store
    const digest = this.#message.digest()
    const earlier = this.#transactions.repeated(e, digest)
    if (earlier !== undefined && !isOver(earlier, this.#store)) {
      this.#store.counts.repeated++
      return
    }
    const m = this.#message.facts
    const facts = new PdpContextFacts(this.#message.version)
    takeFacts1(facts, m, this.#message.view.buf)
    if (this.#message.version === 0) this.#message.takeTid(facts)
    // 7.3.1: a secondary context names the GGSN's control TEID and the NSAPI that it hangs on
    const linked =
      m.linkedNsapi < 0
        ? -1
        : contexts.endpoints.control(e.destination, this.#message.teid, m.linkedNsapi)
    if (linked >= 0) facts.takeMissing(contexts.get(linked))
    const request = newRequest(linked, linked < 0 ? 0 : contexts.get(linked).context, true)
    request.drafts.push(newDraft(facts, this.#message.endpointsOf(true, true, undefined)))
    this.#transactions.begin(e, digest, request)
    this.#store.tell('create-request', facts, e, -1, linked < 0 ? '' : 'secondary context')
  }

  #createResponse(): void {
    const e = this.#message.exchange
    const t = this.#transactions.finish(e, Gtp1Type.CreatePdpContextRequest)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    const m = this.#message.facts
    const draft = t?.request.drafts[0]
    const facts = draft?.facts ?? new PdpContextFacts(this.#message.version)
    if (!causeAccepts(this.#message.version, m.cause)) {
      if (m.cause >= 0) this.#store.tell('rejected', facts, e, m.cause, 'Create PDP Context')
      return
    }
    takeFacts1(facts, m, this.#message.view.buf)
    if (draft === undefined && this.#message.version === 0) this.#message.takeTid(facts)
    const endpoints = [
      ...(draft?.endpoints ?? []),
      ...this.#message.endpointsOf(false, true, undefined),
    ]
    // without its request a response still says where the SGSN hears: the header's TEID
    if (draft === undefined && this.#message.version === 1) {
      endpoints.push(gn(e.destination, this.#message.teid, GnInterface.SgsnControl))
    }
    const row = this.#openContext(facts, endpoints, t)
    if (t !== undefined) remember(t, row, this.#store)
    this.#store.tell('created', facts, e, m.cause, t === undefined ? 'request not captured' : '')
  }

  #openContext(facts: PdpContextFacts, endpoints: Endpoint[], t: Transaction | undefined): number {
    const { contexts } = this.#store
    const linked = t?.request.row ?? -1
    const primary =
      linked >= 0 && contexts.isInstance(linked, t!.request.instance)
        ? contexts.primaryOf(linked)
        : -1
    const row = this.#store.open(facts, endpoints, primary, this.#message.exchange)
    if (this.#message.version === 0) {
      const [high, low] = this.#message.tidWords()
      const before = this.#store.gtp0.get(high, low)
      if (before >= 0) {
        this.#store.close(
          before,
          'replaced',
          this.#message.exchange,
          'created again without a delete',
        )
      }
      this.#store.gtp0.set(row, high, low)
    }
    return row
  }

  #updateRequest(): void {
    const e = this.#message.exchange
    const { contexts } = this.#store
    const digest = this.#message.digest()
    const m = this.#message.facts
    const facts = new PdpContextFacts(this.#message.version)
    takeFacts1(facts, m, this.#message.view.buf)
    if (this.#message.version === 0) this.#message.takeTid(facts)
    let row = this.#message.target(m.nsapi)
    // 7.3.3 lets the SGSN send the IMSI: it finds the context when its create was not captured whole
    if (row < 0) row = contexts.find(facts.imsi, facts.bearer)
    const instance = row < 0 ? 0 : contexts.get(row).context
    const earlier = this.#transactions.repeated(e, digest)
    if (earlier !== undefined && (row < 0 || earlier.request.instance === instance)) {
      this.#store.counts.repeated++
      return
    }
    const fromAccess = m.hasTeidData || (row >= 0 && this.#message.isForAnchor(row))
    const request = newRequest(row, instance, fromAccess)
    const endpoints = this.#message.endpointsOf(fromAccess, true, row < 0 ? undefined : row)
    const draft = newDraft(facts, endpoints)
    if (row >= 0) draft.added = this.#store.addEarly(row, endpoints)
    request.drafts.push(draft)
    this.#transactions.begin(e, digest, request)
  }

  #updateResponse(): void {
    const e = this.#message.exchange
    const { contexts } = this.#store
    const t = this.#transactions.finish(e, e.type - 1)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    const m = this.#message.facts
    if (t === undefined) return
    const { row, instance, fromAccess } = t.request
    const draft = t.request.drafts[0]!
    const known = contexts.isInstance(row, instance)
    if (!causeAccepts(this.#message.version, m.cause)) {
      if (known) contexts.endpoints.remove(row, draft.added)
      const facts = known ? contexts.get(row) : draft.facts
      if (m.cause >= 0) this.#store.tell('rejected', facts, e, m.cause, 'Update PDP Context')
      return
    }
    const answer = this.#message.endpointsOf(!fromAccess, false, known ? row : undefined)
    const endpoints = [...draft.endpoints, ...answer]
    if (!known) {
      if (e.type === Gtp1Type.UpdatePdpContextResponse && endpoints.length > 0) {
        takeFacts1(draft.facts, m, this.#message.view.buf)
        remember(t, this.#openContext(draft.facts, endpoints, undefined), this.#store)
        this.#store.tell('created', draft.facts, e, m.cause, 'seen first in an update')
      }
      return
    }
    const facts = contexts.facts(row)
    const before = { ...facts }
    if (facts.imsi === '') contexts.setImsi(row, draft.facts.imsi)
    takeChanges(facts, draft.facts)
    takeFacts1(facts, m, this.#message.view.buf)
    this.#store.move(row, endpoints, e)
    this.#store.updated(row, before, e)
  }

  #deleteRequest(): void {
    const e = this.#message.exchange
    const { contexts } = this.#store
    const digest = this.#message.digest()
    const m = this.#message.facts
    const row = this.#message.target(m.nsapi)
    const instance = row < 0 ? 0 : contexts.get(row).context
    const earlier = this.#transactions.repeated(e, digest)
    if (earlier !== undefined && (row < 0 || earlier.request.instance === instance)) {
      this.#store.counts.repeated++
      return
    }
    const request = newRequest(row, instance, true)
    // 7.3.5: with the Teardown Ind all contexts that share the address go, else the one of the NSAPI
    if (m.teardown !== 1 && row >= 0) request.bearers.push(contexts.get(row).bearer)
    this.#transactions.begin(e, digest, request)
  }

  #deleteResponse(): void {
    const e = this.#message.exchange
    const { contexts } = this.#store
    const t = this.#transactions.finish(e, Gtp1Type.DeletePdpContextRequest)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    if (t === undefined) return
    const { cause } = this.#message.facts
    const { row, instance } = t.request
    if (!contexts.isInstance(row, instance)) return
    if (causeAccepts(this.#message.version, cause) || causeSaysGone(this.#message.version, cause)) {
      closeRequested(t, this.#store, e)
    } else if (cause >= 0) {
      this.#store.tell('rejected', contexts.get(row), e, cause, 'Delete PDP Context')
    }
  }

  /** 7.3.7: the TEID (version 0: the TID of the header) that a G-PDU named in vain, and the address where
   * it was received. */
  #errorIndication(): void {
    const e = this.#message.exchange
    const m = this.#message.facts
    if (this.#message.version === 0) {
      const row = this.#store.gtp0.find(this.#message.view)
      if (row >= 0) this.#store.close(row, 'error-indication', e, 'the tunnel is not known')
      return
    }
    if (!m.hasTeidData) return
    const said = m.gsnCount > 0 ? this.#message.address(0) : e.source
    if (!this.#store.errorIndication(said, m.teidData, e) && said !== e.source) {
      this.#store.errorIndication(e.source, m.teidData, e)
    }
  }
}
