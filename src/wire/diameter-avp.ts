/** AVPs: code, flags V M P, length, vendor, value, padding to four octets; a grouped one holds AVPs in
 * turn. Read RFC 6733 section 4.1 (header), 4.4 (Grouped). */

import { type Fault, FaultCode, layer } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'
import { u24, u32 } from './octets.js'

const FLAGS = 4
const LENGTH = 5
const VENDOR = 8
const headerLength = 8
const vendorHeaderLength = 12

export const flagVendor = 0x80
export const flagMandatory = 0x40

export const layerAvp = layer('diameter-avp')

/** Walks the AVPs of a message or of a grouped AVP; same contract as Gtp1IeCursor. */
export class AvpCursor {
  code = 0
  flags = 0
  /** IANA enterprise number; 0 without the V flag */
  vendor = 0
  /** the value, without padding */
  off = 0
  end = 0
  #at = 0
  #stop = 0

  open(off: number, end: number): void {
    this.#at = off
    this.#stop = end
  }

  /** False behind the last AVP, and with `fault` raised when the rest cannot be read. */
  next(buf: Uint8Array, fault: Fault): boolean {
    const at = this.#at
    const have = this.#stop - at
    if (have <= 0) return false
    this.#at = this.#stop
    if (have < headerLength) {
      return raiseFirst(fault, FaultCode.Truncated, layerAvp, at, headerLength, have)
    }
    const flags = buf[at + FLAGS]!
    const length = u24(buf, at + LENGTH)
    const header = (flags & flagVendor) !== 0 ? vendorHeaderLength : headerLength
    if (length < header) {
      return raiseFirst(fault, FaultCode.BadLength, layerAvp, at + LENGTH, header, length)
    }
    if (length > have) {
      return raiseFirst(fault, FaultCode.BadLength, layerAvp, at + LENGTH, length, have)
    }
    this.code = u32(buf, at)
    this.flags = flags
    this.vendor = header === vendorHeaderLength ? u32(buf, at + VENDOR) : 0
    this.off = at + header
    this.end = at + length
    // the length of an AVP does not count its padding, and some senders leave out the last padding
    this.#at = Math.min(at + ((length + 3) & ~3), this.#stop)
    return true
  }
}
