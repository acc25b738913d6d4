/** The frames that nearly all frames of a capture are, read in one tight loop ahead of everything else: Ethernet
 * with one tag at most, or Linux cooked; IPv4 without options, UDP port 2152, a G-PDU with one extension header at
 * most (3GPP TS 29.281 clause 5), inside it a whole IPv4 packet with TCP or UDP; no fragment, nothing cut off, all
 * lengths in agreement. What is read here is what Dissector reads, and raises no fault there; every other
 * frame is left to it. */

import { EtherType, oneTag } from '../wire/ethernet.js'
import { gPdu } from '../wire/gtp1-u.js'
import { int32, u16 } from '../wire/octets.js'
import type { Frames } from './dissector.js'
import { LinkType } from './link-layer.js'
import { PacketKind, type PacketView } from './packet-view.js'
import { Protocol } from './transport.js'
import { isUserPort } from './tunnel.js'

/** Words (int32) of one frame. */
export const Usual = {
  /** 1: a usual frame; 0: none, and the other words mean nothing */
  Is: 0,
  OuterDst: 1,
  Teid: 2,
  /** inner addresses, as PacketView has them */
  Src: 3,
  Dst: 4,
  /** source port << 16 | destination port */
  Ports: 5,
  /** protocol of the inner packet */
  Protocol: 6,
  /** of TCP; 0 for UDP */
  Flags: 7,
  Seq: 8,
  Ack: 9,
  /** B(p), rules.md 2.1 */
  Octets: 10,
  /** octets behind the TCP or UDP header */
  PayloadLen: 11,
  /** VLAN, as Ethernet.vlans has it */
  Vlans: 12,
  /** offsets of the outer and the inner IP header in the batch's block */
  Ip: 13,
  Inner: 14,
  /** for the stages that follow: context * 2 + direction, or -1 */
  Tunnel: 15,
  /** row of its flow, or -1, as it was before the first frame of the batch */
  Row: 16,
} as const
export const usualStride = 20

const ETHERNET = 14
const TAGGED = 18
const COOKED = 16
const COOKED_2 = 20
const IPV4 = 20
const IP_LENGTH = 2
const IP_ID = 4
const IP_FRAGMENT = 6
const IP_TTL = 8
const IP_PROTOCOL = 9
const IP_SOURCE = 12
const IP_DESTINATION = 16
const UDP = 8
const GTP = 8
const LONG_GTP = 12
const NEXT_EXTENSION = 11
const TCP = 20
/** from the outer IP header on */
const shortest = IPV4 + UDP + GTP + IPV4 + UDP

/** version 4, five words */
const plainIpv4 = 0x45
/** More Fragments and the offset */
const fragmentBits = 0x3fff
/** version 1, GTP, and nothing in the spare bit; with any of the three flags below */
const plainGtp = 0x30
const gtpFlags = 7
const extensionFlag = 4

export class UsualFrames {
  readonly words: Int32Array

  constructor(capacity: number) {
    this.words = new Int32Array(capacity * usualStride)
  }

  /** Fills the words of frames 0 to `count` - 1, all but Tunnel and Row. */
  read(batch: Frames, count: number): void {
    const { words } = this
    const { block, off, caplen, linkType } = batch
    for (let i = 0; i < count; i++) {
      const at = i * usualStride
      words[at] = 0
      if (caplen[i]! < COOKED_2 + shortest) continue
      const link = readLink(words, at, block, off[i]!, linkType[i]!)
      if (link > 0 && readTunnel(words, at, block, off[i]! + link, caplen[i]! - link)) words[at] = 1
    }
  }

  /** Frames 0 to `count` - 1 are not looked at: none is a usual one. */
  pass(count: number): void {
    for (let i = 0; i < count; i++) this.words[i * usualStride] = 0
  }

  /** Usual frame `i` as Dissector.decode shows it, without reading it again; its kind is User. */
  show(view: PacketView, batch: Frames, i: number): PacketKind {
    const { words } = this
    const at = i * usualStride
    const buf = batch.block
    const ports = words[at + Usual.Ports]!
    const octets = words[at + Usual.Octets]!
    const payloadLen = words[at + Usual.PayloadLen]!
    const isTcp = words[at + Usual.Protocol] === Protocol.Tcp
    const ip = words[at + Usual.Ip]!
    const inner = words[at + Usual.Inner]!
    view.kind = PacketKind.User
    view.flags = 0
    view.frame = batch.firstFrame + i
    view.timeUs = batch.timeUs[i]!
    view.iface = batch.iface[i]!
    view.link = words[at + Usual.Vlans]!
    view.buf = buf
    view.outerVersion = 4
    view.outerSrcOff = ip + IP_SOURCE
    view.outerDstOff = ip + IP_DESTINATION
    view.outerSrc = int32(buf, view.outerSrcOff)
    view.outerDst = words[at + Usual.OuterDst]!
    view.outerSrcPort = u16(buf, ip + IPV4)
    view.outerDstPort = u16(buf, ip + IPV4 + 2)
    view.gtpVersion = 1
    view.gtpType = gPdu
    view.teid = words[at + Usual.Teid]!
    view.tidOff = -1
    view.gtpOff = ip + IPV4 + UDP
    view.gtpEnd = inner + octets
    view.version = 4
    view.src = words[at + Usual.Src]!
    view.dst = words[at + Usual.Dst]!
    view.srcOff = inner + IP_SOURCE
    view.dstOff = inner + IP_DESTINATION
    view.protocol = words[at + Usual.Protocol]!
    view.octets = octets
    view.packets = 1
    view.ipId = u16(buf, inner + IP_ID)
    view.fragOff = 0
    view.ttl = buf[inner + IP_TTL]!
    view.srcPort = ports >>> 16
    view.dstPort = ports & 0xffff
    view.l4Off = inner + IPV4
    view.payloadOff = inner + octets - payloadLen
    view.payloadEnd = inner + octets
    view.payloadLen = payloadLen
    view.tcpSeq = isTcp ? words[at + Usual.Seq]! : 0
    view.tcpAck = isTcp ? words[at + Usual.Ack]! : 0
    view.tcpFlags = words[at + Usual.Flags]!
    view.icmpTypeCode = 0
    return PacketKind.User
  }
}

