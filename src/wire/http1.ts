/** The head of an HTTP/1.0 or 1.1 message: start line and the header fields that rating needs, as
 * ranges in the caller's buffer; no strings. Read RFC 9112 sections 2 to 5 and RFC 9110 section 5
 * before changing this file. */

import { type Fault, FaultCode, layer } from './fault.js'
import {
  absentContentLength,
  ConnectionOption,
  connectionOptions,
  contentLength,
  lastTransferCoding,
  TargetForm,
  TransferCoding,
  targetForm,
} from './http1-field-value.js'
import {
  CR,
  findLf,
  HTAB,
  http1Minor,
  isTokenOctet,
  isValueSpace,
  LF,
  octetsAre,
  SP,
  tokenIs,
  trimEnd,
  word,
} from './http1-octet.js'

const http1 = layer('http1')

/** A head longer than this is not collected: whoever waits for `headEnd` gives up here. */
export const maxHeadOctets = 65536
/** Header lines that are read; more is an attack on the reader (RFC 9110 section 5.4). */
const maxHeaderLines = 1000
/** Largest method and the shortest request line, `X / HTTP/1.1`. */
const maxMethodOctets = 32

/** Offset just after the empty line that ends the head which begins at `off`; -1 when it is not in
 * [off, end) yet. `from` is the `end` of the call before: only what is new is searched. Empty lines
 * before the start line belong to the head (RFC 9112 section 2.2), and a bare LF ends a line too. */
export function headEnd(buf: Uint8Array, off: number, end: number, from = off): number {
  let i = off
  while (i < end && (buf[i] === CR || buf[i] === LF)) i++
  // the old end may lie inside LF CR LF
  if (from - 2 > i) i = from - 2
  for (; i < end - 1; i++) {
    if (buf[i] !== LF) continue
    if (buf[i + 1] === LF) return i + 2
    if (buf[i + 1] === CR && i + 2 < end && buf[i + 2] === LF) return i + 3
  }
  return -1
}

const nameHost = word('host')
const nameExpect = word('expect')
const nameUpgrade = word('upgrade')
const nameLocation = word('location')
const nameConnection = word('connection')
const nameUserAgent = word('user-agent')
const nameContentType = word('content-type')
const nameXOnlineHost = word('x-online-host')
const nameXWapProfile = word('x-wap-profile')
const nameProfile = word('profile')
const nameContentLength = word('content-length')
const nameTransferEncoding = word('transfer-encoding')
const expectContinue = word('100-continue')
const methodHead = word('HEAD')
const methodConnect = word('CONNECT')

/** Every range is [xOff, xEnd) without surrounding whitespace; xOff is -1 when the field is absent. Of a
 * repeated field the first one counts. A range may hold an obs-fold (CR LF and whitespace). */
export class HttpHead {
  /** 1 in HTTP/1.1 */
  minor = 0
  /** 0 in a request */
  status = 0
  methodOff = -1
  methodEnd = -1
  isHead = false
  isConnect = false
  targetOff = -1
  targetEnd = -1
  targetForm: TargetForm = TargetForm.Other
  hostOff = -1
  hostEnd = -1
  /** Host lines seen: more than one is a way to show a proxy another URL than a probe */
  hostLines = 0
  xOnlineHostOff = -1
  xOnlineHostEnd = -1
  userAgentOff = -1
  userAgentEnd = -1
  contentTypeOff = -1
  contentTypeEnd = -1
  locationOff = -1
  locationEnd = -1
  upgradeOff = -1
  upgradeEnd = -1
  /** x-wap-profile, or Profile as gateways write it (WAP-248-UAProf clause 9) */
  xWapProfileOff = -1
  xWapProfileEnd = -1
  /** octets, or absentContentLength, or invalidContentLength (garbage, or two that differ) */
  contentLength: number = absentContentLength
  transferCoding: TransferCoding = TransferCoding.None
  /** bits of ConnectionOption, of all Connection lines */
  connectionOptions = 0
  expect100 = false
  /** header lines without a name and a colon; they are passed over */
  badLines = 0
  /** the head was not complete: fields may be missing */
  partial = false
  /** offset just after the empty line that ended the head */
  end = 0

