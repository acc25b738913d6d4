/** TCP header. Read RFC 9293 section 3.1 first. */

import { type Fault, FaultCode, type Layer, type LayerName, layer } from './fault.js'
import { int32, u16 } from './octets.js'

const SOURCE_PORT = 0
const DESTINATION_PORT = 2
const SEQUENCE = 4
const ACKNOWLEDGMENT = 8
const DATA_OFFSET = 12
const FLAGS = 13
const MIN_HEADER = 20
const PORTS = 4

export class Tcp {
  /** both are set, also on false, whenever the first four octets are there; else 0 */
  srcPort = 0
  dstPort = 0
  /** int32 patterns; these and the flags are set, also on false, when 20 octets are there; else 0 */
  seq = 0
  ack = 0
  flags = 0
  /** options included, as stated; 0 when it could not be read or is below 20 */
  headerOctets = 0

  private readonly self: Layer

  constructor(name: LayerName) {
    this.self = layer(name)
  }

  /** True when the header with its options lies in [off, end). */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < MIN_HEADER) {
      const readable = have >= PORTS
      this.srcPort = readable ? u16(buf, off + SOURCE_PORT) : 0
      this.dstPort = readable ? u16(buf, off + DESTINATION_PORT) : 0
      this.seq = 0
      this.ack = 0
      this.flags = 0
      this.headerOctets = 0
      return fault.raise(FaultCode.Truncated, this.self, off, MIN_HEADER, have)
    }
    this.srcPort = u16(buf, off + SOURCE_PORT)
    this.dstPort = u16(buf, off + DESTINATION_PORT)
    this.seq = int32(buf, off + SEQUENCE)
    this.ack = int32(buf, off + ACKNOWLEDGMENT)
    this.flags = buf[off + FLAGS]!
    const header = (buf[off + DATA_OFFSET]! >> 4) * 4
    if (header < MIN_HEADER) {
      this.headerOctets = 0
      return fault.raise(FaultCode.BadLength, this.self, off + DATA_OFFSET, MIN_HEADER, header)
    }
    this.headerOctets = header
    if (header > have) {
      return fault.raise(FaultCode.Truncated, this.self, off + DATA_OFFSET, header, have)
    }
    return true
  }
}
