/** Diameter header. Read RFC 6733 section 3: version 1, a length that counts the header and the padding of
 * every AVP, flags R P E T, a command, an application, and two identifiers that an answer repeats. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u24, u32 } from './octets.js'

const VERSION = 0
const LENGTH = 1
const FLAGS = 4
const COMMAND = 5
const APPLICATION = 8
const HOP_BY_HOP = 12
const END_TO_END = 16
export const diameterHeader = 20

const flagRequest = 0x80
const flagProxiable = 0x40
const flagError = 0x20
const flagRetransmitted = 0x10
/** RFC 6733 section 3: "These bits are reserved ... and MUST be set to zero" */
const flagsReserved = 0x0f

/** The longest message that is waited for. Length has 24 bits, so that one forged header could ask for
 * 16 MiB; the longest real ones (all APNs of a subscriber in one ULA) have a few thousand octets. */
export const maxDiameterMessage = 256 * 1024

const layerDiameter = layer('diameter')

export class DiameterHeader {
  version = 0
  /** octets of the message as stated */
  length = 0
  flags = 0
  request = false
  proxiable = false
  /** the E bit: an answer with a protocol error, not made by the application */
  error = false
  /** the T bit: may have been sent before */
  retransmitted = false
  command = 0
  /** 0 to 4294967295, as the identifiers below */
  application = 0
  hopByHop = 0
  endToEnd = 0
  avpOff = 0
  end = 0

  /** True with `fault` raised is a message that the capture cut: the AVPs before the cut are good. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    fault.clear()
    this.#clear(off)
    const have = end - off
    if (have < diameterHeader) {
      return fault.raise(FaultCode.Truncated, layerDiameter, off, diameterHeader, have)
    }
    this.version = buf[off + VERSION]!
    this.length = u24(buf, off + LENGTH)
    this.flags = buf[off + FLAGS]!
    this.request = (this.flags & flagRequest) !== 0
    this.proxiable = (this.flags & flagProxiable) !== 0
    this.error = (this.flags & flagError) !== 0
    this.retransmitted = (this.flags & flagRetransmitted) !== 0
    this.command = u24(buf, off + COMMAND)
    this.application = u32(buf, off + APPLICATION)
    this.hopByHop = u32(buf, off + HOP_BY_HOP)
    this.endToEnd = u32(buf, off + END_TO_END)
    if (this.version !== 1) {
      return fault.raise(FaultCode.Unsupported, layerDiameter, off, 1, this.version)
    }
    if (this.length < diameterHeader) {
      return fault.raise(
        FaultCode.BadLength,
        layerDiameter,
        off + LENGTH,
        diameterHeader,
        this.length,
      )
    }
    if (this.length > have) {
      fault.raise(FaultCode.Truncated, layerDiameter, off + LENGTH, this.length, have)
    }
    this.avpOff = off + diameterHeader
    this.end = Math.min(off + this.length, end)
    return true
  }

  #clear(off: number): void {
    this.version = 0
    this.length = 0
    this.flags = 0
    this.request = false
    this.proxiable = false
    this.error = false
    this.retransmitted = false
    this.command = 0
    this.application = 0
    this.hopByHop = 0
    this.endToEnd = 0
    this.avpOff = off
    this.end = off
  }
}

const tooFewOctets = 0
const notDiameter = -1

/** Octets of the message that begins at `off`: 0 when too few are there to tell, -1 when none can begin
 * there. This is what keeps a reader of a TCP stream in step, so it is strict where RFC 6733 is. */
export function diameterLength(buf: Uint8Array, off: number, end: number): number {
  if (off >= end) return tooFewOctets
  if (buf[off + VERSION]! !== 1) return notDiameter
  if (end - off <= FLAGS) return tooFewOctets
  const length = u24(buf, off + LENGTH)
  if (length < diameterHeader || length > maxDiameterMessage || length % 4 !== 0) return notDiameter
  if ((buf[off + FLAGS]! & flagsReserved) !== 0) return notDiameter
  return length
}

/** Every Diameter message begins with one of these: RFC 6733 section 8.8, the Session-Id "MUST
 * appear immediately following the Diameter header", messages between peers have Origin-Host or, in
 * answers, Result-Code first. */
const firstAvps: ReadonlySet<number> = new Set([263, 264, 268])

/** Whether [off, end) can only be Diameter, for ports that are not its own: a header in which nothing is
 * odd, then one of the AVPs that come first. */
export function looksLikeDiameter(buf: Uint8Array, off: number, end: number): boolean {
  if (end - off < diameterHeader + 8 || diameterLength(buf, off, end) <= 0) return false
  const flags = buf[off + FLAGS]!
  // RFC 6733 section 3: the E bit must not be in requests, the T bit not in answers
  const never = (flags & flagRequest) !== 0 ? flagError : flagRetransmitted
  if ((flags & never) !== 0) return false
  return firstAvps.has(u32(buf, off + diameterHeader))
}