  /** Reads the request head at `off`, which must end before `end`: `this.end` says where. False with
   * FaultCode.Truncated when it does not; nothing but that may be concluded then. */
  decodeRequest(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    return this.#readHead(buf, off, end, true, fault)
  }

  /** As decodeRequest, for a response. */
  decodeResponse(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    return this.#readHead(buf, off, end, false, fault)
  }

  /** Reads what the complete lines of a cut request head hold (snap length, lost segment). The
   * request line must be whole. */
  decodePartialRequest(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    this.partial = true
    return this.#readHead(buf, off, end, true, fault)
  }

  /** As decodePartialRequest, for a response: the status line must be whole. */
  decodePartialResponse(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    this.partial = true
    return this.#readHead(buf, off, end, false, fault)
  }

  #clear(): void {
    this.minor = this.status = this.hostLines = this.badLines = this.end = 0
    this.methodOff = this.methodEnd = this.targetOff = this.targetEnd = -1
    this.hostOff = this.hostEnd = this.xOnlineHostOff = this.xOnlineHostEnd = -1
    this.userAgentOff = this.userAgentEnd = this.contentTypeOff = this.contentTypeEnd = -1
    this.locationOff = this.locationEnd = this.upgradeOff = this.upgradeEnd = -1
    this.xWapProfileOff = this.xWapProfileEnd = -1
    this.contentLength = absentContentLength
    this.transferCoding = TransferCoding.None
    this.targetForm = TargetForm.Other
    this.isHead = this.isConnect = this.partial = false
    this.connectionOptions = 0
    this.expect100 = false
  }

  #readHead(buf: Uint8Array, off: number, end: number, request: boolean, fault: Fault): boolean {
    let line = off
    while (line < end && (buf[line] === CR || buf[line] === LF)) line++
    const startLf = findLf(buf, line, end)
    if (startLf < 0) return fault.raise(FaultCode.Truncated, http1, line, end - off + 1, end - off)
    const startEnd = trimEnd(buf, line, startLf)
    const good = request
      ? this.#readRequestLine(buf, line, startEnd)
      : this.#readStatusLine(buf, line, startEnd)
    if (!good) return fault.raise(FaultCode.BadValue, http1, line, 0, startEnd - line)
    line = startLf + 1
    for (let lines = 0; ; lines++) {
      if (lines > maxHeaderLines)
        return fault.raise(FaultCode.Limit, http1, line, lines, end - line)
      let lf = findLf(buf, line, end)
      if (lf < 0) {
        if (this.partial) return true
        return fault.raise(FaultCode.Truncated, http1, line, end - off + 1, end - off)
      }
      if (lf === line || (lf === line + 1 && buf[line] === CR)) {
        this.end = lf + 1
        return true
      }
      // RFC 9112 section 5.2, obs-fold: a line that begins with whitespace continues the one before
      while (lf + 1 < end && (buf[lf + 1] === SP || buf[lf + 1] === HTAB)) {
        const next = findLf(buf, lf + 1, end)
        if (next < 0) break
        lf = next
      }
      this.#readField(buf, line, lf)
      line = lf + 1
    }
  }

  /** `method SP target SP HTTP/1.x`. A target with blanks in it breaks the standard and occurs; RFC 9112
   * section 3 leaves the choice: here the first and the last blank cut. */
  #readRequestLine(buf: Uint8Array, off: number, end: number): boolean {
    let i = off
    while (i < end && i - off <= maxMethodOctets && isTokenOctet(buf[i]!)) i++
    if (i === off || i === end || buf[i] !== SP) return false
    if (end - 9 <= i + 1 || buf[end - 9] !== SP) return false
    this.minor = http1Minor(buf, end - 8, end)
    if (this.minor < 0) return false
    this.methodOff = off
    this.methodEnd = i
    this.targetOff = i + 1
    this.targetEnd = end - 9
    this.isHead = i - off === 4 && octetsAre(buf, off, i, methodHead)
    this.isConnect = i - off === 7 && octetsAre(buf, off, i, methodConnect)
    this.targetForm = this.isConnect
      ? TargetForm.Authority
      : targetForm(buf, this.targetOff, this.targetEnd)
    return true
  }

  /** `HTTP/1.x SP status [SP reason]`; some servers leave the last SP out. */
  #readStatusLine(buf: Uint8Array, off: number, end: number): boolean {
    this.minor = http1Minor(buf, off, end)
    if (this.minor < 0 || end - off < 12 || buf[off + 8] !== SP) return false
    if (end - off > 12 && buf[off + 12] !== SP) return false
    let status = 0
    for (let i = off + 9; i < off + 12; i++) {
      const digit = buf[i]! - 0x30
      if (digit < 0 || digit > 9) return false
      status = status * 10 + digit
    }
    this.status = status
    return status >= 100
  }

  /** One field, folded lines included; `lf` is the LF that ends it. */
  #readField(buf: Uint8Array, line: number, lf: number): void {
    let nameEnd = line
    while (nameEnd < lf && isTokenOctet(buf[nameEnd]!)) nameEnd++
    let colon = nameEnd
    // RFC 9112 section 5.1 forbids whitespace before the colon, proxies remove it: so do we
    while (colon < lf && (buf[colon] === SP || buf[colon] === HTAB)) colon++
    if (nameEnd === line || buf[colon] !== 0x3a) {
      this.badLines++
      return
    }
    let off = colon + 1
    while (off < lf && isValueSpace(buf[off]!)) off++
    const end = trimEnd(buf, off, lf)
    this.#storeField(buf, line, nameEnd, off, end)
  }

  #storeField(buf: Uint8Array, name: number, nameEnd: number, off: number, end: number): void {
    switch (nameEnd - name) {
      case 4:
        if (tokenIs(buf, name, nameEnd, nameHost) && this.hostLines++ === 0) {
          this.hostOff = off
          this.hostEnd = end
        }
        return
      case 6:
        if (tokenIs(buf, name, nameEnd, nameExpect)) {
          this.expect100 = tokenIs(buf, off, end, expectContinue)
        }
        return
      case 7:
        if (this.upgradeOff < 0 && tokenIs(buf, name, nameEnd, nameUpgrade)) {
          this.upgradeOff = off
          this.upgradeEnd = end
        } else if (this.xWapProfileOff < 0 && tokenIs(buf, name, nameEnd, nameProfile)) {
          this.xWapProfileOff = off
          this.xWapProfileEnd = end
        }
        return
      case 8:
        if (this.locationOff < 0 && tokenIs(buf, name, nameEnd, nameLocation)) {
          this.locationOff = off
          this.locationEnd = end
        }
        return
      case 10:
        if (tokenIs(buf, name, nameEnd, nameConnection)) {
          this.connectionOptions |= connectionOptions(buf, off, end)
        } else if (this.userAgentOff < 0 && tokenIs(buf, name, nameEnd, nameUserAgent)) {
          this.userAgentOff = off
          this.userAgentEnd = end
        }
        return
      case 12:
        if (this.contentTypeOff < 0 && tokenIs(buf, name, nameEnd, nameContentType)) {
          this.contentTypeOff = off
          this.contentTypeEnd = end
        }
        return
      case 13:
        if (this.xOnlineHostOff < 0 && tokenIs(buf, name, nameEnd, nameXOnlineHost)) {
          this.xOnlineHostOff = off
          this.xOnlineHostEnd = end
        } else if (this.xWapProfileOff < 0 && tokenIs(buf, name, nameEnd, nameXWapProfile)) {
          this.xWapProfileOff = off
          this.xWapProfileEnd = end
        }
        return
      case 14:
        if (tokenIs(buf, name, nameEnd, nameContentLength)) {
          this.contentLength = contentLength(buf, off, end, this.contentLength)
        }
        return
      case 17:
        if (tokenIs(buf, name, nameEnd, nameTransferEncoding)) {
          this.transferCoding = lastTransferCoding(buf, off, end)
        }
    }
  }

  /** the Connection field says `close` */
  get close(): boolean {
    return (this.connectionOptions & ConnectionOption.Close) !== 0
  }

  /** the Connection field says `keep-alive` */
  get keepAlive(): boolean {
    return (this.connectionOptions & ConnectionOption.KeepAlive) !== 0
  }

  /** the Connection field says `upgrade` */
  get upgrade(): boolean {
    return (this.connectionOptions & ConnectionOption.Upgrade) !== 0
  }
}
