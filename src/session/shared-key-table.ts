/** From a key of two words to the rows that have it now, which may be several: the latest first. Every row has
 * one key at most. */

import { grown } from './endpoint-table.js'
import { PairTable } from './pair-table.js'

const NONE = -1
/** in `#newer`, of a row without a key */
const ABSENT = -2

export class SharedKeyTable {
  readonly #latest = new PairTable()
  #a = new Int32Array(64)
  #b = new Int32Array(64)
  #older = new Int32Array(64)
  #newer = new Int32Array(64).fill(ABSENT)

  /** The row has this key from now on, and no other. */
  set(row: number, a: number, b: number): void {
    this.#grow(row)
    if (this.#newer[row] !== ABSENT) {
      if (this.#a[row] === a && this.#b[row] === b) return
      this.remove(row)
    }
    const before = this.#latest.get(a, b)
    this.#a[row] = a
    this.#b[row] = b
    this.#older[row] = before
    this.#newer[row] = NONE
    if (before >= 0) this.#newer[before] = row
    this.#latest.set(a, b, row)
  }

  remove(row: number): void {
    if (row >= this.#newer.length || this.#newer[row] === ABSENT) return
    const older = this.#older[row]!
    const newer = this.#newer[row]!
    if (older >= 0) this.#newer[older] = newer
    if (newer >= 0) this.#older[newer] = older
    else if (older >= 0) this.#latest.set(this.#a[row]!, this.#b[row]!, older)
    else this.#latest.delete(this.#a[row]!, this.#b[row]!)
    this.#newer[row] = ABSENT
  }

  /** Row that was given the key last, or -1. Allocates nothing. */
  latest(a: number, b: number): number {
    return this.#latest.get(a, b)
  }

  /** Row that had the key before this one and has it still, or -1. */
  older(row: number): number {
    return this.#older[row]!
  }

  #grow(row: number): void {
    const before = this.#newer.length
    if (row < before) return
    const count = Math.max(before * 2, row + 1)
    this.#a = grown(this.#a, new Int32Array(count))
    this.#b = grown(this.#b, new Int32Array(count))
    this.#older = grown(this.#older, new Int32Array(count))
    this.#newer = grown(this.#newer, new Int32Array(count)).fill(ABSENT, before)
  }
}