/** Octets before the IPv4 header; 0 when this is no usual link layer, or carries something else. */
function readLink(
  words: Int32Array,
  at: number,
  buf: Uint8Array,
  off: number,
  linkType: number,
): number {
  words[at + Usual.Vlans] = 0
  if (linkType === LinkType.LinuxSll) return u16(buf, off + 14) === EtherType.Ipv4 ? COOKED : 0
  if (linkType === LinkType.LinuxSll2) return u16(buf, off) === EtherType.Ipv4 ? COOKED_2 : 0
  if (linkType !== LinkType.Ethernet) return 0
  const type = u16(buf, off + 12)
  if (type === EtherType.Ipv4) return ETHERNET
  if (type !== EtherType.CTag || u16(buf, off + 16) !== EtherType.Ipv4) return 0
  words[at + Usual.Vlans] = oneTag(u16(buf, off + 14))
  return TAGGED
}

/** From the outer IP header, of which `have` octets were captured. */
function readTunnel(
  words: Int32Array,
  at: number,
  buf: Uint8Array,
  ip: number,
  have: number,
): boolean {
  if (buf[ip] !== plainIpv4 || buf[ip + IP_PROTOCOL] !== Protocol.Udp) return false
  if ((u16(buf, ip + IP_FRAGMENT) & fragmentBits) !== 0) return false
  const total = u16(buf, ip + IP_LENGTH)
  if (total < shortest || total > have) return false
  const udp = ip + IPV4
  if (!isUserPort(u16(buf, udp), u16(buf, udp + 2))) return false
  if (u16(buf, udp + 4) !== total - IPV4) return false
  const gtp = udp + UDP
  if (buf[gtp + 1] !== gPdu || u16(buf, gtp + 2) !== total - IPV4 - UDP - GTP) return false
  const inner = gtp + headerOctets(buf, gtp)
  // the shortest packet fits, or it is none
  if (inner === gtp || inner + IPV4 + UDP > ip + total) return false
  words[at + Usual.Ip] = ip
  words[at + Usual.Inner] = inner
  words[at + Usual.OuterDst] = int32(buf, ip + IP_DESTINATION)
  words[at + Usual.Teid] = int32(buf, gtp + 4)
  return readPacket(words, at, buf, inner, ip + total - inner)
}

/** Octets of the GTP header; 0 when it is no usual one. */
function headerOctets(buf: Uint8Array, gtp: number): number {
  const flags = buf[gtp]!
  if ((flags & ~gtpFlags) !== plainGtp) return 0
  if ((flags & gtpFlags) === 0) return GTP
  if ((flags & extensionFlag) === 0 || buf[gtp + NEXT_EXTENSION] === 0) return LONG_GTP
  // clause 5.2.1: the length is in units of four octets, the last octet says what comes next
  const extension = buf[gtp + LONG_GTP]! * 4
  return extension > 0 && buf[gtp + LONG_GTP + extension - 1] === 0 ? LONG_GTP + extension : 0
}

/** The inner packet, which is `octets` long if it is a usual one. */
function readPacket(
  words: Int32Array,
  at: number,
  buf: Uint8Array,
  off: number,
  octets: number,
): boolean {
  if (octets < IPV4 + UDP || buf[off] !== plainIpv4 || u16(buf, off + IP_LENGTH) !== octets)
    return false
  if ((u16(buf, off + IP_FRAGMENT) & fragmentBits) !== 0) return false
  const protocol = buf[off + IP_PROTOCOL]!
  const l4 = off + IPV4
  const l4Octets = octets - IPV4
  words[at + Usual.Octets] = octets
  words[at + Usual.Protocol] = protocol
  words[at + Usual.Src] = int32(buf, off + IP_SOURCE)
  words[at + Usual.Dst] = int32(buf, off + IP_DESTINATION)
  words[at + Usual.Ports] = int32(buf, l4)
  if (protocol === Protocol.Udp) {
    words[at + Usual.Flags] = 0
    words[at + Usual.PayloadLen] = l4Octets - UDP
    return u16(buf, l4 + 4) === l4Octets
  }
  if (protocol !== Protocol.Tcp || l4Octets < TCP) return false
  const header = (buf[l4 + 12]! >> 4) * 4
  words[at + Usual.Seq] = int32(buf, l4 + 4)
  words[at + Usual.Ack] = int32(buf, l4 + 8)
  words[at + Usual.Flags] = buf[l4 + 13]!
  words[at + Usual.PayloadLen] = l4Octets - header
  return header >= TCP && header <= l4Octets
}
