/** From a frame to the one PacketView: link layer, mirrors, outer IP, tunnel, inner IP, transport. Read
 * packet-view.ts for what comes out and rules.md 2.1 for what is a charge unit. Nothing here
 * allocates, except at the first fragments of a capture.
 *
 * Inside a T-PDU nothing is a tunnel again: in mobile networks there is no GTP within GTP, and a
 * subscriber's UDP port 2152 is his own. */

import { Fault, FaultCode, layer } from '../wire/fault.js'
import { Udp } from '../wire/udp.js'
import { Datagrams, mirrorDatagram } from './datagrams.js'
import { type Dedupe, DuplicateFilter, mix } from './duplicate-filter.js'
import { FaultCounter } from './fault-counter.js'
import { FragmentResult, IpFragments, type ReassemblyBounds } from './ip-fragment.js'
import { IpLayer, showIp } from './ip-layer.js'
import { LinkLayer, notIp } from './link-layer.js'
import { isVxlanPort, Mirror } from './mirror.js'
import { oneFrame, PacketFlag, PacketKind, PacketView } from './packet-view.js'
import { Protocol, Transport, udpEnd } from './transport.js'
import { gtpPort, Tunnel } from './tunnel.js'

/** The columns of a FrameBatch (source.ts) that are read here; this stage knows no source. */
export interface Frames {
  readonly block: Uint8Array
  readonly firstFrame: number
  readonly off: Int32Array
  readonly caplen: Int32Array
  readonly wirelen: Int32Array
  readonly timeUs: Float64Array
  readonly linkType: Int32Array
  readonly iface: Int32Array
}

export interface DissectorOptions {
  /** packets outside tunnels are charge units too: unfinished fragments of them come from `expired` */
  plainIp: boolean
  /** for outer and for inner datagrams alike; default `defaultReassembly` */
  reassembly?: ReassemblyBounds
  /** default off: every packet of the capture comes out */
  dedupe?: Dedupe
}

/** rules.md 2.4: fragments inherit their flow for 30 s. */
export const defaultReassembly: ReassemblyBounds = {
  datagrams: 1024,
  octets: 8 << 20,
  ageUs: 30_000_000,
}

/** A mirror of a mirror of a mirror is a loop. */
const maxMirrors = 4
const mirrorLayer = layer('mirror')

export class Dissector {
  /** overwritten by `decode` and `expired` */
  readonly view = new PacketView()
  readonly faults = new FaultCounter()
  readonly duplicates: DuplicateFilter

  private readonly plainIp: boolean
  private readonly fault = new Fault()
  private readonly link = new LinkLayer()
  private readonly outerIp = new IpLayer('', this.faults)
  private readonly innerIp = new IpLayer('inner-', this.faults)
  private readonly udp = new Udp('udp')
  private readonly outerTransport = new Transport('', this.faults)
  private readonly innerTransport = new Transport('inner-', this.faults)
  private readonly tunnel = new Tunnel(this.faults)
  private readonly mirror = new Mirror(this.faults)
  private readonly mirroredLink = new LinkLayer()
  /** mirrors around the frame that is being read */
  private mirrors = 0
  private readonly outerDatagrams: Datagrams
  private readonly innerDatagrams: Datagrams

  constructor(opts: DissectorOptions) {
    this.plainIp = opts.plainIp
    this.duplicates = new DuplicateFilter(opts.dedupe ?? 'off')
    const bounds = opts.reassembly ?? defaultReassembly
    this.outerDatagrams = new Datagrams(
      new IpFragments(bounds, false, this.faults),
      this.outerIp,
      this.outerTransport,
      this.view,
      this.fault,
    )
    this.innerDatagrams = new Datagrams(
      new IpFragments(bounds, true, this.faults),
      this.innerIp,
      this.innerTransport,
      this.view,
      this.fault,
    )
  }

  /** Packet time from which `expired` has something: one comparison a frame tells the pipeline when
   * to call it, so that results do not depend on how frames are cut into batches. */
  get dueUs(): number {
    return Math.min(this.outerDatagrams.fragments.dueUs, this.innerDatagrams.fragments.dueUs)
  }

  /** Fragmented datagrams that were given up to make room for others. */
  get evictedDatagrams(): number {
    return this.outerDatagrams.fragments.evicted + this.innerDatagrams.fragments.evicted
  }

  /** Frames of more than one VLAN came, or tagged and untagged ones: there may be two points. */
  get linksDiffer(): boolean {
    return this.link.changes > 1 || this.mirroredLink.changes > 1
  }

  /** Whether nothing is remembered of a frame with these VLANs that is whole: it need not pass here. */
  isIndifferent(vlans: number): boolean {
    return this.link.vlans === vlans && !this.duplicates.watching
  }

