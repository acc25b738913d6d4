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
  #member: Member | undefined

  constructor(
    absent: boolean,
    present: boolean,
    all: readonly Language[] = [],
    none: readonly Language[] = [],
  ) {
    this.absent = absent
    this.present = present
    this.all = all
    this.none = none
  }

  and(other: TextSet): TextSet {
    if (other.isAnything) return this
    if (this.isAnything) return other
    return new TextSet(
      this.absent && other.absent,
      this.present && other.present,
      [...new Set([...this.all, ...other.all])],
      [...new Set([...this.none, ...other.none])],
    )
  }

  /** What is in this set and not in `other`, in disjoint parts. */
  without(other: TextSet): TextSet[] {
    if (other.isAnything) return []
    const parts: TextSet[] = []
    if (this.absent && !other.absent) parts.push(new TextSet(true, false))
    if (!this.present) return parts
    if (!other.present) return [...parts, new TextSet(false, true, this.all, this.none)]
    let all = this.all
    for (const language of other.all) {
      if (this.all.includes(language)) continue
      parts.push(new TextSet(false, true, all, [...this.none, language]))
      all = [...all, language]
    }
    for (const language of other.none) {
      if (this.none.includes(language)) continue
      parts.push(new TextSet(false, true, [...all, language], this.none))
    }
    return parts
  }

  get isAnything(): boolean {
    return this.absent && this.present && this.all.length === 0 && this.none.length === 0
  }

  has(text: string | undefined): boolean {
    if (text === undefined) return this.absent
    return (
      this.present &&
      this.all.every(one => one.has(text)) &&
      !this.none.some(one => one.has(text))
    )
  }

  /** A text of the set: one of `preferred`, else one of the language `plain`, else any. */
  text(preferred: readonly string[], plain: Language | undefined): Member {
    if (!this.present) return 'none'
    const liked = preferred.find(text => this.has(text))
    if (liked !== undefined) return { text: liked }
    if (this.#member !== undefined) return this.#member
    let found = plain ? member([...this.all, plain], this.none) : 'none'
    if (typeof found === 'string') found = member(this.all, this.none)
    this.#member = found
    return found
  }
}

/** No condition. */
export const anyText = new TextSet(true, true)
