/** Fills the L4 fields of the view: ports, TCP numbers, ICMP type, and the payload as it was captured
 * and as it was on the wire. Read RFC 768, RFC 9293 section 3.1, RFC 792 and RFC 9260 section 3. */

import { Fault, FaultCode, type Layer, layer } from '../wire/fault.js'
import { Icmp } from '../wire/icmp.js'
import { Sctp } from '../wire/sctp.js'
import { Tcp } from '../wire/tcp.js'
import { Udp } from '../wire/udp.js'
import type { FaultCounter } from './fault-counter.js'
import type { IpLayer } from './ip-layer.js'
import { PacketFlag, type PacketView } from './packet-view.js'

export const Protocol = { Icmp: 1, Tcp: 6, Udp: 17, Gre: 47, IcmpV6: 58, Sctp: 132 } as const

const udpHeaderOctets = 8

/** Sets the L4 fields to "nothing read", with an empty payload at the packet's end. */
export function clearTransport(view: PacketView): void {
  view.srcPort = 0
  view.dstPort = 0
  view.tcpSeq = 0
  view.tcpAck = 0
  view.tcpFlags = 0
  view.icmpTypeCode = 0
}

export class Transport {
  private readonly udp: Udp
  private readonly tcp: Tcp
  private readonly icmp: Icmp
  private readonly sctp: Sctp
  private readonly udpLayer: Layer
  private readonly fault = new Fault()
  private readonly faults: FaultCounter

  constructor(where: '' | 'inner-', faults: FaultCounter) {
    this.faults = faults
    this.udp = new Udp(`${where}udp`)
    this.tcp = new Tcp(`${where}tcp`)
    this.icmp = new Icmp(`${where}icmp`)
    this.sctp = new Sctp(`${where}sctp`)
    this.udpLayer = layer(`${where}udp`)
  }

  /** `ip` is a whole packet, a reassembled datagram, or the first fragment of an unfinished one, whose
   * octets are in `buf`. Its flags must be in the view already. */
  read(view: PacketView, ip: IpLayer, buf: Uint8Array): void {
    clearTransport(view)
    view.l4Off = ip.l4Off
    if (ip.protocol === Protocol.Tcp) this.readTcp(view, ip, buf)
    else if (ip.protocol === Protocol.Udp) this.readUdp(view, ip, buf)
    else if (ip.protocol === Protocol.Icmp || ip.protocol === Protocol.IcmpV6) {
      this.readIcmp(view, ip, buf)
    } else if (ip.protocol === Protocol.Sctp) this.readSctp(view, ip, buf)
    else setPayload(view, ip.l4Off, ip.end, ip.wireEnd)
  }

  /** A UDP header that dissector.ts has decoded already, to see whether it is a tunnel's. */
  readDecodedUdp(view: PacketView, ip: IpLayer, udp: Udp): void {
    clearTransport(view)
    view.l4Off = ip.l4Off
    view.srcPort = udp.srcPort
    view.dstPort = udp.dstPort
    setPayload(view, udp.payload, ip.end, udpEnd(udp, ip))
  }

  private readTcp(view: PacketView, ip: IpLayer, buf: Uint8Array): void {
    const tcp = this.tcp
    const read = tcp.decode(buf, ip.l4Off, ip.end, this.fault)
    view.srcPort = tcp.srcPort
    view.dstPort = tcp.dstPort
    view.tcpSeq = tcp.seq
    view.tcpAck = tcp.ack
    view.tcpFlags = tcp.flags
    if (read) {
      setPayload(view, ip.l4Off + tcp.headerOctets, ip.end, ip.wireEnd)
      return
    }
    const header = tcp.headerOctets
    this.failed(view, ip, ip.end - ip.l4Off < 4)
    // options cut by the snap length: how much payload there was is known all the same
    if (header > 0) view.payloadLen = Math.max(0, ip.wireEnd - ip.l4Off - header)
  }

  private readUdp(view: PacketView, ip: IpLayer, buf: Uint8Array): void {
    const udp = this.udp
    const read = udp.decode(buf, ip.l4Off, ip.end, this.fault)
    view.srcPort = udp.srcPort
    view.dstPort = udp.dstPort
    if (!read) {
      this.failed(view, ip, ip.end - ip.l4Off < 4)
      return
    }
    const stated = ip.l4Off + udp.length
    // an unfinished datagram states more than is there, by its nature
    if (stated > ip.wireEnd && (ip.flags & PacketFlag.Fragment) === 0) {
      this.faults.add(this.udpLayer, FaultCode.BadLength)
    }
    setPayload(view, udp.payload, ip.end, udpEnd(udp, ip))
  }

  private readIcmp(view: PacketView, ip: IpLayer, buf: Uint8Array): void {
    const icmp = this.icmp
    const read = icmp.decode(buf, ip.l4Off, ip.end, this.fault)
    view.icmpTypeCode = icmp.typeCode
    if (read) setPayload(view, icmp.payload, ip.end, ip.wireEnd)
    else this.failed(view, ip, false)
  }

  private readSctp(view: PacketView, ip: IpLayer, buf: Uint8Array): void {
    const sctp = this.sctp
    const read = sctp.decode(buf, ip.l4Off, ip.end, this.fault)
    view.srcPort = sctp.srcPort
    view.dstPort = sctp.dstPort
    if (read) setPayload(view, sctp.payload, ip.end, ip.wireEnd)
    else this.failed(view, ip, ip.end - ip.l4Off < 4)
  }

  private failed(view: PacketView, ip: IpLayer, noPorts: boolean): void {
    this.faults.count(this.fault)
    if (noPorts) view.flags |= PacketFlag.NoPorts
    view.payloadOff = ip.end
    view.payloadEnd = ip.end
    view.payloadLen = 0
  }
}

/** One past the UDP datagram on the wire: never behind the IP packet, whatever Length says. */
export function udpEnd(udp: Udp, ip: IpLayer): number {
  if (udp.length === 0) return ip.wireEnd
  return Math.min(udp.payload - udpHeaderOctets + udp.length, ip.wireEnd)
}

/** `off` may lie behind both ends when a header states more than there is. */
function setPayload(view: PacketView, off: number, end: number, wireEnd: number): void {
  const capturedEnd = Math.min(wireEnd, end)
  view.payloadOff = Math.min(off, capturedEnd)
  view.payloadEnd = capturedEnd
  view.payloadLen = Math.max(0, wireEnd - off)
}
