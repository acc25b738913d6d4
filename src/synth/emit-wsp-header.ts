/** WSP header fields in binary form. Read WAP-230-WSP clause 8.4 and its appendix A (assigned numbers). */

import { OctetBuilder } from './octet-builder.js'

/** Well-known content types (WAP-230-WSP table 40), as many as scenarios use. */
export const wspContentTypes: Record<string, number> = {
  '*/*': 0x00,
  'text/html': 0x02,
  'text/plain': 0x03,
  'text/vnd.wap.wml': 0x08,
  'application/x-www-form-urlencoded': 0x12,
  'application/vnd.wap.wmlc': 0x14,
  'image/gif': 0x1d,
  'image/jpeg': 0x1e,
  'application/vnd.wap.multipart.mixed': 0x23,
  'application/vnd.wap.multipart.related': 0x33,
  'application/vnd.wap.mms-message': 0x3e,
}

const fields: Record<string, number> = {
  accept: 0x00,
  'accept-charset': 0x01,
  'accept-language': 0x03,
  'content-length': 0x0d,
  'content-location': 0x0e,
  'content-type': 0x11,
  host: 0x16,
  location: 0x1c,
  server: 0x26,
  'user-agent': 0x29,
  'x-wap-application-id': 0x2f,
  profile: 0x35,
}

const QUOTE = 0x7f
const LENGTH_QUOTE = 31

/** Variable-length unsigned integer (8.1.2): seven bits an octet, most significant first. */
export function emitUintvar(value: number): Uint8Array {
  const octets = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) octets.unshift((rest & 0x7f) | 0x80)
  return Uint8Array.from(octets)
}

/** Text-string (8.4.2.1): a first octet above 127 needs the quote. */
export function emitTextString(text: string): Uint8Array {
  const octets = new OctetBuilder().text(text).take()
  const out = new OctetBuilder()
  if ((octets[0] ?? 0) > 127) out.u8(QUOTE)
  return out.octets(octets).u8(0).take()
}

/** Value-length (8.4.2.2) and the value. */
export function emitWithLength(value: Uint8Array): Uint8Array {
  const out = new OctetBuilder()
  if (value.length < LENGTH_QUOTE) out.u8(value.length)
  else out.u8(LENGTH_QUOTE).octets(emitUintvar(value.length))
  return out.octets(value).take()
}

/** Long-integer (8.4.2.1), shortest form. */
export function emitLongInteger(value: number): Uint8Array {
  const octets = [value % 256]
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) {
    octets.unshift(rest % 256)
  }
  return Uint8Array.of(octets.length, ...octets)
}

/** Content-type-value: a short integer when the type is well known. */
export function emitContentType(type: string): Uint8Array {
  const known = wspContentTypes[type]
  return known === undefined ? emitTextString(type) : Uint8Array.of(known | 0x80)
}

function emitValue(name: string, value: string): Uint8Array {
  if (name === 'accept' || name === 'content-type') return emitContentType(value)
  if (name === 'content-length') return emitInteger(Number(value))
  if (name === 'x-wap-application-id' && /^\d+$/.test(value)) return emitInteger(Number(value))
  return emitTextString(value)
}

function emitInteger(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value | 0x80) : emitLongInteger(value)
}

/** Header fields: a code for a well-known name, text otherwise. */
export function emitWspHeaders(headers: Record<string, string>): Uint8Array {
  const out = new OctetBuilder()
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    const code = fields[lower]
    if (code === undefined) out.octets(emitTextString(name)).octets(emitTextString(value))
    else out.u8(code | 0x80).octets(emitValue(lower, value))
  }
  return out.take()
}
