/** GTPv2-C header and information elements. Read 3GPP TS 29.274 clauses 5.5, 6.1 and 8. */

import { addressOctets } from './address.js'
import { OctetBuilder } from './octet-builder.js'

export const Gtp2Type = {
  echoRequest: 1,
  echoResponse: 2,
  createRequest: 32,
  createResponse: 33,
  modifyRequest: 34,
  modifyResponse: 35,
  deleteRequest: 36,
  deleteResponse: 37,
  deleteBearerRequest: 99,
  deleteBearerResponse: 100,
} as const

export const Gtp2Ie = {
  imsi: 1,
  cause: 2,
  recovery: 3,
  apn: 71,
  ambr: 72,
  ebi: 73,
  mei: 75,
  msisdn: 76,
  paa: 79,
  bearerQos: 80,
  rat: 82,
  servingNetwork: 83,
  uli: 86,
  fteid: 87,
  bearerContext: 93,
  chargingId: 94,
  chargingCharacteristics: 95,
  pdnType: 99,
  apnRestriction: 127,
  selectionMode: 128,
} as const

const FLAGS_TEID = 0x48
const FLAGS_NO_TEID = 0x40

/** `teid` undefined: a header without TEID (Echo). */
export function emitGtp2(
  type: number,
  teid: number | undefined,
  seq: number,
  body: Uint8Array,
): Uint8Array {
  const out = new OctetBuilder().u8(teid === undefined ? FLAGS_NO_TEID : FLAGS_TEID).u8(type)
  out.u16(body.length + (teid === undefined ? 4 : 8))
  if (teid !== undefined) out.u32(teid)
  return out.u24(seq).u8(0).octets(body).take()
}

/** Fully qualified TEID value (8.22). */
export function emitFteid(interfaceType: number, teid: number, address: string): Uint8Array {
  const octets = addressOctets(address)
  return new OctetBuilder()
    .u8((octets.length === 4 ? 0x80 : 0x40) | interfaceType)
    .u32(teid)
    .octets(octets)
    .take()
}

export class Gtp2Ies {
  readonly #out = new OctetBuilder()

  put(type: number, value: Uint8Array, instance = 0): this {
    this.#out.u8(type).u16(value.length).u8(instance).octets(value)
    return this
  }

  octets(type: number, ...value: number[]): this {
    return this.put(type, Uint8Array.from(value))
  }

  take(): Uint8Array {
    return this.#out.take()
  }
}
