/** IPv4 and IPv6 headers and fragments. Read RFC 791 section 3.1 and RFC 8200 sections 3 and 4.5. */

import { internetChecksum } from './internet-checksum.js'
import { OctetBuilder } from './octet-builder.js'

export const IpProtocol = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  gre: 47,
  ipv6Fragment: 44,
  icmpv6: 58,
} as const

export interface IpHeader {
  src: Uint8Array
  dst: Uint8Array
  protocol: number
  /** IPv4 Identification, also the identification of IPv6 fragments */
  id: number
  ttl: number
  /** true: leave Total Length 0, as a capture with segmentation offload shows it (IPv4 only) */
  lengthZero?: boolean
}

const IPV4_HEADER = 20
const IPV6_HEADER = 40
const FRAGMENT_HEADER = 8
const MORE_FRAGMENTS = 0x2000

function emitIpv4(header: IpHeader, fragment: number, payload: Uint8Array): Uint8Array {
  const total = header.lengthZero ? 0 : IPV4_HEADER + payload.length
  const out = new OctetBuilder()
    .u8(0x45)
    .u8(0)
    .u16(total)
    .u16(header.id)
    .u16(fragment)
    .u8(header.ttl)
    .u8(header.protocol)
    .u16(0)
    .octets(header.src)
    .octets(header.dst)
  return out.patchU16(10, internetChecksum(out.take())).octets(payload).take()
}

function emitIpv6(header: IpHeader, next: number, payload: Uint8Array): Uint8Array {
  return new OctetBuilder()
    .u32(0x6000_0000)
    .u16(payload.length)
    .u8(next)
    .u8(header.ttl)
    .octets(header.src)
    .octets(header.dst)
    .octets(payload)
    .take()
}

function emitIpv6Fragment(header: IpHeader, offset: number, more: boolean, piece: Uint8Array) {
  const payload = new OctetBuilder()
    .u8(header.protocol)
    .u8(0)
    .u16(offset | (more ? 1 : 0))
    .u32(header.id)
    .octets(piece)
    .take()
  return emitIpv6(header, IpProtocol.ipv6Fragment, payload)
}

/** The packet, or its fragments in order when it is longer than `mtu`. */
export function emitIp(header: IpHeader, payload: Uint8Array, mtu: number): Uint8Array[] {
  const v4 = header.src.length === 4
  if ((v4 ? IPV4_HEADER : IPV6_HEADER) + payload.length <= mtu) {
    return [v4 ? emitIpv4(header, 0, payload) : emitIpv6(header, header.protocol, payload)]
  }
  const room = mtu - (v4 ? IPV4_HEADER : IPV6_HEADER + FRAGMENT_HEADER)
  const step = room & ~7 // fragments but the last are multiples of 8 octets
  const fragments: Uint8Array[] = []
  for (let offset = 0; offset < payload.length; offset += step) {
    const piece = payload.subarray(offset, offset + step)
    const more = offset + step < payload.length
    fragments.push(
      v4
        ? emitIpv4(header, (offset >>> 3) | (more ? MORE_FRAGMENTS : 0), piece)
        : emitIpv6Fragment(header, offset, more, piece),
    )
  }
  return fragments
}
