/** IPv4 header. Read RFC 791 section 3.1 first. Checksums are not verified: a capture on the sending
 * host holds packets whose checksum the network card has yet to fill in. */

import { type Fault, FaultCode, type Layer, type LayerName, layer } from './fault.js'
import { int32, u16 } from './octets.js'

const TOTAL_LENGTH = 2
const IDENTIFICATION = 4
const FRAGMENT = 6
const TTL = 8
const PROTOCOL = 9
const SOURCE = 12
const DESTINATION = 16
const MIN_HEADER = 20

const moreFragments = 0x2000
const fragmentOffset = 0x1fff

export class Ipv4 {
  /** as stated: 0 after segmentation offload, and possibly more than what was captured */
  totalLength = 0
  identification = 0
  /** octets */
  fragOff = 0
  more = false
  ttl = 0
  protocol = 0
  /** int32 patterns, and where they are */
  src = 0
  dst = 0
  srcOff = 0
  dstOff = 0
  /** first octet after the options, <= end */
  payload = 0

  private readonly self: Layer

  constructor(name: LayerName) {
    this.self = layer(name)
  }

  /** True when the whole header lies in [off, end) and does not contradict itself. Total Length is
   * compared with the header only: how far the packet really reaches, the caller knows. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < MIN_HEADER) return fault.raise(FaultCode.Truncated, this.self, off, MIN_HEADER, have)
    const first = buf[off]!
    if (first >> 4 !== 4) return fault.raise(FaultCode.BadValue, this.self, off, 4, first >> 4)
    const header = (first & 15) * 4
    if (header < MIN_HEADER) {
      return fault.raise(FaultCode.BadLength, this.self, off, MIN_HEADER, header)
    }
    const total = u16(buf, off + TOTAL_LENGTH)
    if (total < header && total !== 0) {
      return fault.raise(FaultCode.BadLength, this.self, off + TOTAL_LENGTH, header, total)
    }
    if (header > have) return fault.raise(FaultCode.Truncated, this.self, off, header, have)
    const fragment = u16(buf, off + FRAGMENT)
    this.totalLength = total
    this.identification = u16(buf, off + IDENTIFICATION)
    this.fragOff = (fragment & fragmentOffset) * 8
    this.more = (fragment & moreFragments) !== 0
    this.ttl = buf[off + TTL]!
    this.protocol = buf[off + PROTOCOL]!
    this.srcOff = off + SOURCE
    this.dstOff = off + DESTINATION
    this.src = int32(buf, off + SOURCE)
    this.dst = int32(buf, off + DESTINATION)
    this.payload = off + header
    return true
  }
}
