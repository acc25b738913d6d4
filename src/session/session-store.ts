/** What every GTP version does with contexts in the same way: open, change, close, tell. The handlers read
 * messages; this file keeps the table true and speaks to the pipeline. */

import { causeName } from '../wire/cause.js'
import { type Address, AddressBook } from './address-book.js'
import { teidText } from './context-summary.js'
import { ContextTable, imsiWord } from './context-table.js'
import type { Endpoint } from './endpoint-table.js'
import { ForwardingTunnels } from './forwarding-tunnels.js'
import { Gtp0Tunnels } from './gtp0-tunnels.js'
import { endpointGroup, endsContext, isUserGroup } from './interface-type.js'
import { PairTable } from './pair-table.js'
import type { ContextEnd, PdpContext, PdpContextFacts } from './pdp-context.js'
import { isSameApn, isSameSession, knowsMore } from './same-session.js'
import { placedEvents, type SessionEventData, type SessionEventKind } from './session-event.js'
import { UeIndex } from './ue-index.js'

export interface SessionHooks {
  onOpen?(row: number): void
  /** before the row is used again; its facts can still be read */
  onClose?(row: number, reason: ContextEnd, timeUs: number, frame: number): void
  onUpdate?(row: number): void
  onEvent?(event: SessionEventData): void
}

/** When and where in the capture. */
export interface At {
  timeUs: number
  frame: number
}

export interface SessionCounts {
  /** context instances opened, closed */
  created: number
  closed: number
  /** closed because the table was full */
  evicted: number
  /** PFCP sessions, and identities from Gx, Gy and RADIUS, forgotten for the same reason */
  evictedPfcp: number
  evictedIdentities: number
  /** distinct IMSIs that had a context */
  subscribers: number
  /** requests refused by their response */
  rejected: number
  /** requests and responses that had been seen before */
  repeated: number
  /** requests without a response in time */
  noResponse: number
}

/** A hostile capture could name a new node in every message. */
const maxNodes = 1 << 16

export class SessionStore {
  readonly book = new AddressBook()
  readonly contexts = new ContextTable(this.book)
  readonly gtp0 = new Gtp0Tunnels()
  readonly forwarding = new ForwardingTunnels(this.book)
  readonly ues = new UeIndex()
  readonly counts: SessionCounts = {
    created: 0,
    closed: 0,
    evicted: 0,
    evictedPfcp: 0,
    evictedIdentities: 0,
    subscribers: 0,
    rejected: 0,
    repeated: 0,
    noResponse: 0,
  }
  /** receivers of user packets: (address, IP version) -> directions seen, bit 0 up, bit 1 down */
  readonly #roles = new PairTable()
  readonly #imsis = new PairTable()
  readonly #hooks: SessionHooks
  readonly #maxSubscribers: number
  readonly maxContexts: number

  constructor(hooks: SessionHooks, maxContexts: number, maxSubscribers: number) {
    this.#hooks = hooks
    this.maxContexts = maxContexts
    this.#maxSubscribers = maxSubscribers
  }

  /** Opens a context; whoever held its bearer or its tunnels before is closed first. */
  open(facts: PdpContextFacts, endpoints: readonly Endpoint[], primary: number, at: At): number {
    const same = this.findSame(facts, endpoints, row =>
      knowsMore(facts.source, this.contexts.get(row).source),
    )
    if (same >= 0) return this.#adopt(same, facts, endpoints, primary, at)
    this.#takeAddress(facts, at)
    if (facts.source === 'gtp') {
      const before = this.contexts.find(facts.imsi, facts.bearer)
      if (before >= 0) this.close(before, 'replaced', at, 'created again without a delete')
    }
    this.#takeTunnels(-1, primary, endpoints, at)
    if (this.contexts.live >= this.maxContexts) {
      this.counts.evicted++
      this.close(this.contexts.oldest, 'evicted', at, 'table full')
    }
    facts.createdUs = at.timeUs
    facts.createdFrame = at.frame
    const row = this.contexts.open(facts, primary)
    this.contexts.addEndpoints(row, endpoints)
    this.#learnRoles(endpoints)
    this.counts.created++
    this.#countImsi(facts.imsi)
    this.ues.set(row, facts)
    this.#hooks.onOpen?.(row)
    return row
  }

  /** The live context that another protocol shows of the same session: it receives under one of these
   * tunnels, or has the address now; -1 when there is none that `accept` takes. */
  findSame(
    facts: PdpContext,
    endpoints: readonly Endpoint[],
    accept: (row: number) => boolean,
  ): number {
    for (const { address, teid } of endpoints) {
      const owner = teid === 0 ? -1 : this.contexts.endpoints.user(address, teid) >> 1
      if (owner < 0 || !accept(owner)) continue
      if (isSameSession(this.contexts.get(owner), facts, false)) return owner
    }
    const holder = this.ues.find(facts)
    if (holder < 0 || !accept(holder)) return -1
    return isSameSession(this.contexts.get(holder), facts, true) ? holder : -1
  }

