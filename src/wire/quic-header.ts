/** The headers of the QUIC packets in a datagram, which may hold several. Read RFC 8999 (what all versions
 * share), RFC 9000 sections 12.2 (coalescing), 16 (integers), 17.2 (long header), and RFC 9369
 * section 3.2 (type bits of version 2) before changing this file. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16, u32 } from './octets.js'
import { isGoogleQuic, QuicPacketType, quicVersion } from './quic-version.js'

const quic = layer('quic')

const longForm = 0x80
const fixedBit = 0x40
const VERSION = 1
const DCID_LENGTH = 5
/** RFC 9000 section 17.2; RFC 8999 would allow 255 */
export const maxConnectionId = 20
const q046 = 0x51303436
/** What a Retry ends with (RFC 9000 section 17.2.5). */
const retryTag = 16

export const QuicForm = {
  /** a long header of a version that is read */
  Long: 0,
  /** RFC 9000 section 17.3: the rest of the datagram is one packet */
  Short: 1,
  /** RFC 9000 section 17.2.1: the server names the versions that it knows */
  VersionNegotiation: 2,
  /** a long header of another version: nothing behind the connection ids is known */
  Unknown: 3,
} as const
export type QuicForm = (typeof QuicForm)[keyof typeof QuicForm]

/** Octets of the variable-length integer that begins with `first`: 1, 2, 4 or 8. */
export function varintLength(first: number): number {
  return 1 << (first >> 6)
}

/** Value of the integer at `off`, all of whose octets are there: up to 2^62, exact up to 2^53. */
export function varint(buf: Uint8Array, off: number): number {
  switch (buf[off]! >> 6) {
    case 0:
      return buf[off]!
    case 1:
      return u16(buf, off) & 0x3fff
    case 2:
      return u32(buf, off) & 0x3fffffff
    default:
      return (u32(buf, off) & 0x3fffffff) * 4294967296 + u32(buf, off + 4)
  }
}

/** Whether the datagram begins like a QUIC connection of a known version: form bit and fixed bit, and
 * connection ids of at most 20 octets. */
export function startsQuic(buf: Uint8Array, off: number, end: number): boolean {
  if (end - off <= DCID_LENGTH || (buf[off]! & 0xc0) !== (longForm | fixedBit)) return false
  const version = u32(buf, off + VERSION)
  if (quicVersion(version) === undefined && !isGoogleQuic(version)) return false
  const dcid = buf[off + DCID_LENGTH]!
  // four bits for each length, as in draft-ietf-quic-transport-19
  if (version === q046) return true
  const scid = off + DCID_LENGTH + 1 + dcid
  return dcid <= maxConnectionId && scid < end && buf[scid]! <= maxConnectionId
}

export class QuicHeader {
  form: QuicForm = QuicForm.Unknown
  version = 0
  type: QuicPacketType = QuicPacketType.Initial
  /** first octet of the packet */
  off = 0
  dcidOff = 0
  dcidEnd = 0
  scidOff = 0
  scidEnd = 0
  /** token of an Initial or a Retry */
  tokenOff = 0
  tokenEnd = 0
  /** where the packet number begins, which header protection covers together with its length */
  numberOff = 0
  /** first octet behind the packet: where the next one of the datagram begins */
  end = 0
  /** the packet's stated length ends inside the octets that are there */
  whole = false

  /** Reads the header of the packet at `off` of a datagram that ends at `end`. True when everything that
   * its form has could be read; a packet that is longer than the octets gives true with `whole` false,
   * the shortage in `fault`, and `end` at the datagram's end. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#reset(off, end)
    if (off >= end) return fault.raise(FaultCode.Truncated, quic, off, 1, 0)
    const first = buf[off]!
    if ((first & longForm) === 0) {
      this.form = QuicForm.Short
      this.whole = true
      return true
    }
    let at = off + DCID_LENGTH
    if (at >= end) return fault.raise(FaultCode.Truncated, quic, off, DCID_LENGTH + 1, end - off)
    this.version = u32(buf, off + VERSION)
    if (this.version === 0) this.form = QuicForm.VersionNegotiation
    this.dcidOff = at + 1
    at = this.#connectionId(buf, at, end, fault)
    if (at < 0) return false
    this.dcidEnd = at
    this.scidOff = at + 1
    at = this.#connectionId(buf, at, end, fault)
    if (at < 0) return false
    this.scidEnd = at
    if (this.form === QuicForm.VersionNegotiation) {
      this.whole = true
      return true
    }
    const version = quicVersion(this.version)
    if (version === undefined) return true
    if ((first & fixedBit) === 0) {
      return fault.raise(FaultCode.BadValue, quic, off, fixedBit, first)
    }
    this.form = QuicForm.Long
    this.type = version.packetTypes[(first >> 4) & 3]!
    return this.type === QuicPacketType.Retry
      ? this.#retry(at, end, fault)
      : this.#numbered(buf, at, end, fault)
  }

  #reset(off: number, end: number): void {
    this.form = QuicForm.Unknown
    this.version = 0
    this.type = QuicPacketType.Initial
    this.off = off
    this.dcidOff = this.dcidEnd = this.scidOff = this.scidEnd = off
    this.tokenOff = this.tokenEnd = this.numberOff = off
    this.end = end
    this.whole = false
  }

  /** The end of the connection id whose length octet is at `at`, or -1. */
  #connectionId(buf: Uint8Array, at: number, end: number, fault: Fault): number {
    if (at >= end) return raised(fault, FaultCode.Truncated, at, 1, 0)
    const length = buf[at]!
    const stop = at + 1 + length
    if (stop > end) return raised(fault, FaultCode.Truncated, at, length, end - at - 1)
    if (length > maxConnectionId && quicVersion(this.version) !== undefined) {
      return raised(fault, FaultCode.BadLength, at, maxConnectionId, length)
    }
    return stop
  }

  /** RFC 9000 section 17.2.5: token, then the integrity tag; nothing follows in the datagram. */
  #retry(at: number, end: number, fault: Fault): boolean {
    if (end - at < retryTag) {
      return fault.raise(FaultCode.Truncated, quic, at, retryTag, end - at)
    }
    this.tokenOff = at
    this.tokenEnd = end - retryTag
    this.whole = true
    return true
  }

  /** Initial: token length, token; then, as 0-RTT and Handshake, the length and the packet number. */
  #numbered(buf: Uint8Array, start: number, end: number, fault: Fault): boolean {
    let at = start
    if (this.type === QuicPacketType.Initial) {
      const size = integerAt(buf, at, end, fault)
      if (size < 0) return false
      const token = varint(buf, at)
      at += size
      if (at + token > end) return fault.raise(FaultCode.Truncated, quic, at, token, end - at)
      this.tokenOff = at
      this.tokenEnd = at += token
    }
    const size = integerAt(buf, at, end, fault)
    if (size < 0) return false
    const length = varint(buf, at)
    at += size
    this.numberOff = at
    this.whole = at + length <= end
    if (this.whole) this.end = at + length
    else fault.raise(FaultCode.Truncated, quic, at, length, end - at)
    return true
  }
}

/** Octets of the integer at `at`, or -1 with the fault raised when it does not end before `end`. */
function integerAt(buf: Uint8Array, at: number, end: number, fault: Fault): number {
  if (at >= end) return raised(fault, FaultCode.Truncated, at, 1, 0)
  const size = varintLength(buf[at]!)
  return at + size > end ? raised(fault, FaultCode.Truncated, at, size, end - at) : size
}

function raised(fault: Fault, code: FaultCode, at: number, need: number, have: number): -1 {
  fault.raise(code, quic, at, need, have)
  return -1
}
