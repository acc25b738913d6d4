/** GTPv0 messages of a PDP context. Read 3GPP TS 09.60 clauses 7.4 and 7.5 (tables of elements); flow
 * labels stand where later versions have TEIDs, and the TID in every header is IMSI and NSAPI. */

import { addressOctets } from './address.js'
import type { ContextMessages } from './context-messages.js'
import { emitApn, emitEndUserAddress, emitMsisdn } from './emit-gtp-value.js'
import { emitGtp0 } from './emit-gtp0.js'
import { Gtp1Ie, Gtp1Ies, Gtp1Type } from './emit-gtp1.js'
import type { ContextState } from './world.js'

const QOS_PROFILE = 6
const FLOW_LABEL_DATA = 16
const FLOW_LABEL_SIGNALLING = 17
const ACCEPTED = 128
const SUBSCRIBED = 0xfc
const NO_REORDERING = 0xfe
const qos = [0x0b, 0x92, 0x1f] // delay class 1, best effort

function message(
  type: number,
  seq: number,
  context: ContextState | undefined,
  flowLabel: number,
  body: Uint8Array,
): Uint8Array {
  const { imsi = '', nsapi = 0 } = context?.spec ?? {}
  return emitGtp0({ type, seq, flowLabel, imsi, nsapi }, body)
}

function putLabels(ies: Gtp1Ies, data: number, signalling: number): Gtp1Ies {
  return ies
    .tv(FLOW_LABEL_DATA, data >>> 8, data & 0xff)
    .tv(FLOW_LABEL_SIGNALLING, signalling >>> 8, signalling & 0xff)
}

function putAddresses(ies: Gtp1Ies, address: string): Gtp1Ies {
  const octets = addressOctets(address)
  return ies.tlv(Gtp1Ie.gsnAddress, octets).tlv(Gtp1Ie.gsnAddress, octets)
}

function createRequest(context: ContextState, seq: number): Uint8Array {
  const { spec, teid, sgsn } = context
  const ies = new Gtp1Ies()
    .tv(QOS_PROFILE, ...qos)
    .tv(Gtp1Ie.recovery, sgsn.recovery)
    .tv(Gtp1Ie.selectionMode, SUBSCRIBED)
  putLabels(ies, teid.sgsnUser, teid.sgsnControl)
    .tlv(Gtp1Ie.endUserAddress, emitEndUserAddress(new Uint8Array(0), undefined))
    .tlv(Gtp1Ie.apn, emitApn(spec.apn))
  putAddresses(ies, sgsn.address)
  if (spec.msisdn !== undefined) ies.tlv(Gtp1Ie.msisdn, emitMsisdn(spec.msisdn))
  return message(Gtp1Type.createRequest, seq, context, 0, ies.take())
}

function createResponse(context: ContextState, seq: number, cause: number): Uint8Array {
  const { teid, ggsn, ueV4 } = context
  const ies = new Gtp1Ies().tv(Gtp1Ie.cause, cause)
  if (cause === ACCEPTED) {
    ies
      .tv(QOS_PROFILE, ...qos)
      .tv(Gtp1Ie.reorderingRequired, NO_REORDERING)
      .tv(Gtp1Ie.recovery, ggsn.recovery)
    putLabels(ies, teid.ggsnUser, teid.ggsnControl).tv32(Gtp1Ie.chargingId, context.chargingId)
    const v4 = ueV4 === undefined ? undefined : addressOctets(ueV4)
    ies.tlv(Gtp1Ie.endUserAddress, emitEndUserAddress(v4, undefined))
    putAddresses(ies, ggsn.address)
  }
  return message(Gtp1Type.createResponse, seq, context, teid.sgsnControl, ies.take())
}

export const gtp0Messages: ContextMessages = {
  accepted: ACCEPTED,
  echoRequest: seq => message(Gtp1Type.echoRequest, seq, undefined, 0, new Uint8Array(0)),
  echoResponse(seq, recovery) {
    const ies = new Gtp1Ies().tv(Gtp1Ie.recovery, recovery)
    return message(Gtp1Type.echoResponse, seq, undefined, 0, ies.take())
  },
  createRequest,
  createResponse,
  updateRequest(context, seq) {
    const { teid, sgsn } = context
    const ies = new Gtp1Ies().tv(QOS_PROFILE, ...qos).tv(Gtp1Ie.recovery, sgsn.recovery)
    putAddresses(putLabels(ies, teid.sgsnUser, teid.sgsnControl), sgsn.address)
    return message(Gtp1Type.updateRequest, seq, context, teid.ggsnControl, ies.take())
  },
  updateResponse(context, seq, cause) {
    const { teid, ggsn } = context
    const ies = new Gtp1Ies()
      .tv(Gtp1Ie.cause, cause)
      .tv(QOS_PROFILE, ...qos)
      .tv(Gtp1Ie.recovery, ggsn.recovery)
    putLabels(ies, teid.ggsnUser, teid.ggsnControl).tv32(Gtp1Ie.chargingId, context.chargingId)
    putAddresses(ies, ggsn.address)
    return message(Gtp1Type.updateResponse, seq, context, teid.sgsnControl, ies.take())
  },
  deleteRequest(context, seq, bySgsn) {
    const label = bySgsn ? context.teid.ggsnControl : context.teid.sgsnControl
    return message(Gtp1Type.deleteRequest, seq, context, label, new Uint8Array(0))
  },
  deleteResponse(context, seq, bySgsn, cause) {
    const label = bySgsn ? context.teid.sgsnControl : context.teid.ggsnControl
    const ies = new Gtp1Ies().tv(Gtp1Ie.cause, cause)
    return message(Gtp1Type.deleteResponse, seq, context, label, ies.take())
  },
}
