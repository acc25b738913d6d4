/** GTPv1 headers and information elements, control and user plane. Read 3GPP TS 29.060 clauses 6 and
 * 7, TS 29.281 clause 5, and TS 38.415 clause 5.5.2 (PDU Session Container). */

import { OctetBuilder } from './octet-builder.js'

export const Gtp1Type = {
  echoRequest: 1,
  echoResponse: 2,
  createRequest: 16,
  createResponse: 17,
  updateRequest: 18,
  updateResponse: 19,
  deleteRequest: 20,
  deleteResponse: 21,
  errorIndication: 26,
  endMarker: 254,
  gPdu: 255,
} as const

export const Gtp1Ie = {
  cause: 1,
  imsi: 2,
  rai: 3,
  reorderingRequired: 8,
  recovery: 14,
  selectionMode: 15,
  teidData: 16,
  teidControl: 17,
  teardown: 19,
  nsapi: 20,
  chargingCharacteristics: 26,
  chargingId: 127,
  endUserAddress: 128,
  apn: 131,
  gsnAddress: 133,
  msisdn: 134,
  qos: 135,
  rat: 151,
  uli: 152,
  imei: 154,
} as const

const FLAGS_V1 = 0x30
const FLAG_EXTENSION = 4
const FLAG_SEQUENCE = 2
const FLAG_NPDU = 1
const EXTENSION_PDU_SESSION = 0x85

export interface Gtp1Header {
  type: number
  teid: number
  seq?: number
  npdu?: number
  /** PDU Session Container with this QFI, in the form for `up` or down */
  pduSession?: { up: boolean; qfi: number }
}

/** A whole message. The Length field counts what follows octet 8, the optional word included. */
export function emitGtp1(header: Gtp1Header, body: Uint8Array): Uint8Array {
  const { seq, npdu, pduSession } = header
  let flags = FLAGS_V1
  if (seq !== undefined) flags |= FLAG_SEQUENCE
  if (npdu !== undefined) flags |= FLAG_NPDU
  if (pduSession !== undefined) flags |= FLAG_EXTENSION
  const rest = new OctetBuilder()
  if (flags !== FLAGS_V1) {
    rest
      .u16(seq ?? 0)
      .u8(npdu ?? 0)
      .u8(pduSession === undefined ? 0 : EXTENSION_PDU_SESSION)
  }
  if (pduSession !== undefined) {
    rest
      .u8(1)
      .u8(pduSession.up ? 0x10 : 0)
      .u8(pduSession.qfi)
      .u8(0)
  }
  rest.octets(body)
  return new OctetBuilder()
    .u8(flags)
    .u8(header.type)
    .u16(rest.length)
    .u32(header.teid)
    .octets(rest.take())
    .take()
}

/** Information elements in the order of the calls, which must be the order of their types. */
export class Gtp1Ies {
  readonly #out = new OctetBuilder()

  /** TV element: type and a value of fixed length. */
  tv(type: number, ...octets: number[]): this {
    this.#out.u8(type).octets(Uint8Array.from(octets))
    return this
  }

  tvOctets(type: number, value: Uint8Array): this {
    this.#out.u8(type).octets(value)
    return this
  }

  tv32(type: number, value: number): this {
    this.#out.u8(type).u32(value)
    return this
  }

  tlv(type: number, value: Uint8Array): this {
    this.#out.u8(type).u16(value.length).octets(value)
    return this
  }

  take(): Uint8Array {
    return this.#out.take()
  }
}
