/** GTPv1-C messages of a PDP context. Read 3GPP TS 29.060 clauses 7.3.1 to 7.3.6 (tables of elements) and
 * 24.008 clause 10.5.6.5 (quality of service). */

import { addressOctets } from './address.js'
import type { ContextMessages } from './context-messages.js'
import {
  emitApn,
  emitEndUserAddress,
  emitMsisdn,
  emitPlmn,
  emitTbcd,
  emitUliV1,
  parseLocation,
  ratTypes,
} from './emit-gtp-value.js'
import { emitGtp1, Gtp1Ie, Gtp1Ies, Gtp1Type } from './emit-gtp1.js'
import { OctetBuilder } from './octet-builder.js'
import type { ContextState } from './world.js'

const ACCEPTED = 128
const SUBSCRIBED = 0xfc // selection mode 0: verified
const NO_REORDERING = 0xfe
const TEARDOWN = 0xff
/** Retention priority 2, interactive class, 8640 kbit/s up and down. */
const qos = Uint8Array.of(2, 0x23, 0x62, 0x1f, 0x91, 0x97, 0x97, 0xfe, 0x74, 0xfb, 0x10, 0x40)
const anyV4 = new Uint8Array(0)

function rai(context: ContextState): Uint8Array {
  const part = parseLocation(context.spec.uli ?? '')?.[0]
  const plmn = emitPlmn(part?.mcc ?? '460', part?.mnc ?? '00')
  return new OctetBuilder()
    .octets(plmn)
    .u16(part?.numbers[0] ?? 1)
    .u8(1)
    .take()
}

function putAddresses(ies: Gtp1Ies, address: string): Gtp1Ies {
  const octets = addressOctets(address)
  return ies.tlv(Gtp1Ie.gsnAddress, octets).tlv(Gtp1Ie.gsnAddress, octets)
}

/** RAT, ULI and IMEI(SV), which end both the create and the update request. */
function putEquipment(ies: Gtp1Ies, context: ContextState, withImei: boolean): Uint8Array {
  const { rat, uli, imeisv } = context.spec
  const parts = parseLocation(uli ?? '')
  if (rat !== undefined) ies.tlv(Gtp1Ie.rat, Uint8Array.of(ratTypes[rat]))
  if (parts !== undefined) ies.tlv(Gtp1Ie.uli, emitUliV1(parts))
  if (withImei && imeisv !== undefined) ies.tlv(Gtp1Ie.imei, emitTbcd(imeisv, 8))
  return ies.take()
}

function createRequest(context: ContextState, seq: number): Uint8Array {
  const { spec, teid, sgsn } = context
  const ies = new Gtp1Ies()
    .tvOctets(Gtp1Ie.imsi, emitTbcd(spec.imsi, 8))
    .tvOctets(Gtp1Ie.rai, rai(context))
    .tv(Gtp1Ie.recovery, sgsn.recovery)
    .tv(Gtp1Ie.selectionMode, SUBSCRIBED)
    .tv32(Gtp1Ie.teidData, teid.sgsnUser)
    .tv32(Gtp1Ie.teidControl, teid.sgsnControl)
    .tv(Gtp1Ie.nsapi, spec.nsapi)
  const characteristics = spec.charging_characteristics
  if (characteristics !== undefined) {
    ies.tv(Gtp1Ie.chargingCharacteristics, characteristics >>> 8, characteristics & 0xff)
  }
  const v6 = context.ueV6 === undefined ? undefined : anyV4
  ies.tlv(Gtp1Ie.endUserAddress, emitEndUserAddress(context.ueV4 ? anyV4 : undefined, v6))
  ies.tlv(Gtp1Ie.apn, emitApn(spec.apn))
  putAddresses(ies, sgsn.address)
  if (spec.msisdn !== undefined) ies.tlv(Gtp1Ie.msisdn, emitMsisdn(spec.msisdn))
  ies.tlv(Gtp1Ie.qos, qos)
  return emitGtp1({ type: Gtp1Type.createRequest, teid: 0, seq }, putEquipment(ies, context, true))
}

