/** What the first octets of a TCP or UDP payload are, when that is cheap and certain: one small number
 * out of the recognisers in wire/. Read those, RFC 8999 section 5.1 (QUIC long header) and RFC 1035
 * section 4.1 (DNS) first.
 *
 * Content decides here; the port is the caller's second clue. WSP and WTP are not told: nearly any
 * octet begins a valid PDU of theirs, so they are read on their ports 9200 and 9201 alone. */

import { startsRequest, startsResponse } from '../wire/http1-start.js'
import { u16, u32 } from '../wire/octets.js'
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
  if (isQuicLongHeader(buf, off, end)) return Recognised.Quic
  if (isDnsMessage(buf, off, end)) return Recognised.Dns
  return looksLikeWtls(buf, off, end) ? Recognised.Wtls : Recognised.Unknown
}

const longHeader = 0xc0
const maxConnectionId = 20
const QUIC_VERSION = 1
const QUIC_DCID = 5

/** Form bit and fixed bit, a version in use, both connection ids of at most 20 octets. */
function isQuicLongHeader(buf: Uint8Array, off: number, end: number): boolean {
  if (end - off <= QUIC_DCID || (buf[off]! & longHeader) !== longHeader) return false
  if (!isQuicVersion(u32(buf, off + QUIC_VERSION))) return false
  const dcid = buf[off + QUIC_DCID]!
  const scid = off + QUIC_DCID + 1 + dcid
  return dcid <= maxConnectionId && scid < end && buf[scid]! <= maxConnectionId
}

/** 1 (RFC 9000), 2 (RFC 9369), drafts 22 to 34, Google's Q0xx and T0xx. */
function isQuicVersion(version: number): boolean {
  if (version === 1 || version === 0x6b3343cf) return true
  if (version >>> 8 === 0xff0000) return (version & 255) >= 22 && (version & 255) <= 34
  return version >>> 16 === 0x5130 || version >>> 16 === 0x5430
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
