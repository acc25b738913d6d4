/** Finds which of many literals occur in a text, in one pass over the text.
 * Aho and Corasick, "Efficient string matching: an aid to bibliographic search", CACM 18(6), 1975. */

/** Transitions (state, unit) -> state in open addressing; a map of maps would cost ten times as much. */
class Transitions {
  #keys = new Float64Array(64).fill(-1)
  #next = new Int32Array(64)
  #count = 0

  #slot(key: number): number {
    const mask = this.#keys.length - 1
    let at = (Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 65536) | 0, 0x85ebca6b)) & mask
    while (this.#keys[at] !== -1 && this.#keys[at] !== key) at = (at + 1) & mask
    return at
  }

  /** -1 when there is none. */
  get(state: number, unit: number): number {
    const at = this.#slot(state * 65536 + unit)
    return this.#keys[at] === -1 ? -1 : this.#next[at]!
  }

  set(state: number, unit: number, next: number): void {
    if (this.#count * 2 >= this.#keys.length) this.#grow()
    const key = state * 65536 + unit
    const at = this.#slot(key)
    this.#keys[at] = key
    this.#next[at] = next
    this.#count++
  }

  #grow(): void {
    const keys = this.#keys
    const next = this.#next
    this.#keys = new Float64Array(keys.length * 2).fill(-1)
    this.#next = new Int32Array(keys.length * 2)
    for (const [i, key] of keys.entries()) {
      if (key === -1) continue
      const at = this.#slot(key)
      this.#keys[at] = key
      this.#next[at] = next[i]!
    }
  }
}

export class LiteralFinder {
  readonly #transitions = new Transitions()
  /** longest proper suffix of a state that is a state too */
  readonly #fail: Int32Array
  /** nearest state along `#fail` that has values, 0 for none */
  readonly #report: Int32Array
  /** values of the literals that end in a state */
  readonly #values = new Map<number, number[]>()

  /** Literals are not empty; several may be equal. */
  constructor(entries: readonly { literal: string; value: number }[]) {
    const most = entries.reduce((sum, { literal }) => sum + literal.length, 1)
    this.#fail = new Int32Array(most)
    this.#report = new Int32Array(most)
    /** state that a state was entered from, and with which unit */
    const parent = new Int32Array(most)
    const entered = new Uint16Array(most)
    const depth = new Uint16Array(most)
    let states = 1
    for (const { literal, value } of entries) {
      let state = 0
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(i)
        let next = this.#transitions.get(state, unit)
        if (next < 0) {
          next = states++
          parent[next] = state
          entered[next] = unit
          depth[next] = i + 1
          this.#transitions.set(state, unit, next)
        }
        state = next
      }
      const own = this.#values.get(state)
      if (own) own.push(value)
      else this.#values.set(state, [value])
    }
    // A failure link leads to a shorter state, so states are linked by ascending depth
    const order = Int32Array.from({ length: states - 1 }, (_, i) => i + 1)
    order.sort((a, b) => depth[a]! - depth[b]!)
    for (const state of order) {
      const from = parent[state]!
      const fail = from === 0 ? 0 : this.#step(this.#fail[from]!, entered[state]!)
      this.#fail[state] = fail
      this.#report[state] = this.#values.has(fail) ? fail : this.#report[fail]!
    }
  }

  #step(from: number, unit: number): number {
    let state = from
    for (;;) {
      const next = this.#transitions.get(state, unit)
      if (next >= 0) return next
      if (state === 0) return 0
      state = this.#fail[state]!
    }
  }

  /** Appends the values of all literals that occur; a value may be appended more than once. */
  find(text: string, into: number[]): void {
    let state = 0
    for (let i = 0; i < text.length; i++) {
      state = this.#step(state, text.charCodeAt(i))
      let at = this.#values.has(state) ? state : this.#report[state]!
      while (at !== 0) {
        for (const value of this.#values.get(at) ?? []) into.push(value)
        at = this.#report[at]!
      }
    }
  }
}
