/** Whether what goes through port 53 is a handset asking a resolver: port 53 is often free, and a way out for tunnels
 * (Peng, Li, Tu, Lu, Zhang: "Mobile Data Charging: New Attacks and Countermeasures", CCS 2012, section 4).
 *
 * No DNS at all (no question can be read) is told from one datagram. Tunnels that speak DNS are told from how much each message carries,
 * and only when it happens again and again:
 * - a question of more than 200 of the 255 octets that a name may have (RFC 1035 section 2.3.4),
 * - a query of more than 512 octets (RFC 1035 section 4.2.1: no name needs so many),
 * - TXT or NULL records with more than 450 octets (RFC 7208 section 3.4: what is meant to be asked for stays below),
 * - an answer of more than 4096 octets over UDP (RFC 6891 section 6.2.5: the size that resolvers start with). */

import type { DnsMessage } from '../wire/dns.js'
import { DnsType } from '../wire/dns.js'
import type { FlowDetail } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'

const maxQuestion = 200
const maxQuery = 512
const maxText = 450
const maxAnswer = 4096
/** Bulky messages of one flow after which it is no client asking: one mail or key record is not enough. */
const manyBulky = 4

/** Operations beside queries have other forms of records (RFC 2136 section 2.4: empty ones). */
const query = 0
const lastKnown = 6
const headerOctets = 12

/** One datagram; `good`: all of it was read as DNS. */
export function judgeDatagram(
  d: FlowDetail,
  seg: Segment,
  message: DnsMessage,
  good: boolean,
): void {
  if (seg.capEnd < seg.off + seg.len || seg.len === 0) return
  if (good) {
    judgeMessage(d, seg, message, seg.len)
    return
  }
  if (seg.len >= headerOctets && message.opcode !== query && message.opcode <= lastKnown) return
  if (message.questions.length > 0) {
    // damaged behind the question: as little as that happens to real answers
    if (seg.len > maxQuery) again(d, seg, `${seg.len} octets, of which the question can be read`)
    return
  }
  const evidence = `frame ${seg.frame}: ${seg.len} octets, and no DNS question in them`
  d.suspect('dns-nonconforming', seg.frame, evidence, 'high')
}

/** One message of so many octets, read without a fault. */
export function judgeMessage(
  d: FlowDetail,
  seg: Segment,
  message: DnsMessage,
  octets: number,
): void {
  const why = bulk(d, message, octets)
  if (why !== '') again(d, seg, why)
}

function again(d: FlowDetail, seg: Segment, why: string): void {
  if (++d.bulkyMessages < manyBulky) return
  const evidence = `frame ${seg.frame}: ${why}, the ${manyBulky}th such message of the flow`
  d.suspect('dns-nonconforming', seg.frame, evidence, 'medium')
}

/** What of a message is larger than a handset's question and its answer; '' for nothing. */
function bulk(d: FlowDetail, message: DnsMessage, octets: number): string {
  const name = message.questions[0]?.name.length ?? 0
  if (name > maxQuestion) return `a question of ${name} octets`
  if (!message.response) return octets > maxQuery ? `a query of ${octets} octets` : ''
  let text = 0
  for (const { type, rdLength } of message.answers) {
    if (type === DnsType.Txt || type === DnsType.Null) text += rdLength
  }
  if (text > maxText) return `TXT or NULL records of ${text} octets`
  return d.protocol === udp && octets > maxAnswer ? `an answer of ${octets} octets` : ''
}

const udp = 17
