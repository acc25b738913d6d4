/** Link-layer headers in front of the outer IP packet. Read IEEE 802.3, 802.1Q, 802.1ad, RFC 3032 (MPLS),
 * RFC 2516 (PPPoE) and the LINKTYPE_ registry of tcpdump.org (LINKTYPE_NULL, _RAW, _LINUX_SLL, _LINUX_SLL2). */

import { OctetBuilder } from './octet-builder.js'

export const linkTypeNumbers = { ethernet: 1, null: 0, raw: 101, sll: 113, sll2: 276 } as const
export type LinkName = keyof typeof linkTypeNumbers

export interface LinkOptions {
  type: LinkName
  /** VLAN ids, outermost first, from access to gateway and back */
  vlanUp: readonly number[]
  vlanDown: readonly number[]
  /** 802.1ad: the outermost tag has TPID 0x88a8 */
  qinq: boolean
  /** MPLS labels, outermost first */
  mpls?: readonly number[]
  /** a PPPoE session around the packet */
  pppoe?: boolean
}

const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
const ETHERTYPE_MPLS = 0x8847
const ETHERTYPE_PPPOE = 0x8864
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057
const MPLS_BOTTOM = 0x100
const MPLS_TTL = 64
const PPPOE_SESSION = 1
const TPID_8021Q = 0x8100
const TPID_8021AD = 0x88a8
const ARPHRD_ETHER = 1
const AF_INET = 2
const AF_INET6 = 10
const accessMac = Uint8Array.of(0x02, 0, 0, 0, 0, 0x0a)
const gatewayMac = Uint8Array.of(0x02, 0, 0, 0, 0, 0x0b)

function etherTypeOf(packet: Uint8Array): number {
  return (packet[0] ?? 0) >>> 4 === 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4
}

function emitEthernet(options: LinkOptions, up: boolean, packet: Uint8Array): Uint8Array {
  const out = new OctetBuilder()
    .octets(up ? gatewayMac : accessMac)
    .octets(up ? accessMac : gatewayMac)
  const vlans = up ? options.vlanUp : options.vlanDown
  vlans.forEach((vlan, depth) => {
    out.u16(options.qinq && depth === 0 ? TPID_8021AD : TPID_8021Q).u16(vlan)
  })
  if (options.pppoe === true) {
    // RFC 2516 section 4: version and type 1, code 0
    out.u16(ETHERTYPE_PPPOE).u16(0x1100).u16(PPPOE_SESSION)
    out.u16(packet.length + 2).u16(etherTypeOf(packet) === ETHERTYPE_IPV6 ? PPP_IPV6 : PPP_IPV4)
    return out.octets(packet).take()
  }
  const labels = options.mpls ?? []
  out.u16(labels.length > 0 ? ETHERTYPE_MPLS : etherTypeOf(packet))
  labels.forEach((label, depth) => {
    // RFC 3032 section 2.1: label, traffic class 0, bottom of stack, TTL
    out.u32((label << 12) | (depth === labels.length - 1 ? MPLS_BOTTOM : 0) | MPLS_TTL)
  })
  return out.octets(packet).take()
}

/** A frame; `up` = from the access side (SGSN, eNB) to the gateway. */
export function emitFrame(options: LinkOptions, up: boolean, packet: Uint8Array): Uint8Array {
  const out = new OctetBuilder()
  const mac = up ? accessMac : gatewayMac
  switch (options.type) {
    case 'ethernet':
      return emitEthernet(options, up, packet)
    case 'raw':
      return packet
    case 'null':
      // written in the byte order of the machine that captured: little-endian here
      out.u32le(etherTypeOf(packet) === ETHERTYPE_IPV6 ? AF_INET6 : AF_INET)
      break
    case 'sll':
      out.u16(0).u16(ARPHRD_ETHER).u16(6).octets(mac).u16(0).u16(etherTypeOf(packet))
      break
    case 'sll2':
      out
        .u16(etherTypeOf(packet))
        .u16(0)
        .u32(up ? 2 : 3)
      out.u16(ARPHRD_ETHER).u8(0).u8(6).octets(mac).u16(0)
      break
  }
  return out.octets(packet).take()
}
