/** Every truncation of a good header: a decoder must say false, or true with what it points at still
 * inside. The octets behind the cut are 0xff in one run and 0 in the other: if a result depends on
 * them, the decoder read past `end`. */

import type { Test } from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'

interface Decoder {
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean
}

/** Octets before the header, so that a decoder that forgets `off` is found. */
const shift = 5

function run(decoder: Decoder, good: Uint8Array, length: number, fill: number): string {
  const buf = new Uint8Array(shift + good.length + 300).fill(fill)
  buf.set(good.subarray(0, length), shift)
  const fault = new Fault()
  const read = decoder.decode(buf, shift, shift + length, fault)
  return JSON.stringify([read, fault.code, read ? decoder : null])
}

/** Asserts that below `need` octets the decoder raises a fault, from there on it decodes, and that it
 * never looks at an octet behind `end`. */
export function everyTruncation(
  t: Test,
  decoder: Decoder,
  good: Uint8Array,
  need: number,
  name: string,
): void {
  let looked = -1
  let wrong = -1
  for (let length = 0; length <= good.length; length++) {
    const zeros = run(decoder, good, length, 0)
    if (zeros !== run(decoder, good, length, 0xff)) looked = length
    const expected = length >= need ? `[true,${FaultCode.None}` : `[false,${FaultCode.Truncated}`
    if (!zeros.startsWith(expected)) wrong = length
  }
  t.equal(looked, -1, `${name}: reads nothing behind the end`)
  t.equal(wrong, -1, `${name}: needs ${need} octets, and says so`)
}

/** A seeded generator of 32-bit numbers (xorshift). */
export function xorshift(seed: number): () => number {
  let x = seed | 0
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x >>> 0
  }
}
