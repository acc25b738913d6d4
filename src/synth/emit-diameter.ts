/** Diameter messages and AVPs. Read RFC 6733 sections 3 and 4, RFC 8506 section 8, 3GPP TS 29.212 clause 5.3, TS 29.219
 * clause 5.3, TS 29.272 clause 7.3. */

import { joinOctets, OctetBuilder, octetsOf } from './octet-builder.js'

export const vendor3gpp = 10415
const mandatory = 0x40
const ofVendor = 0x80

/** Code, and the vendor where it is not the IETF. */
export const avpCodes = {
  userName: [1],
  framedIpAddress: [8],
  calledStationId: [30],
  sessionId: [263],
  originHost: [264],
  originRealm: [296],
  resultCode: [268],
  experimentalResult: [297],
  experimentalResultCode: [298],
  vendorId: [266],
  authApplicationId: [258],
  reAuthRequestType: [285],
  ccRequestNumber: [415],
  ccRequestType: [416],
  ccTotalOctets: [421],
  finalUnitIndication: [430],
  grantedServiceUnit: [431],
  ratingGroup: [432],
  redirectAddressType: [433],
  redirectServer: [434],
  redirectServerAddress: [435],
  subscriptionId: [443],
  subscriptionIdData: [444],
  finalUnitAction: [449],
  subscriptionIdType: [450],
  multipleServices: [456],
  flowStatus: [511, vendor3gpp],
  chargingRuleInstall: [1001, vendor3gpp],
  chargingRuleRemove: [1002, vendor3gpp],
  chargingRuleDefinition: [1003, vendor3gpp],
  chargingRuleName: [1005, vendor3gpp],
  qosInformation: [1016, vendor3gpp],
  chargingRuleReport: [1018, vendor3gpp],
  pccRuleStatus: [1019, vendor3gpp],
  ruleFailureCode: [1031, vendor3gpp],
  apnAmbrDown: [1040, vendor3gpp],
  apnAmbrUp: [1041, vendor3gpp],
  redirectInformation: [1085, vendor3gpp],
  redirectSupport: [1086, vendor3gpp],
  subscriptionData: [1400, vendor3gpp],
  subscriberStatus: [1424, vendor3gpp],
  policyCounterIdentifier: [2901, vendor3gpp],
  policyCounterStatus: [2902, vendor3gpp],
  policyCounterStatusReport: [2903, vendor3gpp],
} as const satisfies Record<string, readonly [number, number?]>
export type AvpCode = keyof typeof avpCodes

export function avp(code: AvpCode, value: Uint8Array): Uint8Array {
  const [number, vendor] = avpCodes[code] as readonly [number, number?]
  const head = vendor === undefined ? 8 : 12
  const length = head + value.length
  const out = new OctetBuilder()
    .u32(number)
    .u8(vendor === undefined ? mandatory : mandatory | ofVendor)
    .u24(length)
  if (vendor !== undefined) out.u32(vendor)
  // RFC 6733 section 4.1: padded to four octets, which the length does not count
  return out
    .octets(value)
    .zeros((4 - (length % 4)) % 4)
    .take()
}

export function avpText(code: AvpCode, text: string): Uint8Array {
  return avp(code, octetsOf(text))
}

export function avpNumber(code: AvpCode, value: number): Uint8Array {
  return avp(code, new OctetBuilder().u32(value).take())
}

export function avpNumber64(code: AvpCode, value: number): Uint8Array {
  return avp(
    code,
    new OctetBuilder()
      .u32(Math.floor(value / 2 ** 32))
      .u32(value % 2 ** 32)
      .take(),
  )
}

export function avpGroup(code: AvpCode, ...members: readonly Uint8Array[]): Uint8Array {
  return avp(code, joinOctets(members))
}

export interface DiameterMessageHead {
  command: number
  application: number
  request: boolean
  /** answers repeat it */
  identifier: number
}

export function emitDiameter(
  { command, application, request, identifier }: DiameterMessageHead,
  avps: readonly Uint8Array[],
): Uint8Array {
  const body = joinOctets(avps)
  return new OctetBuilder()
    .u8(1)
    .u24(20 + body.length)
    .u8(request ? 0xc0 : 0x40)
    .u24(command)
    .u32(application)
    .u32(identifier)
    .u32(identifier)
    .octets(body)
    .take()
}
