/** The one reused result of dissecting a frame: integers only. Offsets point into `buf`, which is the
 * batch's block or, for a reassembled datagram, the reassembly's own buffer; they are valid until
 * the next frame is dissected. */

/** What a frame turned out to be, for the pipeline's switch. */
export const PacketKind = {
  /** nothing that Tollgate accounts for (ARP, outer fragment still waiting, unknown link type) */
  None: 0,
  /** one charge unit: a G-PDU (GTPv1-U type 255) or GTPv0 T-PDU holding an inner IP packet */
  User: 1,
  /** GTPv1-C, GTPv2-C or GTPv0 signalling: `gtpOff`..`gtpEnd` is the message */
  GtpControl: 2,
  /** GTP-U path and tunnel management (Echo, Error Indication, End Marker ...) */
  GtpUserSignal: 3,
  /** IP outside any tunnel: a charge unit only with --plain-ip; the inner fields describe it */
  Plain: 4,
  /** a G-PDU without a readable inner IP header: not a charge unit, counted as a fault */
  Opaque: 5,
  /** a packet that was charged where another point of the capture saw it; `octets` and `packets` count */
  Duplicate: 6,
  /** GTP': charging records on their way, `gtpOff`..`gtpEnd` is the message */
  GtpPrime: 7,
} as const
export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind]

/** Bits of `flags`. */
export const PacketFlag = {
  /** IPv4 Total Length was 0 (segmentation offload): inner length taken from the frame */
  LengthZero: 1,
  /** the capture holds fewer octets than the packet had (snaplen or cut file) */
  Truncated: 2,
  /** an inner fragment that was never completed: L4 fields may be missing (`fragOff` > 0) */
  Fragment: 4,
  /** reassembled from `packets` inner fragments */
  Reassembled: 8,
  /** the L4 header could not be read; ports are 0 */
  NoPorts: 16,
} as const

/** `parts` of a packet that came in one frame. */
export const oneFrame: readonly number[] = []

export class PacketView {
  kind: PacketKind = PacketKind.None
  flags = 0
  frame = 0
  /** every frame of a datagram that came in fragments, `frame` among them; empty when it came in one.
   * Valid until the next frame is dissected */
  parts: readonly number[] = oneFrame
  timeUs = 0
  iface = 0
  /** what tells points of one interface apart: VLAN ids and mirrors, folded; 0 without any */
  link = 0
  buf: Uint8Array = new Uint8Array(0)

  // outer IP + UDP (of User, GtpControl, GtpUserSignal)
  /** 4 or 6; 0 when there is no outer IP */
  outerVersion = 0
  /** IPv4 address as int32, or a 32-bit fold of the IPv6 address; compare the octets at *Off for 6 */
  outerSrc = 0
  outerDst = 0
  outerSrcOff = 0
  outerDstOff = 0
  outerSrcPort = 0
  outerDstPort = 0

  // GTP
  /** 0, 1 or 2 */
  gtpVersion = 0
  gtpType = 0
  /** int32 bit pattern; print with `>>> 0`. GTPv0: the flow label */
  teid = 0
  /** GTPv0: offset of the 8-octet TID; else -1 */
  tidOff = -1
  /** the whole GTP message, header included; trailing octets are not part of it */
  gtpOff = 0
  gtpEnd = 0

  // inner IP (of User), or the IP packet itself (of Plain)
  /** 4 or 6 */
  version = 0
  src = 0
  dst = 0
  srcOff = 0
  dstOff = 0
  /** final protocol after IPv6 extension headers: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, 132 SCTP ... */
  protocol = 0
  /** B(p), rules.md 2.1: octets of the inner IP packet(s); sum over fragments when Reassembled */
  octets = 0
  /** charge units that this view stands for: 1, or the number of inner fragments */
  packets = 1
  /** IPv4 Identification or, behind a Fragment header, that of IPv6; 0 when IPv6 has none. A retransmission
   * by the sender has another one, a second copy from a second capture point has the same */
  ipId = 0
  /** fragment offset (octets) of an unfinished fragment: 0 when the first one is there */
  fragOff = 0
  ttl = 0
  srcPort = 0
  dstPort = 0
  /** first octet of the L4 header */
  l4Off = 0
  /** L4 payload that was captured: [payloadOff, payloadEnd) */
  payloadOff = 0
  payloadEnd = 0
  /** L4 payload octets the packet had on the wire, >= payloadEnd - payloadOff */
  payloadLen = 0
  /** TCP: int32 bit patterns */
  tcpSeq = 0
  tcpAck = 0
  /** TCP flag octet: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 */
  tcpFlags = 0
  /** ICMP type << 8 | code */
  icmpTypeCode = 0
}
