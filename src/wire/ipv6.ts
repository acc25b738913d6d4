/** IPv6 header and its extension headers. Read RFC 8200 sections 3 and 4, RFC 4302 section 2.2 (the
 * Authentication Header counts its length differently) and RFC 2675 (jumbograms) first. */

import { type Fault, FaultCode, type Layer, type LayerName, layer } from './fault.js'
import { int32, u16 } from './octets.js'

const PAYLOAD_LENGTH = 4
const NEXT_HEADER = 6
const HOP_LIMIT = 7
const SOURCE = 8
const DESTINATION = 24
export const ipv6HeaderOctets = 40

const hopByHop = 0
const routing = 43
const fragment = 44
const authentication = 51
const destinationOptions = 60

const FRAGMENT_OFFSET = 2
const FRAGMENT_ID = 4
const FRAGMENT_HEADER = 8
const jumboPayload = 0xc2
const pad1 = 0

/** RFC 8200 recommends an order in which six headers are the most; twice that is hostile. */
const maxExtensions = 12

/** A 128-bit address folded to an int32: for hashing, not for telling two addresses apart. */
export function foldIpv6(buf: Uint8Array, off: number): number {
  let h = Math.imul(int32(buf, off), 0x9e3779b1) ^ int32(buf, off + 4)
  h = Math.imul(h, 0x85ebca6b) ^ int32(buf, off + 8)
  return Math.imul(h, 0xc2b2ae35) ^ int32(buf, off + 12)
}

/** Whether a protocol number is a header that `extensions` walks over. */
export function isIpv6Extension(protocol: number): boolean {
  return (
    protocol === hopByHop ||
    protocol === routing ||
    protocol === fragment ||
    protocol === authentication ||
    protocol === destinationOptions
  )
}

export class Ipv6 {
  payloadLength = 0
  hopLimit = 0
  /** folds, see foldIpv6, and where the addresses are */
  src = 0
  dst = 0
  srcOff = 0
  dstOff = 0
  /** of the fixed header after `decode`; the final one after `extensions` */
  protocol = 0
  /** first octet of what `protocol` names */
  payload = 0
  /** set by `extensions` when it stopped behind a Fragment header that is not atomic */
  fragmented = false
  /** int32 pattern */
  identification = 0
  /** octets */
  fragOff = 0
  more = false

  private readonly self: Layer

  constructor(name: LayerName) {
    this.self = layer(name)
  }

  /** The fixed header alone. A jumbogram is refused: it has no length of 16 bits to account for. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < ipv6HeaderOctets) {
      return fault.raise(FaultCode.Truncated, this.self, off, ipv6HeaderOctets, have)
    }
    const version = buf[off]! >> 4
    if (version !== 6) return fault.raise(FaultCode.BadValue, this.self, off, 6, version)
    this.payloadLength = u16(buf, off + PAYLOAD_LENGTH)
    this.protocol = buf[off + NEXT_HEADER]!
    const options = off + ipv6HeaderOctets
    if (this.payloadLength === 0 && this.protocol === hopByHop && isJumbo(buf, options, end)) {
      return fault.raise(FaultCode.Unsupported, this.self, options, 0, jumboPayload)
    }
    this.hopLimit = buf[off + HOP_LIMIT]!
    this.srcOff = off + SOURCE
    this.dstOff = off + DESTINATION
    this.src = foldIpv6(buf, off + SOURCE)
    this.dst = foldIpv6(buf, off + DESTINATION)
    this.payload = off + ipv6HeaderOctets
    this.fragmented = false
    this.identification = 0
    this.fragOff = 0
    this.more = false
    return true
  }

  /** Walks the extension headers that begin at `off` with the header named `protocol`; stops at a
   * transport protocol or behind the Fragment header of a packet that is not whole. On false,
   * `protocol` and `payload` name the header that could not be read. */
  extensions(buf: Uint8Array, protocol: number, off: number, end: number, fault: Fault): boolean {
    let at = off
    let next = protocol
    this.fragmented = false
    for (let n = 0; isIpv6Extension(next); n++) {
      this.protocol = next
      this.payload = at
      if (n === maxExtensions) {
        return fault.raise(FaultCode.Limit, this.self, at, maxExtensions, n + 1)
      }
      if (end - at < FRAGMENT_HEADER) {
        return fault.raise(FaultCode.Truncated, this.self, at, FRAGMENT_HEADER, end - at)
      }
      const length = this.extensionOctets(buf, next, at)
      if (end - at < length) {
        return fault.raise(FaultCode.Truncated, this.self, at, length, end - at)
      }
      next = buf[at]!
      if (this.protocol === fragment && this.readFragment(buf, at)) {
        this.protocol = next
        this.payload = at + length
        return true
      }
      at += length
    }
    this.protocol = next
    this.payload = at
    return true
  }

  private extensionOctets(buf: Uint8Array, protocol: number, at: number): number {
    if (protocol === fragment) return FRAGMENT_HEADER
    // RFC 4302: AH counts 4-octet words minus 2, every other header 8-octet units minus 1
    if (protocol === authentication) return (buf[at + 1]! + 2) * 4
    return (buf[at + 1]! + 1) * 8
  }

  /** False for an atomic fragment (offset 0, no more: RFC 6946), which is a whole packet. */
  private readFragment(buf: Uint8Array, at: number): boolean {
    const field = u16(buf, at + FRAGMENT_OFFSET)
    this.identification = int32(buf, at + FRAGMENT_ID)
    this.fragOff = field & 0xfff8
    this.more = (field & 1) !== 0
    this.fragmented = this.more || this.fragOff !== 0
    return this.fragmented
  }
}

/** Whether the hop-by-hop header at `off` has the Jumbo Payload option (RFC 2675 section 2). */
function isJumbo(buf: Uint8Array, off: number, end: number): boolean {
  if (end - off < 2) return false
  const stop = Math.min(end, off + (buf[off + 1]! + 1) * 8)
  let at = off + 2
  while (at < stop) {
    const type = buf[at]!
    if (type === jumboPayload) return true
    if (type === pad1) at += 1
    else if (at + 1 < stop) at += 2 + buf[at + 1]!
    else return false
  }
  return false
}
