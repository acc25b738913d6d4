/** The fragments of one datagram while it waits: what identifies it, what it counts, and the head from
 * which it can still be accounted for when it never completes. Read RFC 791 section 3.2 and RFC 8200
 * section 4.5: a datagram is source, destination, identification and (IPv4 only) protocol; an inner
 * one is that within one tunnel, since two subscribers may use one private address. */

import type { IpLayer } from './ip-layer.js'
import { PacketFlag, type PacketView } from './packet-view.js'

/** Where things are in a group's head and in a reassembled datagram's buffer: addresses first (IPv4
 * in the first four octets), then the numbers of the key, then the datagram's payload. */
export const DatagramLayout = {
  OuterSrc: 0,
  OuterDst: 16,
  Tid: 32,
  Src: 40,
  Dst: 56,
  Numbers: 72,
  Payload: 84,
} as const

const keyWords = DatagramLayout.Payload / 4
/** The sender's address is not part of the key: a gateway with two may send fragments from both. */
const firstKeyWord = DatagramLayout.OuterDst / 4
const tidOctets = 8
const addressOctets = 16

/** Payload of the first fragment that outlives its place in the arena: transport header and the
 * beginning of a request, so that an unfinished datagram is matched by ports and mostly by URL. */
const headPayload = 512

/** 64 KiB over an inner and an outer MTU of 576 octets are 238 frames. */
const maxFrames = 1024

/** Identifies a datagram; one is reused to look groups up. */
export class DatagramKey {
  readonly octets = new Uint8Array(DatagramLayout.Payload)
  readonly words = new Int32Array(this.octets.buffer)
  hash = 0

