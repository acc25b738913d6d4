/** Products of sets, one for each thing that rules look at: what a rule matches is a few of them. Exact
 * intersection and difference; a set of texts may be undecided, and then so is the answer. */

import type { Language } from '../language/language.js'
import { difference, type IntervalSet, includes, intersection } from './interval-set.js'
import { anyText, type TextSet } from './text-set.js'

/** The kind of facts that boxes divide: of flows, of requests in the clear, of ClientHellos. */
export interface Space {
  readonly name: string
  /** for each number that rules look at: values that read well in a witness, best first */
  readonly numbers: readonly (readonly bigint[])[]
  readonly texts: readonly {
    readonly preferred: readonly string[]
    readonly plain?: Language
  }[]
}

export interface Box {
  readonly space: Space
  readonly numbers: readonly IntervalSet[]
  readonly texts: readonly TextSet[]
}

/** One element of a box. */
export interface Point {
  readonly space: Space
  readonly numbers: readonly bigint[]
  readonly texts: readonly (string | undefined)[]
}

/** Undefined when nothing is in both; texts are not looked into. */
export function meet(a: Box, b: Box): Box | undefined {
  if (a.space !== b.space) return undefined
  const numbers: IntervalSet[] = []
  for (const [i, own] of a.numbers.entries()) {
    const set = intersection(own, b.numbers[i] ?? [])
    if (set.length === 0) return undefined
    numbers.push(set)
  }
  return { space: a.space, numbers, texts: a.texts.map((own, i) => own.and(b.texts[i] ?? anyText)) }
}

function replaced<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((own, i) => (i === at ? value : own))
}

/** What is in `a` and not in `b`, in disjoint boxes. */
export function cut(a: Box, b: Box): Box[] {
  if (!meet(a, b)) return [a]
  const parts: Box[] = []
  let left = a
  for (const [i, own] of a.numbers.entries()) {
    const other = b.numbers[i] ?? []
    const outside = difference(own, other)
    if (outside.length === 0) continue
    parts.push({ ...left, numbers: replaced(left.numbers, i, outside) })
    left = { ...left, numbers: replaced(left.numbers, i, intersection(own, other)) }
  }
  for (const [i, own] of a.texts.entries()) {
    const other = b.texts[i] ?? anyText
    if (other.isAnything) continue
    for (const outside of own.without(other))
      parts.push({ ...left, texts: replaced(left.texts, i, outside) })
    left = { ...left, texts: replaced(left.texts, i, own.and(other)) }
  }
  return parts
}

/** An element that reads well; `none` of an empty box. */
export function pick(box: Box): Point | 'none' | 'unknown' {
  const { space } = box
  const numbers: bigint[] = []
  for (const [i, set] of box.numbers.entries()) {
    const [first] = set
    if (!first) return 'none'
    numbers.push(space.numbers[i]?.find(value => includes(set, value)) ?? first[0])
  }
  const texts: (string | undefined)[] = []
  let undecided = false
  for (const [i, set] of box.texts.entries()) {
    if (set.absent) {
      texts.push(undefined)
      continue
    }
    const { preferred = [], plain } = space.texts[i] ?? {}
    const found = set.text(preferred, plain)
    if (found === 'none') return 'none'
    if (found === 'unknown') undecided = true
    else texts.push(found.text)
  }
  return undecided ? 'unknown' : { space, numbers, texts }
}

/** The first element found in any of the boxes. */
export function pickAny(boxes: readonly Box[]): Point | 'none' | 'unknown' {
  let undecided = false
  for (const box of boxes) {
    const found = pick(box)
    if (found === 'unknown') undecided = true
    else if (found !== 'none') return found
  }
  return undecided ? 'unknown' : 'none'
}

/** Boxes of `a` cut down to those of `b`. */
export function meetAll(a: readonly Box[], b: readonly Box[]): Box[] {
  return a.flatMap(one => b.flatMap(other => meet(one, other) ?? []))
}

/** Boxes of `a` without those of `b`. */
export function cutAll(a: readonly Box[], b: readonly Box[]): Box[] {
  return b.reduce<Box[]>((left, other) => left.flatMap(one => cut(one, other)), [...a])
}
