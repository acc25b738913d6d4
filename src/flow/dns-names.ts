/** DNS on UDP and TCP port 53: the name that a flow asks for first becomes its host, and, when somebody
 * wants to know, every answer is shown to him (RFC 1035 sections 4.1, 4.2). Payload that is no DNS is
 * counted as a fault, once a flow: port 53 is often free, and a way out for tunnels. */

import { DnsMessage, tcpMessageEnd } from '../wire/dns.js'
import type { Fault } from '../wire/fault.js'
import { u16 } from '../wire/octets.js'
import { down } from './accounts.js'
import { judgeDatagram, judgeMessage } from './dns-conformity.js'
import { type FlowDetail, Mode } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'
import { appendHead } from './http-head-buffer.js'
import type { FaultCount } from './identify.js'

export const dnsPort = 53
/** RFC 1035 section 4.2.2: over TCP each message has its length before it */
const tcpPrefix = 2
const minMessage = 12

/** Is told of every message that came from a server. */
export interface DnsWatch {
  /** `message`, `seg` and `buf`, which holds the message, are valid during the call. */
  answered(row: number, message: DnsMessage, seg: Segment, buf: Uint8Array): void
}

export class DnsNames {
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #watch: DnsWatch | undefined
  readonly #message = new DnsMessage()

  constructor(fault: Fault, faults: FaultCount, watch: DnsWatch | undefined) {
    this.#fault = fault
    this.#faults = faults
    this.#watch = watch
  }

  /** How a flow is read on after its first message: the next query of the same flow is the same client
   * asking on, and answers matter to a watch only. */
  get modeAfter(): typeof Mode.Dns | typeof Mode.Opaque {
    return this.#watch === undefined ? Mode.Opaque : Mode.Dns
  }

  /** The first datagram of a flow; the first question names it. */
  datagram(d: FlowDetail, seg: Segment): void {
    const cut = seg.capEnd < seg.off + seg.len
    const good = this.#first(d, seg.buf, seg.off, seg.capEnd, cut)
    judgeDatagram(d, seg, this.#message, good)
    if (seg.dir === down) this.#watch?.answered(seg.row, this.#message, seg, seg.buf)
  }

  /** A later datagram. False when no more need be read: the flow is no client asking a resolver. */
  next(d: FlowDetail, seg: Segment): boolean {
    const good = this.#message.decode(seg.buf, seg.off, seg.capEnd, this.#fault)
    judgeDatagram(d, seg, this.#message, good)
    if (seg.dir === down) this.#watch?.answered(seg.row, this.#message, seg, seg.buf)
    return d.suspicions.length === 0
  }

  /** The first octets of a TCP connection to port 53: true when they are DNS. The length may say more than
   * this segment has: the question comes first. */
  stream(d: FlowDetail, seg: Segment): boolean {
    if (d.serverPort !== dnsPort || seg.capEnd - seg.off < tcpPrefix + minMessage) return false
    const start = seg.off + tcpPrefix
    const end = Math.min(start + u16(seg.buf, seg.off), seg.capEnd)
    return this.#first(d, seg.buf, start, end, true) || this.#message.questions.length > 0
  }

  /** Octets of a TCP connection, every message of which is read. False when the rest cannot be followed. */
  streamAnswers(d: FlowDetail, seg: Segment): boolean {
    if (seg.dir !== down) return true
    if (seg.capEnd < seg.off + seg.len) return false
    const direction = d.down
    let buf = seg.buf
    let at = seg.off
    let end = seg.capEnd
    const collected = direction.headLen > 0
    if (collected) {
      buf = appendHead(direction, seg, seg.off)
      at = 0
      end = direction.headLen
    }
    for (let next = tcpMessageEnd(buf, at, end); next >= 0; next = tcpMessageEnd(buf, at, end)) {
      const good = this.#message.decode(buf, at + tcpPrefix, next, this.#fault)
      if (good) judgeMessage(d, seg, this.#message, next - at - tcpPrefix)
      this.#watch?.answered(seg.row, this.#message, seg, buf)
      at = next
    }
    if (!collected) {
      if (at < end) appendHead(direction, seg, at)
    } else {
      buf.copyWithin(0, at, end)
      direction.headLen = end - at
    }
    return true
  }

  #first(d: FlowDetail, buf: Uint8Array, off: number, end: number, cut: boolean): boolean {
    const message = this.#message
    const good = message.decode(buf, off, end, this.#fault)
    if (!good && !cut) this.#faults.count(this.#fault.layer, this.#fault.code)
    const question = message.questions[0]
    if (d.host === '' && question !== undefined) d.host = question.name
    return good
  }
}
