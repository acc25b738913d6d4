/** Does this look like the beginning of an HTTP/1.x message? Answers by the first octets, for telling
 * applications apart, and finds the next request after framing was lost.
 * Read RFC 9112 sections 2 to 4 and RFC 9113 section 3.4 (the HTTP/2 preface) first. */

import { findLf, http1Minor, isTokenOctet, LF, octetsAre, SP, word } from './http1-octet.js'

/** 1 yes, 0 no, -1 too few octets to tell. */
export type Likely = 1 | 0 | -1

/** Longest method that is believed; the longest registered one is UPDATEREDIRECTREF. */
const maxMethod = 20
/** A request line longer than this without an end is not believed to be one (RFC 9112 section 3
 * asks for at least 8000 octets; real handsets stay under 4000). */
const maxLine = 16384

/** Methods that decide before the line's end is seen. Not here: OPTIONS, NOTIFY, SUBSCRIBE, DESCRIBE
 * and the like, which RTSP and SIP have too: for those the version at the line's end decides. */
const knownMethods = (
  'GET POST HEAD PUT DELETE CONNECT TRACE PATCH M-POST PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK ' +
  'REPORT SEARCH MKACTIVITY CHECKOUT MERGE M-SEARCH MKCALENDAR ACL BIND LINK UNLINK'
)
  .split(' ')
  .map(word)

/** Is [off, ...) the start of a request line? Strict: a token, one SP, a target, SP, HTTP/1.x. */
export function startsRequest(buf: Uint8Array, off: number, end: number): Likely {
  let i = off
  const methodLimit = Math.min(end, off + maxMethod + 1)
  while (i < methodLimit && isTokenOctet(buf[i]!)) i++
  if (i === end && i - off <= maxMethod) return -1
  if (i === off || i === methodLimit || buf[i] !== SP) return 0
  const methodEnd = i
  i++
  if (i === end) return -1
  // a target begins with "/", "*", "[" or the first character of a scheme, host or number
  const first = buf[i]!
  if (first <= SP || first === 0x7f) return 0
  const lineLimit = Math.min(end, off + maxLine)
  const lf = findLf(buf, i, lineLimit)
  if (lf >= 0) return endsWithVersion(buf, i, lf) ? 1 : 0
  if (lineLimit - off === maxLine) return 0
  // control octets never stand in a request line: binary data that happens to begin with a word
  for (let j = i; j < lineLimit; j++) if (buf[j]! < SP && buf[j] !== 0x0d) return 0
  for (const method of knownMethods) {
    if (method.length === methodEnd - off && octetsAre(buf, off, methodEnd, method)) return 1
  }
  return -1
}

/** True when the line that ends at the LF at `lf` has a target and ` HTTP/1.x` behind it. */
function endsWithVersion(buf: Uint8Array, targetOff: number, lf: number): boolean {
  const lineEnd = lf > targetOff && buf[lf - 1] === 0x0d ? lf - 1 : lf
  const version = lineEnd - 8
  return (
    version - 1 > targetOff && buf[version - 1] === SP && http1Minor(buf, version, lineEnd) >= 0
  )
}

const responsePrefix = word('HTTP/1.')

/** Is [off, ...) the start of a status line? `HTTP/1.x`, SP, three digits. */
export function startsResponse(buf: Uint8Array, off: number, end: number): Likely {
  const have = Math.min(end - off, 12)
  for (let i = 0; i < have; i++) {
    const octet = buf[off + i]!
    if (i < 7) {
      if (octet !== responsePrefix[i]) return 0
    } else if (i === 8) {
      if (octet !== SP) return 0
    } else if (octet < 0x30 || octet > 0x39) return 0
  }
  return have === 12 ? 1 : -1
}

const h2Preface = word('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Is [off, ...) the HTTP/2 connection preface, which looks like a request line and is none? */
export function startsH2(buf: Uint8Array, off: number, end: number): Likely {
  const have = Math.min(end - off, h2Preface.length)
  for (let i = 0; i < have; i++) if (buf[off + i] !== h2Preface[i]) return 0
  // the first line already tells it from every HTTP/1 message
  return have >= 16 ? 1 : -1
}

/** First line start in [off, end) that reads `^[A-Z]+ \S+ HTTP/1\.[01]`, or -1; `off` counts as a line
 * start. For use after framing was lost, when a body of unknown length is on the way. Looks at every
 * octet once. */
export function findRequestStart(buf: Uint8Array, off: number, end: number): number {
  let line = off
  while (line < end) {
    let i = line
    while (i < end && i - line < maxMethod && buf[i]! >= 0x41 && buf[i]! <= 0x5a) i++
    if (i > line && i < end && buf[i] === SP) {
      const target = ++i
      while (i < end && buf[i]! > SP) i++
      if (i > target && i < end && buf[i] === SP) {
        const minor = http1Minor(buf, i + 1, end)
        if (minor === 0 || minor === 1) return line
      }
    }
    while (i < end && buf[i] !== LF) i++
    line = i + 1
  }
  return -1
}
