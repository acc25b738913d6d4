/** Text of header fields that come again and again: methods, host names, handsets, media types. A string that
 * was made before is found by its octets, so that a thousand requests of one handset share one. */

import { latin1 } from '../wire/octets.js'

const slots = 4096
/** Longer text is seldom repeated, and comparing it costs as much as making it. */
const longest = 160

/** Direct-mapped: a new text takes the slot of the old one. Nothing to expire, bounded by its slots. */
const cache: string[] = new Array<string>(slots).fill('')

/** [off, end) as ISO 8859-1, as `latin1` gives it. */
export function cachedText(buf: Uint8Array, off: number, end: number): string {
  const length = end - off
  if (length === 0) return ''
  if (length > longest) return latin1(buf, off, end)
  const slot = hash(buf, off, end) & (slots - 1)
  const known = cache[slot]!
  if (known.length === length && isText(known, buf, off)) return known
  const text = latin1(buf, off, end)
  cache[slot] = text
  return text
}

/** The length, and octets of both ends and the middle: names differ there. */
function hash(buf: Uint8Array, off: number, end: number): number {
  const middle = (off + end) >> 1
  let h = end - off
  h = Math.imul(h ^ buf[off]!, 0x01000193)
  h = Math.imul(h ^ buf[end - 1]!, 0x01000193)
  h = Math.imul(h ^ buf[middle]!, 0x01000193)
  if (end - off > 8) {
    h = Math.imul(h ^ buf[off + 3]!, 0x01000193)
    h = Math.imul(h ^ buf[off + 5]!, 0x01000193)
    h = Math.imul(h ^ buf[middle - 2]!, 0x01000193)
    h = Math.imul(h ^ buf[end - 4]!, 0x01000193)
  }
  return h ^ (h >>> 15)
}

function isText(text: string, buf: Uint8Array, off: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== buf[off + i]) return false
  return true
}
