/** What mirrors put around the frames that they send to a probe. Read RFC 2784 and RFC 2890 (GRE), RFC 7637
 * (NVGRE), draft-foschiano-erspan sections 4.1 to 4.3, RFC 7348 section 5 (VXLAN). */

import { IpProtocol } from './emit-ip.js'
import { emitUdp } from './emit-udp.js'
import { OctetBuilder } from './octet-builder.js'

export const mirrorKinds = ['gre', 'nvgre', 'erspan1', 'erspan2', 'erspan3', 'vxlan'] as const
export type MirrorKind = (typeof mirrorKinds)[number]

const GRE_KEY = 0x2000
const GRE_SEQUENCE = 0x1000
const BRIDGED_ETHERNET = 0x6558
const ERSPAN = 0x88be
const ERSPAN_THREE = 0x22eb
const VXLAN_PORT = 4789
/** RFC 7348 section 5: VXLAN senders choose a port by the frame's own addresses. */
const VXLAN_SOURCE = 49_152
const SESSION = 17
const VNI = 6000

function gre(flags: number, protocol: number, ...words: number[]): OctetBuilder {
  const out = new OctetBuilder().u16(flags).u16(protocol)
  for (const word of words) out.u32(word)
  return out
}

/** IP protocol and payload of a mirrored frame. `count` numbers the frames of this mirror, from 0; `packet`
 * is the IP packet in the frame. */
export function emitMirror(
  kind: MirrorKind,
  src: Uint8Array,
  dst: Uint8Array,
  frame: Uint8Array,
  packet: Uint8Array,
  count: number,
): { protocol: number; payload: Uint8Array } {
  const etherType = (packet[0] ?? 0) >>> 4 === 6 ? 0x86dd : 0x0800
  const carried = (header: OctetBuilder, octets: Uint8Array) => ({
    protocol: IpProtocol.gre,
    payload: header.octets(octets).take(),
  })
  switch (kind) {
    case 'gre':
      return carried(gre(0, etherType), packet)
    case 'nvgre':
      return carried(gre(GRE_KEY, BRIDGED_ETHERNET, VNI << 8), frame)
    case 'erspan1':
      return carried(gre(0, ERSPAN), frame)
    case 'erspan2':
      return carried(gre(GRE_SEQUENCE, ERSPAN, count, 0x1000_0000 | SESSION, count), frame)
    case 'erspan3': {
      const header = gre(GRE_SEQUENCE, ERSPAN_THREE, count, 0x2000_0000 | SESSION, count, 0)
      return carried(header, frame)
    }
    case 'vxlan': {
      const payload = new OctetBuilder()
        .u32(0x0800_0000)
        .u32(VNI << 8)
        .octets(frame)
        .take()
      return {
        protocol: IpProtocol.udp,
        payload: emitUdp(src, dst, VXLAN_SOURCE, VXLAN_PORT, payload),
      }
    }
  }
}
