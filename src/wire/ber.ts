/** BER values: tag, length, content, one after another. Read ITU-T X.690 clauses 8.1 and 8.3 first. Charging
 * records need what DER forbids: tags above 30, lengths that are longer than they must be, and lengths
 * that are found by their end (8.1.3.6).
 *
 * The attack is nesting of indefinite lengths: the end of each is looked for in its content, so that depth
 * would be time. It is bounded, and a content of definite length is stepped over, not into. */

import { type Fault, FaultCode, layer } from './fault.js'

/** Clause 8.1.2.2, bits 8 and 7 of the first octet. */
export const BerClass = { Universal: 0, Application: 1, Context: 2, Private: 3 } as const

const constructedBit = 0x20
const longTag = 0x1f
/** Four octets of seven bits: no standard of charging has a tag above 100. */
const maxTagOctets = 4
const indefinite = 0x80
/** 2^48 octets: longer than any file */
const maxLengthOctets = 6
/** Clause 8.1.3.5 allows 126, all but the last few zero. */
const mostLengthOctets = 126
/** Indefinite lengths inside each other */
export const maxIndefiniteDepth = 16

export const layerBer = layer('ber')

export class BerValue {
  /** BerClass */
  tagClass = 0
  constructed = false
  tag = 0
  /** content [off, end) */
  off = 0
  end = 0
  /** one past the value: behind the end-of-contents octets when the length is indefinite */
  next = 0
  #scan: BerValue | undefined

  /** Reads the value at `off`, which must end at or before `end`. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    if (!this.#header(buf, off, end, fault)) return false
    if (this.end >= 0) {
      if (this.end <= end) return true
      return fault.raise(FaultCode.Truncated, layerBer, off, this.end - off, end - off)
    }
    if (!this.constructed) return fault.raise(FaultCode.BadValue, layerBer, off, 0, buf[off]!)
    return this.#findEnd(buf, off, end, fault)
  }

  /** Whether it is the context-specific tag `tag`. */
  is(tag: number): boolean {
    return this.tagClass === BerClass.Context && this.tag === tag
  }

  /** End-of-contents, clause 8.1.5. */
  get #isEnd(): boolean {
    return this.tagClass === 0 && this.tag === 0 && this.end === this.off && !this.constructed
  }

  /** Identifier and length; `end` is -1 when the length is indefinite. */
  #header(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    if (end - off < 2) return fault.raise(FaultCode.Truncated, layerBer, off, 2, end - off)
    const first = buf[off]!
    this.tagClass = first >> 6
    this.constructed = (first & constructedBit) !== 0
    this.tag = first & longTag
    let at = off + 1
    if (this.tag === longTag) {
      at = this.#longTag(buf, at, end)
      if (at < 0) return fault.raise(FaultCode.BadValue, layerBer, off, maxTagOctets, end - off)
    }
    if (at >= end) return fault.raise(FaultCode.Truncated, layerBer, off, at + 1 - off, end - off)
    const form = buf[at]!
    this.off = at + 1
    this.end = this.off + form
    this.next = this.end
    if (form < indefinite) return true
    if (form === indefinite) {
      this.end = -1
      return true
    }
    return this.#longLength(buf, at, form - indefinite, end, fault)
  }

  /** Clause 8.1.2.4; one past the tag, or -1. */
  #longTag(buf: Uint8Array, off: number, end: number): number {
    let tag = 0
    for (let i = 0; i < maxTagOctets && off + i < end; i++) {
      const octet = buf[off + i]!
      tag = tag * 128 + (octet & 0x7f)
      if (octet < 0x80) {
        this.tag = tag
        return off + i + 1
      }
    }
    return -1
  }

  #longLength(buf: Uint8Array, at: number, count: number, end: number, fault: Fault): boolean {
    if (count > mostLengthOctets) {
      return fault.raise(FaultCode.BadValue, layerBer, at, mostLengthOctets, count)
    }
    const from = at + 1
    if (from + count > end) {
      return fault.raise(FaultCode.Truncated, layerBer, at, 1 + count, end - at)
    }
    let length = 0
    let significant = 0
    for (let i = 0; i < count; i++) {
      const octet = buf[from + i]!
      if (significant > 0 || octet !== 0) significant++
      length = length * 256 + octet
    }
    if (significant > maxLengthOctets) {
      return fault.raise(FaultCode.BadLength, layerBer, at, maxLengthOctets, significant)
    }
    this.off = from + count
    this.end = this.off + length
    this.next = this.end
    return true
  }

  /** Where the end-of-contents octets of this value are. */
  #findEnd(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#scan ??= new BerValue()
    const inner = this.#scan
    let depth = 1
    let at = this.off
    for (;;) {
      if (!inner.#header(buf, at, end, fault)) return false
      if (inner.end < 0) {
        if (!inner.constructed) return fault.raise(FaultCode.BadValue, layerBer, at, 0, buf[at]!)
        if (++depth > maxIndefiniteDepth) {
          return fault.raise(FaultCode.Limit, layerBer, at, maxIndefiniteDepth, depth)
        }
        at = inner.off
      } else if (inner.#isEnd) {
        if (--depth === 0) {
          this.end = at
          this.next = inner.next
          return true
        }
        at = inner.next
      } else {
        if (inner.end > end) {
          return fault.raise(FaultCode.Truncated, layerBer, at, inner.end - off, end - off)
        }
        at = inner.end
      }
    }
  }
}

/** INTEGER content (clause 8.3) that counts something: 0 to 2^53 - 1, else -1. */
export function berCount(buf: Uint8Array, off: number, end: number): number {
  if (off >= end || buf[off]! >= 0x80) return -1
  let value = 0
  for (let i = off; i < end; i++) {
    value = value * 256 + buf[i]!
    if (value > Number.MAX_SAFE_INTEGER) return -1
  }
  return value
}

/** INTEGER content that is an identifier of 32 bits, else -1. Gateways exist that leave out the leading zero
 * octet: four octets whose first bit is set are no negative number here. */
export function berIdentifier(buf: Uint8Array, off: number, end: number): number {
  const bare = end - off === 4
  let value = 0
  for (let i = off; i < end; i++) value = value * 256 + buf[i]!
  const fits = off < end && end - off <= 5 && value <= 0xffff_ffff
  return fits && (bare || buf[off]! < 0x80) ? value : -1
}
