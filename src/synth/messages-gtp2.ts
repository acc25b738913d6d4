/** GTPv2-C messages of a default bearer, on S5/S8 or S11. Read 3GPP TS 29.274 clauses 7.2.1, 7.2.2,
 * 7.2.7 to 7.2.10, 7.2.9.2 (Delete Bearer) and 8.22 (F-TEID interface types). */

import { addressOctets } from './address.js'
import type { ContextMessages } from './context-messages.js'
import {
  emitApn,
  emitPlmn,
  emitTbcd,
  emitUliV2,
  parseLocation,
  ratTypes,
} from './emit-gtp-value.js'
import { emitFteid, emitGtp2, Gtp2Ie, Gtp2Ies, Gtp2Type } from './emit-gtp2.js'
import { OctetBuilder } from './octet-builder.js'
import type { ContextState } from './world.js'

const ACCEPTED = 16
const VERIFIED = 0
const AMBR_KBITS = 50_000
/** F-TEID interface types and instances of the two interfaces. */
const fteids = {
  s5s8: { accessC: 6, accessU: 4, gatewayC: 7, gatewayU: 5, gatewayInstance: 1, userInstance: 2 },
  s11: { accessC: 10, accessU: 0, gatewayC: 11, gatewayU: 1, gatewayInstance: 0, userInstance: 0 },
} as const

function pdnType(context: ContextState): number {
  return (context.ueV4 ? 1 : 0) | (context.ueV6 ? 2 : 0)
}

/** PDN Address Allocation (8.14); zeros when the UE asks for one. */
function paa(context: ContextState, granted: boolean): Uint8Array {
  const out = new OctetBuilder().u8(pdnType(context))
  if (context.ueV6) {
    out.u8(granted ? 64 : 0).octets(granted ? addressOctets(context.ueV6) : new Uint8Array(16))
  }
  if (context.ueV4) out.octets(granted ? addressOctets(context.ueV4) : new Uint8Array(4))
  return out.take()
}

function bearerQos(): Uint8Array {
  return new OctetBuilder().u8(0x7c).u8(9).zeros(20).take()
}

function putPlace(ies: Gtp2Ies, context: ContextState): Gtp2Ies {
  const { rat, uli } = context.spec
  const parts = parseLocation(uli ?? '')
  if (parts !== undefined) ies.put(Gtp2Ie.uli, emitUliV2(parts))
  const { mcc = '460', mnc = '00' } = parts?.[0] ?? {}
  ies.put(Gtp2Ie.servingNetwork, emitPlmn(mcc, mnc))
  return ies.octets(Gtp2Ie.rat, ratTypes[rat ?? 'eutran'])
}

function createRequest(context: ContextState, seq: number): Uint8Array {
  const { spec, teid, sgsn } = context
  const types = fteids[spec.interface]
  const ies = new Gtp2Ies().put(Gtp2Ie.imsi, emitTbcd(spec.imsi))
  if (spec.msisdn !== undefined) ies.put(Gtp2Ie.msisdn, emitTbcd(spec.msisdn))
  if (spec.imeisv !== undefined) ies.put(Gtp2Ie.mei, emitTbcd(spec.imeisv, 8))
  putPlace(ies, context)
    .put(Gtp2Ie.fteid, emitFteid(types.accessC, teid.sgsnControl, sgsn.address))
    .put(Gtp2Ie.apn, emitApn(spec.apn))
    .octets(Gtp2Ie.selectionMode, VERIFIED)
    .octets(Gtp2Ie.pdnType, pdnType(context))
    .put(Gtp2Ie.paa, paa(context, false))
    .octets(Gtp2Ie.apnRestriction, 0)
    .put(Gtp2Ie.ambr, new OctetBuilder().u32(AMBR_KBITS).u32(AMBR_KBITS).take())
  const bearer = new Gtp2Ies().octets(Gtp2Ie.ebi, spec.nsapi)
  if (spec.interface === 's5s8') {
    const user = emitFteid(types.accessU, teid.sgsnUser, sgsn.address)
    bearer.put(Gtp2Ie.fteid, user, types.userInstance)
  }
  bearer.put(Gtp2Ie.bearerQos, bearerQos())
  ies.put(Gtp2Ie.bearerContext, bearer.take()).octets(Gtp2Ie.recovery, sgsn.recovery)
  const characteristics = spec.charging_characteristics
  if (characteristics !== undefined) {
    ies.octets(Gtp2Ie.chargingCharacteristics, characteristics >>> 8, characteristics & 0xff)
  }
  return emitGtp2(Gtp2Type.createRequest, 0, seq, ies.take())
}

