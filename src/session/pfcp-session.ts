/** PFCP sessions into contexts. Read 3GPP TS 29.244 clauses 6.3.2 and 6.3.3 (sessions), 6.4 (repeated
 * messages), 7.2.2.4.2 (SEID 0), 7.5.2 to 7.5.7 (establishment, modification, deletion), 5.22 and 7.4.2
 * (Recovery Time Stamp).
 *
 * Where GTP-C shows the same session it is one context, and GTP-C ends it; where it does not (5G has
 * none), PFCP opens and closes the context. An SGW-U and a PGW-U have a PFCP session each for one
 * context, but a user plane node has only one: a second one there is a new session. */

import { type Fault, FaultCode } from '../wire/fault.js'
import { PfcpType } from '../wire/pfcp.js'
import { pfcpCauseAccepts, pfcpCauseName } from '../wire/pfcp-code.js'
import { type PfcpMessage, readPfcp } from '../wire/pfcp-message.js'
import type { PfcpUserId } from '../wire/pfcp-value.js'
import type { Address } from './address-book.js'
import type { Endpoint } from './endpoint-table.js'
import {
  digestOf,
  type Exchange,
  GtpTransactions,
  newRequest,
  type Transaction,
} from './gtp-transaction.js'
import { PdpContextFacts } from './pdp-context.js'
import { PfcpTunnels } from './pfcp-tunnels.js'
import { isIdentityOnly } from './same-session.js'
import type { At, SessionStore } from './session-store.js'

/** One session between a control plane and a user plane function. */
interface PfcpSessionState {
  /** where requests for it go: address of the UP function and its SEID */
  readonly key: string
  readonly nodes: readonly [cp: Address, up: Address]
  readonly tunnels: PfcpTunnels
  readonly row: number
  readonly instance: number
}

/** A hostile capture could name a new node in every message. */
const maxNodes = 1 << 12
/** a number that no GTP version has */
const pfcpVersion = 8

export class PfcpSession {
  readonly #store: SessionStore
  readonly #transactions: GtpTransactions
  /** in order of establishment */
  readonly #byKey = new Map<string, PfcpSessionState>()
  readonly #byNode = new Map<Address, Set<PfcpSessionState>>()
  readonly #byRow = new Map<number, PfcpSessionState[]>()
  readonly #recoveries = new Map<Address, number>()
  /** what the requests that wait asked for */
  readonly #asked = new WeakMap<Transaction, PfcpMessage>()
  readonly #onContext: (row: number, at: At) => void

