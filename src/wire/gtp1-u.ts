/** GTPv1 user plane header with its optional word and extension headers.
 * Read 3GPP TS 29.281 clauses 5.1 and 5.2 before changing this file. Length counts what follows
 * octet 8, so the optional word and the extension headers are part of it. */

import { type Fault, FaultCode, layer } from './fault.js'
import { int32, u16 } from './octets.js'

const TYPE = 1
const LENGTH = 2
const TEID = 4
const SEQUENCE = 8
const N_PDU = 10
const NEXT_EXTENSION = 11
const HEADER = 8
const LONG_HEADER = 12

/** Protocol Type, first octet: 1 is GTP, 0 is GTP' (TS 32.295 clause 6.1.1). */
export const gtpProtocolType = 0x10
const extensionFlag = 4
const sequenceFlag = 2
const nPduFlag = 1

/** Octet 2, TS 29.281 table 6.1-1. */
export const gPdu = 255

/** TS 29.281 figure 5.2.1-3: only between a radio node and a UPF, or between UPFs. */
const pduSessionContainer = 0x85

/** TS 29.281 figure 5.2.1-3 knows six types; a longer chain is made, not sent. */
const maxExtensions = 16

const self = layer('gtp1-u')

export class Gtp1U {
  /** octet 2, as it is */
  type = 0
  /** int32 pattern; print with `>>> 0` */
  teid = 0
  /** -1 when the S or PN flag is clear: the octets may be there but mean nothing */
  sequence = -1
  nPdu = -1
  /** type of the first extension header, 0 = none */
  firstExtension = 0
  /** PDU Type of the PDU Session Container (3GPP TS 38.415 clause 5.5.3): 0 downlink, 1 uplink; -1 without
   * one. Holds only when `firstExtension` is not 0 */
  pduType = -1
  /** first octet behind the extension headers: the T-PDU of a G-PDU */
  payload = 0
  /** one past the message as Length states it. It may lie behind `end`, because a snap length cuts
   * the T-PDU of nearly every packet; whoever knows the frame's real length compares. */
  messageEnd = 0

  /** True when the header and all extension headers lie in [off, end) and inside Length. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, have)
    const flags = buf[off]!
    if (flags >> 5 !== 1 || (flags & gtpProtocolType) === 0) {
      return fault.raise(FaultCode.Unsupported, self, off, 1, flags >> 5)
    }
    const length = u16(buf, off + LENGTH)
    // a plain number: 65535 + 8 does not wrap to a short message
    this.messageEnd = off + HEADER + length
    this.type = buf[off + TYPE]!
    this.teid = int32(buf, off + TEID)
    this.sequence = -1
    this.nPdu = -1
    this.firstExtension = 0
    this.payload = off + HEADER
    // clause 5.1: the word is there when any one of the three flags is set
    if ((flags & (extensionFlag | sequenceFlag | nPduFlag)) === 0) return true
    if (length < LONG_HEADER - HEADER) {
      return fault.raise(FaultCode.BadLength, self, off + LENGTH, LONG_HEADER - HEADER, length)
    }
    if (have < LONG_HEADER) return fault.raise(FaultCode.Truncated, self, off, LONG_HEADER, have)
    if ((flags & sequenceFlag) !== 0) this.sequence = u16(buf, off + SEQUENCE)
    if ((flags & nPduFlag) !== 0) this.nPdu = buf[off + N_PDU]!
    this.payload = off + LONG_HEADER
    if ((flags & extensionFlag) === 0) return true
    this.firstExtension = buf[off + NEXT_EXTENSION]!
    return this.extensions(buf, end, fault)
  }

  private extensions(buf: Uint8Array, end: number, fault: Fault): boolean {
    let at = this.payload
    let next = this.firstExtension
    this.pduType = -1
    for (let n = 0; next !== 0; n++) {
      if (n === maxExtensions) return fault.raise(FaultCode.Limit, self, at, maxExtensions, n + 1)
      if (at >= end) return fault.raise(FaultCode.Truncated, self, at, 1, end - at)
      const length = buf[at]! * 4
      // clause 5.2.1: the length of 4-octet units includes itself, so 0 would never end
      if (length === 0) return fault.raise(FaultCode.BadLength, self, at, 4, 0)
      if (at + length > this.messageEnd) {
        return fault.raise(FaultCode.BadLength, self, at, length, this.messageEnd - at)
      }
      if (at + length > end) return fault.raise(FaultCode.Truncated, self, at, length, end - at)
      if (next === pduSessionContainer) this.pduType = buf[at + 1]! >> 4
      next = buf[at + length - 1]!
      at += length
    }
    this.payload = at
    return true
  }
}