  /** The same session seen by a better source. `facts` are told with the number of the context. */
  #adopt(
    row: number,
    facts: PdpContextFacts,
    endpoints: readonly Endpoint[],
    primary: number,
    at: At,
  ): number {
    const known = this.contexts.facts(row)
    const before = { ...known }
    this.contexts.setImsi(row, facts.imsi)
    known.becomes(facts)
    facts.context = known.context
    if (primary >= 0) this.contexts.hang(row, primary)
    this.#takeTunnels(row, primary, endpoints, at)
    this.contexts.addEndpoints(row, endpoints)
    this.#learnRoles(endpoints)
    this.updated(row, before, at)
    return row
  }

  close(row: number, reason: ContextEnd, at: At, detail: string): void {
    const facts = this.contexts.facts(row)
    facts.endedUs = at.timeUs
    facts.endedFrame = at.frame
    facts.endReason = reason
    this.counts.closed++
    this.#hooks.onClose?.(row, reason, at.timeUs, at.frame)
    if (reason !== 'evicted') this.tell(reason, facts, at, -1, detail)
    this.gtp0.remove(row)
    this.ues.remove(row)
    this.contexts.close(row)
  }

  /** New endpoints take the place of those of their groups. */
  move(row: number, endpoints: readonly Endpoint[], at: At): void {
    this.#takeTunnels(row, this.contexts.primaryOf(row), endpoints, at)
    this.contexts.moveEndpoints(row, endpoints)
    this.#learnRoles(endpoints)
  }

  /** Endpoints that a request names and nobody else has: packets may use them before the response.
   * Returns those that were added. */
  addEarly(row: number, endpoints: readonly Endpoint[]): Endpoint[] {
    const { endpoints: table } = this.contexts
    const free = endpoints.filter(
      e => isUserGroup(endpointGroup(e.interfaceType)) && table.user(e.address, e.teid) < 0,
    )
    const { bearer } = this.contexts.get(row)
    for (const endpoint of free) table.add(row, bearer, endpoint)
    return free
  }

  /** After the facts of a row were changed. `before` is a copy from before the change, `note` what else
   * there is to say; an update that changes nothing is no event. */
  updated(row: number, before: PdpContext, at: At, note = ''): void {
    const facts = this.contexts.facts(row)
    this.contexts.touch(row)
    this.#countImsi(facts.imsi)
    if (before.ueV4 !== facts.ueV4 || before.ueV6 !== facts.ueV6) this.ues.set(row, facts)
    const detail = changes(before, facts)
    if (detail === '' && note === '') return
    this.#hooks.onUpdate?.(row)
    this.tell('updated', facts, at, -1, detail || note)
  }

  /** A node has restarted: its contexts are gone. */
  peerRestarted(node: Address, before: number, counter: number, at: At): void {
    const { endpoints } = this.contexts
    const detail = `${this.book.text(node)} restarted, recovery ${before} -> ${counter}`
    let n = endpoints.firstAt(node)
    if (n < 0) this.tell('peer-restart', undefined, at, -1, detail)
    while (n >= 0) {
      this.close(endpoints.contextOf(n), 'peer-restart', at, detail)
      n = endpoints.firstAt(node)
    }
  }

  /** A node says that it knows no tunnel (address, teid). Returns whether a context was concerned. */
  errorIndication(address: Address, teid: number, at: At): boolean {
    const { endpoints } = this.contexts
    const value = endpoints.user(address, teid)
    if (value < 0) return false
    const row = value >> 1
    const gone: Endpoint[] = []
    let ends = false
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      if (endpoints.addressOf(n) !== address || endpoints.teidOf(n) !== teid) continue
      if (!isUserGroup(endpoints.groupOf(n))) continue
      const interfaceType = endpoints.interfaceTypeOf(n)
      gone.push({ address, teid, interfaceType })
      if (endsContext(interfaceType)) ends = true
    }
    const detail = `${this.book.text(address)} knows no tunnel ${teidText(teid)}`
    if (ends) {
      this.close(row, 'error-indication', at, detail)
      return true
    }
    this.tell('error-indication', this.contexts.facts(row), at, -1, detail)
    endpoints.remove(row, gone)
    this.contexts.refresh(row)
    this.#hooks.onUpdate?.(row)
    return true
  }

  /** Directions that an address receives, learnt from the control plane: bit 0 up, bit 1 down. */
  rolesOf(word: number, version: number): number {
    const roles = this.#roles.get(word, version)
    return Math.max(roles, 0)
  }

  tell(
    event: SessionEventKind,
    facts: PdpContext | undefined,
    at: At,
    cause: number,
    detail: string,
    causeText: string = cause < 0 ? '' : causeName(gtpVersionOf(facts), cause),
  ): void {
    if (event === 'rejected') this.counts.rejected++
    if (event === 'no-response') this.counts.noResponse++
    if (this.#hooks.onEvent === undefined) return
    this.#hooks.onEvent({
      timeUs: at.timeUs,
      frame: at.frame,
      event,
      context: facts !== undefined && facts.context > 0 ? facts.context : -1,
      imsi: facts?.imsi ?? '',
      msisdn: facts?.msisdn ?? '',
      apn: facts?.apn ?? '',
      cause,
      causeName: causeText,
      detail,
      place: placedEvents.has(event) ? facts : undefined,
    })
  }

  /** Whoever receives under a key that is now given to `row` has lost it. For a tunnel that lives as long
   * as its context this means that the context is gone and its delete was not captured; but PFCP shows
   * the tunnels of all bearers as one session, and they are dealt out when GTP-C names the bearers. */
  #takeTunnels(row: number, primary: number, endpoints: readonly Endpoint[], at: At): void {
    const table = this.contexts.endpoints
    for (const e of endpoints) {
      if (e.teid === 0 || !isUserGroup(endpointGroup(e.interfaceType))) continue
      const owner = table.user(e.address, e.teid)
      if (owner < 0 || owner >> 1 === row) continue
      if (!endsContext(e.interfaceType)) continue
      if (primary >= 0 && this.contexts.primaryOf(owner >> 1) === primary) continue
      this.close(owner >> 1, 'replaced', at, 'its tunnel was given to another context')
    }
  }

  /** The address of a context without GTP-C was given out again: its end was not captured. */
  #takeAddress(facts: PdpContext, at: At): void {
    const holder = this.ues.find(facts)
    if (holder < 0) return
    const known = this.contexts.get(holder)
    if (known.source === 'gtp' || !isSameApn(known, facts)) return
    this.close(holder, 'replaced', at, 'its address was given to another session')
  }

  #learnRoles(endpoints: readonly Endpoint[]): void {
    for (const e of endpoints) {
      const group = endpointGroup(e.interfaceType)
      if (!isUserGroup(group) || e.address < 0) continue
      const version = e.address >= 2 ** 32 ? 6 : 4
      if (this.#roles.size >= maxNodes && this.#roles.get(e.address | 0, version) < 0) continue
      const bit = group === 1 || group === 3 ? 2 : 1
      this.#roles.set(e.address | 0, version, this.rolesOf(e.address | 0, version) | bit)
    }
  }

  /** Distinct IMSIs, up to the bound. */
  #countImsi(imsi: string): void {
    if (imsi === '' || this.#imsis.size >= this.#maxSubscribers) return
    const a = imsiWord(imsi, 0)
    const b = imsiWord(imsi, 8)
    if (this.#imsis.get(a, b) >= 0) return
    this.#imsis.set(a, b, 0)
    this.counts.subscribers++
  }
}