function createResponse(context: ContextState, seq: number, cause: number): Uint8Array {
  const { teid, ggsn, ueV4, ueV6 } = context
  const ies = new Gtp1Ies().tv(Gtp1Ie.cause, cause)
  if (cause === ACCEPTED) {
    ies
      .tv(Gtp1Ie.reorderingRequired, NO_REORDERING)
      .tv(Gtp1Ie.recovery, ggsn.recovery)
      .tv32(Gtp1Ie.teidData, teid.ggsnUser)
      .tv32(Gtp1Ie.teidControl, teid.ggsnControl)
      .tv32(Gtp1Ie.chargingId, context.chargingId)
    const v4 = ueV4 === undefined ? undefined : addressOctets(ueV4)
    const v6 = ueV6 === undefined ? undefined : addressOctets(ueV6)
    ies.tlv(Gtp1Ie.endUserAddress, emitEndUserAddress(v4, v6))
    putAddresses(ies, ggsn.address).tlv(Gtp1Ie.qos, qos)
  }
  return emitGtp1({ type: Gtp1Type.createResponse, teid: teid.sgsnControl, seq }, ies.take())
}

function updateRequest(context: ContextState, seq: number): Uint8Array {
  const { spec, teid, sgsn } = context
  const ies = new Gtp1Ies()
    .tvOctets(Gtp1Ie.imsi, emitTbcd(spec.imsi, 8))
    .tvOctets(Gtp1Ie.rai, rai(context))
    .tv(Gtp1Ie.recovery, sgsn.recovery)
    .tv32(Gtp1Ie.teidData, teid.sgsnUser)
    .tv32(Gtp1Ie.teidControl, teid.sgsnControl)
    .tv(Gtp1Ie.nsapi, spec.nsapi)
  putAddresses(ies, sgsn.address).tlv(Gtp1Ie.qos, qos)
  return emitGtp1(
    { type: Gtp1Type.updateRequest, teid: teid.ggsnControl, seq },
    putEquipment(ies, context, false),
  )
}

function updateResponse(context: ContextState, seq: number, cause: number): Uint8Array {
  const { teid, ggsn } = context
  const ies = new Gtp1Ies().tv(Gtp1Ie.cause, cause)
  if (cause === ACCEPTED) {
    ies
      .tv(Gtp1Ie.recovery, ggsn.recovery)
      .tv32(Gtp1Ie.teidData, teid.ggsnUser)
      .tv32(Gtp1Ie.teidControl, teid.ggsnControl)
      .tv32(Gtp1Ie.chargingId, context.chargingId)
    putAddresses(ies, ggsn.address).tlv(Gtp1Ie.qos, qos)
  }
  return emitGtp1({ type: Gtp1Type.updateResponse, teid: teid.sgsnControl, seq }, ies.take())
}

export const gtp1Messages: ContextMessages = {
  accepted: ACCEPTED,
  echoRequest: seq => emitGtp1({ type: Gtp1Type.echoRequest, teid: 0, seq }, new Uint8Array(0)),
  echoResponse: (seq, recovery) =>
    emitGtp1(
      { type: Gtp1Type.echoResponse, teid: 0, seq },
      new Gtp1Ies().tv(Gtp1Ie.recovery, recovery).take(),
    ),
  createRequest,
  createResponse,
  updateRequest,
  updateResponse,
  deleteRequest({ teid, spec }, seq, bySgsn) {
    const to = bySgsn ? teid.ggsnControl : teid.sgsnControl
    const ies = new Gtp1Ies().tv(Gtp1Ie.teardown, TEARDOWN).tv(Gtp1Ie.nsapi, spec.nsapi)
    return emitGtp1({ type: Gtp1Type.deleteRequest, teid: to, seq }, ies.take())
  },
  deleteResponse({ teid }, seq, bySgsn, cause) {
    const to = bySgsn ? teid.sgsnControl : teid.ggsnControl
    const ies = new Gtp1Ies().tv(Gtp1Ie.cause, cause)
    return emitGtp1({ type: Gtp1Type.deleteResponse, teid: to, seq }, ies.take())
  },
}
