/** What the first octets of a TCP or UDP payload are, when that is cheap and certain: one small number
 * out of the recognisers in wire/. Read those, RFC 8999 section 5.1 (QUIC long header) and RFC 1035
 * section 4.1 (DNS) first.
 *
 * Content decides here; the port is the caller's second clue. WSP and WTP are not told: nearly any
 * octet begins a valid PDU of theirs, so they are read on their ports 9200 and 9201 alone. */

import { startsRequest, startsResponse } from '../wire/http1-start.js'
import { u16 } from '../wire/octets.js'
import { startsQuic } from '../wire/quic-header.js'
import { startsTlsRecord } from '../wire/tls-record.js'
import { looksLikeWtls } from '../wire/wtls.js'

export const Recognised = {
  /** also when there are too few octets to tell: ask again when more have come */
  Unknown: 0,
  HttpRequest: 1,
  HttpResponse: 2,
  /** a TLS record of SSL 3.0 to TLS 1.3, of any content type */
  Tls: 3,
  /** WTLS records that fill the datagram */
  Wtls: 4,
  /** a QUIC long header of a known version */
  Quic: 5,
  /** a DNS message with one well-formed question, as it stands in a datagram */
  Dns: 6,
} as const
export type Recognised = (typeof Recognised)[keyof typeof Recognised]

/** The octets of a TCP connection from their beginning, in one direction. */
export function recogniseTcp(buf: Uint8Array, off: number, end: number): Recognised {
  if (startsTlsRecord(buf, off, end) === 1) return Recognised.Tls
  if (startsResponse(buf, off, end) === 1) return Recognised.HttpResponse
  return startsRequest(buf, off, end) === 1 ? Recognised.HttpRequest : Recognised.Unknown
}

/** The payload of one UDP datagram, all of it. */
export function recogniseUdp(buf: Uint8Array, off: number, end: number): Recognised {
  if (startsQuic(buf, off, end)) return Recognised.Quic
  if (isDnsMessage(buf, off, end)) return Recognised.Dns
  return looksLikeWtls(buf, off, end) ? Recognised.Wtls : Recognised.Unknown
}

const DNS_FLAGS = 2
const DNS_QUESTIONS = 4
const DNS_HEADER = 12
/** Opcode and the reserved Z bit: a QUERY has none of them set. */
const dnsUnusual = 0x7840
const maxName = 255
const maxLabel = 63
const classIn = 1
const classAny = 255

function isDnsMessage(buf: Uint8Array, off: number, end: number): boolean {
  if (end - off < DNS_HEADER + 5) return false
  if ((u16(buf, off + DNS_FLAGS) & dnsUnusual) !== 0) return false
  if (u16(buf, off + DNS_QUESTIONS) !== 1) return false
  const name = off + DNS_HEADER
  let at = name
  while (at < end && buf[at] !== 0) {
    if (buf[at]! > maxLabel || at - name > maxName) return false
    at += 1 + buf[at]!
  }
  // root label, type, class
  if (end - at < 5) return false
  const dnsClass = u16(buf, at + 3)
  return dnsClass === classIn || dnsClass === classAny
}
