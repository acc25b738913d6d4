/** From a frame to the one PacketView: link layer, outer IP, tunnel, inner IP, transport. Read
 * packet-view.ts for what comes out, 3GPP TS 29.281 clause 4.4.2 for the ports of GTP, and rules.md
 * 2.1 for what is a charge unit. Nothing here allocates, except at the first fragment of a capture.
 *
 * A datagram is GTP only when its header decodes and its Length fits: others may use the port (a DNS
 * client that was given 2152, a scanner) and are plain IP. Inside a T-PDU nothing is a tunnel again:
 * in mobile networks there is no GTP within GTP, and a subscriber's UDP port 2152 is his own. */

import { Fault, FaultCode, layer } from '../wire/fault.js'
import { Gtp0, tPdu } from '../wire/gtp0.js'
import { Gtp1U, gPdu, gtpProtocolType } from '../wire/gtp1-u.js'
import { int32 } from '../wire/octets.js'
import { Udp } from '../wire/udp.js'
import { Datagrams } from './datagrams.js'
import { FaultCounter } from './fault-counter.js'
import { FragmentResult, IpFragments, type ReassemblyBounds } from './ip-fragment.js'
import { IpLayer, showIp } from './ip-layer.js'
import { LinkLayer, notIp } from './link-layer.js'
import { PacketKind, PacketView } from './packet-view.js'
import { Protocol, Transport, udpEnd } from './transport.js'

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
}

/** rules.md 2.4: fragments inherit their flow for 30 s. */
export const defaultReassembly: ReassemblyBounds = {
  datagrams: 1024,
  octets: 8 << 20,
  ageUs: 30_000_000,
}

const userPort = 2152
const controlPort = 2123
const version0Port = 3386

const gtp1U = layer('gtp1-u')
const gtp1C = layer('gtp1-c')
const gtp0 = layer('gtp0')
const gtpPrime = layer('gtp-prime')

export class Dissector {
  /** overwritten by `decode` and `expired` */
  readonly view = new PacketView()
  readonly faults = new FaultCounter()

  private readonly plainIp: boolean
  private readonly fault = new Fault()
  private readonly link = new LinkLayer()
  private readonly outerIp = new IpLayer('', this.faults)
  private readonly innerIp = new IpLayer('inner-', this.faults)
  private readonly udp = new Udp('udp')
  private readonly outerTransport = new Transport('', this.faults)
  private readonly innerTransport = new Transport('inner-', this.faults)
  private readonly gtp1U = new Gtp1U()
  private readonly gtp0 = new Gtp0()
  private readonly outerDatagrams: Datagrams
  private readonly innerDatagrams: Datagrams

  constructor(opts: DissectorOptions) {
    this.plainIp = opts.plainIp
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
    if (at < 0) {
      if (at !== notIp) this.faults.count(fault)
      return PacketKind.None
    }
    const ip = this.outerIp
    if (!ip.read(buf, at, end, wireEnd, fault)) {
      this.faults.count(fault)
      return PacketKind.None
    }
    return ip.fragmented ? this.outerFragment(buf) : this.outer(buf)
  }

  /** `outerIp` is whole: a tunnel, or plain. */
  private outer(buf: Uint8Array): PacketKind {
    const ip = this.outerIp
    if (ip.protocol !== Protocol.Udp) return this.plain(buf, false)
    const udp = this.udp
    if (!udp.decode(buf, ip.l4Off, ip.end, this.fault)) return this.plain(buf, false)
    const wireEnd = udpEnd(udp, ip)
    const end = Math.min(ip.end, wireEnd)
    const kind = this.tunnel(buf, gtpPort(udp.srcPort, udp.dstPort), udp.payload, end, wireEnd)
    return kind === PacketKind.Plain ? this.plain(buf, true) : kind
  }

  /** Plain when [off, end) is not GTP after all. */
  private tunnel(
    buf: Uint8Array,
    port: number,
    off: number,
    end: number,
    wireEnd: number,
  ): PacketKind {
    switch (port) {
      case userPort:
        return this.userPlane(buf, off, end, wireEnd)
      case controlPort:
        return this.controlPlane(buf, off, end)
      case version0Port:
        return this.version0(buf, off, end, wireEnd)
      default:
        return PacketKind.Plain
    }
  }

  private userPlane(buf: Uint8Array, off: number, end: number, wireEnd: number): PacketKind {
    const gtp = this.gtp1U
    if (!gtp.decode(buf, off, end, this.fault)) return this.notGtp(buf, off, end)
    if (gtp.messageEnd > wireEnd) {
      this.faults.add(gtp1U, FaultCode.BadLength)
      return PacketKind.Plain
    }
    const messageEnd = Math.min(end, gtp.messageEnd)
    this.fillTunnel(1, gtp.type, gtp.teid, off, messageEnd)
    if (gtp.type !== gPdu) return PacketKind.GtpUserSignal
    return this.inner(buf, gtp.payload, messageEnd, gtp.messageEnd)
  }

