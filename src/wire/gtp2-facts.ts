/** What one GTPv2 message says: offsets and small numbers, bearer contexts and F-TEIDs in reused slots.
 * Read 3GPP TS 29.274 clause 7.2 (which elements a message has) and clause 8 (what they hold). */

import { type Fault, FaultCode } from './fault.js'
import { FTeid, Gtp2IeCursor, Gtp2IeType, layer2ie } from './gtp2-ie.js'
import { u16, u32 } from './octets.js'

/** EBI 5 to 15 (TS 23.401 clause 5.2.1): a message cannot name more bearers than a UE can have. */
const maxBearers = 11
/** S1-U, S4-U, S5/S8-U, S12, S11-U and their spares of one bearer. */
const maxBearerFTeids = 8
const maxFTeids = 4

/** One Bearer Context. */
export class Gtp2Bearer {
  /** instance 0: created, modified; 1: removed, marked for removal */
  instance = 0
  ebi = -1
  cause = -1
  chargingId = -1
  fTeidCount = 0
  readonly fTeids = slots(maxBearerFTeids)
}

function slots(count: number): readonly FTeid[] {
  return Array.from({ length: count }, () => new FTeid())
}

export class Gtp2Facts {
  elements = 0
  /** -1 when absent, here and below */
  cause = -1
  imsiOff = -1
  imsiEnd = -1
  recovery = -1
  apnOff = -1
  apnEnd = -1
  /** EBI of instance 0: the linked (default) bearer */
  linkedEbi = -1
  /** EBIs of instance 1: Delete Bearer Request names what goes */
  readonly ebis = new Uint8Array(maxBearers)
  ebiCount = 0
  meiOff = -1
  meiEnd = -1
  msisdnOff = -1
  msisdnEnd = -1
  /** first three octets of the Indication flags, 0 when absent */
  indication = 0
  paaOff = -1
  paaEnd = -1
  rat = -1
  servingNetworkOff = -1
  uliOff = -1
  uliEnd = -1
  chargingId = -1
  chargingCharacteristics = -1
  /** F-TEIDs outside bearer contexts: the sender's for control, and the PGW's */
  fTeidCount = 0
  readonly fTeids = slots(maxFTeids)
  readonly fTeidInstance = new Uint8Array(maxFTeids)
  bearerCount = 0
  readonly bearers: readonly Gtp2Bearer[] = Array.from(
    { length: maxBearers },
    () => new Gtp2Bearer(),
  )
  readonly #cursor = new Gtp2IeCursor()
  readonly #inner = new Gtp2IeCursor()

  /** Collects [off, end), same contract as Gtp1Facts.collect. */
  collect(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    const cursor = this.#cursor
    cursor.open(off, end)
    while (cursor.next(buf, fault)) {
      this.elements++
      this.#take(buf, cursor, fault)
    }
    return fault.code === FaultCode.None
  }

