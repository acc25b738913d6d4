/** GTPv2 messages about bearers of a session that exists: modify, create, update, delete, release, change
 * of location. Read 3GPP TS 29.274 clauses 7.2.3, 7.2.4, 7.2.7 to 7.2.10, 7.2.14 and 7.2.21. */

import { causeAccepts, causeSaysGone } from '../wire/cause.js'
import { Gtp2Type } from '../wire/gtp2-c.js'
import type { Endpoint } from './endpoint-table.js'
import {
  type Draft,
  type GtpTransactions,
  newDraft,
  newRequest,
  type Transaction,
} from './gtp-transaction.js'
import { type Gtp2Message, isOnAccess } from './gtp2-message.js'
import { EndpointGroup, endpointGroup, isUserGroup } from './interface-type.js'
import { takeChanges, takeFacts2 } from './message-facts.js'
import { PdpContextFacts } from './pdp-context.js'
import { closeRequested } from './session-request.js'
import type { SessionStore } from './session-store.js'

export class Gtp2BearerSession {
  readonly #store: SessionStore
  readonly #transactions: GtpTransactions
  /** the message that is being read; the owner fills it */
  readonly #message: Gtp2Message

  constructor(store: SessionStore, transactions: GtpTransactions, message: Gtp2Message) {
    this.#store = store
    this.#transactions = transactions
    this.#message = message
  }

