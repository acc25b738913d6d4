/** Who has an address, as Gx, Gy and RADIUS say it: from the start of their session to its end. Read RFC
 * 2866 section 5.1 (Start, Interim, Stop), 3GPP TS 29.212 clause 4.5 (IP-CAN session), TS 29.061 clause
 * 16.4 (accounting of a packet session).
 *
 * What is said goes into the context that has the address then; where GTP-C and PFCP show none, it makes a
 * context of its own, so that packets find their subscriber by the terminal's address. An identity
 * serves one context: when that has ended, the address may be somebody else's before the end of the
 * policy or accounting session is seen, and nothing is joined any more. */

import { PdpContextFacts } from './pdp-context.js'
import { isIdentityOnly, isSameApn, isSameSubscriber } from './same-session.js'
import type { At, SessionStore } from './session-store.js'
import { prefixText } from './ue-index.js'

/** '' and -1 mean that nothing was said. */
export interface Identity {
  protocol: 'gx' | 'gy' | 'radius'
  /** name of the session within its protocol */
  session: string
  /** node whose restart ends it; '' when nobody would tell */
  node: string
  imsi: string
  msisdn: string
  imei: string
  apn: string
  chargingId: number
  ueV4: string
  ueV6: string
}

interface Known extends Identity {
  row: number
  instance: number
}

export class IdentityBook {
  readonly #store: SessionStore
  /** in order of their start */
  readonly #byKey = new Map<string, Known>()
  readonly #byAddress = new Map<string, Set<Known>>()
  readonly #byNode = new Map<string, Set<Known>>()

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** A session began, or is told of again: what it says is taken. `note` is told with the event. */
  start(said: Identity, at: At, note = ''): void {
    const before = this.#byKey.get(keyOf(said))
    if (before !== undefined) {
      if (isSameSubscriber(before, said) && isSameAddress(before, said)) {
        this.#again(before, said, at)
        return
      }
      // its end was not captured, and the number of the session was given out again
      this.#end(before, at)
    }
    const known: Known = { ...said, ueV6: prefixText(said.ueV6), row: -1, instance: 0 }
    if (this.#byKey.size >= this.#store.maxContexts) {
      const [oldest] = this.#byKey.values()
      if (oldest !== undefined) this.#forget(oldest)
      this.#store.counts.evictedIdentities++
    }
    this.#byKey.set(keyOf(known), known)
    indexed(this.#byAddress, addressOf(known), known)
    indexed(this.#byNode, known.node, known)
    this.#attach(known, at)
    this.#tell(`${known.protocol}-start`, known, at, note)
  }

  /** An interim report of RADIUS. */
  interim(said: Identity, at: At): void {
    const isKnown = this.#byKey.has(keyOf(said))
    this.start(said, at, 'seen first in an interim report')
    const known = this.#byKey.get(keyOf(said))
    if (isKnown && known !== undefined) this.#tell('radius-interim', known, at, '')
  }

  stop(said: Identity, at: At): void {
    const known = this.#byKey.get(keyOf(said))
    const session: Known = known ?? { ...said, row: -1, instance: 0 }
    this.#tell(
      `${said.protocol}-stop`,
      session,
      at,
      known === undefined ? 'start not captured' : '',
    )
    if (known !== undefined) this.#end(known, at)
  }

  /** The start was refused. */
  refused(said: Identity, at: At, result: number, name: string): void {
    const known = this.#byKey.get(keyOf(said))
    if (known === undefined) return
    const facts = this.#contextOf(known)
    this.#store.tell('rejected', facts ?? factsOf(known), at, result, names[known.protocol], name)
    this.#end(known, at)
  }

  /** A node told that all its sessions are gone. */
  nodeRestarted(node: string, at: At): void {
    for (const known of this.#byNode.get(node) ?? []) {
      this.#tell(`${known.protocol}-stop`, known, at, 'its node has restarted')
      this.#end(known, at)
    }
  }

  /** A context has an address: whoever is said to have it now is its subscriber. */
  contextSeen(row: number, at: At): void {
    const { contexts } = this.#store
    for (const known of this.#byAddress.get(addressOf(contexts.get(row))) ?? []) {
      const own = this.#contextOf(known)
      if (own === undefined || known.row === row || !isIdentityOnly(own.source)) continue
      const context = contexts.get(row)
      if (!isSameSubscriber(own, context) || !isSameApn(own, context)) continue
      const left = { row: known.row, instance: known.instance }
      this.#fill(row, known, at)
      if (contexts.isInstance(left.row, left.instance)) {
        this.#store.close(left.row, 'replaced', at, `is context ${context.context}`)
      }
    }
  }

  #again(known: Known, said: Identity, at: At): void {
    known.imsi ||= said.imsi
    known.msisdn ||= said.msisdn
    known.imei ||= said.imei
    known.apn ||= said.apn
    if (known.chargingId < 0) known.chargingId = said.chargingId
    if (addressOf(known) === '' && addressOf(said) !== '') {
      known.ueV4 = said.ueV4
      known.ueV6 = prefixText(said.ueV6)
      indexed(this.#byAddress, addressOf(known), known)
    }
    if (known.row < 0) this.#attach(known, at)
    else if (this.#contextOf(known) !== undefined) this.#fill(known.row, known, at)
  }

  #attach(known: Known, at: At): void {
    const { contexts } = this.#store
    const facts = factsOf(known)
    let row = this.#store.findSame(facts, [], () => true)
    if (row < 0 && addressOf(known) === '') row = this.#onlyOf(known)
    if (row < 0 && addressOf(known) !== '') {
      known.row = this.#store.open(facts, [], -1, at)
      known.instance = contexts.get(known.row).context
    } else if (row >= 0) this.#fill(row, known, at)
  }

  /** Gy may name no address: the one context of the subscriber with this APN. */
  #onlyOf(known: Known): number {
    const { contexts } = this.#store
    const facts = factsOf(known)
    const rows = contexts
      .ofImsi(known.imsi)
      .filter(row => contexts.primaryOf(row) === row && isSameApn(contexts.get(row), facts))
    return rows.length === 1 ? rows[0]! : -1
  }

