/** One GTPv2 message as it lies in the packet: who asks whom, which tunnel ends it names, which bearers it
 * is about. Read 3GPP TS 29.274 clauses 5.5 (TEID of the header), 7.2 and 8.22. */

import type { PacketView } from '../dissect/packet-view.js'
import type { Fault } from '../wire/fault.js'
import { Gtp2Header } from '../wire/gtp2-c.js'
import { type Gtp2Bearer, Gtp2Facts } from '../wire/gtp2-facts.js'
import type { FTeid } from '../wire/gtp2-ie.js'
import type { Address } from './address-book.js'
import type { Endpoint } from './endpoint-table.js'
import { digestOf, type Exchange } from './gtp-transaction.js'
import { EndpointGroup, endpointGroup, isForwarding, isUserGroup } from './interface-type.js'
import type { SessionStore } from './session-store.js'

export class Gtp2Message {
  /** of the header, int32 */
  teid = 0
  /** where the piggybacked message begins, -1 without one */
  nextOff = -1
  buf: Uint8Array = new Uint8Array(0)
  readonly facts = new Gtp2Facts()
  readonly exchange: Exchange = {
    version: 2,
    type: 0,
    sequence: 0,
    source: -1,
    destination: -1,
    timeUs: 0,
    frame: 0,
  }
  readonly #store: SessionStore
  readonly #header = new Gtp2Header()
  #off = 0

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** The message at `off`; same contract as Gtp1Message.read. */
  read(view: PacketView, off: number, fault: Fault): boolean {
    const h = this.#header
    const e = this.exchange
    this.buf = view.buf
    this.nextOff = -1
    this.#off = off
    if (!h.decode(view.buf, off, view.gtpEnd, fault)) return false
    this.teid = h.teid
    if (h.piggybacked && h.end < view.gtpEnd) this.nextOff = h.end
    e.type = h.type
    e.sequence = h.sequence
    e.source = this.#store.book.source(view)
    e.destination = this.#store.book.destination(view)
    e.timeUs = view.timeUs
    e.frame = view.frame
    this.facts.collect(view.buf, h.ieOff, h.end, fault)
    return true
  }

  digest(): number {
    return digestOf(this.buf, this.#off, this.#header.end)
  }

  /** Row of the bearer `ebi` (-1: any) that the header's TEID names, or -1. */
  target(ebi: number): number {
    if (this.teid === 0) return -1
    return this.#store.contexts.endpoints.control(this.exchange.destination, this.teid, ebi)
  }

  /** Rows of all bearers that share the header's TEID: those of the UE (S11) or connection (S5/S8). */
  allTargets(): number[] {
    const { endpoints } = this.#store.contexts
    const rows: number[] = []
    if (this.teid === 0) return rows
    let n = endpoints.firstControl(this.exchange.destination, this.teid)
    for (; n >= 0; n = endpoints.nextControl(n)) rows.push(endpoints.contextOf(n))
    return rows
  }

  /** Control endpoints outside the bearer contexts: the sender's own, and on S11 the PGW's. The sender is
   * also heard at the address that it sends from. */
  controlEndpoints(): Endpoint[] {
    const m = this.facts
    const list: Endpoint[] = []
    for (let i = 0; i < m.fTeidCount; i++) {
      const fTeid = m.fTeids[i]!
      if (isUserGroup(endpointGroup(fTeid.interfaceType))) continue
      this.#push(list, fTeid)
      if (m.fTeidInstance[i] !== 0 || fTeid.teid === 0) continue
      const { source } = this.exchange
      if (list.some(e => e.address === source)) continue
      list.push({ address: source, teid: fTeid.teid, interfaceType: fTeid.interfaceType })
    }
    return list
  }

  userEndpoints(bearer: Gtp2Bearer): Endpoint[] {
    const list: Endpoint[] = []
    for (let i = 0; i < bearer.fTeidCount; i++) {
      const fTeid = bearer.fTeids[i]!
      if (isUserGroup(endpointGroup(fTeid.interfaceType))) this.#push(list, fTeid)
    }
    return list
  }

  /** Ends of tunnels for forwarding, of all bearers. */
  forwardingEndpoints(): Endpoint[] {
    const list: Endpoint[] = []
    for (let i = 0; i < this.facts.bearerCount; i++) {
      const bearer = this.facts.bearers[i]!
      for (let n = 0; n < bearer.fTeidCount; n++) {
        const fTeid = bearer.fTeids[n]!
        if (isForwarding(fTeid.interfaceType)) this.#push(list, fTeid)
      }
    }
    return list
  }

  /** What the headers alone say, for a capture that began in the middle: the receiver of this message
   * hears under its TEID. On S11 and S4 it is the SGW or MME, on S5/S8 the PGW or SGW. */
  headerEndpoint(isRequest: boolean, onAccess: boolean): Endpoint {
    const accessType = isRequest ? 11 : 10
    const coreType = isRequest ? 7 : 6
    return {
      address: this.exchange.destination,
      teid: this.teid,
      interfaceType: onAccess ? accessType : coreType,
    }
  }

  #push(list: Endpoint[], fTeid: FTeid): void {
    const { teid, interfaceType, v4Off, v6Off } = fTeid
    if (teid === 0) return
    const add = (address: Address) => list.push({ address, teid, interfaceType })
    if (v4Off >= 0) add(this.#store.book.learn(this.buf, v4Off, 4))
    if (v6Off >= 0) add(this.#store.book.learn(this.buf, v6Off, 16))
  }
}

/** Whether one of these is next to the terminal: then the message is of S11 or S4. */
export function isOnAccess(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(e => {
    const group = endpointGroup(e.interfaceType)
    return (
      group === EndpointGroup.AccessControl ||
      group === EndpointGroup.AccessUser ||
      group === EndpointGroup.GatewayControl ||
      group === EndpointGroup.GatewayUser
    )
  })
}
