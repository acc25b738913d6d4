/** UDP datagrams with their checksum. Read RFC 768 and RFC 8200 section 8.1. */

import { IpProtocol } from './emit-ip.js'
import { upperLayerChecksum } from './internet-checksum.js'
import { OctetBuilder } from './octet-builder.js'

export function emitUdp(
  src: Uint8Array,
  dst: Uint8Array,
  srcPort: number,
  dstPort: number,
  payload: Uint8Array,
): Uint8Array {
  const out = new OctetBuilder()
    .u16(srcPort)
    .u16(dstPort)
    .u16(8 + payload.length)
    .u16(0)
    .octets(payload)
  const sum = upperLayerChecksum(src, dst, IpProtocol.udp, out.take())
  // RFC 768: a computed 0 is sent as all ones, because 0 means "no checksum"
  return out.patchU16(6, sum === 0 ? 0xffff : sum).take()
}
