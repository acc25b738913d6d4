/** Generic Routing Encapsulation, version 0. Read RFC 2784 section 2, RFC 2890 (key and sequence number)
 * and RFC 7637 section 3.2 (NVGRE) before changing this file. */

import { type Fault, FaultCode, layer } from './fault.js'
import { int32, u16 } from './octets.js'

/** Values of `protocol` that are no EtherType of a network: frames within frames. */
export const GreProtocol = {
  /** transparent Ethernet bridging: a whole Ethernet frame (RFC 1701, RFC 7637) */
  Ethernet: 0x6558,
  /** ERSPAN type I without, type II with a sequence number */
  Erspan: 0x88be,
  ErspanThree: 0x22eb,
} as const

const PROTOCOL = 2
const HEADER = 4
const FIELD = 4

const checksumFlag = 0x8000
/** RFC 1701; RFC 2784 section 2.3 has such packets discarded, since nobody knows their length */
const routingFlag = 0x4000
const keyFlag = 0x2000
const sequenceFlag = 0x1000
const versionMask = 7

const self = layer('gre')

export class Gre {
  /** EtherType of what is carried, or one of GreProtocol */
  protocol = 0
  /** int32 pattern; 0 without the K flag */
  key = 0
  hasSequence = false
  payload = 0

  /** False for version 1 too, which is PPTP (RFC 2637) and another header. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, have)
    const flags = u16(buf, off)
    const version = flags & versionMask
    if (version !== 0 || (flags & routingFlag) !== 0) {
      return fault.raise(FaultCode.Unsupported, self, off, 0, version)
    }
    this.protocol = u16(buf, off + PROTOCOL)
    let at = off + HEADER
    if ((flags & checksumFlag) !== 0) at += FIELD
    const keyOff = at
    if ((flags & keyFlag) !== 0) at += FIELD
    this.hasSequence = (flags & sequenceFlag) !== 0
    if (this.hasSequence) at += FIELD
    if (at > end) return fault.raise(FaultCode.Truncated, self, off, at - off, have)
    this.key = (flags & keyFlag) !== 0 ? int32(buf, keyOff) : 0
    this.payload = at
    return true
  }
}
