/** Header field values of WSP: WAP-230-WSP clauses 8.4.1.2 (how long a value is, whoever it belongs to) and
 * 8.4.2.1 (text, integers). MMS PDUs are made of the same values (WAP-209 clause 7.2). */

import { latin1, uintvar, uintvarLength } from './octets.js'

/** The three forms that the first octet of a value tells apart (clause 8.4.1.2). */
export const ValueForm = {
  /** 128 to 255: seven bits of value, nothing follows */
  Short: 0,
  /** 32 to 127: text up to a zero octet */
  Text: 1,
  /** 0 to 31: a length, then that many octets */
  Data: 2,
} as const
export type ValueForm = (typeof ValueForm)[keyof typeof ValueForm]

/** First octet that says "the length is the uintvar behind me". */
const lengthQuote = 31
/** First octet of text whose own first octet is above 127. */
const quote = 0x7f
/** Largest long integer read: above 2^53 a number would no longer be exact. */
const maxIntegerOctets = 6

/** One value. Offsets are of what it holds: text without quote and end zero, data without its length. */
export class WspValue {
  form: ValueForm = ValueForm.Short
  /** the seven bits of a short integer, else -1 */
  short = -1
  /** first octet of the whole value, length or quote included */
  start = 0
  off = 0
  end = 0
  /** first octet behind the whole value */
  next = 0

  /** Reads the value at `off`. False when it does not end before `end`; then `next` is `end`. */
  decode(buf: Uint8Array, off: number, end: number): boolean {
    this.short = -1
    this.start = off
    this.off = this.end = this.next = end
    if (off >= end) return false
    const first = buf[off]!
    if (first >= 0x80) {
      this.form = ValueForm.Short
      this.short = first & 0x7f
      this.off = off
      this.end = this.next = off + 1
      return true
    }
    if (first > lengthQuote) return this.decodeText(buf, off, end)
    this.form = ValueForm.Data
    let start = off + 1
    let length = first
    if (first === lengthQuote) {
      const size = uintvarLength(buf, start, end)
      if (size < 0) return false
      length = uintvar(buf, start, size)
      start += size
    }
    if (start + length > end) return false
    this.off = start
    this.end = this.next = start + length
    return true
  }

  /** Reads the text at `off` whatever its first octet is. False when it does not end before `end`; then
   * `next` is `end`. */
  decodeText(buf: Uint8Array, off: number, end: number): boolean {
    this.form = ValueForm.Text
    this.short = -1
    this.start = off
    this.off = this.end = this.next = end
    const zero = textEnd(buf, off, end)
    if (zero < 0) return false
    this.off = buf[off] === quote ? off + 1 : off
    this.end = zero
    this.next = zero + 1
    return true
  }

  /** The value as an Integer-value (clause 8.4.2.3), or -1 when it is none or too big to be exact. */
  integer(buf: Uint8Array): number {
    if (this.form === ValueForm.Short) return this.short
    if (this.form !== ValueForm.Data) return -1
    return multiOctet(buf, this.off, this.end)
  }
}

/** Offset of the zero octet that ends the text at `off`, or -1 when there is none before `end`. */
export function textEnd(buf: Uint8Array, off: number, end: number): number {
  for (let i = off; i < end; i++) if (buf[i] === 0) return i
  return -1
}

/** Multi-octet-integer [off, end), most significant first; -1 when empty or above six octets. */
export function multiOctet(buf: Uint8Array, off: number, end: number): number {
  if (end <= off || end - off > maxIntegerOctets) return -1
  let value = 0
  for (let i = off; i < end; i++) value = value * 256 + buf[i]!
  return value
}

/** Text of [off, end) as ISO 8859-1, at most `limit` characters, without the mark that opens a
 * Quoted-string (clause 8.4.2.1: the closing mark is not sent). */
export function fieldText(buf: Uint8Array, off: number, end: number, limit: number): string {
  const start = off < end && buf[off] === 0x22 ? off + 1 : off
  return latin1(buf, start, Math.min(end, start + limit))
}
