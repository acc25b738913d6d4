/** MMS protocol data units. Read OMA-TS-MMS_ENC-V1_3 clauses 6 and 7 (headers in binary form) and
 * WAP-230-WSP clause 8.5 (multipart). */

import {
  emitContentType,
  emitLongInteger,
  emitTextString,
  emitUintvar,
  emitWithLength,
} from './emit-wsp-header.js'
import { fillerJpeg } from './filler.js'
import { OctetBuilder, octetsOf } from './octet-builder.js'
import type { MmsSpec } from './scenario-values.js'
import type { Xorshift32 } from './xorshift.js'

const Field = {
  contentLocation: 0x83,
  contentType: 0x84,
  date: 0x85,
  deliveryReport: 0x86,
  expiry: 0x88,
  from: 0x89,
  messageClass: 0x8a,
  messageId: 0x8b,
  messageType: 0x8c,
  version: 0x8d,
  messageSize: 0x8e,
  responseStatus: 0x92,
  status: 0x95,
  subject: 0x96,
  to: 0x97,
  transactionId: 0x98,
} as const

export const mmsTypes = {
  'm-send-req': 128,
  'm-send-conf': 129,
  'm-notification-ind': 130,
  'm-notifyresp-ind': 131,
  'm-retrieve-conf': 132,
  'm-acknowledge-ind': 133,
} as const

const VERSION_1_0 = 0x90
const CLASS_PERSONAL = 0x80
const CLASS_INFORMATIONAL = 0x82
const ADDRESS_PRESENT = 0x80
const INSERT_ADDRESS = 0x81
const RELATIVE = 0x81
const NO = 0x81
const STATUS_RETRIEVED = 0x81
const RESPONSE_OK = 0x80
const CHARSET_UTF8 = 0xea // MIBenum 106 as a short integer
const PARAMETER_TYPE = 0x89
const PARAMETER_START = 0x8a
const HEADER_CONTENT_LOCATION = 0x8e
const HEADER_CONTENT_ID = 0xc0
const THREE_DAYS = 259_200
const START = '<smil>'

/** Encoded-string-value: plain when ASCII, else with its character set. */
function encodedString(text: string): Uint8Array {
  if (/^[\x20-\x7e]*$/.test(text)) return emitTextString(text)
  const inside = new OctetBuilder().u8(CHARSET_UTF8).octets(emitTextString(text))
  return emitWithLength(inside.take())
}

function fromValue(from: string | undefined): Uint8Array {
  if (from === undefined) return emitWithLength(Uint8Array.of(INSERT_ADDRESS))
  const inside = new OctetBuilder().u8(ADDRESS_PRESENT).octets(encodedString(from))
  return emitWithLength(inside.take())
}

interface Part {
  type: string
  name: string
  id?: string
  data: Uint8Array
}

function multipart(parts: readonly Part[]): Uint8Array {
  const out = new OctetBuilder().octets(emitUintvar(parts.length))
  for (const part of parts) {
    const head = new OctetBuilder().octets(emitContentType(part.type))
    if (part.id !== undefined) head.u8(HEADER_CONTENT_ID).u8(0x22).octets(emitTextString(part.id))
    head.u8(HEADER_CONTENT_LOCATION).octets(emitTextString(part.name))
    out.octets(emitUintvar(head.length)).octets(emitUintvar(part.data.length))
    out.octets(head.take()).octets(part.data)
  }
  return out.take()
}

function message(spec: MmsSpec, random: Xorshift32): Uint8Array {
  const smil = '<smil><body><par><img src="1.jpg"/><text src="1.txt"/></par></body></smil>'
  const parts: Part[] = [
    { type: 'application/smil', name: '0.smil', id: START, data: octetsOf(smil) },
  ]
  if (spec.text !== undefined) {
    parts.push({ type: 'text/plain', name: '1.txt', data: octetsOf(spec.text) })
  }
  if (spec.image !== undefined) {
    parts.push({ type: 'image/jpeg', name: '1.jpg', data: fillerJpeg(spec.image, random) })
  }
  const type = new OctetBuilder()
    .octets(emitContentType('application/vnd.wap.multipart.related'))
    .u8(PARAMETER_START)
    .octets(emitTextString(START))
    .u8(PARAMETER_TYPE)
    .octets(emitTextString('application/smil'))
  return new OctetBuilder()
    .u8(Field.contentType)
    .octets(emitWithLength(type.take()))
    .octets(multipart(parts))
    .take()
}

/** The whole PDU. `timeUs` gives the Date header of messages. */
export function emitMms(spec: MmsSpec, timeUs: number, random: Xorshift32): Uint8Array {
  const { type } = spec
  const out = new OctetBuilder().u8(Field.messageType).u8(mmsTypes[type])
  const text = (field: number, value: string | undefined) => {
    if (value !== undefined) out.u8(field).octets(emitTextString(value))
  }
  const retrieved = type === 'm-retrieve-conf'
  if (type !== 'm-retrieve-conf' || spec.transaction_id !== undefined) {
    text(Field.transactionId, spec.transaction_id ?? 'T1')
  }
  out.u8(Field.version).u8(VERSION_1_0)
  if (type === 'm-send-conf') {
    out.u8(Field.responseStatus).u8(RESPONSE_OK)
    text(Field.messageId, spec.message_id ?? 'M1')
    return out.take()
  }
  if (type === 'm-notifyresp-ind') return out.u8(Field.status).u8(STATUS_RETRIEVED).take()
  if (type === 'm-acknowledge-ind') return out.take()
  if (retrieved) text(Field.messageId, spec.message_id ?? 'M1')
  if (type !== 'm-notification-ind') {
    out.u8(Field.date).octets(emitLongInteger(Math.floor(timeUs / 1_000_000)))
  }
  if (type !== 'm-notification-ind' || spec.from !== undefined) {
    out.u8(Field.from).octets(fromValue(spec.from))
  }
  if (spec.to !== undefined) out.u8(Field.to).octets(encodedString(spec.to))
  if (spec.subject !== undefined) out.u8(Field.subject).octets(encodedString(spec.subject))
  if (type === 'm-notification-ind') {
    out.u8(Field.deliveryReport).u8(NO)
    out.u8(Field.messageClass).u8(CLASS_INFORMATIONAL)
    out.u8(Field.messageSize).octets(emitLongInteger(spec.size ?? 0))
    const expiry = new OctetBuilder().u8(RELATIVE).octets(emitLongInteger(THREE_DAYS))
    out.u8(Field.expiry).octets(emitWithLength(expiry.take()))
    text(Field.contentLocation, spec.content_location ?? '')
    return out.take()
  }
  out.u8(Field.messageClass).u8(CLASS_PERSONAL)
  return out.octets(message(spec, random)).take()
}

/** The facts of the PDU that a decoder should find, in the words of the transaction record. */
export function mmsFacts(spec: MmsSpec): Record<string, string> {
  const facts: Record<string, string> = { mms_type: spec.type }
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined) facts[key] = value
  }
  put(
    'mms_transaction_id',
    spec.transaction_id ?? (spec.type === 'm-retrieve-conf' ? undefined : 'T1'),
  )
  const bare = ['m-send-conf', 'm-notifyresp-ind', 'm-acknowledge-ind'].includes(spec.type)
  put('mms_from', bare ? undefined : spec.from)
  put('mms_to', bare ? undefined : spec.to)
  put('mms_subject', bare ? undefined : spec.subject)
  put(
    'mms_content_location',
    spec.type === 'm-notification-ind' ? spec.content_location : undefined,
  )
  return facts
}