  /** Frame `i` of `batch` into `view`. A frame whose fragment had to push an older unfinished datagram
   * out shows that one, with its own `frame` and `timeUs`, instead of None. */
  decode(batch: Frames, i: number): PacketKind {
    const view = this.view
    const buf = batch.block
    const off = batch.off[i]!
    const end = off + batch.caplen[i]!
    const wireEnd = Math.max(end, off + batch.wirelen[i]!)
    view.buf = buf
    view.frame = batch.firstFrame + i
    view.parts = oneFrame
    view.timeUs = batch.timeUs[i]!
    view.iface = batch.iface[i]!
    view.flags = 0
    view.outerVersion = 0
    view.tidOff = -1
    view.kind = this.frame(buf, off, end, wireEnd, batch.linkType[i]!)
    return view.kind
  }

  /** The next unfinished datagram whose time is over at `nowUs` (or that was pushed out), as a User or
   * Plain view with PacketFlag.Fragment; None when there is no more. Infinity at the end. */
  expired(nowUs: number): PacketKind {
    this.innerDatagrams.fragments.expire(nowUs)
    this.outerDatagrams.fragments.expire(nowUs)
    let kind = this.unfinishedInner()
    if (kind === PacketKind.None) kind = this.unfinishedOuter()
    this.view.kind = kind
    return kind
  }

  private frame(
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
    linkType: number,
  ): PacketKind {
    const fault = this.fault
    const at = this.link.ipOffset(buf, off, end, linkType, fault)
    this.view.link = this.link.vlans
    return this.packet(buf, at, end, wireEnd)
  }

  /** The IP packet at `at`, unless that is a negative result of the link layer. */
  private packet(buf: Uint8Array, at: number, end: number, wireEnd: number): PacketKind {
    const ip = this.outerIp
    if (at < 0 || !ip.read(buf, at, end, wireEnd, this.fault)) {
      if (at !== notIp) this.faults.count(this.fault)
      return PacketKind.None
    }
    return ip.fragmented ? this.outerFragment(buf) : this.outer(buf)
  }

  /** `outerIp` is whole: a tunnel, a mirror, or plain. */
  private outer(buf: Uint8Array): PacketKind {
    const ip = this.outerIp
    if (ip.protocol !== Protocol.Udp) {
      if (ip.protocol === Protocol.Gre && this.mirror.gre(buf, ip.l4Off, ip.end)) {
        return this.mirrored(buf, ip.wireEnd)
      }
      return this.plain(buf, false)
    }
    const udp = this.udp
    if (!udp.decode(buf, ip.l4Off, ip.end, this.fault)) return this.plain(buf, false)
    const port = gtpPort(udp.srcPort, udp.dstPort)
    if (port === 0) {
      const { dstPort } = udp
      if (isVxlanPort(dstPort) && this.mirror.vxlan(dstPort, buf, udp.payload, ip.end)) {
        return this.mirrored(buf, udpEnd(udp, ip))
      }
      return this.plain(buf, true)
    }
    const wireEnd = udpEnd(udp, ip)
    const end = Math.min(ip.end, wireEnd)
    let kind = this.tunnel.read(this.view, port, buf, udp.payload, end, wireEnd)
    this.fillOuter()
    if (kind === PacketKind.User) kind = this.inner(buf)
    return kind === PacketKind.Plain ? this.plain(buf, true) : kind
  }

  /** The frame that `mirror` found in `outerIp`, up to `wireEnd`: as if it were the frame. */
  private mirrored(buf: Uint8Array, wireEnd: number): PacketKind {
    const { view, mirror, outerIp: ip } = this
    const end = Math.min(ip.end, wireEnd)
    if (this.mirrors === maxMirrors) {
      this.faults.add(mirrorLayer, FaultCode.Limit)
      return PacketKind.None
    }
    // the same mirror number may come from two switches
    const point = mix(mix(view.link, ip.src), mirror.id)
    this.outerDatagrams.finishMirror()
    const link = this.mirroredLink
    const at = link.carried(buf, mirror.protocol, mirror.payload, end, this.fault)
    view.link = mix(point, link.vlans)
    this.mirrors++
    const kind = this.packet(buf, at, end, wireEnd)
    this.mirrors--
    return kind
  }

  private fillOuter(): void {
    const view = this.view
    const ip = this.outerIp
    view.outerVersion = ip.version
    view.outerSrc = ip.src
    view.outerDst = ip.dst
    view.outerSrcOff = ip.srcOff
    view.outerDstOff = ip.dstOff
    view.outerSrcPort = this.udp.srcPort
    view.outerDstPort = this.udp.dstPort
  }

