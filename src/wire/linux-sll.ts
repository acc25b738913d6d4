/** Linux cooked capture headers, version 1 (LINKTYPE_LINUX_SLL, 113) and 2 (LINKTYPE_LINUX_SLL2,
 * 276): what `tcpdump -i any` writes instead of a link header. Read the pages LINKTYPE_LINUX_SLL and
 * LINKTYPE_LINUX_SLL2 of the tcpdump.org registry first. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16 } from './octets.js'

const V1_PROTOCOL = 14
const V1_HEADER = 16
const V2_PROTOCOL = 0
const V2_HEADER = 20

const self = layer('linux-sll')

export class LinuxSll {
  /** EtherType of [payload, end) (small numbers are frames that we do not read) */
  etherType = 0
  payload = 0

  /** Version 1. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    return this.read(buf, off, end, V1_HEADER, V1_PROTOCOL, fault)
  }

  /** Version 2. */
  decode2(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    return this.read(buf, off, end, V2_HEADER, V2_PROTOCOL, fault)
  }

  private read(
    buf: Uint8Array,
    off: number,
    end: number,
    header: number,
    protocol: number,
    fault: Fault,
  ): boolean {
    if (end - off < header) return fault.raise(FaultCode.Truncated, self, off, header, end - off)
    this.etherType = u16(buf, off + protocol)
    this.payload = off + header
    return true
  }
}
