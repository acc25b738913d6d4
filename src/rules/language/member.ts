/** A text that is in some languages and in none of others: the one question behind emptiness, inclusion and
 * intersection. Breadth first over tuples of states, so that the text is a shortest one; gives up
 * after `mostTuples` and then says "unknown", never "none". */

import { DEAD, type Language } from './language.js'

/** No such text; or not decided within the bound. */
export type Member = { readonly text: string } | 'none' | 'unknown'

export const mostTuples = 20_000

/** Characters that read well in a witness, best first. */
const legible = 'abcdefghijklmnopqrstuvwxyz0123456789./:-_?=&%@~+,;!$()*[]'
const points = [...legible].map(character => character.codePointAt(0) ?? 0)

/** One code point for each class that the languages tell apart, legible ones first. */
function symbolsOf(languages: readonly Language[]): number[] {
  const bounds = new Set<number>()
  for (const language of languages) for (const bound of language.bounds) bounds.add(bound)
  const sorted = Int32Array.from(bounds).sort()
  const symbols: number[] = []
  const taken = new Uint8Array(sorted.length)
  const classOf = (point: number) => {
    let at = sorted.length - 1
    while (at > 0 && sorted[at]! > point) at--
    return at
  }
  for (const point of points) {
    const own = classOf(point)
    if (taken[own] === 1) continue
    taken[own] = 1
    symbols.push(point)
  }
  for (const [own, bound] of sorted.entries()) if (taken[own] === 0) symbols.push(bound)
  return symbols
}

class Search {
  readonly #all: readonly Language[]
  readonly #none: readonly Language[]
  readonly #seen = new Set<string>()
  readonly tuples: Int32Array[] = []
  readonly #from: number[] = []
  readonly #by: number[] = []

  constructor(all: readonly Language[], none: readonly Language[]) {
    this.#all = all
    this.#none = none
  }

  /** Adds a tuple unless it is known or hopeless; whether it is a solution. */
  reach(tuple: Int32Array, from: number, by: number): boolean {
    const most = this.#all.length
    for (let i = 0; i < tuple.length; i++) {
      if (i < most ? tuple[i] === DEAD : this.#none[i - most]?.isFull(tuple[i]!)) return false
    }
    const key = tuple.join(' ')
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    this.tuples.push(tuple)
    this.#from.push(from)
    this.#by.push(by)
    return (
      this.#all.every((language, i) => language.accepts(tuple[i]!)) &&
      !this.#none.some((language, i) => language.accepts(tuple[most + i]!))
    )
  }

  /** The characters that led to the last tuple. */
  text(): string {
    const characters: string[] = []
    for (let at = this.tuples.length - 1; at > 0; at = this.#from[at]!)
      characters.push(String.fromCodePoint(this.#by[at]!))
    return characters.reverse().join('')
  }
}

/** A shortest text of all of `all` and none of `none`. */
export function member(
  all: readonly Language[],
  none: readonly Language[] = [],
  most: number = mostTuples,
): Member {
  const languages = [...all, ...none]
  const symbols = symbolsOf(languages)
  const search = new Search(all, none)
  if (search.reach(Int32Array.from(languages, ({ start }) => start), -1, -1)) return { text: '' }
  for (let at = 0; at < search.tuples.length; at++) {
    if (search.tuples.length > most) return 'unknown'
    const tuple = search.tuples[at]!
    for (const symbol of symbols) {
      const next = tuple.map((state, i) => languages[i]!.next(state, symbol))
      if (search.reach(next, at, symbol)) return { text: search.text() }
    }
  }
  return 'none'
}