  /** The T-PDU that `tunnel` found. */
  private inner(buf: Uint8Array): PacketKind {
    const tunnel = this.tunnel
    const ip = this.innerIp
    const { tPdu, end, wireEnd, overlong } = tunnel
    const otherwise = overlong ? PacketKind.Plain : PacketKind.Opaque
    const nibble = tPdu < end ? buf[tPdu]! >> 4 : 0
    if (nibble !== 4 && nibble !== 6) {
      tunnel.notIp(this.view)
      return otherwise
    }
    if (!ip.read(buf, tPdu, end, wireEnd, this.fault)) {
      this.faults.count(this.fault)
      return otherwise
    }
    if (overlong && ip.wireEnd > wireEnd) return otherwise
    if (this.duplicates.watching && this.duplicates.isCopy(this.view, ip, buf)) {
      showIp(this.view, ip)
      if (ip.fragmented) this.view.flags |= PacketFlag.Fragment
      else this.innerTransport.read(this.view, ip, buf)
      return PacketKind.Duplicate
    }
    if (ip.fragmented) return this.innerFragment(buf)
    showIp(this.view, ip)
    this.innerTransport.read(this.view, ip, buf)
    return PacketKind.User
  }

  private plain(buf: Uint8Array, udpDecoded: boolean): PacketKind {
    const ip = this.outerIp
    this.view.outerVersion = 0
    this.view.tidOff = -1
    showIp(this.view, ip)
    // fragments were looked at one by one
    const whole = this.plainIp && (ip.flags & PacketFlag.Reassembled) === 0
    if (whole && this.isPlainCopy(buf)) return PacketKind.Duplicate
    if (udpDecoded) this.outerTransport.readDecodedUdp(this.view, ip, this.udp)
    else this.outerTransport.read(this.view, ip, buf)
    return PacketKind.Plain
  }

  private isPlainCopy(buf: Uint8Array): boolean {
    return this.duplicates.watching && this.duplicates.isCopy(this.view, this.outerIp, buf)
  }

  private outerFragment(buf: Uint8Array): PacketKind {
    const datagrams = this.outerDatagrams
    if (this.plainIp && this.isPlainCopy(buf)) {
      showIp(this.view, this.outerIp)
      return PacketKind.Duplicate
    }
    const result = datagrams.add(buf)
    if (result === FragmentResult.Late) {
      datagrams.late()
      return this.unlessTunnel()
    }
    if (result === FragmentResult.Held) return this.unfinishedOuter()
    const kind = this.outer(datagrams.restore())
    if (kind === PacketKind.Plain) datagrams.finish(this.view.srcPort, this.view.dstPort)
    else datagrams.finish(this.udp.srcPort, this.udp.dstPort)
    return kind
  }

  private innerFragment(buf: Uint8Array): PacketKind {
    const datagrams = this.innerDatagrams
    const result = datagrams.add(buf)
    if (result === FragmentResult.Late) {
      datagrams.late()
      return PacketKind.User
    }
    if (result === FragmentResult.Held) return this.unfinishedInner()
    const datagram = datagrams.restore()
    showIp(this.view, this.innerIp)
    this.innerTransport.read(this.view, this.innerIp, datagram)
    datagrams.finish(this.view.srcPort, this.view.dstPort)
    return PacketKind.User
  }

  private unfinishedInner(): PacketKind {
    return this.innerDatagrams.unfinished() ? PacketKind.User : PacketKind.None
  }

  private unfinishedOuter(): PacketKind {
    while (this.outerDatagrams.unfinished()) {
      const kind = this.beginning()
      if (kind !== PacketKind.None) return kind
    }
    return PacketKind.None
  }

  /** A datagram that was given up. The frame in a mirror's was lost on the way to the probe, not on the way
   * to the gateway: what there is of it says what it cost. */
  private beginning(): PacketKind {
    const { outerIp: ip, view, mirror } = this
    const { buf, dstPort } = view
    if (ip.fragOff === 0) {
      const isMirror =
        ip.protocol === Protocol.Gre
          ? mirror.gre(buf, ip.l4Off, ip.end)
          : ip.protocol === Protocol.Udp &&
            isVxlanPort(dstPort) &&
            mirror.vxlan(dstPort, buf, view.payloadOff, ip.end)
      if (isMirror) return this.mirrored(buf, ip.wireEnd)
    }
    return this.plainIp ? this.unlessTunnel() : PacketKind.None
  }

  /** A piece of a tunnel's datagram holds no whole T-PDU, so it is no charge unit. */
  private unlessTunnel(): PacketKind {
    const view = this.view
    if (view.protocol === mirrorDatagram) return PacketKind.None
    const tunnel = view.protocol === Protocol.Udp && gtpPort(view.srcPort, view.dstPort) !== 0
    return tunnel ? PacketKind.None : PacketKind.Plain
  }
}