  #take(buf: Uint8Array, ie: Gtp2IeCursor, fault: Fault): void {
    const { type, off, end, instance } = ie
    const length = end - off
    if (length === 0) return
    switch (type) {
      case Gtp2IeType.FTeid:
        this.#takeFTeid(buf, ie, fault)
        return
      case Gtp2IeType.BearerContext:
        this.#takeBearer(buf, ie, fault)
        return
      case Gtp2IeType.Ebi:
        if (instance === 0) {
          if (this.linkedEbi < 0) this.linkedEbi = buf[off]! & 15
        } else if (this.ebiCount < maxBearers) {
          this.ebis[this.ebiCount++] = buf[off]! & 15
        }
        return
      default:
        if (instance === 0) this.#takePlain(buf, type, off, end, fault)
    }
  }

  /** Elements that count in their instance 0 only, first occurrence. */
  #takePlain(buf: Uint8Array, type: number, off: number, end: number, fault: Fault): void {
    const length = end - off
    switch (type) {
      case Gtp2IeType.Imsi:
        if (this.imsiOff >= 0) return
        this.imsiOff = off
        this.imsiEnd = Math.min(end, off + 8)
        return
      case Gtp2IeType.Cause:
        if (this.cause < 0) this.cause = buf[off]!
        return
      case Gtp2IeType.Recovery:
        if (this.recovery < 0) this.recovery = buf[off]!
        return
      case Gtp2IeType.Apn:
        if (this.apnOff >= 0) return
        this.apnOff = off
        this.apnEnd = end
        return
      case Gtp2IeType.Mei:
        if (this.meiOff >= 0) return
        this.meiOff = off
        this.meiEnd = end
        return
      case Gtp2IeType.Msisdn:
        if (this.msisdnOff >= 0) return
        this.msisdnOff = off
        this.msisdnEnd = end
        return
      case Gtp2IeType.Indication:
        this.indication = (buf[off]! << 8) | (length > 1 ? buf[off + 1]! : 0)
        return
      case Gtp2IeType.Paa:
        if (this.paaOff >= 0) return
        this.paaOff = off
        this.paaEnd = end
        return
      case Gtp2IeType.RatType:
        if (this.rat < 0) this.rat = buf[off]!
        return
      case Gtp2IeType.ServingNetwork:
        if (length < 3) fault.raise(FaultCode.BadLength, layer2ie, off, 3, length)
        else if (this.servingNetworkOff < 0) this.servingNetworkOff = off
        return
      case Gtp2IeType.UserLocation:
        if (this.uliOff >= 0) return
        this.uliOff = off
        this.uliEnd = end
        return
      case Gtp2IeType.ChargingId:
        if (length < 4) fault.raise(FaultCode.BadLength, layer2ie, off, 4, length)
        else if (this.chargingId < 0) this.chargingId = u32(buf, off)
        return
      case Gtp2IeType.ChargingCharacteristics:
        if (length < 2) fault.raise(FaultCode.BadLength, layer2ie, off, 2, length)
        else if (this.chargingCharacteristics < 0) this.chargingCharacteristics = u16(buf, off)
    }
  }

  #takeFTeid(buf: Uint8Array, ie: Gtp2IeCursor, fault: Fault): void {
    if (this.fTeidCount === maxFTeids) return
    if (!this.fTeids[this.fTeidCount]!.decode(buf, ie.off, ie.end, fault)) return
    this.fTeidInstance[this.fTeidCount] = ie.instance
    this.fTeidCount++
  }

  #takeBearer(buf: Uint8Array, ie: Gtp2IeCursor, fault: Fault): void {
    if (this.bearerCount === maxBearers) {
      fault.raise(FaultCode.Limit, layer2ie, ie.off, maxBearers + 1, maxBearers)
      return
    }
    const bearer = this.bearers[this.bearerCount++]!
    bearer.instance = ie.instance
    bearer.ebi = -1
    bearer.cause = -1
    bearer.chargingId = -1
    bearer.fTeidCount = 0
    const inner = this.#inner
    inner.open(ie.off, ie.end)
    while (inner.next(buf, fault)) {
      const { type, off, end } = inner
      if (end === off) continue
      if (type === Gtp2IeType.Ebi) {
        if (bearer.ebi < 0) bearer.ebi = buf[off]! & 15
      } else if (type === Gtp2IeType.Cause) {
        if (bearer.cause < 0) bearer.cause = buf[off]!
      } else if (type === Gtp2IeType.ChargingId) {
        if (end - off >= 4 && bearer.chargingId < 0) bearer.chargingId = u32(buf, off)
      } else if (type === Gtp2IeType.FTeid && bearer.fTeidCount < maxBearerFTeids) {
        if (bearer.fTeids[bearer.fTeidCount]!.decode(buf, off, end, fault)) bearer.fTeidCount++
      }
    }
  }

  #clear(): void {
    this.elements = 0
    this.cause = -1
    this.imsiOff = -1
    this.imsiEnd = -1
    this.recovery = -1
    this.apnOff = -1
    this.apnEnd = -1
    this.linkedEbi = -1
    this.ebiCount = 0
    this.meiOff = -1
    this.meiEnd = -1
    this.msisdnOff = -1
    this.msisdnEnd = -1
    this.indication = 0
    this.paaOff = -1
    this.paaEnd = -1
    this.rat = -1
    this.servingNetworkOff = -1
    this.uliOff = -1
    this.uliEnd = -1
    this.chargingId = -1
    this.chargingCharacteristics = -1
    this.fTeidCount = 0
    this.bearerCount = 0
  }
}