/** Whose table of causes a message's cause is from, when nobody says otherwise. */
function gtpVersionOf(facts: PdpContext | undefined): 0 | 1 | 2 {
  const version = facts?.gtpVersion ?? 1
  return version < 0 ? 1 : (version as 0 | 1 | 2)
}

const shown = [
  ['sgsn', 'sgsn'],
  ['ggsn', 'ggsn'],
  ['rat', 'rat'],
  ['uli', 'uli'],
  ['servingPlmn', 'serving network'],
  ['ueV4', 'ue'],
  ['ueV6', 'ue'],
  ['apn', 'apn'],
] as const

/** `sgsn 172.16.10.11 -> 172.16.10.12, teid down 0x00000001 -> 0x00000007`; '' when nothing changed. */
function changes(before: PdpContext, after: PdpContext): string {
  const list: string[] = []
  for (const [field, name] of shown) {
    if (before[field] === after[field]) continue
    list.push(`${name} ${before[field] || 'unknown'} -> ${after[field] || 'unknown'}`)
  }
  if (before.teidUp !== after.teidUp) {
    list.push(`teid up ${known(before.teidUp)} -> ${known(after.teidUp)}`)
  }
  if (before.teidDown !== after.teidDown) {
    list.push(`teid down ${known(before.teidDown)} -> ${known(after.teidDown)}`)
  }
  return list.join(', ')
}

function known(teid: number): string {
  return teid < 0 ? 'unknown' : teidText(teid)
}