  private controlPlane(buf: Uint8Array, off: number, end: number): PacketKind {
    const version = off < end ? buf[off]! >> 5 : 0
    if (version === 1 && (buf[off]! & gtpProtocolType) === 0) return this.gtpPrime()
    if (version !== 1 && version !== 2) {
      this.faults.add(gtp1C, off < end ? FaultCode.Unsupported : FaultCode.Truncated)
      return PacketKind.Plain
    }
    // TEID and the message's own end are read by session: v2 may carry a second message behind
    this.fillTunnel(version, end - off > 1 ? buf[off + 1]! : 0, teidOf(buf, off, end), off, end)
    return PacketKind.GtpControl
  }

  private version0(buf: Uint8Array, off: number, end: number, wireEnd: number): PacketKind {
    const gtp = this.gtp0
    if (off < end && (buf[off]! & gtpProtocolType) === 0) return this.gtpPrime()
    if (!gtp.decode(buf, off, end, this.fault)) {
      this.faults.count(this.fault)
      return PacketKind.Plain
    }
    if (gtp.messageEnd > wireEnd) {
      this.faults.add(gtp0, FaultCode.BadLength)
      return PacketKind.Plain
    }
    const messageEnd = Math.min(end, gtp.messageEnd)
    this.fillTunnel(0, gtp.type, gtp.flowLabel, off, messageEnd)
    this.view.tidOff = gtp.tidOff
    if (gtp.type !== tPdu) return PacketKind.GtpControl
    return this.inner(buf, gtp.payload, messageEnd, gtp.messageEnd)
  }

  private gtpPrime(): PacketKind {
    this.faults.add(gtpPrime, FaultCode.Unsupported)
    return PacketKind.None
  }

  private notGtp(buf: Uint8Array, off: number, end: number): PacketKind {
    if (off < end && buf[off]! >> 5 === 1 && (buf[off]! & gtpProtocolType) === 0) {
      this.faults.add(gtpPrime, FaultCode.Unsupported)
    } else this.faults.count(this.fault)
    return PacketKind.Plain
  }

  private fillTunnel(version: number, type: number, teid: number, off: number, end: number): void {
    const view = this.view
    const ip = this.outerIp
    view.outerVersion = ip.version
    view.outerSrc = ip.src
    view.outerDst = ip.dst
    view.outerSrcOff = ip.srcOff
    view.outerDstOff = ip.dstOff
    view.outerSrcPort = this.udp.srcPort
    view.outerDstPort = this.udp.dstPort
    view.gtpVersion = version
    view.gtpType = type
    view.teid = teid
    view.gtpOff = off
    view.gtpEnd = end
  }

  /** The T-PDU at [off, wireEnd), captured up to `end`. */
  private inner(buf: Uint8Array, off: number, end: number, wireEnd: number): PacketKind {
    const nibble = off < end ? buf[off]! >> 4 : 0
    if (nibble !== 4 && nibble !== 6) {
      // PPP (TS 29.061), Ethernet PDU sessions, or nothing behind the header
      const code = off < end ? FaultCode.Unsupported : FaultCode.Truncated
      this.faults.add(this.view.gtpVersion === 0 ? gtp0 : gtp1U, code)
      return PacketKind.Opaque
    }
    const ip = this.innerIp
    if (!ip.read(buf, off, end, wireEnd, this.fault)) {
      this.faults.count(this.fault)
      return PacketKind.Opaque
    }
    if (ip.fragmented) return this.innerFragment(buf)
    showIp(this.view, ip)
    this.innerTransport.read(this.view, ip, buf)
    return PacketKind.User
  }

  private plain(buf: Uint8Array, udpDecoded: boolean): PacketKind {
    const ip = this.outerIp
    this.view.outerVersion = 0
    showIp(this.view, ip)
    if (udpDecoded) this.outerTransport.readDecodedUdp(this.view, ip, this.udp)
    else this.outerTransport.read(this.view, ip, buf)
    return PacketKind.Plain
  }

  private outerFragment(buf: Uint8Array): PacketKind {
    const datagrams = this.outerDatagrams
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
      const kind = this.plainIp ? this.unlessTunnel() : PacketKind.None
      if (kind !== PacketKind.None) return kind
    }
    return PacketKind.None
  }

  /** A piece of a tunnel's datagram holds no whole T-PDU, so it is no charge unit. */
  private unlessTunnel(): PacketKind {
    const view = this.view
    const tunnel = view.protocol === Protocol.Udp && gtpPort(view.srcPort, view.dstPort) !== 0
    return tunnel ? PacketKind.None : PacketKind.Plain
  }
}

/** The GTP port of a UDP datagram or 0. The destination decides: an answer may come from any port to
 * the one that asked, and a request goes from any port to the well-known one (TS 29.281 4.4.2). */
function gtpPort(src: number, dst: number): number {
  if (dst === userPort || dst === controlPort || dst === version0Port) return dst
  if (src === userPort || src === controlPort || src === version0Port) return src
  return 0
}

/** TEID of a GTPv1-C message, or of a GTPv2-C message that has one (T flag); else 0. */
function teidOf(buf: Uint8Array, off: number, end: number): number {
  if (end - off < 8) return 0
  const flags = buf[off]!
  return flags >> 5 === 2 && (flags & 8) === 0 ? 0 : int32(buf, off + 4)
}
