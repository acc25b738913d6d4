/** A hash table from two int32 words to one non-negative int32, in a single Int32Array: open addressing,
 * linear probing, one cache line a look-up (performance.md: the look-up is most of a packet's cost). */

/** words of a cell: key, key, value + 1 (0 means empty), unused; four, so that no cell crosses a line */
const CELL = 4
const A = 0
const B = 1
const VALUE = 2
const minimumCells = 64

export class PairTable {
  #cells = new Int32Array(minimumCells * CELL)
  #mask = minimumCells - 1
  #size = 0
  /** goes up whenever the table changes: what `get` said before may not hold any more */
  changes = 0

  get size(): number {
    return this.#size
  }

  /** Value under (a, b), or -1. Allocates nothing. */
  get(a: number, b: number): number {
    const cells = this.#cells
    const mask = this.#mask
    let i = mix(a, b) & mask
    for (;;) {
      const at = i * CELL
      const value = cells[at + VALUE]!
      if (value === 0) return -1
      if (cells[at + A] === a && cells[at + B] === b) return value - 1
      i = (i + 1) & mask
    }
  }

  /** Puts or replaces. Keys are int32 patterns (`| 0`), the value is 0 to 2^31 - 2. */
  set(a: number, b: number, value: number): void {
    this.changes++
    // at most half full: probes stay short and an empty cell always ends them
    if ((this.#size + 1) * 2 > this.#mask + 1) this.#grow()
    const at = this.#find(a, b)
    if (this.#cells[at + VALUE] === 0) this.#size++
    this.#cells[at + A] = a
    this.#cells[at + B] = b
    this.#cells[at + VALUE] = value + 1
  }

  delete(a: number, b: number): void {
    const cells = this.#cells
    const mask = this.#mask
    let hole = this.#find(a, b)
    if (cells[hole + VALUE] === 0) return
    this.changes++
    this.#size--
    // moves back what had been pushed past the hole, so that no look-up needs tombstones
    let i = hole / CELL
    for (;;) {
      i = (i + 1) & mask
      const at = i * CELL
      if (cells[at + VALUE] === 0) break
      const home = mix(cells[at + A]!, cells[at + B]!) & mask
      if (((i - home) & mask) < ((i - hole / CELL) & mask)) continue
      cells.copyWithin(hole, at, at + CELL)
      hole = at
    }
    cells[hole + VALUE] = 0
  }

  clear(): void {
    this.changes++
    this.#cells = new Int32Array(minimumCells * CELL)
    this.#mask = minimumCells - 1
    this.#size = 0
  }

  /** First word of the cell that holds (a, b), or of the empty one where it belongs. */
  #find(a: number, b: number): number {
    const cells = this.#cells
    const mask = this.#mask
    let i = mix(a, b) & mask
    for (;;) {
      const at = i * CELL
      if (cells[at + VALUE] === 0) return at
      if (cells[at + A] === a && cells[at + B] === b) return at
      i = (i + 1) & mask
    }
  }

  #grow(): void {
    const old = this.#cells
    const count = (this.#mask + 1) * 2
    this.#cells = new Int32Array(count * CELL)
    this.#mask = count - 1
    for (let at = 0; at < old.length; at += CELL) {
      if (old[at + VALUE] === 0) continue
      this.#cells.set(old.subarray(at, at + CELL), this.#find(old[at + A]!, old[at + B]!))
    }
  }
}

/** Both words spread over all bits: TEIDs count up from 1 and addresses differ in their last octet. */
function mix(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return h ^ (h >>> 13)
}
