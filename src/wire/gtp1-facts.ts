/** What one GTPv0 or GTPv1 control message says: offsets and small numbers, for whoever keeps the
 * contexts. Read 3GPP TS 29.060 clauses 7.3 (which elements a message has) and 7.7 (what they hold). */

import { type Fault, FaultCode, type Layer } from './fault.js'
import { Gtp1IeCursor, Gtp1IeType } from './gtp1-ie.js'
import { int32, u16, u32 } from './octets.js'

/** Create PDP Context Response: two addresses and their two alternatives. */
const maxGsnAddresses = 4

export class Gtp1Facts {
  /** information elements read */
  elements = 0
  /** -1 when absent, here and below */
  cause = -1
  imsiOff = -1
  raiOff = -1
  recovery = -1
  hasTeidData = false
  /** int32 pattern; GTPv0: flow label */
  teidData = 0
  hasTeidControl = false
  teidControl = 0
  nsapi = -1
  /** second NSAPI of a secondary context: the one it hangs on */
  linkedNsapi = -1
  teardown = -1
  chargingCharacteristics = -1
  chargingId = -1
  euaOff = -1
  euaEnd = -1
  apnOff = -1
  apnEnd = -1
  gsnCount = 0
  /** signalling, user traffic, alternative signalling, alternative user traffic */
  readonly gsnOff = new Int32Array(maxGsnAddresses)
  /** 4 or 16 octets */
  readonly gsnLength = new Int32Array(maxGsnAddresses)
  msisdnOff = -1
  msisdnEnd = -1
  qosOff = -1
  qosEnd = -1
  rat = -1
  uliOff = -1
  uliEnd = -1
  imeiOff = -1
  imeiEnd = -1
  directTunnelFlags = -1
  readonly #cursor = new Gtp1IeCursor()

  /** Collects the elements of [off, end) and keeps a fault that the header left. False: there was one;
   * what came before it stays. The first element of a type counts (7.7: "the first ... shall be treated as valid"). */
  collect(
    buf: Uint8Array,
    off: number,
    end: number,
    lengths: Int8Array,
    layer: Layer,
    fault: Fault,
  ): boolean {
    this.#clear()
    const cursor = this.#cursor
    cursor.open(off, end, lengths, layer)
    while (cursor.next(buf, fault)) {
      this.elements++
      this.#take(buf, cursor.type, cursor.off, cursor.end, layer, fault)
    }
    return fault.code === FaultCode.None
  }

  #take(
    buf: Uint8Array,
    type: number,
    off: number,
    end: number,
    layer: Layer,
    fault: Fault,
  ): boolean {
    switch (type) {
      case Gtp1IeType.Cause:
        if (this.cause < 0) this.cause = buf[off]!
        return true
      case Gtp1IeType.Imsi:
        if (this.imsiOff < 0) this.imsiOff = off
        return true
      case Gtp1IeType.Rai:
        if (this.raiOff < 0) this.raiOff = off
        return true
      case Gtp1IeType.Recovery:
        if (this.recovery < 0) this.recovery = buf[off]!
        return true
      case Gtp1IeType.TeidDataI:
        if (this.hasTeidData) return true
        this.hasTeidData = true
        this.teidData = end - off === 2 ? u16(buf, off) : int32(buf, off)
        return true
      case Gtp1IeType.TeidControl:
        if (this.hasTeidControl) return true
        this.hasTeidControl = true
        this.teidControl = end - off === 2 ? u16(buf, off) : int32(buf, off)
        return true
      case Gtp1IeType.TeardownInd:
        if (this.teardown < 0) this.teardown = buf[off]! & 1
        return true
      case Gtp1IeType.Nsapi:
        if (this.nsapi < 0) this.nsapi = buf[off]! & 15
        else if (this.linkedNsapi < 0) this.linkedNsapi = buf[off]! & 15
        return true
      case Gtp1IeType.ChargingCharacteristics:
        if (this.chargingCharacteristics < 0) this.chargingCharacteristics = u16(buf, off)
        return true
      case Gtp1IeType.ChargingId:
        if (this.chargingId < 0) this.chargingId = u32(buf, off)
        return true
      default:
        return type < 128 || this.#takeTlv(buf, type, off, end, layer, fault)
    }
  }

  #takeTlv(
    buf: Uint8Array,
    type: number,
    off: number,
    end: number,
    layer: Layer,
    fault: Fault,
  ): boolean {
    const length = end - off
    switch (type) {
      case Gtp1IeType.EndUserAddress:
        if (this.euaOff >= 0) return true
        this.euaOff = off
        this.euaEnd = end
        return true
      case Gtp1IeType.Apn:
        if (this.apnOff >= 0) return true
        this.apnOff = off
        this.apnEnd = end
        return true
      case Gtp1IeType.GsnAddress:
        if (length !== 4 && length !== 16) {
          return fault.raise(FaultCode.BadLength, layer, off, 4, length)
        }
        if (this.gsnCount === maxGsnAddresses) return true
        this.gsnOff[this.gsnCount] = off
        this.gsnLength[this.gsnCount] = length
        this.gsnCount++
        return true
      case Gtp1IeType.Msisdn:
        if (this.msisdnOff >= 0) return true
        // 7.7.33: the first octet is numbering plan and nature, then digits as in TS 29.002
        this.msisdnOff = Math.min(off + 1, end)
        this.msisdnEnd = end
        return true
      case Gtp1IeType.QosProfile:
        if (this.qosOff >= 0) return true
        this.qosOff = off
        this.qosEnd = end
        return true
      case Gtp1IeType.RatType:
        if (length < 1) return fault.raise(FaultCode.BadLength, layer, off, 1, length)
        if (this.rat < 0) this.rat = buf[off]!
        return true
      case Gtp1IeType.UserLocation:
        if (this.uliOff >= 0) return true
        this.uliOff = off
        this.uliEnd = end
        return true
      case Gtp1IeType.ImeiSv:
        if (this.imeiOff >= 0) return true
        this.imeiOff = off
        this.imeiEnd = end
        return true
      case Gtp1IeType.DirectTunnelFlags:
        if (length < 1) return fault.raise(FaultCode.BadLength, layer, off, 1, length)
        if (this.directTunnelFlags < 0) this.directTunnelFlags = buf[off]!
        return true
      default:
        return true
    }
  }

  #clear(): void {
    this.elements = 0
    this.cause = -1
    this.imsiOff = -1
    this.raiOff = -1
    this.recovery = -1
    this.hasTeidData = false
    this.teidData = 0
    this.hasTeidControl = false
    this.teidControl = 0
    this.nsapi = -1
    this.linkedNsapi = -1
    this.teardown = -1
    this.chargingCharacteristics = -1
    this.chargingId = -1
    this.euaOff = -1
    this.euaEnd = -1
    this.apnOff = -1
    this.apnEnd = -1
    this.gsnCount = 0
    this.msisdnOff = -1
    this.msisdnEnd = -1
    this.qosOff = -1
    this.qosEnd = -1
    this.rat = -1
    this.uliOff = -1
    this.uliEnd = -1
    this.imeiOff = -1
    this.imeiEnd = -1
    this.directTunnelFlags = -1
  }
}
