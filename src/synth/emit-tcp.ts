/** TCP segments with their checksum. Read RFC 9293 section 3.1. */

import { IpProtocol } from './emit-ip.js'
import { upperLayerChecksum } from './internet-checksum.js'
import { OctetBuilder } from './octet-builder.js'

export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const

export interface TcpHeader {
  srcPort: number
  dstPort: number
  seq: number
  ack: number
  flags: number
  /** maximum segment size to announce; SYN segments only */
  mss?: number
}

const WINDOW = 65535
const OPTION_MSS = 2

export function emitTcp(
  src: Uint8Array,
  dst: Uint8Array,
  header: TcpHeader,
  payload: Uint8Array,
): Uint8Array {
  const words = header.mss === undefined ? 5 : 6
  const out = new OctetBuilder()
    .u16(header.srcPort)
    .u16(header.dstPort)
    .u32(header.seq)
    .u32(header.ack)
    .u8(words << 4)
    .u8(header.flags)
    .u16(header.flags & TcpFlag.rst ? 0 : WINDOW)
    .u16(0)
    .u16(0)
  if (header.mss !== undefined) out.u8(OPTION_MSS).u8(4).u16(header.mss)
  out.octets(payload)
  return out.patchU16(16, upperLayerChecksum(src, dst, IpProtocol.tcp, out.take())).take()
}
