/** Rows of live contexts: row number -> facts, the endpoints that lead to it, and the index by subscriber.
 * Rows are used again after a close; instance numbers are not. */

import type { AddressBook } from './address-book.js'
import { type Endpoint, EndpointTable, grown } from './endpoint-table.js'
import { EndpointGroup, endpointGroup, isUserGroup } from './interface-type.js'
import { PairTable } from './pair-table.js'
import type { PdpContext, PdpContextFacts } from './pdp-context.js'

const NONE = -1

export class ContextTable {
  readonly endpoints = new EndpointTable()
  /** rows in use */
  live = 0
  /** some context has tunnels on both sides of its SGW: its packets may be captured on both */
  bothTunnels = false
  /** instance numbers handed out: contexts created in the run */
  created = 0
  readonly #book: AddressBook
  readonly #facts: (PdpContextFacts | undefined)[] = []
  /** row of the primary context or default bearer; itself for a primary one */
  #primary = new Int32Array(64)
  /** order of the last signalling, oldest first: who is evicted when the table is full */
  #older = new Int32Array(64)
  #newer = new Int32Array(64)
  #oldest = NONE
  #newest = NONE
  #free: number[] = []
  /** subscriber (IMSI in 64 bits) -> first row; the others in `#nextOfImsi` */
  readonly #byImsi = new PairTable()
  #nextOfImsi = new Int32Array(64)

  constructor(book: AddressBook) {
    this.#book = book
  }

  /** Facts of a live row. Throws for a row that is not in use: a caller's mistake, not a packet's. */
  get(row: number): PdpContext {
    return this.facts(row)
  }

  facts(row: number): PdpContextFacts {
    const facts = this.#facts[row]
    if (facts === undefined) throw new RangeError(`context row ${row} is not in use`)
    return facts
  }

  /** Whether `row` still holds the instance that somebody remembered. */
  isInstance(row: number, instance: number): boolean {
    return row >= 0 && this.#facts[row]?.context === instance
  }

  forEach(visit: (row: number, context: PdpContext) => void): void {
    for (let row = this.#oldest; row >= 0; ) {
      const next = this.#newer[row]!
      visit(row, this.facts(row))
      row = next
    }
  }

  /** Row that has been silent for the longest time; -1 when the table is empty. */
  get oldest(): number {
    return this.#oldest
  }

  primaryOf(row: number): number {
    return this.#primary[row]!
  }

  /** Live context of this subscriber and bearer, or -1. */
  find(imsi: string, bearer: number): number {
    if (imsi === '') return NONE
    let row = this.#byImsi.get(imsiWord(imsi, 0), imsiWord(imsi, 8))
    for (; row >= 0; row = this.#nextOfImsi[row]!) {
      const facts = this.#facts[row]!
      if (facts.bearer === bearer && facts.imsi === imsi) break
    }
    return row
  }