function createResponse(context: ContextState, seq: number, cause: number): Uint8Array {
  const { spec, teid, ggsn } = context
  const types = fteids[spec.interface]
  const ies = new Gtp2Ies().octets(Gtp2Ie.cause, cause, 0)
  if (cause === ACCEPTED) {
    const control = emitFteid(types.gatewayC, teid.ggsnControl, ggsn.address)
    ies.put(Gtp2Ie.fteid, control, types.gatewayInstance)
    ies.put(Gtp2Ie.paa, paa(context, true)).octets(Gtp2Ie.apnRestriction, 0)
    const user = emitFteid(types.gatewayU, teid.ggsnUser, ggsn.address)
    const bearer = new Gtp2Ies()
      .octets(Gtp2Ie.ebi, spec.nsapi)
      .octets(Gtp2Ie.cause, cause, 0)
      .put(Gtp2Ie.fteid, user, types.userInstance)
      .put(Gtp2Ie.bearerQos, bearerQos())
      .put(Gtp2Ie.chargingId, new OctetBuilder().u32(context.chargingId).take())
    ies.put(Gtp2Ie.bearerContext, bearer.take()).octets(Gtp2Ie.recovery, ggsn.recovery)
  }
  return emitGtp2(Gtp2Type.createResponse, teid.sgsnControl, seq, ies.take())
}

function modifyRequest(context: ContextState, seq: number): Uint8Array {
  const { spec, teid, sgsn } = context
  const types = fteids[spec.interface]
  const ies = putPlace(new Gtp2Ies(), context)
  if (spec.interface === 's5s8') {
    ies.put(Gtp2Ie.fteid, emitFteid(types.accessC, teid.sgsnControl, sgsn.address))
  }
  const user = emitFteid(types.accessU, teid.sgsnUser, sgsn.address)
  const bearer = new Gtp2Ies()
    .octets(Gtp2Ie.ebi, spec.nsapi)
    .put(Gtp2Ie.fteid, user, spec.interface === 's5s8' ? 1 : 0)
  ies.put(Gtp2Ie.bearerContext, bearer.take()).octets(Gtp2Ie.recovery, sgsn.recovery)
  return emitGtp2(Gtp2Type.modifyRequest, teid.ggsnControl, seq, ies.take())
}

function modifyResponse(context: ContextState, seq: number, cause: number): Uint8Array {
  const { spec, teid, ggsn } = context
  const ies = new Gtp2Ies().octets(Gtp2Ie.cause, cause, 0)
  if (cause === ACCEPTED) {
    const bearer = new Gtp2Ies().octets(Gtp2Ie.ebi, spec.nsapi).octets(Gtp2Ie.cause, cause, 0)
    if (spec.interface === 's11') {
      const user = emitFteid(fteids.s11.gatewayU, teid.ggsnUser, ggsn.address)
      bearer.put(Gtp2Ie.fteid, user)
    }
    ies.put(Gtp2Ie.bearerContext, bearer.take()).octets(Gtp2Ie.recovery, ggsn.recovery)
  }
  return emitGtp2(Gtp2Type.modifyResponse, teid.sgsnControl, seq, ies.take())
}

export const gtp2Messages: ContextMessages = {
  accepted: ACCEPTED,
  echoRequest(seq, recovery) {
    const ies = new Gtp2Ies().octets(Gtp2Ie.recovery, recovery)
    return emitGtp2(Gtp2Type.echoRequest, undefined, seq, ies.take())
  },
  echoResponse(seq, recovery) {
    const ies = new Gtp2Ies().octets(Gtp2Ie.recovery, recovery)
    return emitGtp2(Gtp2Type.echoResponse, undefined, seq, ies.take())
  },
  createRequest,
  createResponse,
  updateRequest: modifyRequest,
  updateResponse: modifyResponse,
  deleteRequest({ teid, spec }, seq, bySgsn) {
    const ies = new Gtp2Ies().octets(Gtp2Ie.ebi, spec.nsapi)
    const type = bySgsn ? Gtp2Type.deleteRequest : Gtp2Type.deleteBearerRequest
    return emitGtp2(type, bySgsn ? teid.ggsnControl : teid.sgsnControl, seq, ies.take())
  },
  deleteResponse({ teid, spec }, seq, bySgsn, cause) {
    const ies = new Gtp2Ies().octets(Gtp2Ie.cause, cause, 0)
    if (!bySgsn) ies.octets(Gtp2Ie.ebi, spec.nsapi)
    const type = bySgsn ? Gtp2Type.deleteResponse : Gtp2Type.deleteBearerResponse
    return emitGtp2(type, bySgsn ? teid.sgsnControl : teid.ggsnControl, seq, ies.take())
  },
}
