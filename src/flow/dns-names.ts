/** DNS on UDP and TCP port 53: the name that a flow asks for becomes its host (RFC 1035 sections 4.1, 4.2).
 * Payload that is no DNS is counted as a fault: port 53 is often free, and a way out for tunnels. */

import { DnsMessage } from '../wire/dns.js'
import type { Fault } from '../wire/fault.js'
import { u16 } from '../wire/octets.js'
import type { FlowDetail } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'
import type { FaultCount } from './identify.js'

export const dnsPort = 53
/** RFC 1035 section 4.2.2: over TCP each message has its length before it */
const tcpPrefix = 2
const minMessage = 12

export class DnsNames {
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #message = new DnsMessage()

  constructor(fault: Fault, faults: FaultCount) {
    this.#fault = fault
    this.#faults = faults
  }

  /** A datagram: true when it is DNS; the first question names the flow. */
  datagram(d: FlowDetail, seg: Segment): boolean {
    return this.#read(d, seg.buf, seg.off, seg.capEnd, seg.capEnd < seg.off + seg.len)
  }

  /** The first octets of a TCP connection to port 53. The length may say more than this segment has:
   * the question comes first. */
  stream(d: FlowDetail, seg: Segment): boolean {
    if (d.serverPort !== dnsPort || seg.capEnd - seg.off < tcpPrefix + minMessage) return false
    const start = seg.off + tcpPrefix
    const end = Math.min(start + u16(seg.buf, seg.off), seg.capEnd)
    return this.#read(d, seg.buf, start, end, true)
  }

  #read(d: FlowDetail, buf: Uint8Array, off: number, end: number, cut: boolean): boolean {
    const message = this.#message
    const good = message.decode(buf, off, end, this.#fault)
    if (!good && !cut) this.#faults.count(this.#fault.layer, this.#fault.code)
    const question = message.questions[0]
    if (d.host === '' && question !== undefined) d.host = question.name
    return good || question !== undefined
  }
}
