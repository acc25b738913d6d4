/** Information elements of GTPv2: type, length, spare and instance, value; some hold elements in turn.
 * Read 3GPP TS 29.274 clause 8.1 (table 8.1-1), 8.22 (F-TEID) and 8.28 (Bearer Context). */

import { type Fault, FaultCode, layer } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'
import { int32, u16 } from './octets.js'

export const Gtp2IeType = {
  Imsi: 1,
  Cause: 2,
  Recovery: 3,
  Apn: 71,
  Ebi: 73,
  Mei: 75,
  Msisdn: 76,
  Indication: 77,
  Paa: 79,
  RatType: 82,
  ServingNetwork: 83,
  UserLocation: 86,
  FTeid: 87,
  BearerContext: 93,
  ChargingId: 94,
  ChargingCharacteristics: 95,
} as const

const LENGTH = 1
const INSTANCE = 3
const headerLength = 4

export const layer2ie = layer('gtp2-ie')

/** Walks the elements of a message or of a grouped element; same contract as Gtp1IeCursor. */
export class Gtp2IeCursor {
  type = 0
  instance = 0
  off = 0
  end = 0
  #at = 0
  #stop = 0

  open(off: number, end: number): void {
    this.#at = off
    this.#stop = end
  }

  next(buf: Uint8Array, fault: Fault): boolean {
    const at = this.#at
    const have = this.#stop - at
    if (have <= 0) return false
    this.#at = this.#stop
    if (have < headerLength) {
      return raiseFirst(fault, FaultCode.Truncated, layer2ie, at, headerLength, have)
    }
    const length = u16(buf, at + LENGTH)
    const off = at + headerLength
    const end = off + length
    if (end > this.#stop) {
      return raiseFirst(fault, FaultCode.BadLength, layer2ie, at, length, this.#stop - off)
    }
    this.type = buf[at]!
    this.instance = buf[at + INSTANCE]! & 15
    this.off = off
    this.end = end
    this.#at = end
    return true
  }
}

const flagV4 = 0x80
const flagV6 = 0x40

/** Fully Qualified TEID: who receives, on which interface, under which TEID. */
export class FTeid {
  /** Interface Type of 8.22, 0 to 63 */
  interfaceType = 0
  /** int32 pattern (or GRE key) */
  teid = 0
  /** offset of the address; -1 when there is none */
  v4Off = -1
  v6Off = -1

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.interfaceType = 0
    this.teid = 0
    this.v4Off = -1
    this.v6Off = -1
    const have = end - off
    if (have < 5) return fault.raise(FaultCode.BadLength, layer2ie, off, 5, have)
    const flags = buf[off]!
    this.interfaceType = flags & 63
    this.teid = int32(buf, off + 1)
    let at = off + 5
    if ((flags & flagV4) !== 0) {
      if (end - at < 4) return fault.raise(FaultCode.BadLength, layer2ie, at, 4, end - at)
      this.v4Off = at
      at += 4
    }
    if ((flags & flagV6) !== 0) {
      if (end - at < 16) return fault.raise(FaultCode.BadLength, layer2ie, at, 16, end - at)
      this.v6Off = at
    }
    return true
  }
}
