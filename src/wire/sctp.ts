/** SCTP common header: ports only. Read RFC 9260 section 3.1 first. */

import { type Fault, FaultCode, type Layer, type LayerName, layer } from './fault.js'
import { u16 } from './octets.js'

const SOURCE_PORT = 0
const DESTINATION_PORT = 2
const HEADER = 12
const PORTS = 4

export class Sctp {
  /** both are set, also on false, whenever the first four octets are there; else 0 */
  srcPort = 0
  dstPort = 0
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
    if (have < HEADER) return fault.raise(FaultCode.Truncated, this.self, off, HEADER, have)
    this.payload = off + HEADER
    return true
  }
}
