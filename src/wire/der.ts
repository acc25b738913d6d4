/** DER values: tag, length, content, one after another. Read ITU-T X.690 clauses 8.1 and 10.1 first. Only what
 * certificates need: tags of one octet, definite lengths of at most four. */

export const DerTag = {
  ObjectIdentifier: 0x06,
  Utf8String: 0x0c,
  PrintableString: 0x13,
  TeletexString: 0x14,
  Ia5String: 0x16,
  Sequence: 0x30,
  Set: 0x31,
} as const

const longTag = 0x1f
const longLength = 0x80
const maxLengthOctets = 4

export class DerValue {
  tag = 0
  /** content */
  off = 0
  end = 0

  /** Reads the value at `off`. False when it is no DER value that ends before `end`. */
  decode(buf: Uint8Array, off: number, end: number): boolean {
    if (end - off < 2 || (buf[off]! & longTag) === longTag) return false
    this.tag = buf[off]!
    let at = off + 2
    let length = buf[off + 1]!
    if (length >= longLength) {
      const octets = length - longLength
      // 0x80 would be an indefinite length, which DER forbids
      if (octets === 0 || octets > maxLengthOctets || at + octets > end) return false
      length = 0
      for (let i = 0; i < octets; i++) length = length * 256 + buf[at + i]!
      at += octets
    }
    if (at + length > end) return false
    this.off = at
    this.end = at + length
    return true
  }

  /** As decode, and of that tag. */
  decodeTag(tag: number, buf: Uint8Array, off: number, end: number): boolean {
    return this.decode(buf, off, end) && this.tag === tag
  }
}
