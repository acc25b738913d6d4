/** Diameter for `dissect`: every AVP by its name in the tables, groups too. Read RFC 6733 sections 3 and 4,
 * wire/diameter.ts and wire/diameter-dictionary.ts first. */

import { utcTime } from '../record/time.js'
import {
  DiameterHeader,
  diameterHeader,
  diameterLength,
  looksLikeDiameter,
} from '../wire/diameter.js'
import { type AvpDefinition, type AvpName, avpDefinitions } from '../wire/diameter-dictionary.js'
import { readDiameter } from '../wire/diameter-facts.js'
import type { Avp } from '../wire/diameter-tree.js'
import { avpText, avpTime } from '../wire/diameter-value.js'
import { FaultCode } from '../wire/fault.js'
import { hex } from '../wire/octets.js'
import { SctpPpid } from '../wire/sctp-data.js'
import { type FieldList, hexNumber } from './field-list.js'
import { type FieldForm, giveUp, type Inspector, messageStream, type Walk } from './inspector.js'

const port = 3868
/** Messages in one user message of SCTP; each has twenty octets at least. */
const maxMessages = 64

const header = new DiameterHeader()

/** Personal numbers among the values. */
const personal: Partial<Record<AvpName, FieldForm>> = {
  'User-Name': 'imsi',
  '3GPP-IMSI': 'imsi',
  'Subscription-Id-IMSI': 'imsi',
  'Subscription-Id-Data': 'msisdn',
  'Subscription-Id-E164': 'msisdn',
  'Calling-Station-Id': 'msisdn',
  MSISDN: 'msisdn',
  'A-MSISDN': 'msisdn',
  IMEI: 'imei',
  '3GPP-IMEISV': 'imei',
  'User-Equipment-Info-Value': 'imei',
  'User-Equipment-Info-IMEI': 'imei',
  'User-Equipment-Info-IMEISV': 'imei',
}

function isAddress({ type }: AvpDefinition): boolean {
  return type === 'Address' || type === 'RadiusAddress'
}

function isNumber({ type }: AvpDefinition): boolean {
  return /^(Integer|Unsigned|Float|Enumerated)/.test(type)
}

function formOf(definition: AvpDefinition): FieldForm {
  const form = personal[definition.name as AvpName]
  if (form !== undefined) return form
  if (isNumber(definition)) return 'number'
  return definition.type === 'Time' ? 'time' : 'text'
}

/** Wireshark shows an address under the name of the AVP and the version of IP. */
function fieldsOf(definition: AvpDefinition): [string, FieldForm][] {
  const name = `diameter.${definition.name}`
  if (definition.type === 'Grouped') return []
  if (!isAddress(definition)) return [[name, formOf(definition)]]
  return [
    [name, 'text'],
    [`${name}.IPv4`, 'address'],
    [`${name}.IPv6`, 'address'],
  ]
}

export const diameter: Inspector = {
  name: 'diameter',
  doc: {
    standard: 'RFC 6733, RFC 8506, TS 29.212, TS 29.219, TS 29.272, TS 32.299',
    decoded:
      'header; every AVP by number, and by name and value where the standards of base, network access, credit control (Gy, Ro), Gx, Sd, Sy, S6a, S13 and packet charging (Rf) define it; over SCTP (fragments put together) and TCP',
    missing:
      'TLS and DTLS; AVPs of IMS registration (Cx, Sh), location (SLg), machine communication (S6m, T6a), broadcast, and of other vendors: number and octets; what is inside locations, QoS profiles and traces',
  },
  fields: {
    'diameter.version': 'number',
    'diameter.length': 'number',
    'diameter.flags': 'number',
    'diameter.flags.request': 'number',
    'diameter.flags.proxyable': 'number',
    'diameter.flags.error': 'number',
    'diameter.flags.T': 'number',
    'diameter.cmd.code': 'number',
    'diameter.applicationId': 'number',
    'diameter.hopbyhopid': 'number',
    'diameter.endtoendid': 'number',
    'diameter.avp.code': 'number',
    'diameter.avp.vendorId': 'number',
    'diameter.avp.unknown': 'text',
    'e212.imsi': 'imsi',
    'e164.msisdn': 'msisdn',
    ...Object.fromEntries(avpDefinitions().flatMap(fieldsOf)),
  },
  summary: [
    'diameter.cmd.code',
    'diameter.flags.request',
    'diameter.CC-Request-Type',
    'diameter.Result-Code',
    'diameter.Session-Id',
  ],
  tcpPorts: [port],
  sctpPorts: [port],
  sctpPpids: [SctpPpid.Diameter],
  starts(buf, off, end) {
    if (diameterLength(buf, off, end) < 0) return 0
    if (end - off < diameterHeader + 8) return -1
    return looksLikeDiameter(buf, off, end) ? 1 : 0
  },
  stream: () =>
    messageStream((buf, off, end) => {
      const length = diameterLength(buf, off, end)
      return length < 0 ? giveUp : length
    }, inspect),
  inspect,
}

function inspect(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  let at = off
  for (let n = 0; at < end && n < maxMessages; n++) {
    message(buf, at, end, walk)
    if (header.length < diameterHeader) return
    at += header.length
  }
}

function message(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  walk.layer('diameter')
  if (!header.decode(buf, off, end, fault)) {
    walk.malformed(fault)
    return
  }
  out.add('diameter.version', header.version)
  out.add('diameter.length', header.length)
  out.add('diameter.flags', hexNumber(header.flags, 2))
  out.add('diameter.flags.request', header.request ? 1 : 0)
  out.add('diameter.flags.proxyable', header.proxiable ? 1 : 0)
  out.add('diameter.flags.error', header.error ? 1 : 0)
  out.add('diameter.flags.T', header.retransmitted ? 1 : 0)
  out.add('diameter.cmd.code', header.command)
  out.add('diameter.applicationId', header.application)
  out.add('diameter.hopbyhopid', hexNumber(header.hopByHop, 8))
  out.add('diameter.endtoendid', hexNumber(header.endToEnd, 8))
  const facts = readDiameter(header, buf, fault)
  addAvps(buf, facts.avps.avps, out)
  out.addText('e212.imsi', facts.imsi)
  out.addText('e164.msisdn', facts.msisdn)
  if (fault.code !== FaultCode.None) walk.malformed(fault)
}

function addAvps(buf: Uint8Array, avps: readonly Avp[], out: FieldList): void {
  for (const avp of avps) {
    out.add('diameter.avp.code', avp.code)
    if (avp.vendor !== 0) out.add('diameter.avp.vendorId', avp.vendor)
    if (avp.definition === undefined) out.add('diameter.avp.unknown', hex(buf, avp.off, avp.end))
    else addValue(buf, avp, avp.definition, out)
    addAvps(buf, avp.children, out)
  }
}

function addValue(buf: Uint8Array, avp: Avp, definition: AvpDefinition, out: FieldList): void {
  const { name, type } = definition
  if (type === 'Grouped') return
  const text = avpText(type, buf, avp.off, avp.end)
  if (text === '') return
  const field = `diameter.${name}`
  if (isAddress(definition)) {
    const version = text.includes(':') ? '.IPv6' : text.includes('.') ? '.IPv4' : ''
    out.add(field + version, text)
  } else if (type === 'Time') out.add(field, utcTime(avpTime(buf, avp.off, avp.end) * 1e6))
  else if (isNumber(definition) && Number.isSafeInteger(Number(text))) out.add(field, Number(text))
  else out.add(field, text)
}