  /** `buf` holds the addresses of `ip` and, for an inner packet, those of `view`'s tunnel. */
  set(ip: IpLayer, view: PacketView, tunnel: boolean, buf: Uint8Array): void {
    const key = this.octets
    key.fill(0)
    if (tunnel) {
      const outer = view.outerVersion === 6 ? addressOctets : 4
      copyOctets(buf, view.outerSrcOff, key, DatagramLayout.OuterSrc, outer)
      copyOctets(buf, view.outerDstOff, key, DatagramLayout.OuterDst, outer)
      if (view.tidOff >= 0) copyOctets(buf, view.tidOff, key, DatagramLayout.Tid, tidOctets)
    }
    const inner = ip.version === 6 ? addressOctets : 4
    copyOctets(buf, ip.srcOff, key, DatagramLayout.Src, inner)
    copyOctets(buf, ip.dstOff, key, DatagramLayout.Dst, inner)
    const at = DatagramLayout.Numbers / 4
    this.words[at] = ip.id
    this.words[at + 1] = tunnel ? view.teid : 0
    const protocol = ip.version === 4 ? ip.protocol : 0
    this.words[at + 2] = ip.version | (protocol << 8) | ((tunnel ? view.gtpVersion + 1 : 0) << 16)
    let hash = 0
    for (let i = firstKeyWord; i < keyWords; i++) {
      hash = Math.imul(hash ^ this.words[i]!, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    this.hash = hash
  }

  /** Whether `words[at..]`, laid out alike, names the same datagram. */
  matches(words: Int32Array, at: number): boolean {
    for (let i = firstKeyWord; i < keyWords; i++) if (words[at + i] !== this.words[i]) return false
    return true
  }

  /** Copies the key to `words[at..]`. */
  copyTo(words: Int32Array, at: number): void {
    for (let i = 0; i < keyWords; i++) words[at + i] = this.words[i]!
  }
}

/** Words that a key takes. */
export const datagramKeyWords = keyWords

/** Of the first fragment's payload nothing is known yet. */
const unknown = -1

export class FragmentGroup {
  /** laid out as DatagramLayout */
  private readonly head = new Uint8Array(DatagramLayout.Payload + headPayload)
  readonly words = new Int32Array(this.head.buffer)
  private headOctets = 0
  hash = 0

  /** in which it came so far; a storm of them is not remembered */
  private readonly frames: number[] = []

  /** charge units and their B(p), duplicates included */
  packets = 0
  octets = 0
  /** offset of the lowest fragment seen; 0 when the first one is there */
  lowest = 0
  /** distinct octets held, total (`unknown` until the last fragment came), highest offset seen */
  held = 0
  total: number = unknown
  highest = 0
  records = 0
  firstRecord = 0
  lastRecord = 0
  /** counter of the arena when the group was opened */
  begin = 0
  /** packet clock when the group was opened: RFC 791's timer runs from the first arrival */
  firstUs = 0

  older: FragmentGroup | null = null
  newer: FragmentGroup | null = null
  chain: FragmentGroup | null = null

  private frame = 0
  private timeUs = 0
  private iface = 0
  private flags = 0
  private version = 0
  private src = 0
  private dst = 0
  private protocol = 0
  private ttl = 0
  private id = 0
  private outerVersion = 0
  private outerSrc = 0
  private outerDst = 0
  private outerSrcPort = 0
  private outerDstPort = 0
  private gtpVersion = 0
  private gtpType = 0
  private teid = 0
  private hasTid = false

  open(key: DatagramKey, ip: IpLayer, view: PacketView, begin: number, noRecord: number): void {
    key.copyTo(this.words, 0)
    this.hash = key.hash
    this.headOctets = 0
    this.frames.length = 0
    this.packets = 0
    this.octets = 0
    this.lowest = ip.fragOff
    this.held = 0
    this.total = unknown
    this.highest = 0
    this.records = 0
    this.firstRecord = noRecord
    this.lastRecord = noRecord
    this.begin = begin
    this.firstUs = view.timeUs
    this.flags = 0
    this.version = ip.version
    this.src = ip.src
    this.dst = ip.dst
    this.protocol = ip.protocol
    this.ttl = ip.ttl
    this.id = ip.id
    this.outerVersion = view.outerVersion
    this.outerSrc = view.outerSrc
    this.outerDst = view.outerDst
    this.outerSrcPort = view.outerSrcPort
    this.outerDstPort = view.outerDstPort
    this.gtpVersion = view.gtpVersion
    this.gtpType = view.gtpType
    this.teid = view.teid
    this.hasTid = view.tidOff >= 0
  }

  /** Accounts for one more fragment, whether or not its octets turn out to be of use. */
  count(ip: IpLayer, view: PacketView, buf: Uint8Array): void {
    this.packets += ip.packets
    this.octets += ip.octets
    this.flags |= ip.flags & (PacketFlag.Truncated | PacketFlag.LengthZero)
    this.frame = view.frame
    if (this.frames.length < maxFrames) {
      // an inner fragment may itself have come in several outer ones
      if (view.parts.length > 0) this.frames.push(...view.parts)
      else this.frames.push(view.frame)
    }
    this.timeUs = view.timeUs
    this.iface = view.iface
    if (ip.fragOff < this.lowest) this.lowest = ip.fragOff
    if (ip.fragOff === 0 && this.headOctets === 0) {
      // RFC 8200 4.5: the first fragment's header is the datagram's
      this.protocol = ip.protocol
      this.ttl = ip.ttl
      this.headOctets = Math.min(ip.end - ip.l4Off, headPayload)
      copyOctets(buf, ip.l4Off, this.head, DatagramLayout.Payload, this.headOctets)
    }
  }

  /** Copies the head to `out`; returns where the copied payload ends. */
  copyHead(out: Uint8Array): number {
    const end = DatagramLayout.Payload + this.headOctets
    copyOctets(this.head, 0, out, 0, end)
    return end
  }

  /** Describes the datagram in `ip` and its tunnel in `view`, for a buffer laid out as
   * DatagramLayout that holds its payload up to `end`; on the wire it reached to `wireEnd`. */
  restore(
    ip: IpLayer,
    view: PacketView,
    buf: Uint8Array,
    end: number,
    wireEnd: number,
    flag: number,
  ): void {
    view.buf = buf
    view.frame = this.frame
    view.parts = this.frames
    view.timeUs = this.timeUs
    view.iface = this.iface
    view.outerVersion = this.outerVersion
    view.outerSrc = this.outerSrc
    view.outerDst = this.outerDst
    view.outerSrcOff = DatagramLayout.OuterSrc
    view.outerDstOff = DatagramLayout.OuterDst
    view.outerSrcPort = this.outerSrcPort
    view.outerDstPort = this.outerDstPort
    view.gtpVersion = this.gtpVersion
    view.gtpType = this.gtpType
    view.teid = this.teid
    view.tidOff = this.hasTid ? DatagramLayout.Tid : -1
    view.gtpOff = 0
    view.gtpEnd = 0
    ip.version = this.version
    ip.src = this.src
    ip.dst = this.dst
    ip.srcOff = DatagramLayout.Src
    ip.dstOff = DatagramLayout.Dst
    ip.protocol = this.protocol
    ip.ttl = this.ttl
    ip.id = this.id
    ip.octets = this.octets
    ip.packets = this.packets
    ip.flags = this.flags | flag
    ip.l4Off = DatagramLayout.Payload
    ip.end = end
    ip.wireEnd = wireEnd
    ip.fragmented = false
    ip.fragOff = this.lowest
    ip.more = false
  }
}

function copyOctets(
  from: Uint8Array,
  off: number,
  to: Uint8Array,
  at: number,
  octets: number,
): void {
  for (let i = 0; i < octets; i++) to[at + i] = from[off + i]!
}
