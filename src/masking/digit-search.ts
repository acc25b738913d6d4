/** Finds numbers in octets in every form in which protocols write them, and writes test numbers over them: text
 * (one or two octets a character), TBCD as in GTP (3GPP TS 29.060 clause 7.7.2, the first digit in the
 * low half) and BCD with the first digit in the high half, at either half octet. */

import { imeiDigits, type Substitution } from './test-number.js'

const ZERO = 0x30
/** Packed digits of a part of a number are looked for only if chance does not make them. */
const leastPackedTail = 10
const leastDistinct = 5
const leastTextTail = 8

/** Digits to look for, and those to write. */
interface Pattern {
  from: string
  to: string
  /** also in packed form */
  packed: boolean
}

export class DigitSearch {
  readonly #patterns: readonly Pattern[]

  constructor(substitutions: readonly Substitution[]) {
    const whole = substitutions.map(one => ({ from: one.clear, to: one.test, packed: true }))
    // numbers without country or network, which the test number keeps
    const parts = substitutions.flatMap(({ kind, clear, test, kept }) => {
      // a User-Agent may have it with another ending: check digit, software version
      if (kind === 'imei') {
        return [{ from: clear.slice(0, imeiDigits), to: test.slice(0, imeiDigits), packed: true }]
      }
      const from = clear.slice(kept)
      if (from.length < leastTextTail) return []
      const packed = from.length >= leastPackedTail && new Set(from).size >= leastDistinct
      return [{ from, to: test.slice(kept), packed }]
    })
    this.#patterns = [...whole, ...parts].filter(one => one.from !== one.to)
  }

  /** Writes over every number in `octets`; returns how many there were. */
  replace(octets: Uint8Array): number {
    let count = 0
    const raw = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
    for (const pattern of this.#patterns) {
      count += replaceText(raw, pattern, 1) + replaceText(raw, pattern, 2)
      if (!pattern.packed) continue
      count += replacePacked(raw, pattern, true) + replacePacked(raw, pattern, false)
    }
    return count
  }
}

/** `width` 2: UTF-16 of either order of octets has a zero octet between two digits. */
function replaceText(raw: Buffer, { from, to }: Pattern, width: 1 | 2): number {
  const needle = Buffer.from(width === 1 ? from : [...from].join('\0'), 'latin1')
  let count = 0
  for (let at = raw.indexOf(needle); at >= 0; at = raw.indexOf(needle, at + needle.length)) {
    for (let i = 0; i < to.length; i++) raw[at + i * width] = to.charCodeAt(i)
    count++
  }
  return count
}

/** `swapped`: the first of two digits is in the low half. */
function replacePacked(raw: Buffer, { from, to }: Pattern, swapped: boolean): number {
  const halves = (swapped ? Buffer.from(raw.map(swapHalves)) : raw).toString('hex')
  let count = 0
  for (let at = halves.indexOf(from); at >= 0; at = halves.indexOf(from, at + from.length)) {
    for (let i = 0; i < to.length; i++) {
      const half = at + i
      const high = (half & 1) === (swapped ? 1 : 0)
      const digit = to.charCodeAt(i) - ZERO
      const before = raw[half >> 1] ?? 0
      raw[half >> 1] = high ? (before & 0x0f) | (digit << 4) : (before & 0xf0) | digit
    }
    count++
  }
  return count
}

function swapHalves(octet: number): number {
  return ((octet & 0x0f) << 4) | (octet >> 4)
}
