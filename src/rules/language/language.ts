/** A set of texts as a deterministic automaton whose states are made when they are first reached (Hopcroft,
 * Motwani and Ullman, section 2.3.5). Most questions of the lints touch a few dozen states of it. */

import { type Automaton, anyPoint, HIGHEST_POINT } from './automaton.js'
import type { Effort } from './effort.js'

/** State from which no text of the language is left. */
export const DEAD = 0

/** Characters from each state of the automaton to the final one, at least; -1 when it cannot be reached. */
function distances({ final, empty, arrows }: Automaton): Int32Array {
  const skips: number[][] = empty.map(() => [])
  const steps: number[][] = empty.map(() => [])
  for (const [from, targets] of empty.entries()) for (const to of targets) skips[to]?.push(from)
  for (const [from, own] of arrows.entries()) for (const { to } of own) steps[to]?.push(from)
  const found = new Int32Array(empty.length).fill(-1)
  let near = [final]
  for (let length = 0; near.length > 0; length++) {
    const far: number[] = []
    for (let state = near.pop(); state !== undefined; state = near.pop()) {
      if (found[state] !== -1) continue
      found[state] = length
      for (const from of skips[state] ?? []) near.push(from)
      for (const from of steps[state] ?? []) far.push(from)
    }
    near = far
  }
  return found
}

export class Language {
  readonly effort: Effort | undefined
  readonly #automaton: Automaton
  readonly #distances: Int32Array
  /** first code point of every class of code points that the automaton does not tell apart, ascending */
  readonly bounds: Int32Array
  /** by state: sorted states of the automaton */
  readonly #sets: number[][] = [[]]
  readonly #numbers = new Map<string, number>([['', DEAD]])
  readonly #next: Int32Array[] = []
  readonly #accepts: boolean[] = [false]
  readonly #full: boolean[] = [false]
  readonly #rest: number[] = [0]
  readonly start: number

  /** `effort`: shared by the languages of one analysis. */
  constructor(automaton: Automaton, effort?: Effort) {
    this.#automaton = automaton
    this.effort = effort
    this.#distances = distances(automaton)
    const bounds = new Set([0])
    for (const arrows of automaton.arrows)
      for (const { low, high } of arrows) {
        bounds.add(low)
        if (high < HIGHEST_POINT) bounds.add(high + 1)
      }
    this.bounds = Int32Array.from(bounds).sort()
    this.#next.push(new Int32Array(this.bounds.length))
    this.start = this.#number(this.#closure([automaton.start]))
  }

  /** States reached without a character, dead ones left out. */
  #closure(from: readonly number[]): number[] {
    const seen = new Set<number>()
    const queue = from.filter(state => this.#distances[state] !== -1)
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      if (seen.has(state)) continue
      seen.add(state)
      for (const to of this.#automaton.empty[state] ?? [])
        if (this.#distances[to] !== -1 && !seen.has(to)) queue.push(to)
    }
    return [...seen].sort((a, b) => a - b)
  }

  #number(set: number[]): number {
    // A state that keeps itself with every character and is final accepts all that follows
    const full = set.find(state => this.#acceptsAll(state))
    const own = full === undefined ? set : [full]
    const key = own.join(' ')
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#sets.push(own) - 1
    this.#numbers.set(key, number)
    this.#next.push(new Int32Array(this.bounds.length).fill(-1))
    this.#accepts.push(full !== undefined || own.includes(this.#automaton.final))
    this.#full.push(full !== undefined)
    this.#rest.push(Math.min(...own.map(state => this.#distances[state] ?? 0)))
    return number
  }

  #acceptsAll(state: number): boolean {
    const { arrows, final } = this.#automaton
    const [low, high] = anyPoint
    const keeps = arrows[state]?.some(a => a.to === state && a.low === low && a.high === high)
    return keeps === true && (state === final || this.#closure([state]).includes(final))
  }

  /** Number of the class of a code point. */
  classOf(point: number): number {
    let low = 0
    let high = this.bounds.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.bounds[middle]! <= point) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The state after a character of the class `own`. */
  step(state: number, own: number): number {
    const row = this.#next[state]
    if (!row) return DEAD
    const known = row[own]!
    if (known >= 0) return known
    const point = this.bounds[own]!
    const reached: number[] = []
    for (const from of this.#sets[state] ?? [])
      for (const { low, high, to } of this.#automaton.arrows[from] ?? [])
        if (low <= point && point <= high) reached.push(to)
    const set = this.#closure(reached)
    this.effort?.spend(reached.length + set.length)
    const number = this.#number(set)
    row[own] = number
    return number
  }

  accepts(state: number): boolean {
    return this.#accepts[state] ?? false
  }

  /** Characters that a text of the language has left after the state, at least. */
  distance(state: number): number {
    return this.#rest[state] ?? 0
  }

  /** Whether every continuation is in the language. */
  isFull(state: number): boolean {
    return this.#full[state] ?? false
  }

  has(text: string): boolean {
    let state = this.start
    for (const character of text) {
      if (state === DEAD || this.isFull(state)) break
      state = this.step(state, this.classOf(character.codePointAt(0) ?? 0))
    }
    return this.accepts(state)
  }
}
