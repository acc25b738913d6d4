/** A UDP payload on a GTP port: which message it is, and where its T-PDU lies. Read 3GPP TS 29.281
 * clause 4.4.2, TS 29.060 clause 10.1 and TS 09.60 clause 9 for the ports.
 *
 * A datagram is GTP only when its header decodes and its Length fits (see `overlong`): others may use
 * the port (a DNS client that was given 2152, a scanner) and are plain IP. */

import { Fault, FaultCode, layer } from '../wire/fault.js'
import { Gtp0, tPdu } from '../wire/gtp0.js'
import { Gtp1U, gPdu, gtpProtocolType } from '../wire/gtp1-u.js'
import { int32 } from '../wire/octets.js'
import type { FaultCounter } from './fault-counter.js'
import { PacketKind, type PacketView } from './packet-view.js'

const userPort = 2152
const controlPort = 2123
const version0Port = 3386

const gtp1U = layer('gtp1-u')
const gtp1C = layer('gtp1-c')
const gtp0 = layer('gtp0')
const gtpPrime = layer('gtp-prime')

/** The GTP port of a UDP datagram or 0. The destination decides: an answer may come from any port to
 * the one that asked, and a request goes from any port to the well-known one (TS 29.281 4.4.2). */
export function gtpPort(src: number, dst: number): number {
  if (dst === userPort || dst === controlPort || dst === version0Port) return dst
  if (src === userPort || src === controlPort || src === version0Port) return src
  return 0
}

/** Whether these are the ports of a GTP user plane over UDP. */
export function isUserPort(src: number, dst: number): boolean {
  return dst === userPort || gtpPort(src, dst) === userPort
}

export class Tunnel {
  /** after User: the T-PDU is [tPdu, wireEnd), captured up to `end` */
  tPdu = 0
  end = 0
  wireEnd = 0
  /** the message's Length was too large: only an inner packet that fits proves that this is GTP */
  overlong = false

  private readonly fault = new Fault()
  private readonly faults: FaultCounter
  private readonly gtp1U = new Gtp1U()
  private readonly gtp0 = new Gtp0()

  constructor(faults: FaultCounter) {
    this.faults = faults
  }

  /** Reads the UDP payload [off, wireEnd), captured up to `end`, and fills the GTP fields of the view.
   * User means that there is a T-PDU to look into, Plain that this is not GTP. */
  read(
    view: PacketView,
    port: number,
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
  ): PacketKind {
    if (port === userPort) return this.userPlane(view, buf, off, end, wireEnd)
    if (port === controlPort) return this.controlPlane(view, buf, off, end)
    return this.version0(view, buf, off, end, wireEnd)
  }

  /** Counts a T-PDU that is not IP: PPP (TS 29.061), an Ethernet PDU session, or nothing at all. */
  notIp(view: PacketView): void {
    const code = this.tPdu < this.end ? FaultCode.Unsupported : FaultCode.Truncated
    this.faults.add(view.gtpVersion === 0 ? gtp0 : gtp1U, code)
  }

  private userPlane(
    view: PacketView,
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
  ): PacketKind {
    const gtp = this.gtp1U
    if (!gtp.decode(buf, off, end, this.fault)) {
      if (off < end && isPrime(buf[off]!)) this.faults.add(gtpPrime, FaultCode.Unsupported)
      else this.faults.count(this.fault)
      return PacketKind.Plain
    }
    fillHeader(view, 1, gtp.type, gtp.teid, off, Math.min(end, gtp.messageEnd))
    if (!this.bound(gtp.payload, gtp.messageEnd, end, wireEnd)) {
      this.faults.add(gtp1U, FaultCode.BadLength)
      return gtp.type === gPdu ? PacketKind.User : PacketKind.Plain
    }
    return gtp.type === gPdu ? PacketKind.User : PacketKind.GtpUserSignal
  }

  private controlPlane(view: PacketView, buf: Uint8Array, off: number, end: number): PacketKind {
    const flags = off < end ? buf[off]! : 0
    const version = flags >> 5
    if (isPrime(flags)) return prime(view, off, end)
    if (version !== 1 && version !== 2) {
      this.faults.add(gtp1C, off < end ? FaultCode.Unsupported : FaultCode.Truncated)
      return PacketKind.Plain
    }
    // session reads the message's own end: in version 2 a second message may ride behind the first
    const type = end - off > 1 ? buf[off + 1]! : 0
    fillHeader(view, version, type, controlTeid(buf, off, end), off, end)
    return PacketKind.GtpControl
  }

  private version0(
    view: PacketView,
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
  ): PacketKind {
    const gtp = this.gtp0
    if (off < end && (buf[off]! & gtpProtocolType) === 0) return prime(view, off, end)
    if (!gtp.decode(buf, off, end, this.fault)) {
      this.faults.count(this.fault)
      return PacketKind.Plain
    }
    fillHeader(view, 0, gtp.type, gtp.flowLabel, off, Math.min(end, gtp.messageEnd))
    view.tidOff = gtp.tidOff
    if (!this.bound(gtp.payload, gtp.messageEnd, end, wireEnd)) {
      this.faults.add(gtp0, FaultCode.BadLength)
      return gtp.type === tPdu ? PacketKind.User : PacketKind.Plain
    }
    return gtp.type === tPdu ? PacketKind.User : PacketKind.GtpControl
  }

  /** False when Length claims more than the datagram holds. One UPF in the field counts the header in,
   * so that all its G-PDUs claim eight octets too many: the datagram's end is taken instead. */
  private bound(payload: number, messageEnd: number, end: number, wireEnd: number): boolean {
    this.overlong = messageEnd > wireEnd
    this.tPdu = payload
    this.wireEnd = this.overlong ? wireEnd : messageEnd
    this.end = Math.min(end, this.wireEnd)
    return !this.overlong
  }
}

/** Who reads charging records reads the message (wire/gtp-prime-message.ts). */
function prime(view: PacketView, off: number, end: number): PacketKind {
  view.gtpOff = off
  view.gtpEnd = end
  return PacketKind.GtpPrime
}

/** Version 1 with Protocol Type 0 is GTP' (TS 32.295 clause 6.1.1), whatever port it came to. */
function isPrime(flags: number): boolean {
  return flags >> 5 === 1 && (flags & gtpProtocolType) === 0
}

/** TEID of a GTPv1-C message, or of a GTPv2-C message that has one (T flag); else 0. */
function controlTeid(buf: Uint8Array, off: number, end: number): number {
  if (end - off < 8) return 0
  const flags = buf[off]!
  return flags >> 5 === 2 && (flags & 8) === 0 ? 0 : int32(buf, off + 4)
}

function fillHeader(
  view: PacketView,
  version: number,
  type: number,
  teid: number,
  off: number,
  end: number,
): void {
  view.gtpVersion = version
  view.gtpType = type
  view.teid = teid
  view.gtpOff = off
  view.gtpEnd = end
}
