/** UDP header. Read RFC 768 first; RFC 2675 section 4 for Length 0. */

import { type Fault, FaultCode, type Layer, type LayerName, layer } from './fault.js'
import { u16 } from './octets.js'

const SOURCE_PORT = 0
const DESTINATION_PORT = 2
const LENGTH = 4
const HEADER = 8
const PORTS = 4

export class Udp {
  /** both are set, also on false, whenever the first four octets are there; else 0 */
  srcPort = 0
  dstPort = 0
  /** as stated, header included; 0 means to the end of the IP packet (offload, jumbogram) */
  length = 0
  payload = 0

  private readonly self: Layer

  constructor(name: LayerName) {
    this.self = layer(name)
  }

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    const readable = have >= PORTS
    this.srcPort = readable ? u16(buf, off + SOURCE_PORT) : 0
    this.dstPort = readable ? u16(buf, off + DESTINATION_PORT) : 0
    this.length = 0
    if (have < HEADER) return fault.raise(FaultCode.Truncated, this.self, off, HEADER, have)
    const length = u16(buf, off + LENGTH)
    if (length < HEADER && length !== 0) {
      return fault.raise(FaultCode.BadLength, this.self, off + LENGTH, HEADER, length)
    }
    this.length = length
    this.payload = off + HEADER
    return true
  }
}
