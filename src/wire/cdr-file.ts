/** Files of charging records: the header of the file and that of each record in it. Read 3GPP TS 32.297 clauses
 * 6.1.1 (CDR file header) and 6.1.2 (CDR header). Lengths there count the header itself, except that of a
 * record, which counts what follows its header. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16, u32 } from './octets.js'

export const layerCdrFile = layer('cdr-file')

/** Offsets of clause 6.1.1. */
const HEADER_LENGTH = 4
const HIGH_RELEASE = 8
const LOW_RELEASE = 9
const RECORDS = 18
const SEQUENCE = 22
const CLOSURE_REASON = 26
const LOST_RECORDS = 47
/** up to and with the length of the routeing filter; writers exist that have no private extension */
export const leastCdrFileHeader = 50
/** a filter, an extension with its length, and two octets of releases behind them */
export const mostCdrFileHeader = leastCdrFileHeader + 2 * 0xffff + 4

/** Release identifier that says: see the extension octet. */
const releaseBeyond = 7

export class CdrFileHeader {
  /** octets of the file with this header */
  fileOctets = 0
  headerOctets = 0
  /** release identifier, 3 bits */
  highRelease = 0
  lowRelease = 0
  /** Number of CDRs in file */
  records = 0
  sequence = 0
  /** 0 to 4 normal, from 128 on abnormal: clause 6.1.1.8 */
  closureReason = 0
  /** Lost CDR indicator, clause 6.1.1.10 */
  lost = 0

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < leastCdrFileHeader) {
      return fault.raise(FaultCode.Truncated, layerCdrFile, off, leastCdrFileHeader, have)
    }
    this.fileOctets = u32(buf, off)
    this.headerOctets = u32(buf, off + HEADER_LENGTH)
    if (!isHeaderLength(this.headerOctets)) {
      const at = off + HEADER_LENGTH
      return fault.raise(FaultCode.BadLength, layerCdrFile, at, leastCdrFileHeader, have)
    }
    this.highRelease = buf[off + HIGH_RELEASE]! >> 5
    this.lowRelease = buf[off + LOW_RELEASE]! >> 5
    this.records = u32(buf, off + RECORDS)
    this.sequence = u32(buf, off + SEQUENCE)
    this.closureReason = buf[off + CLOSURE_REASON]!
    this.lost = buf[off + LOST_RECORDS]!
    return true
  }
}

function isHeaderLength(octets: number): boolean {
  return octets >= leastCdrFileHeader && octets <= mostCdrFileHeader
}

/** Whether a file begins like this: no BER and no text has such lengths in its first octets. */
export function looksLikeCdrFile(buf: Uint8Array, off: number, end: number): boolean {
  return end - off >= 8 && isHeaderLength(u32(buf, off + HEADER_LENGTH))
}

const usualCdrHeader = 4

export class CdrHeader {
  /** octets of the record behind the header */
  octets = 0
  headerOctets = 0
  /** 3GPP release: 99 for identifier 0, 4 to 9, then from the extension */
  release = 0
  version = 0
  /** RecordFormat of gtp-prime-message.ts */
  format = 0
  /** TS number identifier: 7 is TS 32.251, packet switched */
  specification = 0

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < usualCdrHeader) {
      return fault.raise(FaultCode.Truncated, layerCdrFile, off, usualCdrHeader, have)
    }
    this.octets = u16(buf, off)
    const identifier = buf[off + 2]! >> 5
    this.version = buf[off + 2]! & 31
    this.format = buf[off + 3]! >> 5
    this.specification = buf[off + 3]! & 31
    this.headerOctets = identifier === releaseBeyond ? usualCdrHeader + 1 : usualCdrHeader
    if (have < this.headerOctets) {
      return fault.raise(FaultCode.Truncated, layerCdrFile, off, this.headerOctets, have)
    }
    if (identifier === releaseBeyond) this.release = 10 + buf[off + usualCdrHeader]!
    else this.release = identifier === 0 ? 99 : identifier + 3
    return true
  }
}
