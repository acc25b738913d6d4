/** Messages whose every octet pair in turn is 65535, as a length field might be, and what a decoder returned
 * as text. */

import type { Test } from 'tap'
import type { Reader } from '../wire-wap/hostile.js'

/** JSON with 64-bit numbers. */
export function asText(value: object): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))
}

/** Reads `good` with ones at each offset, one octet or two, in a buffer that ends with the message: a
 * decoder that reads past the end finds nothing there and says NaN, undefined or throws. */
export function lengthsAtMost(t: Test, name: string, good: Uint8Array, read: Reader): void {
  const bad: string[] = []
  for (let width = 1; width <= 2; width++) {
    for (let at = 0; at + width <= good.length; at++) {
      const octets = good.slice()
      octets.fill(0xff, at, at + width)
      const text = read(octets, 0, octets.length)
      if (/NaN|undefined/.test(text)) bad.push(`${width} at ${at}: ${text.slice(0, 80)}`)
    }
  }
  t.strictSame(bad, [], `${name}: ones as lengths`)
}
