/** One GTPv1 or GTPv0 control message as it lies in the packet: who asks whom, which tunnel ends it names,
 * which context it is about. Read 3GPP TS 29.060 clauses 7.3 and 7.7.32, GSM 09.60 clauses 7.5 and 7.9. */

import { PacketView } from '../dissect/packet-view.js'
import { type Fault, FaultCode, layer } from '../wire/fault.js'
import { Gtp0 } from '../wire/gtp0.js'
import { Tid } from '../wire/gtp0-tid.js'
import { Gtp1C } from '../wire/gtp1-c.js'
import { Gtp1Facts } from '../wire/gtp1-facts.js'
import { gtp0TvLengths, gtp1TvLengths } from '../wire/gtp1-ie.js'
import { int32 } from '../wire/octets.js'
import type { Address } from './address-book.js'
import type { Endpoint } from './endpoint-table.js'
import { digestOf, type Exchange } from './gtp-transaction.js'
import { EndpointGroup, GnInterface } from './interface-type.js'
import type { PdpContextFacts } from './pdp-context.js'
import type { SessionStore } from './session-store.js'

const layer0 = layer('gtp0')
const layer1ie = layer('gtp1-ie')

export class Gtp1Message {
  version: 0 | 1 = 1
  /** of the header, int32; 0 in version 0 */
  teid = 0
  readonly facts = new Gtp1Facts()
  readonly exchange: Exchange = {
    version: 1,
    type: 0,
    sequence: 0,
    source: -1,
    destination: -1,
    timeUs: 0,
    frame: 0,
  }
  view = new PacketView()
  readonly #store: SessionStore
  readonly #header1 = new Gtp1C()
  readonly #header0 = new Gtp0()
  readonly #tid = new Tid()

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** Overwrites everything. False: the header is not readable. With true, `fault` may still hold what
   * stopped the elements; those before it count. */
  read(view: PacketView, fault: Fault): boolean {
    const { buf, gtpOff, gtpEnd } = view
    const e = this.exchange
    this.view = view
    fault.clear()
    if (view.gtpVersion === 0) {
      const h = this.#header0
      if (!h.decode(buf, gtpOff, gtpEnd, fault)) return false
      this.version = 0
      this.teid = 0
      e.type = h.type
      e.sequence = h.sequence
      const end = Math.min(h.messageEnd, gtpEnd)
      if (h.messageEnd > gtpEnd) {
        fault.raise(FaultCode.Truncated, layer0, gtpOff, h.messageEnd - gtpOff, gtpEnd - gtpOff)
      }
      this.facts.collect(buf, h.payload, end, gtp0TvLengths, layer0, fault)
    } else {
      const h = this.#header1
      if (!h.decode(buf, gtpOff, gtpEnd, fault)) return false
      this.version = 1
      this.teid = h.teid
      e.type = h.type
      e.sequence = h.sequence
      this.facts.collect(buf, h.ieOff, h.end, gtp1TvLengths, layer1ie, fault)
    }
    e.version = this.version
    e.source = this.#store.book.source(view)
    e.destination = this.#store.book.destination(view)
    e.timeUs = view.timeUs
    e.frame = view.frame
    return true
  }

  digest(): number {
    return digestOf(this.view.buf, this.view.gtpOff, this.view.gtpEnd)
  }

  /** Row of the context that the header and the NSAPI name, or -1. */
  target(nsapi: number): number {
    if (this.version === 0) return this.#store.gtp0.find(this.view)
    if (this.teid === 0) return -1
    return this.#store.contexts.endpoints.control(this.exchange.destination, this.teid, nsapi)
  }

  /** Whether the receiver of this message is the GGSN of this context. */
  isForAnchor(row: number): boolean {
    const { endpoints } = this.#store.contexts
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      if (endpoints.addressOf(n) !== this.exchange.destination) continue
      if (endpoints.groupOf(n) === EndpointGroup.AnchorControl) return true
    }
    return false
  }

  /** GSN address number `i` of the message. */
  address(i: number): Address {
    const m = this.facts
    return this.#store.book.learn(this.view.buf, m.gsnOff[i]!, m.gsnLength[i]!)
  }

  /** The two words of a version 0 TID, as packets carry it. */
  tidWords(): readonly [number, number] {
    const off = this.#header0.tidOff
    return [int32(this.view.buf, off), int32(this.view.buf, off + 4)]
  }

  /** IMSI and NSAPI of the TID. */
  takeTid(facts: PdpContextFacts): void {
    this.#tid.decode(this.view.buf, this.#header0.tidOff, facts.servingPlmn.slice(0, 3))
    facts.imsi ||= this.#tid.imsi
    facts.bearer = this.#tid.nsapi
  }

  /** The endpoints that this message names, of the node next to the terminal or of the GGSN. 7.7.32: the
   * first GSN Address is for signalling, the second for user traffic, then the alternatives; a lone one
   * in an answer to the GGSN is for user traffic. What the message leaves out stays as it is in `row`.
   * `whole`: messages of 7.3.1 and 7.3.3, where missing addresses are those of the datagram. */
  endpointsOf(access: boolean, whole: boolean, row: number | undefined): Endpoint[] {
    const m = this.facts
    const list: Endpoint[] = []
    const own = this.exchange.source
    const loneUser = m.gsnCount === 1 && !whole && access
    const control = access ? EndpointGroup.AccessControl : EndpointGroup.AnchorControl
    const user = access ? EndpointGroup.AccessUser : EndpointGroup.AnchorUser
    const controlTeid = m.hasTeidControl ? m.teidControl : this.#teidOf(row, control)
    const userTeid = m.hasTeidData ? m.teidData : this.#teidOf(row, user)
    if ((m.gsnCount > 0 && !loneUser) || m.hasTeidControl) {
      if (controlTeid !== undefined) {
        const type = this.#interface(access, false)
        if (m.gsnCount > 0 && !loneUser) list.push(gn(this.address(0), controlTeid, type))
        if (list.length === 0 || list[0]!.address !== own) list.push(gn(own, controlTeid, type))
        if (m.gsnCount > 2) list.push(gn(this.address(2), controlTeid, type))
      }
    }
    if ((m.gsnCount > 1 || loneUser || m.hasTeidData) && userTeid !== undefined) {
      const type = this.#interface(access, true)
      const first = m.gsnCount > 1 ? 1 : 0
      list.push(gn(m.gsnCount > 0 ? this.address(first) : own, userTeid, type))
      if (m.gsnCount > 3) list.push(gn(this.address(3), userTeid, type))
    }
    return list
  }

  #interface(access: boolean, user: boolean): number {
    if (this.version === 0) {
      if (user) return access ? GnInterface.SgsnUser0 : GnInterface.GgsnUser0
      return access ? GnInterface.SgsnControl0 : GnInterface.GgsnControl0
    }
    if (user) return access ? GnInterface.SgsnUser : GnInterface.GgsnUser
    return access ? GnInterface.SgsnControl : GnInterface.GgsnControl
  }

  #teidOf(row: number | undefined, group: EndpointGroup): number | undefined {
    if (row === undefined) return undefined
    const { endpoints } = this.#store.contexts
    for (let n = endpoints.firstOf(row); n >= 0; n = endpoints.nextOf(n)) {
      if (endpoints.groupOf(n) === group) return endpoints.teidOf(n)
    }
    return undefined
  }
}

export function gn(address: Address, teid: number, interfaceType: number): Endpoint {
  return { address, teid, interfaceType }
}
