/** The checksum of IPv4, UDP, TCP and ICMP. Read RFC 1071 section 1 and, for the pseudo-headers,
 * RFC 9293 section 3.1 (IPv4) and RFC 8200 section 8.1 (IPv6). */

import { OctetBuilder } from './octet-builder.js'

/** One's complement of the one's complement sum of 16-bit words; an odd octet is padded with 0. */
export function internetChecksum(octets: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < octets.length; i += 2) {
    sum += ((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** Checksum of an upper-layer message under the pseudo-header of its addresses (4 or 16 octets). */
export function upperLayerChecksum(
  src: Uint8Array,
  dst: Uint8Array,
  protocol: number,
  message: Uint8Array,
): number {
  const covered = new OctetBuilder().octets(src).octets(dst)
  if (src.length === 4) covered.u8(0).u8(protocol).u16(message.length)
  else covered.u32(message.length).u24(0).u8(protocol)
  return internetChecksum(covered.octets(message).take())
}
