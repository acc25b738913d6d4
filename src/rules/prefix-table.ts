/** Prefix -> number, for addresses of either version: open addressing over typed arrays, so that a
 * look-up allocates nothing. One probe sequence for each prefix length that occurs (RFC 4632
 * section 3.1); rule sets have a handful of lengths. */

import { maskWord } from './address.js'
import type { Prefix } from './rule-set.js'

const EMPTY = -1
/** version and length, w0, w1, w2, w3, value */
const COLUMNS = 6

function tagOf(version: number, bits: number): number {
  return (version << 8) | bits
}

function hash(tag: number, w0: number, w1: number, w2: number, w3: number): number {
  let h = Math.imul(tag ^ w0, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15) ^ w1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ w2, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16) ^ w3, 0x27d4eb2f)
  return h ^ (h >>> 15)
}

/** Lengths of one version that occur, and the masks of each, four words a length. */
export interface PrefixLengths {
  readonly bits: Int32Array
  readonly masks: Int32Array
}

export class PrefixTable {
  readonly lengths4: PrefixLengths
  readonly lengths6: PrefixLengths
  readonly #rows: Int32Array
  readonly #mask: number

  /** Values are non-negative. Of equal prefixes the last value stays. */
  constructor(entries: readonly { prefix: Prefix; value: number }[]) {
    let capacity = 16
    while (capacity < entries.length * 2) capacity *= 2
    this.#mask = capacity - 1
    this.#rows = new Int32Array(capacity * COLUMNS).fill(EMPTY)
    this.lengths4 = lengthsOf(entries, 4)
    this.lengths6 = lengthsOf(entries, 6)
    for (const { prefix, value } of entries) {
      const { version, bits, w0, w1, w2, w3 } = prefix
      const tag = tagOf(version, bits)
      this.#rows.set([tag, w0, w1, w2, w3, value], this.#slot(tag, w0, w1, w2, w3))
    }
  }

  /** Offset of the row that holds the key, or of the free row where it would go. */
  #slot(tag: number, w0: number, w1: number, w2: number, w3: number): number {
    const rows = this.#rows
    let at = hash(tag, w0, w1, w2, w3) & this.#mask
    for (;;) {
      const row = at * COLUMNS
      const seen = rows[row]!
      if (seen === EMPTY) return row
      if (
        seen === tag &&
        rows[row + 1]! === w0 &&
        rows[row + 2]! === w1 &&
        rows[row + 3]! === w2 &&
        rows[row + 4]! === w3
      )
        return row
      at = (at + 1) & this.#mask
    }
  }

  /** Value of exactly this prefix (words masked by the caller), or -1. */
  find(version: number, bits: number, w0: number, w1: number, w2: number, w3: number): number {
    return this.#rows[this.#slot(tagOf(version, bits), w0, w1, w2, w3) + 5]!
  }
}

function lengthsOf(entries: readonly { prefix: Prefix }[], version: 4 | 6): PrefixLengths {
  const own = entries.filter(({ prefix }) => prefix.version === version)
  const bits = [...new Set(own.map(({ prefix }) => prefix.bits))].sort((a, b) => b - a)
  const masks = bits.flatMap(length => [0, 1, 2, 3].map(word => maskWord(length, word)))
  return { bits: Int32Array.from(bits), masks: Int32Array.from(masks) }
}
