/** RADIUS attributes one after another, those of vendors inside Vendor-Specific too. Read RFC 2865 sections
 * 5 (format) and 5.26, and 3GPP TS 29.061 clause 16.4.7 (vendor 10415). */

import { type Fault, FaultCode, layer } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'
import { u32 } from './octets.js'

export const vendor3gpp = 10415

export const vendorSpecific = 26

export const layerRadiusAttribute = layer('radius-attribute')

/** Type and length octets; the length counts them. */
const headerLength = 2
const vendorIdLength = 4

/** Walks the attributes of [off, end); same contract as Gtp1IeCursor. An attribute with a Vendor-Id comes
 * out as the attributes inside it when the vendor is 3GPP, whose format is known; as one of `type` 26
 * with `vendor` and the octets behind the Vendor-Id when it is another. */
export class RadiusCursor {
  type = 0
  /** 0 for an attribute of the standard */
  vendor = 0
  /** the value */
  off = 0
  end = 0
  /** offset of the outermost attribute: several of a vendor's may be in one */
  attributeOff = 0
  #at = 0
  #stop = 0
  /** end of the Vendor-Specific attribute that is being walked, or 0 */
  #vendorStop = 0

  open(off: number, end: number): void {
    this.#at = off
    this.#stop = end
    this.#vendorStop = 0
  }

  next(buf: Uint8Array, fault: Fault): boolean {
    for (;;) {
      const inner = this.#vendorStop > 0
      const stop = inner ? this.#vendorStop : this.#stop
      const at = this.#at
      if (at >= stop) {
        if (!inner) return false
        this.#vendorStop = 0
      } else if (!this.#take(buf, at, stop, fault)) {
        // where the next one begins is not known, but where this level ends is
        this.#at = stop
      } else if (inner) {
        return true
      } else {
        this.attributeOff = at
        this.vendor = 0
        if (this.type !== vendorSpecific || this.#enterVendor(buf, fault)) return true
      }
    }
  }

  #take(buf: Uint8Array, at: number, stop: number, fault: Fault): boolean {
    const have = stop - at
    if (have < headerLength) {
      return raiseFirst(fault, FaultCode.Truncated, layerRadiusAttribute, at, headerLength, have)
    }
    const length = buf[at + 1]!
    if (length < headerLength || length > have) {
      const need = Math.max(length, headerLength)
      return raiseFirst(fault, FaultCode.BadLength, layerRadiusAttribute, at + 1, need, have)
    }
    this.type = buf[at]!
    this.off = at + headerLength
    this.end = at + length
    this.#at = this.end
    return true
  }

  /** Whether the attribute is one to show as it is; otherwise those inside it come next, if any. */
  #enterVendor(buf: Uint8Array, fault: Fault): boolean {
    const have = this.end - this.off
    if (have < vendorIdLength) {
      const { off } = this
      return raiseFirst(fault, FaultCode.BadLength, layerRadiusAttribute, off, vendorIdLength, have)
    }
    this.vendor = u32(buf, this.off)
    this.off += vendorIdLength
    if (this.vendor !== vendor3gpp) return true
    this.#vendorStop = this.end
    this.#at = this.off
    return false
  }
}
