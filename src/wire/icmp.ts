/** ICMP and ICMPv6: type and code, the only fields that a charging rule can ask for. Read RFC 792
 * and RFC 4443 section 2.1 first; both begin type, code, checksum and a word that depends on them. */

import { type Fault, FaultCode, type Layer, type LayerName, layer } from './fault.js'
import { u16 } from './octets.js'

const HEADER = 8

export class Icmp {
  /** type << 8 | code */
  typeCode = 0
  payload = 0

  private readonly self: Layer

  constructor(name: LayerName) {
    this.self = layer(name)
  }

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.typeCode = end - off >= 2 ? u16(buf, off) : 0
    if (end - off < HEADER) {
      return fault.raise(FaultCode.Truncated, this.self, off, HEADER, end - off)
    }
    this.payload = off + HEADER
    return true
  }
}