  /** `onContext`: a context was opened or has a new address. */
  constructor(
    store: SessionStore,
    limit: number,
    memoryUs: number,
    onContext: (row: number, at: At) => void,
  ) {
    this.#store = store
    this.#onContext = onContext
    this.#transactions = new GtpTransactions(limit, memoryUs, t => {
      const detail = `PFCP ${requestNames[t.type] ?? `message ${t.type}`} of frame ${t.frame}`
      const { row, instance } = t.request
      const facts = store.contexts.isInstance(row, instance) ? store.contexts.get(row) : undefined
      store.tell('no-response', facts, { timeUs: t.timeUs + memoryUs, frame: t.frame }, -1, detail)
    })
  }

  expire(nowUs: number): void {
    this.#transactions.expire(nowUs)
  }

  get forgottenRequests(): number {
    return this.#transactions.evicted
  }

  /** A datagram of port 8805 and the messages bundled in it; false with `fault` when one could not be read
   * to its end. */
  datagram(
    buf: Uint8Array,
    off: number,
    end: number,
    source: Address,
    destination: Address,
    at: At,
    fault: Fault,
  ): boolean {
    let good = true
    for (let from = off; from < end; ) {
      const message = readPfcp(buf, from, end, fault)
      if (message === undefined) return false
      if (fault.code !== FaultCode.None) good = false
      const { type, sequence } = message
      const e = { version: pfcpVersion, type, sequence, source, destination, ...at }
      this.#message(message, e, digestOf(buf, from, message.end))
      if (!message.followOn || !good) return good
      from = message.end
    }
    return good
  }

  #message(message: PfcpMessage, e: Exchange, digest: number): void {
    const { recoveryS } = message
    if (recoveryS !== undefined && isAssociation(message.type)) this.#recovered(e, recoveryS)
    switch (message.type) {
      case PfcpType.SessionEstablishmentRequest:
      case PfcpType.SessionModificationRequest:
      case PfcpType.SessionDeletionRequest:
        this.#request(message, e, digest)
        return
      case PfcpType.SessionEstablishmentResponse:
        this.#response(message, e, asked => this.#established(asked, message, e))
        return
      case PfcpType.SessionModificationResponse:
        this.#response(message, e, asked => this.#modified(asked, message, e))
        return
      case PfcpType.SessionDeletionResponse:
        this.#response(message, e, asked => this.#deleted(asked, e))
    }
  }

  #request(message: PfcpMessage, e: Exchange, digest: number): void {
    if (this.#transactions.repeated(e, digest) !== undefined) {
      this.#store.counts.repeated++
      return
    }
    const state = this.#byKey.get(keyOf(e.destination, message.seid))
    const request = newRequest(state?.row ?? -1, state?.instance ?? 0, true)
    this.#asked.set(this.#transactions.begin(e, digest, request), message)
  }

  #response(message: PfcpMessage, e: Exchange, accepted: (asked: PfcpMessage) => void): void {
    const t = this.#transactions.finish(e, e.type - 1)
    if (t === 'repeated') {
      this.#store.counts.repeated++
      return
    }
    const asked = t === undefined ? undefined : this.#asked.get(t)
    if (t === undefined || asked === undefined) return
    const { cause = 0 } = message
    if (pfcpCauseAccepts(cause)) {
      accepted(asked)
      return
    }
    const { row, instance } = t.request
    const known = this.#store.contexts.isInstance(row, instance)
    const facts = known ? this.#store.contexts.get(row) : factsOf(asked, new PfcpTunnels())
    const detail = `PFCP ${requestNames[t.type] ?? ''}`
    this.#store.tell('rejected', facts, e, cause, detail, pfcpCauseName(cause))
  }

  #established(asked: PfcpMessage, answer: PfcpMessage, e: Exchange): void {
    const tunnels = new PfcpTunnels()
    tunnels.take(asked)
    tunnels.take(answer)
    this.#open(keyOf(e.source, answer.fSeid?.seid), tunnels, asked, answer, e, '')
  }

  #open(
    key: string,
    tunnels: PfcpTunnels,
    asked: PfcpMessage,
    answer: PfcpMessage,
    e: Exchange,
    note: string,
  ): void {
    const { contexts } = this.#store
    const facts = factsOf(asked, tunnels)
    const endpoints = tunnels.endpoints(this.#store.book)
    if (endpoints.length === 0 && facts.ueV4 === '' && facts.ueV6 === '') return
    const before = this.#byKey.get(key)
    if (before !== undefined) this.#forget(before)
    const same = this.#store.findSame(
      facts,
      endpoints,
      row => !isIdentityOnly(contexts.get(row).source) && this.#isFree(row, e.source),
    )
    const row = same >= 0 ? same : this.#store.open(facts, endpoints, -1, e)
    this.#keep({
      key,
      nodes: [e.destination, e.source],
      tunnels,
      row,
      instance: contexts.get(row).context,
    })
    const { cause = -1 } = answer
    if (same >= 0) this.#join(row, facts, endpoints, e)
    else this.#store.tell('created', facts, e, cause, `PFCP${note}`, pfcpCauseName(cause))
    this.#onContext(row, e)
  }

  /** The session has a context; what PFCP adds to it. */
  #join(row: number, facts: PdpContextFacts, endpoints: readonly Endpoint[], e: Exchange): void {
    const { contexts } = this.#store
    const known = contexts.facts(row)
    const before = { ...known }
    contexts.setImsi(row, facts.imsi)
    known.takeMissing(facts)
    contexts.addEndpoints(row, this.#unowned(row, endpoints))
    this.#store.updated(row, before, e, 'PFCP session joined')
  }

  #modified(asked: PfcpMessage, answer: PfcpMessage, e: Exchange): void {
    const key = keyOf(e.source, asked.seid)
    const state = this.#byKey.get(key)
    if (state === undefined) {
      const tunnels = new PfcpTunnels()
      tunnels.take(asked)
      tunnels.take(answer)
      this.#open(key, tunnels, asked, answer, e, ', seen first in a modification')
      return
    }
    const { row, tunnels } = state
    const { contexts } = this.#store
    tunnels.take(asked)
    tunnels.take(answer)
    if (!contexts.isInstance(row, state.instance)) return
    const facts = contexts.facts(row)
    const before = { ...facts }
    const said = factsOf(asked, tunnels)
    contexts.setImsi(row, said.imsi)
    facts.takeMissing(said)
    const endpoints = this.#unowned(row, tunnels.endpoints(this.#store.book))
    if (facts.source === 'gtp') contexts.addEndpoints(row, endpoints)
    else this.#store.move(row, endpoints, e)
    this.#store.updated(row, before, e)
    this.#onContext(row, e)
  }

  #deleted(asked: PfcpMessage, e: Exchange): void {
    const state = this.#byKey.get(keyOf(e.source, asked.seid))
    if (state === undefined) return
    this.#forget(state)
    this.#end(state, 'deleted', e, 'PFCP')
  }

  /** Ends the context, unless GTP-C says when it ends or the session at another user plane node lives. */
  #end(state: PfcpSessionState, reason: 'deleted' | 'peer-restart', at: At, detail: string): void {
    const { row, instance } = state
    const { contexts } = this.#store
    if (!contexts.isInstance(row, instance) || contexts.get(row).source === 'gtp') return
    if (this.#others(row, instance).length > 0) return
    this.#store.close(row, reason, at, detail)
  }

  /** Whether no session of this user plane node is in the context. */
  #isFree(row: number, up: Address): boolean {
    const { context } = this.#store.contexts.get(row)
    return !this.#others(row, context).some(state => state.nodes[1] === up)
  }

  /** Sessions that are in this context. */
  #others(row: number, instance: number): PfcpSessionState[] {
    return (this.#byRow.get(row) ?? []).filter(state => state.instance === instance)
  }

  /** Without what the other bearers of the connection own, and what the row has under another number. */
  #unowned(row: number, endpoints: readonly Endpoint[]): Endpoint[] {
    const { contexts } = this.#store
    return endpoints.filter(({ address, teid }) => {
      const owner = contexts.endpoints.user(address, teid) >> 1
      if (owner < 0) return true
      if (owner === row) return contexts.get(row).source !== 'gtp'
      return contexts.primaryOf(owner) !== contexts.primaryOf(row)
    })
  }

  /** 5.22: a node that tells another start time has lost its sessions. Heartbeats do not count: one
   * implementation puts the current time into each, and who has restarted must associate again (6.2.6). */
  #recovered(e: Exchange, recoveryS: number): void {
    const before = this.#recoveries.get(e.source)
    if (before === undefined && this.#recoveries.size >= maxNodes) return
    this.#recoveries.set(e.source, Math.max(recoveryS, before ?? 0))
    if (before === undefined || recoveryS <= before) return
    const detail = `${this.#store.book.text(e.source)} restarted, PFCP recovery time stamp changed`
    for (const state of this.#byNode.get(e.source) ?? []) {
      this.#forget(state)
      this.#end(state, 'peer-restart', e, detail)
    }
  }

  #keep(state: PfcpSessionState): void {
    if (this.#byKey.size >= this.#store.maxContexts) {
      const [oldest] = this.#byKey.values()
      if (oldest !== undefined) this.#forget(oldest)
      this.#store.counts.evictedPfcp++
    }
    this.#byKey.set(state.key, state)
    this.#byRow.set(state.row, [...this.#others(state.row, state.instance), state])
    for (const node of state.nodes) {
      const states = this.#byNode.get(node)
      if (states === undefined) this.#byNode.set(node, new Set([state]))
      else states.add(state)
    }
  }

  #forget(state: PfcpSessionState): void {
    this.#byKey.delete(state.key)
    const rest = (this.#byRow.get(state.row) ?? []).filter(other => other !== state)
    if (rest.length === 0) this.#byRow.delete(state.row)
    else this.#byRow.set(state.row, rest)
    for (const node of state.nodes) {
      const states = this.#byNode.get(node)
      states?.delete(state)
      if (states?.size === 0) this.#byNode.delete(node)
    }
  }
}