  message(): void {
    switch (this.#message.exchange.type) {
      case Gtp2Type.ModifyBearerRequest:
      case Gtp2Type.ModifyAccessBearersRequest:
      case Gtp2Type.UpdateBearerRequest:
      case Gtp2Type.ChangeNotificationRequest:
        this.#request(() => this.#modifications())
        break
      case Gtp2Type.ReleaseAccessBearersRequest:
        this.#request(() => this.#message.allTargets().map(row => this.#draftOf(row, [])))
        break
      case Gtp2Type.CreateBearerRequest:
        this.#request(() => this.#newBearers())
        break
      case Gtp2Type.DeleteBearerRequest:
        this.#request(() => [])
        break
      case Gtp2Type.CreateIndirectForwardingRequest:
      case Gtp2Type.CreateIndirectForwardingResponse:
      case Gtp2Type.ForwardRelocationResponse:
        this.#store.forwarding.add(
          this.#message.forwardingEndpoints(),
          this.#message.exchange.timeUs,
        )
        break
      case Gtp2Type.ModifyBearerResponse:
      case Gtp2Type.ModifyAccessBearersResponse:
      case Gtp2Type.UpdateBearerResponse:
      case Gtp2Type.ChangeNotificationResponse:
        this.#response(t => this.#modified(t))
        break
      case Gtp2Type.ReleaseAccessBearersResponse:
        this.#response(t => this.#released(t))
        break
      case Gtp2Type.CreateBearerResponse:
        this.#response(t => this.#bearersCreated(t))
        break
      case Gtp2Type.DeleteBearerResponse:
        this.#response(t => closeRequested(t, this.#store, this.#message.exchange))
        break
    }
  }

  /** A request that is not one sent again: kept with what it asks for. */
  #request(drafts: () => Draft[]): void {
    const { exchange: e, facts: m } = this.#message
    const { contexts } = this.#store
    const digest = this.#message.digest()
    const first = m.linkedEbi >= 0 ? m.linkedEbi : m.bearerCount > 0 ? m.bearers[0]!.ebi : -1
    let row = this.#message.target(m.ebiCount > 0 && m.linkedEbi < 0 ? m.ebis[0]! : first)
    if (row < 0) row = this.#message.target(-1)
    const instance = row < 0 ? 0 : contexts.get(row).context
    const earlier = this.#transactions.repeated(e, digest)
    if (earlier !== undefined && (row < 0 || earlier.request.instance === instance)) {
      this.#store.counts.repeated++
      return
    }
    const request = newRequest(row, instance, true)
    request.drafts = drafts()
    for (let i = 0; i < m.ebiCount; i++) request.bearers.push(m.ebis[i]!)
    this.#transactions.begin(e, digest, request)
  }

  /** A response to a request that was seen and that it accepts. */
  #response(accepted: (t: Transaction) => void): void {
    const { exchange: e, facts: m } = this.#message
    const { contexts } = this.#store
    const t = this.#transactions.finish(e, e.type - 1)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    if (t === undefined) return
    const { row, instance } = t.request
    const isDelete = e.type === Gtp2Type.DeleteBearerResponse
    if (isDelete && !contexts.isInstance(row, instance)) return
    if (causeAccepts(2, m.cause) || (isDelete && causeSaysGone(2, m.cause))) {
      accepted(t)
      return
    }
    this.#takeBack(t)
    if (m.cause < 0) return
    const facts = contexts.isInstance(row, instance)
      ? contexts.get(row)
      : t.request.drafts[0]?.facts
    this.#store.tell('rejected', facts, e, m.cause, procedureNames[t.type] ?? '')
  }

  /** Bearers that the request modifies, with what it says of them. Without any bearer the message is about
   * the session: its place, its access, its SGW (7.2.7). */
  #modifications(): Draft[] {
    const { facts: m, buf } = this.#message
    const control = this.#message.controlEndpoints()
    const drafts: Draft[] = []
    for (let i = 0; i < m.bearerCount; i++) {
      const bearer = m.bearers[i]!
      if (bearer.instance !== 0) continue
      const user = this.#message.userEndpoints(bearer)
      const draft = this.#draftOf(this.#message.target(bearer.ebi), [...control, ...user])
      draft.facts.bearer = bearer.ebi
      drafts.push(draft)
    }
    if (drafts.length === 0) {
      const row = this.#message.target(m.linkedEbi)
      if (row >= 0) drafts.push(this.#draftOf(row, control))
    }
    for (const draft of drafts) {
      takeFacts2(draft.facts, m, buf)
      if (draft.row < 0) draft.endpoints.push(this.#receiver(draft.endpoints))
      else draft.added = this.#store.addEarly(draft.row, draft.endpoints)
    }
    return drafts
  }

  #receiver(endpoints: readonly Endpoint[]): Endpoint {
    return this.#message.headerEndpoint(true, isOnAccess(endpoints))
  }

  #draftOf(row: number, endpoints: Endpoint[]): Draft {
    const draft = newDraft(new PdpContextFacts(2), endpoints)
    draft.row = row
    if (row >= 0) draft.instance = this.#store.contexts.get(row).context
    return draft
  }

  #modified(t: Transaction): void {
    const { exchange: e, facts: m } = this.#message
    const { contexts } = this.#store
    const control = this.#message.controlEndpoints()
    for (const draft of t.request.drafts) {
      const endpoints = [...draft.endpoints, ...control]
      let refused = false
      for (let i = 0; i < m.bearerCount; i++) {
        const bearer = m.bearers[i]!
        if (bearer.ebi !== draft.facts.bearer) continue
        endpoints.push(...this.#message.userEndpoints(bearer))
        refused = bearer.cause >= 0 && !causeAccepts(2, bearer.cause)
      }
      if (refused) continue
      if (!contexts.isInstance(draft.row, draft.instance)) {
        this.#openLate(draft, endpoints)
        continue
      }
      const facts = contexts.facts(draft.row)
      const before = { ...facts }
      if (facts.imsi === '') contexts.setImsi(draft.row, draft.facts.imsi)
      takeChanges(facts, draft.facts)
      this.#store.move(draft.row, endpoints, e)
      this.#store.updated(draft.row, before, e)
    }
  }

  /** A bearer that is modified but was never seen to be created. */
  #openLate(draft: Draft, endpoints: Endpoint[]): void {
    const { exchange: e, facts: m } = this.#message
    if (draft.row >= 0 || draft.facts.bearer < 0) return
    if (!endpoints.some(x => isUserGroup(endpointGroup(x.interfaceType)))) return
    endpoints.push(this.#message.headerEndpoint(false, isOnAccess(endpoints)))
    this.#store.open(draft.facts, endpoints, -1, e)
    this.#store.tell('created', draft.facts, e, m.cause, 'seen first in a modification')
  }

  /** 7.2.21: the UE is idle; its eNodeB or RNC gives its TEIDs to others. */
  #released(t: Transaction): void {
    const { contexts } = this.#store
    for (const { row, instance } of t.request.drafts) {
      if (!contexts.isInstance(row, instance)) continue
      const before = { ...contexts.get(row) }
      contexts.endpoints.removeGroup(row, EndpointGroup.AccessUser, [])
      contexts.refresh(row)
      this.#store.updated(row, before, this.#message.exchange, 'access released')
    }
  }

  /** 7.2.3: in the request a new bearer has no EBI yet, only the TEIDs of those that ask. */
  #newBearers(): Draft[] {
    const { facts: m } = this.#message
    const drafts: Draft[] = []
    for (let i = 0; i < m.bearerCount; i++) {
      const bearer = m.bearers[i]!
      const draft = newDraft(new PdpContextFacts(2), this.#message.userEndpoints(bearer))
      draft.facts.chargingId = bearer.chargingId
      drafts.push(draft)
    }
    return drafts
  }

  /** 7.2.4: the response gives the EBI and repeats the TEIDs of the request, which tells the new bearers
   * apart. */
  #bearersCreated(t: Transaction): void {
    const { exchange: e, facts: m } = this.#message
    const { contexts } = this.#store
    const { row: linked, instance } = t.request
    if (!contexts.isInstance(linked, instance)) return
    for (let i = 0; i < m.bearerCount; i++) {
      const bearer = m.bearers[i]!
      if (bearer.cause >= 0 && !causeAccepts(2, bearer.cause)) continue
      const answer = this.#message.userEndpoints(bearer)
      const asked =
        t.request.drafts.find(d => d.endpoints.some(x => answer.some(y => isSame(x, y)))) ??
        t.request.drafts[i]
      const endpoints = [...(asked?.endpoints ?? []), ...answer]
      const known = contexts
        .connection(linked)
        .find(row => contexts.get(row).bearer === bearer.ebi && !this.#contradicts(row, endpoints))
      if (known !== undefined) {
        const before = { ...contexts.get(known) }
        this.#store.move(known, endpoints, e)
        this.#store.updated(known, before, e)
        continue
      }
      const parent = contexts.get(linked)
      const facts = new PdpContextFacts(2)
      facts.takeMissing(parent)
      facts.bearer = bearer.ebi
      facts.linkedBearer = parent.bearer
      facts.chargingId = asked?.facts.chargingId ?? -1
      endpoints.push(...this.#controlOf(linked))
      this.#store.open(facts, endpoints, contexts.primaryOf(linked), e)
      this.#store.tell('created', facts, e, m.cause, `bearer of ${parent.bearer}`)
    }
  }

  /** All bearers of a UE or connection are named by the same control TEIDs. */
  #controlOf(row: number): Endpoint[] {
    const { endpoints } = this.#store.contexts
    const list: Endpoint[] = []
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      if (isUserGroup(endpoints.groupOf(n))) continue
      list.push({
        address: endpoints.addressOf(n),
        teid: endpoints.teidOf(n),
        interfaceType: endpoints.interfaceTypeOf(n),
      })
    }
    return list
  }

  /** The row has another TEID for the same place than these: it is an earlier bearer with this EBI. */
  #contradicts(row: number, named: readonly Endpoint[]): boolean {
    const { endpoints } = this.#store.contexts
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      const group = endpoints.groupOf(n)
      if (!isUserGroup(group)) continue
      const rivals = named.filter(e => endpointGroup(e.interfaceType) === group)
      if (rivals.length > 0 && !rivals.some(e => e.teid === endpoints.teidOf(n))) return true
    }
    return false
  }

  /** The request was refused: what it named is not used. */
  #takeBack(t: Transaction): void {
    const { contexts } = this.#store
    for (const { row, instance, added } of t.request.drafts) {
      if (added.length === 0 || !contexts.isInstance(row, instance)) continue
      contexts.endpoints.remove(row, added)
    }
  }
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.teid === b.teid
}

const procedureNames: Readonly<Record<number, string>> = {
  [Gtp2Type.ModifyBearerRequest]: 'Modify Bearer',
  [Gtp2Type.ModifyAccessBearersRequest]: 'Modify Access Bearers',
  [Gtp2Type.UpdateBearerRequest]: 'Update Bearer',
  [Gtp2Type.ChangeNotificationRequest]: 'Change Notification',
  [Gtp2Type.ReleaseAccessBearersRequest]: 'Release Access Bearers',
  [Gtp2Type.CreateBearerRequest]: 'Create Bearer',
  [Gtp2Type.DeleteBearerRequest]: 'Delete Bearer',
}
