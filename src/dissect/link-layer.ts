/** From a frame to its IP header, for each link type that Tollgate reads. Numbers are those of the
 * LINKTYPE_ registry of tcpdump.org. */

import { Ethernet, EtherType } from '../wire/ethernet.js'
import { type Fault, FaultCode, layer } from '../wire/fault.js'
import { GreProtocol } from '../wire/gre.js'
import { LinuxSll } from '../wire/linux-sll.js'
import { Mpls } from '../wire/mpls.js'
import { NullLoopback } from '../wire/null-loopback.js'

export const LinkType = {
  Null: 0,
  Ethernet: 1,
  /** raw IP as OpenBSD and others once numbered it */
  RawBsd: 12,
  RawOpenBsd: 14,
  Raw: 101,
  Loop: 108,
  LinuxSll: 113,
  Ipv4: 228,
  Ipv6: 229,
  LinuxSll2: 276,
} as const

/** Whether frames of this link type are looked into. */
export function isReadLinkType(linkType: number): boolean {
  return Object.values<number>(LinkType).includes(linkType)
}

/** `ipOffset` when the frame is sound but carries no IP (ARP, LLDP, a pseudowire). */
export const notIp = -1
/** `ipOffset` when a fault was raised. */
export const unreadable = -2

const frame = layer('frame')

export class LinkLayer {
  /** VLAN ids of the frame, folded; 0 without tags, -1 before the first frame */
  vlans = -1
  /** frames whose VLANs were not those of the frame before */
  changes = 0

  private readonly ethernet = new Ethernet()
  private readonly sll = new LinuxSll()
  private readonly loopback = new NullLoopback()
  private readonly mpls = new Mpls()

  /** Offset of the IP header in [off, end), `notIp`, or `unreadable` with `fault` set. Which version
   * of IP it is, its own first nibble says. */
  ipOffset(buf: Uint8Array, off: number, end: number, linkType: number, fault: Fault): number {
    const ethernet = this.ethernet
    if (linkType === LinkType.Ethernet) {
      if (!ethernet.decode(buf, off, end, fault)) return unreadable
      if (ethernet.vlans !== this.vlans) this.change(ethernet.vlans)
      return this.network(buf, ethernet.etherType, ethernet.payload, end, fault)
    }
    switch (linkType) {
      case LinkType.LinuxSll:
      case LinkType.LinuxSll2: {
        const sll = this.sll
        const read =
          linkType === LinkType.LinuxSll
            ? sll.decode(buf, off, end, fault)
            : sll.decode2(buf, off, end, fault)
        if (!read || !ethernet.strip(buf, sll.etherType, sll.payload, end, fault)) return unreadable
        if (ethernet.vlans !== this.vlans) this.change(ethernet.vlans)
        return this.network(buf, ethernet.etherType, ethernet.payload, end, fault)
      }
      case LinkType.Null:
      case LinkType.Loop:
        this.untagged()
        if (!this.loopback.decode(buf, off, end, fault)) return unreadable
        return this.network(buf, this.loopback.etherType, this.loopback.payload, end, fault)
      case LinkType.Raw:
      case LinkType.RawBsd:
      case LinkType.RawOpenBsd:
      case LinkType.Ipv4:
      case LinkType.Ipv6:
        this.untagged()
        return off
      default:
        fault.raise(FaultCode.Unsupported, frame, off, 0, linkType)
        return unreadable
    }
  }

  /** The same for what a mirror carries: an Ethernet frame, or what the EtherType says. */
  carried(buf: Uint8Array, protocol: number, off: number, end: number, fault: Fault): number {
    if (protocol === GreProtocol.Ethernet) {
      return this.ipOffset(buf, off, end, LinkType.Ethernet, fault)
    }
    this.untagged()
    return this.network(buf, protocol, off, end, fault)
  }

  private untagged(): void {
    if (this.vlans !== 0) this.change(0)
  }

  private change(vlans: number): void {
    this.vlans = vlans
    this.changes++
  }

  private network(
    buf: Uint8Array,
    etherType: number,
    off: number,
    end: number,
    fault: Fault,
  ): number {
    if (etherType === EtherType.Ipv4 || etherType === EtherType.Ipv6) return off
    if (etherType !== EtherType.Mpls && etherType !== EtherType.MplsMulticast) return notIp
    if (!this.mpls.decode(buf, off, end, fault)) return unreadable
    const below = this.mpls.payload
    // RFC 4928: the labels do not say what they carry; other payloads avoid the nibbles 4 and 6
    const nibble = below < end ? buf[below]! >> 4 : 0
    return nibble === 4 || nibble === 6 ? below : notIp
  }
}
