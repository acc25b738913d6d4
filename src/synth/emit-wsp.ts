/** WSP protocol data units. Read WAP-230-WSP clause 8.2 and table 36 (status codes). */

import { emitContentType, emitUintvar, emitWspHeaders } from './emit-wsp-header.js'
import { OctetBuilder } from './octet-builder.js'

const WspType = {
  connect: 0x01,
  connectReply: 0x02,
  reply: 0x04,
  disconnect: 0x05,
  push: 0x06,
  suspend: 0x08,
  resume: 0x09,
  get: 0x40,
  post: 0x60,
} as const

const VERSION_1_0 = 0x10
const CAPABILITY_CLIENT_SDU = 0x80
const CAPABILITY_SERVER_SDU = 0x81

type Headers = Record<string, string>

/** HTTP status as WSP writes it: 200 -> 0x20, 404 -> 0x44, 503 -> 0x63. */
export function wspStatus(status: number): number {
  const family = Math.floor(status / 100)
  return ((family < 5 ? family : family + 1) << 4) | (status % 100)
}

function capabilities(): Uint8Array {
  const out = new OctetBuilder()
  for (const [code, value] of [
    [CAPABILITY_CLIENT_SDU, 30_000],
    [CAPABILITY_SERVER_SDU, 100_000],
  ] as const) {
    const size = emitUintvar(value)
    out
      .u8(size.length + 1)
      .u8(code)
      .octets(size)
  }
  return out.take()
}

export function emitConnect(headers: Headers): Uint8Array {
  const caps = capabilities()
  const fields = emitWspHeaders(headers)
  return new OctetBuilder()
    .u8(WspType.connect)
    .u8(VERSION_1_0)
    .octets(emitUintvar(caps.length))
    .octets(emitUintvar(fields.length))
    .octets(caps)
    .octets(fields)
    .take()
}

export function emitConnectReply(session: number): Uint8Array {
  const caps = capabilities()
  return new OctetBuilder()
    .u8(WspType.connectReply)
    .octets(emitUintvar(session))
    .octets(emitUintvar(caps.length))
    .octets(emitUintvar(0))
    .octets(caps)
    .take()
}

export function emitResume(session: number): Uint8Array {
  return new OctetBuilder()
    .u8(WspType.resume)
    .octets(emitUintvar(session))
    .octets(emitUintvar(0))
    .take()
}

export function emitSuspend(session: number): Uint8Array {
  return new OctetBuilder().u8(WspType.suspend).octets(emitUintvar(session)).take()
}

export function emitDisconnect(session: number): Uint8Array {
  return new OctetBuilder().u8(WspType.disconnect).octets(emitUintvar(session)).take()
}

export function emitGet(url: string, headers: Headers): Uint8Array {
  const uri = new OctetBuilder().text(url).take()
  return new OctetBuilder()
    .u8(WspType.get)
    .octets(emitUintvar(uri.length))
    .octets(uri)
    .octets(emitWspHeaders(headers))
    .take()
}

export function emitPost(
  url: string,
  contentType: string,
  headers: Headers,
  body: Uint8Array,
): Uint8Array {
  const uri = new OctetBuilder().text(url).take()
  const type = emitContentType(contentType)
  const fields = emitWspHeaders(headers)
  return new OctetBuilder()
    .u8(WspType.post)
    .octets(emitUintvar(uri.length))
    .octets(emitUintvar(type.length + fields.length))
    .octets(uri)
    .octets(type)
    .octets(fields)
    .octets(body)
    .take()
}

export function emitReply(
  status: number,
  contentType: string,
  headers: Headers,
  body: Uint8Array,
): Uint8Array {
  const type = emitContentType(contentType)
  const fields = emitWspHeaders(headers)
  return new OctetBuilder()
    .u8(WspType.reply)
    .u8(wspStatus(status))
    .octets(emitUintvar(type.length + fields.length))
    .octets(type)
    .octets(fields)
    .octets(body)
    .take()
}

export function emitPush(contentType: string, headers: Headers, body: Uint8Array): Uint8Array {
  const type = emitContentType(contentType)
  const fields = emitWspHeaders(headers)
  return new OctetBuilder()
    .u8(WspType.push)
    .octets(emitUintvar(type.length + fields.length))
    .octets(type)
    .octets(fields)
    .octets(body)
    .take()
}

/** Connectionless: the transaction id stands before the PDU (8.2.1). */
export function withTid(tid: number, pdu: Uint8Array): Uint8Array {
  return new OctetBuilder().u8(tid).octets(pdu).take()
}
