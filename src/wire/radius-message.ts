/** One RADIUS packet as the join of a subscriber's sessions wants it: who, which address, how much. Read
 * RFC 2865, RFC 2866 (accounting), RFC 2869 section 5.1 (gigawords) and 3GPP TS 29.061 clause 16.4. */

import type { Fault } from './fault.js'
import { FieldReader } from './field-reader.js'
import { RadiusHeader } from './radius.js'
import { layerRadiusAttribute, RadiusCursor, vendor3gpp } from './radius-attribute.js'
import { Radius3gpp, RadiusType } from './radius-dictionary.js'
import * as value from './radius-value.js'

/** 29.061 clause 16.4.7; undefined when absent, here and below. */
export interface Radius3gppFacts {
  imsi: string | undefined
  imeisv: string | undefined
  chargingId: number | undefined
  /** 0 IPv4, 1 PPP, 2 IPv6, 3 IPv4v6 */
  pdpType: number | undefined
  chargingGateway: string | undefined
  sgsn: string | undefined
  ggsn: string | undefined
  imsiMccMnc: string | undefined
  ggsnMccMnc: string | undefined
  sgsnMccMnc: string | undefined
  /** one hexadecimal digit, 5 to f */
  nsapi: string | undefined
  selectionMode: string | undefined
  /** four hexadecimal digits */
  chargingCharacteristics: string | undefined
  ratType: number | undefined
  location: string | undefined
  /** the last PDP context of the session ends: a Stop without it is one context's */
  sessionStop: boolean
  teardown: boolean
}

export interface RadiusMessage {
  code: number
  identifier: number
  /** Acct-Status-Type; see AcctStatus */
  status: number | undefined
  sessionId: string | undefined
  multiSessionId: string | undefined
  userName: string | undefined
  /** of a mobile subscriber the MSISDN */
  callingStationId: string | undefined
  /** of a mobile network the APN */
  calledStationId: string | undefined
  framedIp: string | undefined
  framedIpv6: string | undefined
  /** prefixes, delegated ones too: `2001:db8::/64` */
  framedIpv6Prefixes: string[]
  nasIp: string | undefined
  nasIpv6: string | undefined
  nasIdentifier: string | undefined
  nasPort: number | undefined
  nasPortType: number | undefined
  serviceType: number | undefined
  /** hexadecimal; the server's, opaque to the NAS */
  classes: string[]
  /** Acct-Input-*: from the user; with the gigawords */
  octetsUp: bigint | undefined
  octetsDown: bigint | undefined
  packetsUp: number | undefined
  packetsDown: number | undefined
  sessionS: number | undefined
  /** the NAS has tried to send this for so long */
  delayS: number | undefined
  terminateCause: number | undefined
  /** seconds since 1970 */
  eventS: number | undefined
  gpp: Radius3gppFacts
  attributes: number
}

const header = new RadiusHeader()
const cursor = new RadiusCursor()
const fields = new FieldReader()

/** Reads the packet at `off`. Undefined: there is no readable header. Otherwise what could be read, and
 * `fault` says what could not. Of an attribute that may be there once and is there twice the last one
 * counts: one access controller sends a time under Acct-Output-Packets first. */
export function readRadius(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): RadiusMessage | undefined {
  if (!header.decode(buf, off, end, fault)) return undefined
  const message = emptyMessage(header.code, header.identifier)
  const gigawords = { up: 0, down: 0 }
  cursor.open(header.attributesOff, header.end)
  while (cursor.next(buf, fault)) {
    message.attributes++
    fields.open(buf, cursor.off, cursor.end)
    if (cursor.vendor === 0) takeStandard(message, cursor.type, fields, gigawords)
    else if (cursor.vendor === vendor3gpp) take3gpp(message.gpp, cursor.type, fields)
    if (fields.short) fields.raise(fault, layerRadiusAttribute)
  }
  addGigawords(message, gigawords)
  return message
}

/** RFC 2869 section 5.1: how often the counter of 2^32 octets has wrapped. */
function addGigawords(message: RadiusMessage, gigawords: { up: number; down: number }): void {
  if (message.octetsUp !== undefined) message.octetsUp += BigInt(gigawords.up) << 32n
  if (message.octetsDown !== undefined) message.octetsDown += BigInt(gigawords.down) << 32n
}

/** Keys of `T` that hold a `V` or nothing. */
type KeysOf<T, V> = {
  [K in keyof T]-?: T[K] extends V | undefined ? (V | undefined extends T[K] ? K : never) : never
}[keyof T]

type Reads<T, V> = Readonly<
  Partial<Record<number, readonly [key: KeysOf<T, V>, read: (f: FieldReader) => V]>>
>

const ipv4 = (f: FieldReader): string => f.ipv4()
const ipv6 = (f: FieldReader): string => f.ipv6()

const texts: Reads<RadiusMessage, string> = {
  [RadiusType.UserName]: ['userName', value.text],
  [RadiusType.NasIpAddress]: ['nasIp', ipv4],
  [RadiusType.FramedIpAddress]: ['framedIp', value.framedAddress],
  [RadiusType.CalledStationId]: ['calledStationId', value.text],
  [RadiusType.CallingStationId]: ['callingStationId', value.text],
  [RadiusType.NasIdentifier]: ['nasIdentifier', value.text],
  [RadiusType.AcctSessionId]: ['sessionId', value.text],
  [RadiusType.AcctMultiSessionId]: ['multiSessionId', value.text],
  [RadiusType.NasIpv6Address]: ['nasIpv6', ipv6],
  [RadiusType.FramedIpv6Address]: ['framedIpv6', ipv6],
}

