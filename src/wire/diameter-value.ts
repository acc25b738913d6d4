/** Values of AVPs as numbers and text. Read RFC 6733 sections 4.2 (basic formats) and 4.3.1 (derived ones).
 * A value that does not have the length of its format reads as -1 or ''. */

import type { AvpType } from './diameter-avp-type.js'
import { hex, int32, ipv4Text, ipv6Text, tbcd, u16, u32 } from './octets.js'
import { plmnText } from './user-location.js'

/** Unsigned32, Enumerated: 0 to 4294967295. */
export function avpUnsigned32(buf: Uint8Array, off: number, end: number): number {
  return end - off === 4 ? u32(buf, off) : -1
}

/** Unsigned64 as a number: exact up to 2^53, the nearest one above. */
export function avpUnsigned64(buf: Uint8Array, off: number, end: number): number {
  return end - off === 8 ? u32(buf, off) * 2 ** 32 + u32(buf, off + 4) : -1
}

/** Seconds from 1900 (NTP, RFC 5905 section 6) to 1970, and from one era of 2^32 seconds to the next. */
const ntpTo1970 = 2_208_988_800
const ntpEra = 2 ** 32

/** Time as seconds since 1970; -1 when it is none. RFC 6733 section 4.3.1: 32 bits, which overflow in
 * 2036; a value whose highest bit is not set lies after that (RFC 4330 section 3). */
export function avpTime(buf: Uint8Array, off: number, end: number): number {
  if (end - off !== 4) return -1
  const seconds = u32(buf, off)
  return seconds + (seconds >= 2 ** 31 ? 0 : ntpEra) - ntpTo1970
}

const familyIpv4 = 1
const familyIpv6 = 2
/** RFC 6733 section 4.3.1: AddressType is a number of the IANA registry; 8 is E.164, digits */
const familyE164 = 8

/** Address: two octets of family, then the address. Some senders leave out the family. */
export function avpAddress(buf: Uint8Array, off: number, end: number): string {
  const length = end - off
  if (length === 4) return ipv4Text(buf, off)
  if (length === 16) return ipv6Text(buf, off)
  if (length < 2) return ''
  const family = u16(buf, off)
  if (family === familyIpv4 && length === 6) return ipv4Text(buf, off + 2)
  if (family === familyIpv6 && length === 18) return ipv6Text(buf, off + 2)
  return family === familyE164 ? utf8(buf, off + 2, end) : ''
}

/** RFC 3162 section 2.3: reserved octet, prefix length, the octets of the prefix: `2001:db8::/64`. */
export function avpPrefix(buf: Uint8Array, off: number, end: number): string {
  const length = end - off
  if (length < 2 || length > 18) return ''
  const bits = buf[off + 1]!
  if (bits > 128 || length - 2 < Math.ceil(bits / 8)) return ''
  const address = new Uint8Array(16)
  address.set(buf.subarray(off + 2, end))
  return `${ipv6Text(address, 0)}/${bits}`
}

/** UTF8String and the formats derived from it; octets that are no UTF-8 become U+FFFD. */
export function utf8(buf: Uint8Array, off: number, end: number): string {
  return Buffer.from(buf.buffer, buf.byteOffset + off, end - off).toString('utf8')
}

function integer32(buf: Uint8Array, off: number, end: number): string {
  return end - off === 4 ? String(int32(buf, off)) : ''
}

function integer64(buf: Uint8Array, off: number, end: number): string {
  if (end - off !== 8) return ''
  return String((BigInt(int32(buf, off)) << 32n) | BigInt(u32(buf, off + 4)))
}

function unsigned64(buf: Uint8Array, off: number, end: number): string {
  return end - off === 8 ? String((BigInt(u32(buf, off)) << 32n) | BigInt(u32(buf, off + 4))) : ''
}

function float32(buf: Uint8Array, off: number, end: number): string {
  if (end - off !== 4) return ''
  return String(new DataView(buf.buffer, buf.byteOffset + off, 4).getFloat32(0))
}

function time(buf: Uint8Array, off: number, end: number): string {
  const seconds = avpTime(buf, off, end)
  return seconds < 0 ? '' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function unsigned32(buf: Uint8Array, off: number, end: number): string {
  const value = avpUnsigned32(buf, off, end)
  return value < 0 ? '' : String(value)
}

function plmn(buf: Uint8Array, off: number, end: number): string {
  return end - off === 3 ? plmnText(buf, off) : ''
}

type ReadText = (buf: Uint8Array, off: number, end: number) => string

const readers: Readonly<Record<AvpType, ReadText>> = {
  OctetString: hex,
  Integer32: integer32,
  Integer64: integer64,
  Unsigned32: unsigned32,
  Unsigned64: unsigned64,
  Float32: float32,
  Enumerated: unsigned32,
  Grouped: hex,
  Address: avpAddress,
  Time: time,
  UTF8String: utf8,
  DiameterIdentity: utf8,
  DiameterURI: utf8,
  IPFilterRule: utf8,
  Text: utf8,
  RadiusAddress: avpAddress,
  RadiusPrefix: avpPrefix,
  Tbcd: tbcd,
  Plmn: plmn,
}

/** Text of a value of that type: numbers in decimal, times in RFC 3339, octets in hex; '' when the value
 * cannot be of that type. */
export function avpText(type: AvpType, buf: Uint8Array, off: number, end: number): string {
  return readers[type](buf, off, end)
}