function isAssociation(type: number): boolean {
  return type === PfcpType.AssociationSetupRequest || type === PfcpType.AssociationSetupResponse
}

function keyOf(up: Address, seid: string | undefined): string {
  return `${up} ${seid ?? ''}`
}

function factsOf(asked: PfcpMessage, tunnels: PfcpTunnels): PdpContextFacts {
  const facts = new PdpContextFacts(-1, 'pfcp')
  if (asked.userId !== undefined) takeUser(facts, asked.userId)
  facts.apnSent = asked.dnn ?? ''
  facts.apn = facts.apnSent || tunnels.networkInstance
  facts.ueV4 = tunnels.ueV4
  facts.ueV6 = tunnels.ueV6
  return facts
}

/** 8.2.101; TS 29.571 clause 5.3.2: a SUPI is `imsi-` and digits, or a name. */
function takeUser(facts: PdpContextFacts, user: PfcpUserId): void {
  facts.imsi = user.imsi ?? after('imsi-', user.supi)
  facts.msisdn = user.msisdn ?? after('msisdn-', user.gpsi)
  facts.imei = user.imei ?? (after('imei-', user.pei) || after('imeisv-', user.pei))
}

function after(prefix: string, text = ''): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : ''
}

const requestNames: Readonly<Record<number, string>> = {
  [PfcpType.SessionEstablishmentRequest]: 'Session Establishment Request',
  [PfcpType.SessionModificationRequest]: 'Session Modification Request',
  [PfcpType.SessionDeletionRequest]: 'Session Deletion Request',
}
