/** The TLS ClientHello: server name, ALPN, versions, and whether the name shown is the real one.
 * Read RFC 8446 section 4.1.2, RFC 6066 section 3 (server_name), RFC 7301 (ALPN) and
 * draft-ietf-tls-esni section 5 before changing this file. Records are in tls-record.ts. */

import { type Fault, FaultCode, layer } from './fault.js'
import { latin1, u16, u24 } from './octets.js'
import {
  HandshakeType,
  joinHandshake,
  maxHandshakeOctets,
  recordHeader,
  startsTls,
} from './tls-record.js'

const tls = layer('tls')

export const HelloState = {
  /** so far a ClientHello; show more octets of the stream */
  NeedMore: 0,
  /** read to its end */
  Complete: 1,
  /** the stream is something else (SSLv2 included) */
  NotTls: 2,
  /** TLS, but the ClientHello contradicts itself: fields hold what could be read all the same */
  Damaged: 3,
} as const
export type HelloState = (typeof HelloState)[keyof typeof HelloState]

// extension types (IANA "TLS ExtensionType Values")
const SERVER_NAME = 0
const ALPN = 16
const SUPPORTED_VERSIONS = 43
const ENCRYPTED_CLIENT_HELLO = 0xfe0d
/** draft-ietf-tls-esni-02 to -06, before the name ECH */
const ENCRYPTED_SERVER_NAME = 0xffce

const HANDSHAKE_HEADER = 4
const SESSION_ID = 34
/** version 2, random 32, session id 1, cipher suites 2 + 2, compression 1 + 1 */
const minBody = 41
/** A DNS name has 253 characters (RFC 1035 section 3.1). */
const maxName = 255
const maxProtocols = 32
const maxVersions = 64

export class ClientHello {
  /** legacy_version: 0x0303 from TLS 1.2 up */
  legacyVersion = 0
  /** supported_versions as offered, GREASE (RFC 8701) left out; empty before TLS 1.3 */
  readonly versions: number[] = []
  /** host_name of server_name; '' when there is none */
  serverName = ''
  /** application protocols as offered: h2, http/1.1 ... */
  readonly protocols: string[] = []
  /** encrypted_client_hello is there: `serverName` is the outer name, or this is GREASE, which nobody but
   * the server can tell from it */
  ech = false
  /** encrypted_server_name of the early drafts is there */
  esni = false
  #joined = new Uint8Array(0)

  /** Reads from the client's octets of the connection seen so far, from its first one on. Call it again
   * with more after NeedMore; nothing is kept between calls. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): HelloState {
    this.#clear()
    fault.clear()
    const start = startsTls(buf, off, end)
    if (start !== 1) return start === 0 ? HelloState.NotTls : HelloState.NeedMore
    const first = off + recordHeader
    const firstEnd = first + u16(buf, off + 3)
    const inPlace = firstEnd - first >= HANDSHAKE_HEADER
    if (inPlace && end - first < HANDSHAKE_HEADER) return HelloState.NeedMore
    // a sender may hide the length from a careless reader by cutting it over two records
    const need = inPlace ? HANDSHAKE_HEADER + u24(buf, first + 1) : this.#joinedNeed(buf, off, end)
    if (need === HANDSHAKE_HEADER - 1) return HelloState.NeedMore
    if (need < 0) return this.#damaged(fault, FaultCode.BadValue, off, 0, end - off)
    if (need > maxHandshakeOctets)
      return this.#damaged(fault, FaultCode.Limit, off, need, end - off)
    if (first + need <= firstEnd) {
      if (first + need > end) return HelloState.NeedMore
      return this.#result(buf, first, first + need, fault)
    }
    const have = this.#join(buf, off, end, need)
    if (have < 0) return this.#damaged(fault, FaultCode.BadValue, off, need, end - off)
    if (have < need) return HelloState.NeedMore
    return this.#result(this.#joined, 0, need, fault)
  }

  /** What an unfinished ClientHello holds whose rest will not come (snap length, lost segment). True when
   * that includes a server name. */
  decodePartial(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    if (startsTls(buf, off, end) !== 1) return fault.raise(FaultCode.BadValue, tls, off, 1, 0)
    const have = this.#join(buf, off, end, maxHandshakeOctets)
    this.#readBody(this.#joined, 0, Math.max(have, 0), fault)
    return this.serverName !== ''
  }

  /** Reads the complete handshake message [off, end) without records around it (QUIC CRYPTO frames,
   * RFC 9001 section 4.1.3). */
  decodeMessage(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    return this.#readMessage(buf, off, end, fault)
  }

  /** As `decodePartial`, without records around the message. */
  decodePartialMessage(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#clear()
    this.#readBody(buf, off, end, fault)
    return this.serverName !== ''
  }

  /** RFC 8446 section 5.1: a handshake message may be cut over records. */
  #join(buf: Uint8Array, off: number, end: number, need: number): number {
    const room = Math.min(need, end - off)
    if (this.#joined.length < room) this.#joined = new Uint8Array(Math.max(room, 4096))
    return joinHandshake(buf, off, end, this.#joined, need)
  }

  /** Octets of the message when its header is cut over records; 3 while the header is not whole; -1 when
   * another record comes between. */
  #joinedNeed(buf: Uint8Array, off: number, end: number): number {
    const have = this.#join(buf, off, end, HANDSHAKE_HEADER)
    if (have < 0) return -1
    return have < HANDSHAKE_HEADER ? HANDSHAKE_HEADER - 1 : HANDSHAKE_HEADER + u24(this.#joined, 1)
  }

  #result(buf: Uint8Array, off: number, end: number, fault: Fault): HelloState {
    return this.#readMessage(buf, off, end, fault) ? HelloState.Complete : HelloState.Damaged
  }

