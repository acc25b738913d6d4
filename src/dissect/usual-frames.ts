/** The frames that nearly all frames of a capture are, read in one tight loop ahead of everything else: Ethernet
 * without tags, IPv4 without options, UDP port 2152, a G-PDU without optional fields (3GPP TS 29.281 clause
 * 5.1), inside it a whole IPv4 packet with TCP or UDP; no fragment, nothing cut off, all lengths in agreement.
 * What is read here is what Dissector reads, and raises no fault there; every other frame is left to it. */

import { EtherType } from '../wire/ethernet.js'
import { gPdu } from '../wire/gtp1-u.js'
import { int32, u16 } from '../wire/octets.js'
import type { Frames } from './dissector.js'
import { LinkType } from './link-layer.js'
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
  /** B(p), rules.md 2.1 */
  Octets: 9,
  /** octets behind the TCP or UDP header */
  PayloadLen: 10,
  /** of TCP */
  Ack: 11,
  /** for the stages that follow: context * 2 + direction, or -1 */
  Tunnel: 12,
  /** row of its flow, or -1, as it was before the first frame of the batch */
  Row: 13,
} as const
export const usualStride = 16

const ETHERNET = 14
const IPV4 = 20
const UDP = 8
const GTP = 8
const TCP = 20
const outerHeaders = ETHERNET + IPV4 + UDP + GTP
const shortest = outerHeaders + IPV4 + UDP

/** version 4, five words */
const plainIpv4 = 0x45
/** More Fragments and the offset */
const fragmentBits = 0x3fff
/** version 1, GTP, no optional field */
const plainGtp = 0x30

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
      const usual =
        linkType[i] === LinkType.Ethernet &&
        caplen[i]! >= shortest &&
        readFrame(words, i * usualStride, block, off[i]!, caplen[i]!)
      words[i * usualStride] = usual ? 1 : 0
    }
  }
}

function readFrame(
  words: Int32Array,
  at: number,
  buf: Uint8Array,
  off: number,
  caplen: number,
): boolean {
  const outer = off + ETHERNET
  if (u16(buf, off + 12) !== EtherType.Ipv4 || buf[outer] !== plainIpv4) return false
  if (buf[outer + 9] !== Protocol.Udp || (u16(buf, outer + 6) & fragmentBits) !== 0) return false
  const total = u16(buf, outer + 2)
  if (ETHERNET + total > caplen) return false
  const udp = outer + IPV4
  if (!isUserPort(u16(buf, udp), u16(buf, udp + 2))) return false
  if (u16(buf, udp + 4) !== total - IPV4) return false
  const gtp = udp + UDP
  if (buf[gtp] !== plainGtp || buf[gtp + 1] !== gPdu) return false
  const octets = u16(buf, gtp + 2)
  if (octets !== total - IPV4 - UDP - GTP) return false
  words[at + Usual.OuterDst] = int32(buf, outer + 16)
  words[at + Usual.Teid] = int32(buf, gtp + 4)
  return readPacket(words, at, buf, gtp + GTP, octets)
}

/** The inner packet, which is `octets` long if it is a usual one. */
function readPacket(
  words: Int32Array,
  at: number,
  buf: Uint8Array,
  off: number,
  octets: number,
): boolean {
  if (octets < IPV4 + UDP || buf[off] !== plainIpv4 || u16(buf, off + 2) !== octets) return false
  if ((u16(buf, off + 6) & fragmentBits) !== 0) return false
  const protocol = buf[off + 9]!
  const l4 = off + IPV4
  const l4Octets = octets - IPV4
  words[at + Usual.Octets] = octets
  words[at + Usual.Protocol] = protocol
  words[at + Usual.Src] = int32(buf, off + 12)
  words[at + Usual.Dst] = int32(buf, off + 16)
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
