/** Chunks of an SCTP packet and the DATA chunk, which carries user messages or fragments of them. Read
 * RFC 9260 sections 3.2 (chunk), 3.3.1 (DATA) and 15.5 (payload protocol identifiers). I-DATA chunks
 * (RFC 8260) are chunks without data here. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16, u32 } from './octets.js'

export const SctpChunkType = { Data: 0 } as const

/** IANA payload protocol identifiers. */
export const SctpPpid = { Unspecified: 0, Diameter: 46 } as const

const VERIFICATION_TAG = 4

/** The Verification Tag of the common header at `off`: the receiver chose it for this association, so it
 * tells the direction of one association from every other, whatever address a packet goes to. */
export function verificationTag(buf: Uint8Array, off: number): number {
  return u32(buf, off + VERIFICATION_TAG)
}

const FLAGS = 1
const LENGTH = 2
const chunkHeader = 4

const TSN = 4
const STREAM = 8
const SEQUENCE = 10
const PPID = 12
const dataHeader = 16

const flagEnding = 0x01
const flagBeginning = 0x02
const flagUnordered = 0x04

const layerSctp = layer('sctp')

export class SctpChunks {
  type = 0
  flags = 0
  // of DATA chunks
  /** the user data [off, end) as captured */
  off = 0
  end = 0
  /** octets of the user data on the wire, >= end - off */
  length = 0
  /** transmission sequence number, 0 to 4294967295 */
  tsn = 0
  stream = 0
  /** stream sequence number: the same in all fragments of a message */
  sequence = 0
  ppid = 0
  beginning = false
  ending = false
  unordered = false
  #at = 0
  #stop = 0

  /** [off, end): what follows the common header, as captured. */
  open(off: number, end: number): void {
    this.#at = off
    this.#stop = end
  }

  /** True with the next chunk; true with `fault` raised when the capture cut its user data. False behind
   * the last one, and with `fault` raised when the rest cannot be read. */
  next(buf: Uint8Array, fault: Fault): boolean {
    fault.clear()
    const at = this.#at
    const have = this.#stop - at
    if (have <= 0) return false
    this.#at = this.#stop
    if (have < chunkHeader) {
      return fault.raise(FaultCode.Truncated, layerSctp, at, chunkHeader, have)
    }
    const length = u16(buf, at + LENGTH)
    if (length < chunkHeader) {
      return fault.raise(FaultCode.BadLength, layerSctp, at + LENGTH, chunkHeader, length)
    }
    this.type = buf[at]!
    this.flags = buf[at + FLAGS]!
    this.off = at + chunkHeader
    this.end = Math.min(at + length, this.#stop)
    this.length = length - chunkHeader
    if (this.type === SctpChunkType.Data && !this.#data(buf, at, length, have, fault)) return false
    if (length > have) fault.raise(FaultCode.Truncated, layerSctp, at + LENGTH, length, have)
    // the length does not count the padding, which the last chunk of a packet may lack
    this.#at = Math.min(at + ((length + 3) & ~3), this.#stop)
    return true
  }

  #data(buf: Uint8Array, at: number, length: number, have: number, fault: Fault): boolean {
    // "a DATA chunk with no user data (i.e., the Length field is set to 16)" ends the association
    if (length <= dataHeader) {
      return fault.raise(FaultCode.BadLength, layerSctp, at + LENGTH, dataHeader + 1, length)
    }
    if (have < dataHeader) {
      return fault.raise(FaultCode.Truncated, layerSctp, at, dataHeader, have)
    }
    this.tsn = u32(buf, at + TSN)
    this.stream = u16(buf, at + STREAM)
    this.sequence = u16(buf, at + SEQUENCE)
    this.ppid = u32(buf, at + PPID)
    this.beginning = (this.flags & flagBeginning) !== 0
    this.ending = (this.flags & flagEnding) !== 0
    this.unordered = (this.flags & flagUnordered) !== 0
    this.off = at + dataHeader
    this.length = length - dataHeader
    return true
  }
}
