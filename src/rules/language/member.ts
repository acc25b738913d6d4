/** A text that is in some languages and in none of others: the one question behind emptiness, inclusion and
 * intersection. A search over tuples of states, first where an end is nearest (Hart, Nilsson and Raphael,
 * 1968), so that the text is a short one; gives up after `mostTuples` and then says "unknown", never
 * "none". */

import { HIGHEST_POINT } from './automaton.js'
import { DEAD, type Language } from './language.js'

/** No such text; or not decided within the bound. */
export type Member = { readonly text: string } | 'none' | 'unknown'

export const mostTuples = 20_000

/** Characters that read well in a witness, best first. */
const legible = 'abcdefghijklmnopqrstuvwxyz0123456789./:-_?=&%@~+,;!$()*[]'
const points = [...legible].map(character => character.codePointAt(0) ?? 0)

/** Texts are compared in lower case: a capital is no character of theirs. */
function isCapital(point: number): boolean {
  const character = String.fromCodePoint(point)
  return character.toLowerCase() !== character
}

/** Longest run of capitals that one class may begin with. */
const mostCapitals = 128

/** One code point for each class that the languages tell apart, legible ones first. */
function symbolsOf(languages: readonly Language[]): number[] {
  const seen = new Set<string>()
  const symbols: number[] = []
  const take = (point: number) => {
    const key = languages.map(language => language.classOf(point)).join(' ')
    if (seen.has(key)) return
    seen.add(key)
    symbols.push(point)
  }
  for (const point of points) take(point)
  for (const { bounds } of languages)
    for (const [i, bound] of bounds.entries()) {
      const end = Math.min(bounds[i + 1] ?? HIGHEST_POINT + 1, bound + mostCapitals)
      for (let point = bound; point < end; point++)
        if (!isCapital(point)) {
          take(point)
          break
        }
    }
  return symbols
}

/** Tuples of states as numbers, without a text for each. */
class Tuples {
  readonly #pairs: Map<number, number>[] = []
  #count = 0

  /** Whether the tuple is new. */
  add(tuple: Int32Array): boolean {
    let key = tuple[0] ?? 0
    for (let i = 1; i < tuple.length; i++) {
      let pairs = this.#pairs[i]
      if (!pairs) {
        pairs = new Map()
        this.#pairs[i] = pairs
      }
      const pair = key * 0x100000 + tuple[i]!
      const known = pairs.get(pair)
      if (known === undefined) {
        key = pairs.size
        pairs.set(pair, key)
      } else key = known
    }
    const only = this.#pairs[0] ?? new Map<number, number>()
    this.#pairs[0] = only
    if (only.has(key)) return false
    only.set(key, this.#count++)
    return true
  }
}

class Search {
  readonly #all: readonly Language[]
  readonly #none: readonly Language[]
  readonly #tuples = new Tuples()
  readonly tuples: Int32Array[] = []
  readonly #from: number[] = []
  readonly #by: number[] = []
  readonly #length: number[] = []
  /** tuples by the least length of a text through them */
  readonly #queue: number[][] = []
  #next = 0

  constructor(all: readonly Language[], none: readonly Language[]) {
    this.#all = all
    this.#none = none
  }

  #isSolution(tuple: Int32Array): boolean {
    const most = this.#all.length
    for (let i = 0; i < tuple.length; i++) {
      const accepts =
        i < most ? this.#all[i]?.accepts(tuple[i]!) : this.#none[i - most]?.accepts(tuple[i]!)
      if (accepts !== i < most) return false
    }
    return true
  }

  /** Adds a tuple unless it is known; whether it is a solution. */
  reach(tuple: Int32Array, from: number, by: number): boolean {
    const most = this.#all.length
    let rest = 0
    for (let i = 0; i < tuple.length; i++) {
      if (i < most) rest = Math.max(rest, this.#all[i]!.distance(tuple[i]!))
    }
    if (!this.#tuples.add(tuple)) return false
    const number = this.tuples.push(tuple.slice()) - 1
    const length = from < 0 ? 0 : this.#length[from]! + 1
    this.#from.push(from)
    this.#by.push(by)
    this.#length.push(length)
    const bucket = this.#queue[length + rest]
    if (bucket) bucket.push(number)
    else this.#queue[length + rest] = [number]
    return this.#isSolution(tuple)
  }

  /** Number of the tuple to go on from, -1 when there is none. */
  take(): number {
    for (; this.#next < this.#queue.length; this.#next++) {
      const number = this.#queue[this.#next]?.shift()
      if (number !== undefined) return number
    }
    return -1
  }

  /** The characters that led to the last tuple. */
  text(): string {
    const characters: string[] = []
    for (let at = this.tuples.length - 1; at > 0; at = this.#from[at]!)
      characters.push(String.fromCodePoint(this.#by[at]!))
    return characters.reverse().join('')
  }
}

/** A short text of all of `all` and none of `none`. */
export function member(
  all: readonly Language[],
  none: readonly Language[] = [],
  most: number = mostTuples,
): Member {
  const languages = [...all, ...none]
  const symbols = symbolsOf(languages)
  const classes = symbols.map(symbol => languages.map(language => language.classOf(symbol)))
  const search = new Search(all, none)
  const next = new Int32Array(languages.length)
  if (all.some(({ start }) => start === DEAD)) return 'none'
  if (none.some(language => language.isFull(language.start))) return 'none'
  if (
    search.reach(
      Int32Array.from(languages, ({ start }) => start),
      -1,
      -1,
    )
  )
    return { text: '' }
  for (let at = search.take(); at >= 0; at = search.take()) {
    if (search.tuples.length > most || languages.some(({ effort }) => effort?.isSpent)) {
      return 'unknown'
    }
    for (const { effort } of languages) effort?.spend(symbols.length)
    const tuple = search.tuples[at]!
    for (let s = 0; s < symbols.length; s++) {
      const own = classes[s]!
      let hopeless = false
      for (let i = 0; i < tuple.length && !hopeless; i++) {
        const state = languages[i]!.step(tuple[i]!, own[i]!)
        next[i] = state
        hopeless = i < all.length ? state === DEAD : languages[i]!.isFull(state)
      }
      if (!hopeless && search.reach(next, at, symbols[s]!)) return { text: search.text() }
    }
  }
  return 'none'
}
