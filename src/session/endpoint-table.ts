/** Which TEID at which address leads to which context, for the user plane and the control plane. An
 * endpoint is a receiver: (receiving address, TEID), valid from the message that assigned it to the
 * one that takes it away; a TEID alone says nothing (3GPP TS 29.281 clause 4.1: unique per node). */

import { type Address, addressWord, isV6 } from './address-book.js'
import {
  type EndpointGroup,
  endpointGroup,
  groupDirection,
  isKeyed,
  isUserGroup,
} from './interface-type.js'
import { PairTable } from './pair-table.js'

/** One tunnel end as a message names it. */
export interface Endpoint {
  address: Address
  /** int32 pattern; 0 is "none yet", except for the flow labels of GTPv0 */
  teid: number
  interfaceType: number
}

const NONE = -1

export class EndpointTable {
  // user plane: (address, TEID) -> context * 2 + direction
  readonly #user4 = new PairTable()
  readonly #user6 = new PairTable()
  // control plane: (address, TEID) -> first node; all bearers of a UE may share it
  readonly #control4 = new PairTable()
  readonly #control6 = new PairTable()
  // (address, IP version) -> first control node there: what a restart of the node takes with it
  readonly #peers = new PairTable()
  // nodes, one for each endpoint of each context
  #address = new Float64Array(64)
  #teid = new Int32Array(64)
  #interfaceType = new Uint8Array(64)
  #bearer = new Uint8Array(64)
  #context = new Int32Array(64)
  #nextOfContext = new Int32Array(64)
  #nextOfKey = new Int32Array(64)
  #nextAtPeer = new Int32Array(64)
  #previousAtPeer = new Int32Array(64)
  #nodes = 0
  #free = NONE
  /** first node by context row */
  #head = new Int32Array(64).fill(NONE)

  /** HOT. context * 2 + direction (0 up, 1 down), or -1. */
  user4(address: number, teid: number): number {
    return this.#user4.get(address, teid)
  }

  /** Goes up whenever `user4` may say something else. */
  get user4Changes(): number {
    return this.#user4.changes
  }

  /** HOT. `id` is AddressBook.findV6 of the destination. */
  user6(id: number, teid: number): number {
    return this.#user6.get(id, teid)
  }

