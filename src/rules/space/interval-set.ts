/** Sets of whole numbers as sorted, disjoint intervals. Addresses of both versions are numbers on one line:
 * IPv4 first, IPv6 behind it. */

import { maskWord } from '../address.js'
import type { AddressWords } from '../rule-facts.js'
import type { Prefix } from '../rule-set.js'

/** Inclusive on both ends. */
export type Interval = readonly [low: bigint, high: bigint]
export type IntervalSet = readonly Interval[]

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Any order, overlaps allowed. */
export function intervals(own: Iterable<Interval>): IntervalSet {
  const sorted = [...own].sort((a, b) => compare(a[0], b[0]))
  const found: [bigint, bigint][] = []
  for (const [low, high] of sorted) {
    const last = found.at(-1)
    if (last && low <= last[1] + 1n) {
      if (high > last[1]) last[1] = high
    } else found.push([low, high])
  }
  return found
}

export function intersection(a: IntervalSet, b: IntervalSet): IntervalSet {
  const found: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [lowA, highA] = a[i]!
    const [lowB, highB] = b[j]!
    const low = compare(lowA, lowB) < 0 ? lowB : lowA
    const high = compare(highA, highB) < 0 ? highA : highB
    if (low <= high) found.push([low, high])
    if (highA < highB) i++
    else j++
  }
  return found
}

export function difference(a: IntervalSet, b: IntervalSet): IntervalSet {
  const found: Interval[] = []
  let j = 0
  for (const [from, high] of a) {
    let low = from
    while (j < b.length && b[j]![1] < low) j++
    for (let k = j; k < b.length && b[k]![0] <= high && low <= high; k++) {
      const [cutLow, cutHigh] = b[k]!
      if (cutLow > low) found.push([low, cutLow - 1n])
      low = cutHigh + 1n
    }
    if (low <= high) found.push([low, high])
  }
  return found
}

export function includes(set: IntervalSet, value: bigint): boolean {
  let low = 0
  let high = set.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [from, to] = set[middle]!
    if (value < from) high = middle - 1
    else if (value > to) low = middle + 1
    else return true
  }
  return false
}

const V6_OFFSET = 1n << 32n
const WORD = 32n

export const v4Addresses: Interval = [0n, V6_OFFSET - 1n]
export const v6Addresses: Interval = [V6_OFFSET, V6_OFFSET + (1n << 128n) - 1n]

/** Place of an address on the line. */
export function addressNumber({ version, w0, w1, w2, w3 }: AddressWords): bigint {
  if (version === 4) return BigInt(w0 >>> 0)
  return [w0, w1, w2, w3].reduce((sum, word) => (sum << WORD) | BigInt(word >>> 0), 0n) + V6_OFFSET
}

export function numberAddress(number: bigint): AddressWords {
  if (number < V6_OFFSET) return { version: 4, w0: Number(number) | 0, w1: 0, w2: 0, w3: 0 }
  const value = number - V6_OFFSET
  const word = (shift: bigint) => Number((value >> shift) & 0xffffffffn) | 0
  return { version: 6, w0: word(96n), w1: word(64n), w2: word(32n), w3: word(0n) }
}

export function prefixInterval(prefix: Prefix): Interval {
  const { version, bits } = prefix
  const last: AddressWords = {
    version,
    w0: prefix.w0 | ~maskWord(bits, 0),
    w1: prefix.w1 | ~maskWord(bits, 1),
    w2: prefix.w2 | ~maskWord(bits, 2),
    w3: prefix.w3 | ~maskWord(bits, 3),
  }
  return [addressNumber(prefix), addressNumber(last)]
}
