/** One IP packet of either version in the same fields, with the two ends that a capture gives it: what
 * was captured and what was on the wire. The dissector has one for the outer and one for the inner
 * packet; a reassembled datagram is put in the same fields. */

import { type Fault, FaultCode, type Layer, layer } from '../wire/fault.js'
import { Ipv4 } from '../wire/ipv4.js'
import { Ipv6, ipv6HeaderOctets, isIpv6Extension } from '../wire/ipv6.js'
import type { FaultCounter } from './fault-counter.js'
import { PacketFlag, type PacketView } from './packet-view.js'

/** IPv4 may carry the Authentication Header, which is walked as it is in IPv6. */
const authentication = 51

export class IpLayer {
  /** 4 or 6 */
  version = 0
  /** int32: IPv4 address, or fold of the IPv6 address */
  src = 0
  dst = 0
  srcOff = 0
  dstOff = 0
  protocol = 0
  ttl = 0
  /** B(p), rules.md 2.1 */
  octets = 0
  packets = 1
  /** bits of PacketFlag */
  flags = 0
  /** first octet of what `protocol` names */
  l4Off = 0
  /** one past the packet's last octet: captured (`end`) and on the wire (`wireEnd`) */
  end = 0
  wireEnd = 0
  /** this is a fragment of a larger datagram; the three fields below count */
  fragmented = false
  id = 0
  fragOff = 0
  more = false

  private readonly faults: FaultCounter
  private readonly ipv4: Ipv4
  private readonly ipv6: Ipv6
  private readonly layer4: Layer
  private readonly layer6: Layer

  constructor(where: '' | 'inner-', faults: FaultCounter) {
    this.faults = faults
    this.ipv4 = new Ipv4(`${where}ipv4`)
    this.ipv6 = new Ipv6(`${where}ipv6`)
    this.layer4 = layer(`${where}ipv4`)
    this.layer6 = layer(`${where}ipv6`)
  }

  /** Reads the packet at `off`, captured up to `end`, of which the layer below has octets up to
   * `wireEnd`. False when there is no readable header: then `fault` is set and not yet counted. A
   * fault behind the fixed header is counted here and leaves a packet with octets but no ports. */
  read(buf: Uint8Array, off: number, end: number, wireEnd: number, fault: Fault): boolean {
    this.packets = 1
    this.flags = 0
    if (off < end && buf[off]! >> 4 === 6) return this.readIpv6(buf, off, end, wireEnd, fault)
    return this.readIpv4(buf, off, end, wireEnd, fault)
  }

  private readIpv4(
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
    fault: Fault,
  ): boolean {
    const ip = this.ipv4
    if (!ip.decode(buf, off, end, fault)) return false
    this.version = 4
    this.src = ip.src
    this.dst = ip.dst
    this.srcOff = ip.srcOff
    this.dstOff = ip.dstOff
    this.ttl = ip.ttl
    this.protocol = ip.protocol
    this.l4Off = ip.payload
    this.id = ip.identification
    this.fragOff = ip.fragOff
    this.more = ip.more
    this.fragmented = ip.more || ip.fragOff !== 0
    let octets = ip.totalLength
    if (octets === 0) {
      octets = wireEnd - off
      this.flags = PacketFlag.LengthZero
    }
    this.bound(off, octets, end, wireEnd, this.layer4)
    if (ip.protocol === authentication && !this.fragmented) this.extensions(buf, fault)
    return true
  }

  private readIpv6(
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
    fault: Fault,
  ): boolean {
    const ip = this.ipv6
    if (!ip.decode(buf, off, end, fault)) return false
    this.version = 6
    this.src = ip.src
    this.dst = ip.dst
    this.srcOff = ip.srcOff
    this.dstOff = ip.dstOff
    this.ttl = ip.hopLimit
    this.protocol = ip.protocol
    this.l4Off = ip.payload
    this.id = 0
    this.fragOff = 0
    this.more = false
    this.fragmented = false
    this.bound(off, ipv6HeaderOctets + ip.payloadLength, end, wireEnd, this.layer6)
    this.extensions(buf, fault)
    return true
  }

  /** Sets octets and both ends. A packet that states more octets than the layer below carries keeps
   * its stated B(p), which is what the gateway counted, and is a fault. */
  private bound(off: number, octets: number, end: number, wireEnd: number, self: Layer): void {
    const stated = off + octets
    this.octets = octets
    this.wireEnd = stated
    if (stated <= end) {
      this.end = stated
      return
    }
    this.end = end
    this.flags |= PacketFlag.Truncated
    if (stated > wireEnd) this.faults.add(self, FaultCode.Truncated)
  }

  /** Walks extension headers from `l4Off` on; also used on a reassembled datagram. A broken chain is
   * counted and leaves the packet without ports. */
  extensions(buf: Uint8Array, fault: Fault): void {
    if (!isIpv6Extension(this.protocol)) return
    const ip = this.ipv6
    const read = ip.extensions(buf, this.protocol, this.l4Off, this.end, fault)
    this.protocol = ip.protocol
    this.l4Off = ip.payload
    if (!read) {
      this.flags |= PacketFlag.NoPorts
      this.faults.count(fault)
    } else if (ip.fragmented) {
      this.fragmented = true
      this.id = ip.identification
      this.fragOff = ip.fragOff
      this.more = ip.more
    }
  }
}

/** Puts the packet in the view's inner fields; the L4 fields are left to transport.ts. */
export function showIp(view: PacketView, ip: IpLayer): void {
  view.version = ip.version
  view.src = ip.src
  view.dst = ip.dst
  view.srcOff = ip.srcOff
  view.dstOff = ip.dstOff
  view.protocol = ip.protocol
  view.octets = ip.octets
  view.packets = ip.packets
  view.ipId = ip.id
  view.fragOff = ip.fragOff
  view.ttl = ip.ttl
  view.flags = ip.flags
}
