/** Ethernet II header, VLAN tag stacks and PPPoE session: down to the EtherType of what is carried.
 * Read IEEE 802.3 clause 3.2.6, IEEE 802.1Q clause 9 and RFC 2516 section 4 first. The frame's own
 * length says nothing: short frames are padded to 60 octets, so payload ends where IP says it does. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16 } from './octets.js'

export const EtherType = {
  Ipv4: 0x0800,
  Ipv6: 0x86dd,
  Mpls: 0x8847,
  MplsMulticast: 0x8848,
  /** IEEE 802.1Q customer tag */
  CTag: 0x8100,
} as const

const TYPE = 12
const HEADER = 14
const TAG = 4
/** Nesting beyond this is no network, only a way to make a decoder loop. */
const maxTags = 8

const sTag = 0x88a8
/** 0x9100: stacked tags from before 802.1ad. */
const oldTag = 0x9100
const vlanMask = 0xfff

const pppoeSession = 0x8864
const PPPOE_HEADER = 6
const PPP_PROTOCOL = 2
const pppIpv4 = 0x0021
const pppIpv6 = 0x0057

const self = layer('ethernet')

export class Ethernet {
  /** what [payload, end) is; below 0x0600 it is an IEEE 802.3 length and nothing that we read */
  etherType = 0
  payload = 0
  /** the VLAN ids of the tags, folded into one number; 0 without tags */
  vlans = 0

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    if (end - off < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, end - off)
    const type = u16(buf, off + TYPE)
    this.etherType = type
    this.payload = off + HEADER
    this.vlans = 0
    if (type === EtherType.Ipv4 || type === EtherType.Ipv6) return true
    return this.strip(buf, type, off + HEADER, end, fault)
  }

  /** Takes tags and PPPoE off, given the EtherType of what begins at `off`. Linux cooked captures,
   * which state the EtherType elsewhere, come in here. */
  strip(buf: Uint8Array, etherType: number, off: number, end: number, fault: Fault): boolean {
    let type = etherType
    let at = off
    this.vlans = 0
    for (let tags = 0; type === EtherType.CTag || type === sTag || type === oldTag; tags++) {
      if (tags === maxTags) return fault.raise(FaultCode.Limit, self, at, maxTags, tags + 1)
      if (end - at < TAG) return fault.raise(FaultCode.Truncated, self, at, TAG, end - at)
      this.vlans = (Math.imul(this.vlans, 0x2003) + oneTag(u16(buf, at))) | 0
      type = u16(buf, at + 2)
      at += TAG
    }
    if (type === pppoeSession) {
      const need = PPPOE_HEADER + PPP_PROTOCOL
      if (end - at < need) return fault.raise(FaultCode.Truncated, self, at, need, end - at)
      const protocol = u16(buf, at + PPPOE_HEADER)
      at += need
      if (protocol === pppIpv4) type = EtherType.Ipv4
      else if (protocol === pppIpv6) type = EtherType.Ipv6
    }
    this.etherType = type
    this.payload = at
    return true
  }
}

/** `Ethernet.vlans` of a frame with this tag alone, given its Tag Control Information; 0x1000 tells VLAN 0 (a
 * priority tag) from no tag. */
export function oneTag(control: number): number {
  return (control & vlanMask) + 0x1000
}