const numbers: Reads<RadiusMessage, number> = {
  [RadiusType.NasPort]: ['nasPort', value.radiusNumber],
  [RadiusType.ServiceType]: ['serviceType', value.radiusNumber],
  [RadiusType.AcctStatusType]: ['status', value.radiusNumber],
  [RadiusType.AcctDelayTime]: ['delayS', value.radiusNumber],
  [RadiusType.AcctSessionTime]: ['sessionS', value.radiusNumber],
  [RadiusType.AcctInputPackets]: ['packetsUp', value.radiusNumber],
  [RadiusType.AcctOutputPackets]: ['packetsDown', value.radiusNumber],
  [RadiusType.AcctTerminateCause]: ['terminateCause', value.radiusNumber],
  [RadiusType.EventTimestamp]: ['eventS', value.radiusNumber],
  [RadiusType.NasPortType]: ['nasPortType', value.radiusNumber],
}

const texts3gpp: Reads<Radius3gppFacts, string> = {
  [Radius3gpp.Imsi]: ['imsi', value.text],
  [Radius3gpp.ChargingGatewayAddress]: ['chargingGateway', ipv4],
  [Radius3gpp.SgsnAddress]: ['sgsn', ipv4],
  [Radius3gpp.GgsnAddress]: ['ggsn', ipv4],
  [Radius3gpp.ImsiMccMnc]: ['imsiMccMnc', value.text],
  [Radius3gpp.GgsnMccMnc]: ['ggsnMccMnc', value.text],
  [Radius3gpp.Nsapi]: ['nsapi', value.text],
  [Radius3gpp.SelectionMode]: ['selectionMode', value.text],
  [Radius3gpp.ChargingCharacteristics]: ['chargingCharacteristics', value.text],
  [Radius3gpp.ChargingGatewayIpv6Address]: ['chargingGateway', ipv6],
  [Radius3gpp.SgsnIpv6Address]: ['sgsn', ipv6],
  [Radius3gpp.GgsnIpv6Address]: ['ggsn', ipv6],
  [Radius3gpp.SgsnMccMnc]: ['sgsnMccMnc', value.text],
  [Radius3gpp.Imeisv]: ['imeisv', value.text],
  [Radius3gpp.UserLocationInfo]: ['location', value.userLocation],
}

const numbers3gpp: Reads<Radius3gppFacts, number> = {
  [Radius3gpp.ChargingId]: ['chargingId', value.radiusNumber],
  [Radius3gpp.PdpType]: ['pdpType', value.radiusNumber],
  [Radius3gpp.RatType]: ['ratType', value.radiusNumber],
}

/** Reads into `facts` what the table has for `type`; false when it has nothing. */
function take<T extends object, V>(
  facts: T,
  table: Reads<T, V>,
  type: number,
  f: FieldReader,
): boolean {
  const row = table[type]
  if (row === undefined) return false
  const found = row[1](f)
  if (!f.short && found !== '') Object.assign(facts, { [row[0]]: found })
  return true
}

function takeStandard(
  message: RadiusMessage,
  type: number,
  f: FieldReader,
  gigawords: { up: number; down: number },
): void {
  if (take(message, texts, type, f) || take(message, numbers, type, f)) return
  switch (type) {
    case RadiusType.FramedIpv6Prefix:
    case RadiusType.DelegatedIpv6Prefix: {
      const prefix = value.prefix(f)
      if (!f.short) message.framedIpv6Prefixes.push(prefix)
      return
    }
    case RadiusType.Class:
      message.classes.push(value.octets(f))
      return
    case RadiusType.AcctInputOctets: {
      const octets = value.radiusNumber(f)
      if (!f.short) message.octetsUp = BigInt(octets)
      return
    }
    case RadiusType.AcctOutputOctets: {
      const octets = value.radiusNumber(f)
      if (!f.short) message.octetsDown = BigInt(octets)
      return
    }
    case RadiusType.AcctInputGigawords:
      gigawords.up = value.radiusNumber(f)
      return
    case RadiusType.AcctOutputGigawords:
      gigawords.down = value.radiusNumber(f)
  }
}

function take3gpp(facts: Radius3gppFacts, type: number, f: FieldReader): void {
  if (take(facts, texts3gpp, type, f) || take(facts, numbers3gpp, type, f)) return
  if (type === Radius3gpp.SessionStopIndicator) facts.sessionStop = true
  else if (type === Radius3gpp.TeardownIndicator) facts.teardown = (f.u8() & 1) !== 0
}

function emptyMessage(code: number, identifier: number): RadiusMessage {
  return {
    code,
    identifier,
    status: undefined,
    sessionId: undefined,
    multiSessionId: undefined,
    userName: undefined,
    callingStationId: undefined,
    calledStationId: undefined,
    framedIp: undefined,
    framedIpv6: undefined,
    framedIpv6Prefixes: [],
    nasIp: undefined,
    nasIpv6: undefined,
    nasIdentifier: undefined,
    nasPort: undefined,
    nasPortType: undefined,
    serviceType: undefined,
    classes: [],
    octetsUp: undefined,
    octetsDown: undefined,
    packetsUp: undefined,
    packetsDown: undefined,
    sessionS: undefined,
    delayS: undefined,
    terminateCause: undefined,
    eventS: undefined,
    gpp: {
      imsi: undefined,
      imeisv: undefined,
      chargingId: undefined,
      pdpType: undefined,
      chargingGateway: undefined,
      sgsn: undefined,
      ggsn: undefined,
      imsiMccMnc: undefined,
      ggsnMccMnc: undefined,
      sgsnMccMnc: undefined,
      nsapi: undefined,
      selectionMode: undefined,
      chargingCharacteristics: undefined,
      ratType: undefined,
      location: undefined,
      sessionStop: false,
      teardown: false,
    },
    attributes: 0,
  }
}
