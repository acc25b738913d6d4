/** Values of one text that rules look at: in all of some languages and in none of others, or not there at
 * all. */

import type { Language } from '../language/language.js'
import { type Member, member } from '../language/member.js'

export class TextSet {
  /** the value that stands for "not there" is in the set */
  readonly absent: boolean
  /** texts are in the set */
  readonly present: boolean
  readonly all: readonly Language[]
  readonly none: readonly Language[]
  /** texts to try first; they need not be in the set */
  readonly likely: readonly string[]
  #member: Member | undefined

  constructor(
    absent: boolean,
    present: boolean,
    all: readonly Language[] = [],
    none: readonly Language[] = [],
    likely: readonly string[] = [],
  ) {
    this.absent = absent
    this.present = present
    this.all = all
    this.none = none
    this.likely = likely
  }

  and(other: TextSet): TextSet {
    if (other.isAnything) return this
    if (this.isAnything) return other
    return new TextSet(
      this.absent && other.absent,
      this.present && other.present,
      [...new Set([...this.all, ...other.all])],
      [...new Set([...this.none, ...other.none])],
      [...this.likely, ...other.likely],
    )
  }

  /** What is in this set and not in `other`, in disjoint parts. */
  without(other: TextSet): TextSet[] {
    if (other.isAnything) return []
    const parts: TextSet[] = []
    if (this.absent && !other.absent) parts.push(new TextSet(true, false))
    if (!this.present) return parts
    if (!other.present)
      return [...parts, new TextSet(false, true, this.all, this.none, this.likely)]
    let all = this.all
    for (const language of other.all) {
      if (this.all.includes(language)) continue
      parts.push(new TextSet(false, true, all, [...this.none, language], this.likely))
      all = [...all, language]
    }
    for (const language of other.none) {
      if (this.none.includes(language)) continue
      parts.push(new TextSet(false, true, [...all, language], this.none, this.likely))
    }
    return parts
  }

  get isAnything(): boolean {
    return this.absent && this.present && this.all.length === 0 && this.none.length === 0
  }

  has(text: string | undefined): boolean {
    if (text === undefined) return this.absent
    return (
      this.present && this.all.every(one => one.has(text)) && !this.none.some(one => one.has(text))
    )
  }

  /** A place from one pattern with a word from another behind it. */
  #joined(): string[] {
    const places = this.likely.filter(text => text.includes('://'))
    const words = this.likely.filter(text => !text.includes('/'))
    return places.flatMap(place => words.map(word => `${place}${word}`))
  }

  /** A text of the set: one of `preferred`, else one of the language `plain`, else any. */
  text(preferred: readonly string[], plain: Language | undefined): Member {
    if (!this.present) return 'none'
    if (this.#member !== undefined) return this.#member
    if (this.all.some(({ effort }) => effort?.isSpent)) return 'unknown'
    const liked = [...this.likely, ...preferred, ...this.#joined()].find(text => this.has(text))
    let found: Member = liked === undefined ? 'none' : { text: liked }
    if (typeof found === 'string' && plain) found = member([...this.all, plain], this.none)
    if (typeof found === 'string') found = member(this.all, this.none)
    this.#member = found
    return found
  }
}

/** No condition. */
export const anyText = new TextSet(true, true)