  #damaged(fault: Fault, code: FaultCode, at: number, need: number, have: number): HelloState {
    fault.raise(code, tls, at, need, have)
    return HelloState.Damaged
  }

  #clear(): void {
    this.legacyVersion = 0
    this.versions.length = 0
    this.serverName = ''
    this.protocols.length = 0
    this.ech = this.esni = false
  }

  #readMessage(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have >= HANDSHAKE_HEADER && u24(buf, off + 1) !== have - HANDSHAKE_HEADER) {
      return fault.raise(FaultCode.BadLength, tls, off + 1, u24(buf, off + 1), have)
    }
    return this.#readBody(buf, off, end, fault)
  }

  #readBody(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < HANDSHAKE_HEADER + minBody) {
      return fault.raise(FaultCode.Truncated, tls, off, HANDSHAKE_HEADER + minBody, have)
    }
    if (buf[off] !== HandshakeType.ClientHello) {
      return fault.raise(FaultCode.BadValue, tls, off, HandshakeType.ClientHello, buf[off]!)
    }
    const body = off + HANDSHAKE_HEADER
    this.legacyVersion = u16(buf, body)
    let i = body + SESSION_ID
    if (buf[i]! > 32) return fault.raise(FaultCode.BadLength, tls, i, 32, buf[i]!)
    i += 1 + buf[i]!
    if (i + 2 > end) return fault.raise(FaultCode.BadLength, tls, i, 2, end - i)
    i += 2 + u16(buf, i)
    if (i + 1 > end) return fault.raise(FaultCode.BadLength, tls, i, 1, end - i)
    i += 1 + buf[i]!
    if (i > end) return fault.raise(FaultCode.BadLength, tls, i, 0, end - i)
    // RFC 8446 section 4.1.2: before TLS 1.3 a ClientHello may end without extensions
    if (i === end) return true
    if (i + 2 > end) return fault.raise(FaultCode.BadLength, tls, i, 2, end - i)
    const length = u16(buf, i)
    i += 2
    // a message that was cut short is walked to the cut, so that its name is not lost
    const good = this.#readExtensions(buf, i, Math.min(i + length, end), fault)
    if (i + length > end) return fault.raise(FaultCode.BadLength, tls, i - 2, length, end - i)
    return good
  }

  /** An extension whose own lengths are wrong does not hide the others: the name may stand behind it. */
  #readExtensions(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    let good = true
    let i = off
    while (i < end) {
      if (i + 4 > end) return fault.raise(FaultCode.BadLength, tls, i, 4, end - i)
      const type = u16(buf, i)
      const length = u16(buf, i + 2)
      i += 4
      if (i + length > end) return fault.raise(FaultCode.BadLength, tls, i - 2, length, end - i)
      if (!this.#readExtension(type, buf, i, i + length)) {
        good = fault.raise(FaultCode.BadLength, tls, i, length, type)
      }
      i += length
    }
    return good
  }

  /** False when the extension's inner lengths contradict it. */
  #readExtension(type: number, buf: Uint8Array, off: number, end: number): boolean {
    switch (type) {
      case SERVER_NAME:
        return this.#readServerName(buf, off, end)
      case ALPN:
        return this.#readProtocols(buf, off, end)
      case SUPPORTED_VERSIONS:
        return this.#readVersions(buf, off, end)
      case ENCRYPTED_CLIENT_HELLO:
        // ECHClientHelloType inner(1) is met only inside the encrypted part
        this.ech = end > off && buf[off] === 0
        return true
      case ENCRYPTED_SERVER_NAME:
        this.esni = true
        return true
      default:
        return true
    }
  }

  /** ServerNameList: length 2, then entries of type 1, length 2, name. Only host_name (0) exists, so
   * the length of another type is not known (RFC 6066 section 3) and ends the walk. */
  #readServerName(buf: Uint8Array, off: number, end: number): boolean {
    if (end - off < 2 || u16(buf, off) !== end - off - 2) return false
    let i = off + 2
    while (i < end && buf[i] === 0) {
      if (i + 3 > end) return false
      const length = u16(buf, i + 1)
      i += 3
      if (length === 0 || length > maxName || i + length > end) return false
      // the first one counts: the RFC allows one name of a type
      if (this.serverName === '') this.serverName = latin1(buf, i, i + length)
      i += length
    }
    return true
  }

  #readProtocols(buf: Uint8Array, off: number, end: number): boolean {
    if (end - off < 2 || u16(buf, off) !== end - off - 2) return false
    let i = off + 2
    while (i < end) {
      const length = buf[i]!
      i++
      if (length === 0 || i + length > end) return false
      if (this.protocols.length < maxProtocols) this.protocols.push(latin1(buf, i, i + length))
      i += length
    }
    return true
  }

  #readVersions(buf: Uint8Array, off: number, end: number): boolean {
    const length = end - off - 1
    if (length < 2 || length % 2 !== 0 || buf[off] !== length) return false
    for (let i = off + 1; i < end && this.versions.length < maxVersions; i += 2) {
      const version = u16(buf, i)
      if ((version & 0x0f0f) !== 0x0a0a) this.versions.push(version)
    }
    return true
  }
}