  /** Same for an address of a message. */
  user(address: Address, teid: number): number {
    return (isV6(address) ? this.#user6 : this.#user4).get(addressWord(address), teid)
  }

  /** Context whose control plane receives under (address, TEID), with this bearer; -1 when none. With
   * bearer -1: any, the first. */
  control(address: Address, teid: number, bearer: number): number {
    for (let n = this.firstControl(address, teid); n >= 0; n = this.nextControl(n)) {
      if (bearer < 0 || this.#bearer[n] === bearer) return this.#context[n]!
    }
    return NONE
  }

  /** Walks all nodes under one control key. */
  firstControl(address: Address, teid: number): number {
    return (isV6(address) ? this.#control6 : this.#control4).get(addressWord(address), teid)
  }

  nextControl(node: number): number {
    return this.#nextOfKey[node]!
  }

  /** Walks all control nodes at one address, whatever their TEID. */
  firstAt(address: Address): number {
    return this.#peers.get(addressWord(address), isV6(address) ? 6 : 4)
  }

  nextAt(node: number): number {
    return this.#nextAtPeer[node]!
  }

  /** Walks all nodes of one context. */
  firstOf(context: number): number {
    return context < this.#head.length ? this.#head[context]! : NONE
  }

  nextOf(node: number): number {
    return this.#nextOfContext[node]!
  }

  contextOf(node: number): number {
    return this.#context[node]!
  }

  addressOf(node: number): Address {
    return this.#address[node]!
  }

  teidOf(node: number): number {
    return this.#teid[node]!
  }

  interfaceTypeOf(node: number): number {
    return this.#interfaceType[node]!
  }

  groupOf(node: number): EndpointGroup {
    return endpointGroup(this.#interfaceType[node]!)
  }

  /** Gives an endpoint to a context. A user-plane key has one owner: the last one who got it. */
  add(context: number, bearer: number, endpoint: Endpoint): void {
    const { address, teid, interfaceType } = endpoint
    const group = endpointGroup(interfaceType)
    if (group === 0 || address < 0 || (teid === 0 && isKeyed(interfaceType))) return
    for (let n = this.firstOf(context); n >= 0; n = this.nextOf(n)) {
      if (!this.#is(n, endpoint)) continue
      if (isUserGroup(group)) this.#setUser(n)
      return
    }
    const node = this.#allocate()
    this.#address[node] = address
    this.#teid[node] = teid
    this.#interfaceType[node] = interfaceType
    this.#bearer[node] = bearer
    this.#context[node] = context
    this.#growHead(context)
    this.#nextOfContext[node] = this.#head[context]!
    this.#head[context] = node
    if (isUserGroup(group)) {
      this.#setUser(node)
    } else {
      this.#linkPeer(node)
      if (isKeyed(interfaceType)) this.#linkControl(node)
    }
  }

  /** Takes away the endpoints of `context` in `group` that are not in `keep`. */
  removeGroup(context: number, group: EndpointGroup, keep: readonly Endpoint[]): void {
    this.#removeWhere(context, n => this.groupOf(n) === group && !keep.some(e => this.#is(n, e)))
  }

  /** Takes away these endpoints of `context`. */
  remove(context: number, endpoints: readonly Endpoint[]): void {
    this.#removeWhere(context, n => endpoints.some(e => this.#is(n, e)))
  }

  removeAll(context: number): void {
    this.#removeWhere(context, () => true)
  }

  #removeWhere(context: number, test: (node: number) => boolean): void {
    let previous = NONE
    let node = this.firstOf(context)
    while (node >= 0) {
      const next = this.#nextOfContext[node]!
      if (test(node)) {
        if (previous < 0) this.#head[context] = next
        else this.#nextOfContext[previous] = next
        this.#drop(node)
      } else {
        previous = node
      }
      node = next
    }
  }

  #is(node: number, e: Endpoint): boolean {
    return (
      e.address === this.#address[node] &&
      e.teid === this.#teid[node] &&
      e.interfaceType === this.#interfaceType[node]
    )
  }

  #setUser(node: number): void {
    if (!isKeyed(this.#interfaceType[node]!)) return
    const address = this.#address[node]!
    const table = isV6(address) ? this.#user6 : this.#user4
    const value = this.#context[node]! * 2 + groupDirection(this.groupOf(node))
    table.set(addressWord(address), this.#teid[node]!, value)
  }

  #linkPeer(node: number): void {
    const address = this.#address[node]!
    const first = this.firstAt(address)
    this.#previousAtPeer[node] = NONE
    this.#nextAtPeer[node] = first
    if (first >= 0) this.#previousAtPeer[first] = node
    this.#peers.set(addressWord(address), isV6(address) ? 6 : 4, node)
  }

  #unlinkPeer(node: number): void {
    const address = this.#address[node]!
    const previous = this.#previousAtPeer[node]!
    const next = this.#nextAtPeer[node]!
    if (next >= 0) this.#previousAtPeer[next] = previous
    if (previous >= 0) this.#nextAtPeer[previous] = next
    else if (next >= 0) this.#peers.set(addressWord(address), isV6(address) ? 6 : 4, next)
    else this.#peers.delete(addressWord(address), isV6(address) ? 6 : 4)
  }

  /** Puts the node first under its key. A node with the same bearer belongs to an earlier user of this
   * TEID and is stale; without this an emulator that always says TEID 1 would make endless lists. */
  #linkControl(node: number): void {
    const address = this.#address[node]!
    const table = isV6(address) ? this.#control6 : this.#control4
    const word = addressWord(address)
    const teid = this.#teid[node]!
    let previous = node
    let other = table.get(word, teid)
    this.#nextOfKey[node] = other
    while (other >= 0) {
      const next = this.#nextOfKey[other]!
      const sameBearer = this.#bearer[other] === this.#bearer[node]
      if (sameBearer && this.#context[other] !== this.#context[node]) {
        this.#nextOfKey[previous] = next
        this.#unlinkFromContext(other)
        this.#unlinkPeer(other)
        this.#release(other)
      } else {
        previous = other
      }
      other = next
    }
    table.set(word, teid, node)
  }

  #unlinkFromContext(node: number): void {
    const context = this.#context[node]!
    if (this.#head[context] === node) {
      this.#head[context] = this.#nextOfContext[node]!
      return
    }
    let n = this.#head[context]!
    while (this.#nextOfContext[n] !== node) n = this.#nextOfContext[n]!
    this.#nextOfContext[n] = this.#nextOfContext[node]!
  }

  /** Forgets the key of a node that is out of its context's list, unless somebody else has it by now. */
  #drop(node: number): void {
    const address = this.#address[node]!
    const teid = this.#teid[node]!
    const word = addressWord(address)
    const keyed = isKeyed(this.#interfaceType[node]!)
    if (isUserGroup(this.groupOf(node))) {
      const table = isV6(address) ? this.#user6 : this.#user4
      if (keyed && table.get(word, teid) >> 1 === this.#context[node]) {
        table.delete(word, teid)
        this.#restoreTwin(node)
      }
    } else {
      this.#unlinkPeer(node)
      if (keyed) this.#unlinkControl(node, isV6(address) ? this.#control6 : this.#control4)
    }
    this.#release(node)
  }

  #unlinkControl(node: number, table: PairTable): void {
    const word = addressWord(this.#address[node]!)
    const teid = this.#teid[node]!
    const next = this.#nextOfKey[node]!
    let n = table.get(word, teid)
    if (n === node) {
      if (next < 0) table.delete(word, teid)
      else table.set(word, teid, next)
      return
    }
    while (n >= 0 && this.#nextOfKey[n] !== node) n = this.#nextOfKey[n]!
    if (n >= 0) this.#nextOfKey[n] = next
  }

  /** A combined SGW and PGW may receive S1-U and S5-U under one TEID: two nodes of one context, one key.
   * When one goes, the key stays for the other. */
  #restoreTwin(gone: number): void {
    const context = this.#context[gone]!
    for (let n = this.firstOf(context); n >= 0; n = this.nextOf(n)) {
      if (this.#address[n] !== this.#address[gone] || this.#teid[n] !== this.#teid[gone]) continue
      if (isUserGroup(this.groupOf(n))) this.#setUser(n)
    }
  }

  #allocate(): number {
    if (this.#free >= 0) {
      const node = this.#free
      this.#free = this.#nextOfContext[node]!
      return node
    }
    if (this.#nodes === this.#teid.length) this.#growNodes()
    return this.#nodes++
  }

  #release(node: number): void {
    this.#nextOfContext[node] = this.#free
    this.#free = node
  }

  #growNodes(): void {
    const count = this.#teid.length * 2
    this.#address = grown(this.#address, new Float64Array(count))
    this.#teid = grown(this.#teid, new Int32Array(count))
    this.#interfaceType = grown(this.#interfaceType, new Uint8Array(count))
    this.#bearer = grown(this.#bearer, new Uint8Array(count))
    this.#context = grown(this.#context, new Int32Array(count))
    this.#nextOfContext = grown(this.#nextOfContext, new Int32Array(count))
    this.#nextOfKey = grown(this.#nextOfKey, new Int32Array(count))
    this.#nextAtPeer = grown(this.#nextAtPeer, new Int32Array(count))
    this.#previousAtPeer = grown(this.#previousAtPeer, new Int32Array(count))
  }

  #growHead(context: number): void {
    if (context < this.#head.length) return
    const larger = new Int32Array(Math.max(context + 1, this.#head.length * 2)).fill(NONE)
    this.#head = grown(this.#head, larger)
  }
}

/** Copies a full column into its larger successor. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}
