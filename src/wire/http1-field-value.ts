/** The few HTTP/1.x field values that decide where a message ends and what happens to its connection,
 * and the form of a request target. Read RFC 9110 sections 5.6.1, 7.6.1, 8.6 and RFC 9112 sections
 * 3.2, 6.1 first. */

import {
  isTokenOctet,
  isValueSpace,
  lower,
  octetsAre,
  tokenIs,
  trimEnd,
  word,
} from './http1-octet.js'

export const absentContentLength = -1
export const invalidContentLength = -2

/** The last transfer coding of the message (RFC 9112 section 6.1). */
export const TransferCoding = { None: 0, Chunked: 1, Other: 2 } as const
export type TransferCoding = (typeof TransferCoding)[keyof typeof TransferCoding]

/** What the request target is (RFC 9112 section 3.2). */
export const TargetForm = { Other: 0, Origin: 1, Absolute: 2, Authority: 3, Asterisk: 4 } as const
export type TargetForm = (typeof TargetForm)[keyof typeof TargetForm]

/** Bits of the Connection field (RFC 9110 section 7.6.1). */
export const ConnectionOption = { Close: 1, KeepAlive: 2, Upgrade: 4 } as const

const COMMA = 0x2c
const SEMICOLON = 0x3b
const tokenClose = word('close')
const tokenKeepAlive = word('keep-alive')
const tokenUpgrade = word('upgrade')
const tokenChunked = word('chunked')
const schemeMark = word('://')

/** Content-Length in octets. `before` is what the message's earlier Content-Length lines gave. RFC 9112
 * section 6.3: a repeated value is one value when all are the same, and an error when they differ:
 * that is how a request is smuggled past a reader. */
export function contentLength(buf: Uint8Array, off: number, end: number, before: number): number {
  let length = before
  let i = off
  do {
    while (i < end && isValueSpace(buf[i]!)) i++
    const digits = i
    let value = 0
    for (; i < end && buf[i]! >= 0x30 && buf[i]! <= 0x39; i++) {
      value = value * 10 + (buf[i]! - 0x30)
      if (value > Number.MAX_SAFE_INTEGER) return invalidContentLength
    }
    if (i === digits) return invalidContentLength
    if (length !== absentContentLength && length !== value) return invalidContentLength
    length = value
    while (i < end && isValueSpace(buf[i]!)) i++
    if (i < end && buf[i] !== COMMA) return invalidContentLength
  } while (i++ < end)
  return length
}

/** Chunked when the last coding of the list is `chunked`; the value of the last Transfer-Encoding line
 * holds the last coding of the message. */
export function lastTransferCoding(buf: Uint8Array, off: number, end: number): TransferCoding {
  let last = trimEnd(buf, off, end)
  // an empty list element is allowed (RFC 9110 section 5.6.1.2): "chunked," is chunked
  while (last > off && buf[last - 1] === COMMA) last = trimEnd(buf, off, last - 1)
  let start = last
  while (start > off && buf[start - 1] !== COMMA) start--
  while (start < last && isValueSpace(buf[start]!)) start++
  return tokenIs(buf, start, last, tokenChunked) ? TransferCoding.Chunked : TransferCoding.Other
}

/** Bits of ConnectionOption for the options in the list. */
export function connectionOptions(buf: Uint8Array, off: number, end: number): number {
  let options = 0
  let i = off
  while (i < end) {
    while (i < end && !isTokenOctet(buf[i]!)) i++
    const start = i
    while (i < end && isTokenOctet(buf[i]!)) i++
    if (tokenIs(buf, start, i, tokenClose)) options |= ConnectionOption.Close
    else if (tokenIs(buf, start, i, tokenKeepAlive)) options |= ConnectionOption.KeepAlive
    else if (tokenIs(buf, start, i, tokenUpgrade)) options |= ConnectionOption.Upgrade
  }
  return options
}

/** Form of the target of a request that is not CONNECT. */
export function targetForm(buf: Uint8Array, off: number, end: number): TargetForm {
  if (off >= end) return TargetForm.Other
  if (buf[off] === 0x2f) return TargetForm.Origin
  if (end - off === 1 && buf[off] === 0x2a) return TargetForm.Asterisk
  // RFC 3986 section 3.1: ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
  let i = off
  for (; i < end; i++) {
    const c = lower(buf[i]!)
    const letter = c >= 0x61 && c <= 0x7a
    const later = (c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d || c === 0x2e
    if (!letter && !(later && i > off)) break
  }
  return i > off && octetsAre(buf, i, end, schemeMark) ? TargetForm.Absolute : TargetForm.Other
}

/** End of the value before its parameters: `text/vnd.wap.wml; charset=utf-8` gives the media type. */
export function beforeParameters(buf: Uint8Array, off: number, end: number): number {
  let i = off
  while (i < end && buf[i] !== SEMICOLON) i++
  return trimEnd(buf, off, i)
}

/** Text of a field value for people and rules: ISO 8859-1, each obs-fold one blank (RFC 9112 section
 * 5.2). For events, not for packets: it makes a string. */
export function fieldText(buf: Uint8Array, off: number, end: number): string {
  let text = ''
  let i = off
  while (i < end) {
    const octet = buf[i]!
    if (octet === 0x0d || octet === 0x0a) {
      while (i < end && isValueSpace(buf[i]!)) i++
      text += ' '
    } else {
      text += String.fromCharCode(octet)
      i++
    }
  }
  return text
}
