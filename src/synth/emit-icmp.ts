/** ICMP and ICMPv6 echo messages. Read RFC 792 and RFC 4443 section 4. */

import { IpProtocol } from './emit-ip.js'
import { internetChecksum, upperLayerChecksum } from './internet-checksum.js'
import { OctetBuilder } from './octet-builder.js'

export interface Echo {
  reply: boolean
  id: number
  seq: number
  data: Uint8Array
}

/** The family follows the addresses. */
export function emitEcho(src: Uint8Array, dst: Uint8Array, echo: Echo): Uint8Array {
  const v4 = src.length === 4
  const request = v4 ? 8 : 128
  const reply = v4 ? 0 : 129
  const out = new OctetBuilder()
    .u8(echo.reply ? reply : request)
    .u8(0)
    .u16(0)
    .u16(echo.id)
    .u16(echo.seq)
    .octets(echo.data)
  const sum = v4
    ? internetChecksum(out.take())
    : upperLayerChecksum(src, dst, IpProtocol.icmpv6, out.take())
  return out.patchU16(2, sum).take()
}