  #fill(row: number, known: Known, at: At): void {
    const { contexts } = this.#store
    const facts = contexts.facts(row)
    const before = { ...facts }
    known.row = row
    known.instance = facts.context
    contexts.setImsi(row, known.imsi)
    facts.takeMissing(factsOf(known))
    if (facts.chargingId < 0) facts.chargingId = known.chargingId
    const isNew = before.imsi !== facts.imsi || before.msisdn !== facts.msisdn
    this.#store.updated(row, before, at, isNew ? `subscriber by ${names[known.protocol]}` : '')
  }

  #end(known: Known, at: At): void {
    this.#forget(known)
    const facts = this.#contextOf(known)
    if (facts === undefined || !isIdentityOnly(facts.source)) return
    for (const other of this.#byAddress.get(addressOf(known)) ?? []) {
      if (other.row === known.row && other.instance === known.instance) return
    }
    this.#store.close(known.row, 'deleted', at, `${names[known.protocol]} session ended`)
  }

  #contextOf(known: Known): PdpContextFacts | undefined {
    const { contexts } = this.#store
    return contexts.isInstance(known.row, known.instance) ? contexts.facts(known.row) : undefined
  }

  #forget(known: Known): void {
    this.#byKey.delete(keyOf(known))
    unindexed(this.#byAddress, addressOf(known), known)
    unindexed(this.#byNode, known.node, known)
  }

  #tell(event: IdentityEvent, known: Known, at: At, note: string): void {
    // without its name: Session-Ids are made of IMSIs by some, and this text is not masked
    const session = `${names[known.protocol]} session`
    const detail = note === '' ? session : `${session}, ${note}`
    this.#store.tell(event, this.#contextOf(known) ?? factsOf(known), at, -1, detail)
  }
}

type IdentityEvent = `${Identity['protocol']}-${'start' | 'stop'}` | 'radius-interim'

const names = { gx: 'Gx', gy: 'Gy', radius: 'RADIUS' } as const

function keyOf(said: Identity): string {
  return `${said.protocol} ${said.node} ${said.session}`
}

function addressOf(said: { ueV4: string; ueV6: string }): string {
  return said.ueV4 || prefixText(said.ueV6)
}

function isSameAddress(a: Identity, b: Identity): boolean {
  const one = addressOf(a)
  const other = addressOf(b)
  return one === '' || other === '' || one === other
}

function factsOf(said: Identity): PdpContextFacts {
  const facts = new PdpContextFacts(-1, said.protocol)
  const { imsi, msisdn, imei, apn, chargingId, ueV4, ueV6 } = said
  return Object.assign(facts, { imsi, msisdn, imei, apn, apnSent: apn, chargingId, ueV4, ueV6 })
}

function indexed(index: Map<string, Set<Known>>, key: string, known: Known): void {
  if (key === '') return
  const set = index.get(key)
  if (set === undefined) index.set(key, new Set([known]))
  else set.add(known)
}

function unindexed(index: Map<string, Set<Known>>, key: string, known: Known): void {
  const set = index.get(key)
  set?.delete(known)
  if (set?.size === 0) index.delete(key)
}
