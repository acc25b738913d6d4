/** What a switch or a cloud wraps around the frames that it sends to a probe: GRE, NVGRE, ERSPAN I to III,
 * VXLAN. Read wire/gre.ts, wire/erspan.ts and wire/vxlan.ts first.
 *
 * Only packets outside GTP come here: a subscriber's own GRE or VXLAN is in his T-PDU, where nobody
 * looks, and costs him what it is. */

import { Erspan, ErspanFrame } from '../wire/erspan.js'
import { EtherType } from '../wire/ethernet.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { Gre, GreProtocol } from '../wire/gre.js'
import { Vxlan, vxlanGpePort, vxlanPort } from '../wire/vxlan.js'
import type { FaultCounter } from './fault-counter.js'

export function isVxlanPort(port: number): boolean {
  return port === vxlanPort || port === vxlanGpePort
}

export class Mirror {
  /** what begins at `payload`: an EtherType, or GreProtocol.Ethernet for a whole Ethernet frame */
  protocol = 0
  payload = 0
  /** number of the mirror among those of one sender: key, session or VNI */
  id = 0

  private readonly fault = new Fault()
  private readonly faults: FaultCounter
  private readonly header = new Gre()
  private readonly erspan = new Erspan()
  private readonly vxlanHeader = new Vxlan()

  constructor(faults: FaultCounter) {
    this.faults = faults
  }

  /** The payload of an IP packet of protocol 47; false when it is not a frame or an IP packet. */
  gre(buf: Uint8Array, off: number, end: number): boolean {
    const gre = this.header
    if (!gre.decode(buf, off, end, this.fault)) return this.refused()
    this.protocol = gre.protocol
    this.payload = gre.payload
    this.id = gre.key
    switch (gre.protocol) {
      case GreProtocol.Ethernet:
      case EtherType.Mpls:
        return true
      case EtherType.Ipv4:
        return startsWith(buf, gre.payload, end, 4)
      case EtherType.Ipv6:
        return startsWith(buf, gre.payload, end, 6)
      case GreProtocol.Erspan:
        // type I has neither a sequence number nor a header of its own
        if (gre.hasSequence) return this.mirrored(buf, gre.payload, end)
        this.protocol = GreProtocol.Ethernet
        return true
      case GreProtocol.ErspanThree:
        return this.mirrored(buf, gre.payload, end)
      default:
        return false
    }
  }

  /** The payload of a datagram to `port`; false when it is not VXLAN, or carries nothing that is read. */
  vxlan(port: number, buf: Uint8Array, off: number, end: number): boolean {
    const vxlan = this.vxlanHeader
    const read =
      port === vxlanPort
        ? vxlan.decode(buf, off, end, this.fault)
        : vxlan.decodeGpe(buf, off, end, this.fault)
    // the port proves nothing: what is no VXLAN is somebody's datagram, not a fault
    if (!read) return false
    this.protocol = vxlan.protocol
    this.payload = vxlan.payload
    this.id = vxlan.vni
    return true
  }

  private mirrored(buf: Uint8Array, off: number, end: number): boolean {
    const erspan = this.erspan
    if (!erspan.decode(buf, off, end, this.fault)) return this.refused()
    this.payload = erspan.payload
    this.id = erspan.session
    this.protocol = GreProtocol.Ethernet
    if (erspan.frameType === ErspanFrame.Ethernet) return true
    if (erspan.frameType !== ErspanFrame.Ip) return false
    const version = erspan.payload < end ? buf[erspan.payload]! >> 4 : 0
    this.protocol = version === 6 ? EtherType.Ipv6 : EtherType.Ipv4
    return version === 4 || version === 6
  }

  /** Another version of GRE is another protocol; a header that is cut is a fault. */
  private refused(): false {
    if (this.fault.code !== FaultCode.Unsupported) this.faults.count(this.fault)
    return false
  }
}

function startsWith(buf: Uint8Array, off: number, end: number, version: number): boolean {
  return off < end && buf[off]! >> 4 === version
}
