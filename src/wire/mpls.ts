/** MPLS label stack: skipped to the bottom, where the first nibble tells IP from anything else.
 * Read RFC 3032 section 2.1 (label stack entry) and RFC 4928 section 3 (why the nibble decides). */

import { type Fault, FaultCode, layer } from './fault.js'

const ENTRY = 4
/** Octet of the entry whose lowest bit is S, the bottom of the stack. */
const BOTTOM = 2
const maxLabels = 16

const self = layer('mpls')

export class Mpls {
  /** first octet below the label stack */
  payload = 0

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    let at = off
    for (let labels = 0; labels < maxLabels; labels++) {
      if (end - at < ENTRY) return fault.raise(FaultCode.Truncated, self, at, ENTRY, end - at)
      const bottom = buf[at + BOTTOM]! & 1
      at += ENTRY
      if (bottom !== 0) {
        this.payload = at
        return true
      }
    }
    return fault.raise(FaultCode.Limit, self, off, maxLabels, maxLabels + 1)
  }
}