  /** All live contexts of a subscriber. */
  ofImsi(imsi: string): number[] {
    const rows: number[] = []
    if (imsi === '') return rows
    let row = this.#byImsi.get(imsiWord(imsi, 0), imsiWord(imsi, 8))
    for (; row >= 0; row = this.#nextOfImsi[row]!) {
      if (this.#facts[row]!.imsi === imsi) rows.push(row)
    }
    return rows
  }

  /** Rows of the same PDN connection: the primary one and all that hang on it. */
  connection(row: number): number[] {
    const primary = this.#primary[row]!
    const facts = this.facts(row)
    const rows: number[] = []
    const visit = (other: number) => {
      if (this.#primary[other] === primary && !rows.includes(other)) rows.push(other)
    }
    if (facts.imsi !== '') {
      let other = this.#byImsi.get(imsiWord(facts.imsi, 0), imsiWord(facts.imsi, 8))
      for (; other >= 0; other = this.#nextOfImsi[other]!) visit(other)
      return rows
    }
    // no IMSI (the capture began later): all bearers of a connection share their control endpoints
    const { endpoints } = this
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      if (isUserGroup(endpoints.groupOf(n))) continue
      let c = endpoints.firstControl(endpoints.addressOf(n), endpoints.teidOf(n))
      for (; c >= 0; c = endpoints.nextControl(c)) visit(endpoints.contextOf(c))
    }
    visit(row)
    return rows
  }

  /** A row for new facts. `primary` is the row it hangs on, -1 for a primary context. */
  open(facts: PdpContextFacts, primary: number): number {
    const row = this.#free.pop() ?? this.#facts.length
    this.#grow(row)
    this.#facts[row] = facts
    facts.context = ++this.created
    this.live++
    this.#primary[row] = primary < 0 ? row : primary
    this.#append(row)
    this.#index(row, facts.imsi)
    return row
  }

  close(row: number): void {
    const facts = this.facts(row)
    // the others of the connection lean on each other from now on, not on a row that is used again
    if (this.#primary[row] === row) {
      const others = this.connection(row).filter(other => other !== row)
      for (const other of others) this.#primary[other] = others[0]!
    }
    this.endpoints.removeAll(row)
    this.#unindex(row, facts.imsi)
    this.#detach(row)
    this.#facts[row] = undefined
    this.#free.push(row)
    this.live--
  }

  /** Something was said about this context: it is no longer the oldest. */
  touch(row: number): void {
    this.#detach(row)
    this.#append(row)
  }

  /** A row that was a connection of its own turns out to be a bearer of another. */
  hang(row: number, primary: number): void {
    this.#primary[row] = primary
  }

  /** An IMSI that became known after the context was opened. */
  setImsi(row: number, imsi: string): void {
    const facts = this.facts(row)
    if (facts.imsi !== '' || imsi === '') return
    facts.imsi = imsi
    this.#index(row, imsi)
  }

  /** Adds endpoints without taking others away. */
  addEndpoints(row: number, endpoints: readonly Endpoint[]): void {
    const facts = this.facts(row)
    for (const endpoint of endpoints) this.endpoints.add(row, facts.bearer, endpoint)
    this.refresh(row)
  }

  /** Puts endpoints in the place of those of the same groups. */
  moveEndpoints(row: number, endpoints: readonly Endpoint[]): void {
    for (const endpoint of endpoints) {
      if (endpoint.teid === 0) continue
      this.endpoints.removeGroup(row, endpointGroup(endpoint.interfaceType), endpoints)
    }
    this.addEndpoints(row, endpoints)
  }

  /** What the facts say of nodes and TEIDs, from the endpoints that are there now. Next to the terminal
   * counts first: S1-U and S11 before S5/S8. */
  refresh(row: number): void {
    const facts = this.facts(row)
    const { endpoints } = this
    const best = new Int32Array(9).fill(NONE)
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      best[endpoints.groupOf(n)] = n
    }
    if (best[EndpointGroup.GatewayUser]! >= 0 && best[EndpointGroup.ServingUser]! >= 0) {
      this.bothTunnels = true
    }
    const pick = (...groups: readonly EndpointGroup[]) => {
      for (const group of groups) if (best[group]! >= 0) return best[group]!
      return NONE
    }
    const up = pick(EndpointGroup.GatewayUser, EndpointGroup.AnchorUser)
    const down = pick(EndpointGroup.AccessUser, EndpointGroup.ServingUser)
    if (up >= 0) facts.teidUp = endpoints.teidOf(up) >>> 0
    if (down >= 0) facts.teidDown = endpoints.teidOf(down) >>> 0
    const access = pick(
      EndpointGroup.AccessControl,
      EndpointGroup.GatewayControl,
      EndpointGroup.ServingControl,
    )
    const anchor = pick(
      EndpointGroup.AnchorControl,
      EndpointGroup.ServingControl,
      EndpointGroup.GatewayControl,
    )
    if (access >= 0) facts.accessNode = endpoints.addressOf(access)
    if (anchor >= 0) facts.anchorNode = endpoints.addressOf(anchor)
    facts.sgsn = facts.accessNode < 0 ? '' : this.#book.text(facts.accessNode)
    facts.ggsn = facts.anchorNode < 0 ? '' : this.#book.text(facts.anchorNode)
  }

  #append(row: number): void {
    this.#older[row] = this.#newest
    this.#newer[row] = NONE
    if (this.#newest >= 0) this.#newer[this.#newest] = row
    else this.#oldest = row
    this.#newest = row
  }

  #detach(row: number): void {
    const older = this.#older[row]!
    const newer = this.#newer[row]!
    if (older >= 0) this.#newer[older] = newer
    else this.#oldest = newer
    if (newer >= 0) this.#older[newer] = older
    else this.#newest = older
  }

  #index(row: number, imsi: string): void {
    if (imsi === '') return
    const a = imsiWord(imsi, 0)
    const b = imsiWord(imsi, 8)
    this.#nextOfImsi[row] = this.#byImsi.get(a, b)
    this.#byImsi.set(a, b, row)
  }

  #unindex(row: number, imsi: string): void {
    if (imsi === '') return
    const a = imsiWord(imsi, 0)
    const b = imsiWord(imsi, 8)
    const next = this.#nextOfImsi[row]!
    let other = this.#byImsi.get(a, b)
    if (other === row) {
      if (next < 0) this.#byImsi.delete(a, b)
      else this.#byImsi.set(a, b, next)
      return
    }
    while (this.#nextOfImsi[other] !== row) other = this.#nextOfImsi[other]!
    this.#nextOfImsi[other] = next
  }

  #grow(row: number): void {
    if (row < this.#primary.length) return
    const count = this.#primary.length * 2
    this.#primary = grown(this.#primary, new Int32Array(count))
    this.#older = grown(this.#older, new Int32Array(count))
    this.#newer = grown(this.#newer, new Int32Array(count))
    this.#nextOfImsi = grown(this.#nextOfImsi, new Int32Array(count))
  }
}

/** Eight digits of an IMSI from `from` as an int32, four bits each, 15 where it has ended. */
export function imsiWord(imsi: string, from: number): number {
  let word = 0
  for (let i = from; i < from + 8; i++) {
    const digit = i < imsi.length ? imsi.charCodeAt(i) & 15 : 15
    word = (word << 4) | digit
  }
  return word
}
