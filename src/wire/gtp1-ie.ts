/** Information elements of GTPv0 and GTPv1 one after another. Read 3GPP TS 29.060 clause 7.7 (table 37) and
 * GSM 09.60 clause 7.9: types 0 to 127 are TV, and their length is nowhere but in the standard; types
 * 128 to 255 are TLV with two octets of length that count the value only. */

import { type Fault, FaultCode, type Layer } from './fault.js'
import { u16 } from './octets.js'

export const Gtp1IeType = {
  Cause: 1,
  Imsi: 2,
  Rai: 3,
  Recovery: 14,
  /** GTPv0: Flow Label Data I, two octets */
  TeidDataI: 16,
  /** GTPv0: Flow Label Signalling, two octets */
  TeidControl: 17,
  TeardownInd: 19,
  Nsapi: 20,
  ChargingCharacteristics: 26,
  ChargingId: 127,
  EndUserAddress: 128,
  Apn: 131,
  GsnAddress: 133,
  Msisdn: 134,
  QosProfile: 135,
  RatType: 151,
  UserLocation: 152,
  MsTimeZone: 153,
  ImeiSv: 154,
  DirectTunnelFlags: 182,
} as const

/** Octets of value by TV type; -1 is a type that the standard does not have. */
function tvTable(lengths: Readonly<Record<number, number>>): Int8Array {
  const table = new Int8Array(128).fill(-1)
  for (const [type, length] of Object.entries(lengths)) table[Number(type)] = length
  return table
}

/** TS 29.060 table 37. */
export const gtp1TvLengths = tvTable({
  1: 1, // Cause
  2: 8, // IMSI
  3: 6, // Routeing Area Identity
  4: 4, // Temporary Logical Link Identity
  5: 4, // Packet TMSI
  8: 1, // Reordering Required
  9: 28, // Authentication Triplet
  11: 1, // MAP Cause
  12: 3, // P-TMSI Signature
  13: 1, // MS Validated
  14: 1, // Recovery
  15: 1, // Selection Mode
  16: 4, // Tunnel Endpoint Identifier Data I
  17: 4, // Tunnel Endpoint Identifier Control Plane
  18: 5, // Tunnel Endpoint Identifier Data II
  19: 1, // Teardown Ind
  20: 1, // NSAPI
  21: 1, // RANAP Cause
  22: 9, // RAB Context
  23: 1, // Radio Priority SMS
  24: 1, // Radio Priority
  25: 2, // Packet Flow Id
  26: 2, // Charging Characteristics
  27: 2, // Trace Reference
  28: 2, // Trace Type
  29: 1, // MS Not Reachable Reason
  126: 1, // Packet Transfer Command (TS 32.295)
  127: 4, // Charging ID
})

/** GSM 09.60 table 39. */
export const gtp0TvLengths = tvTable({
  1: 1, // Cause
  2: 8, // IMSI
  3: 6, // Routeing Area Identity
  4: 4, // Temporary Logical Link Identity
  5: 4, // Packet TMSI
  6: 3, // Quality of Service Profile
  8: 1, // Reordering Required
  9: 28, // Authentication Triplet
  11: 1, // MAP Cause
  12: 3, // P-TMSI Signature
  13: 1, // MS Validated
  14: 1, // Recovery
  15: 1, // Selection Mode
  16: 2, // Flow Label Data I
  17: 2, // Flow Label Signalling
  18: 3, // Flow Label Data II
  19: 1, // MS Not Reachable Reason
  127: 4, // Charging ID
})

const tlvHeader = 3

/** Walks the elements of one message. After `open`, each true `next` leaves one element in `type` and
 * [off, end); false is the end of the message, or a fault. `fault` is only ever set, never cleared,
 * so that one found inside an element survives the walk. */
export class Gtp1IeCursor {
  type = 0
  /** the value, without type and length */
  off = 0
  end = 0
  #at = 0
  #stop = 0
  #lengths: Int8Array = gtp1TvLengths
  #layer: Layer = 0

  open(off: number, end: number, lengths: Int8Array, layer: Layer): void {
    this.#at = off
    this.#stop = end
    this.#lengths = lengths
    this.#layer = layer
  }

  next(buf: Uint8Array, fault: Fault): boolean {
    const at = this.#at
    const have = this.#stop - at
    if (have <= 0) return false
    // whatever goes wrong, nothing after it can be found: a fault ends the walk
    this.#at = this.#stop
    const type = buf[at]!
    let off = at + 1
    let length: number
    if (type < 128) {
      length = this.#lengths[type]!
      if (length < 0) return raiseFirst(fault, FaultCode.BadValue, this.#layer, at, 0, type)
    } else {
      if (have < tlvHeader)
        return raiseFirst(fault, FaultCode.Truncated, this.#layer, at, tlvHeader, have)
      length = u16(buf, at + 1)
      off = at + tlvHeader
    }
    const end = off + length
    if (end > this.#stop) {
      return raiseFirst(fault, FaultCode.BadLength, this.#layer, at, length, this.#stop - off)
    }
    this.type = type
    this.off = off
    this.end = end
    this.#at = end
    return true
  }
}

/** A message that the capture cut ends within an element: that it was cut is the better reason. */
export function raiseFirst(
  fault: Fault,
  code: FaultCode,
  layer: Layer,
  at: number,
  need: number,
  have: number,
): false {
  return fault.code === FaultCode.None ? fault.raise(code, layer, at, need, have) : false
}
