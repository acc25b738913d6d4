/** Whether earlier rules leave anything of a rule. Instead of comparing all pairs, an element of what is left
 * is shown to the rule set itself, and what that finds is cut out, until nothing is left or the rule
 * itself answers: then the element is the proof that it is alive. */

import { type Box, cutAll, type Point, pickAny } from './box.js'

/** Rules that are cut out of one, and parts that are left, before the question is given up. */
const mostCovers = 512
const mostParts = 4096
/** Above this many, no attempt is made to do without some. */
const fewCovers = 24

export type Coverage =
  | { readonly state: 'alive'; readonly point: Point }
  /** `by`: rules that match all of it before it does, ascending, none of them needless; `point`: an element */
  | { readonly state: 'covered'; readonly by: readonly number[]; readonly point: Point }
  /** its own conditions leave nothing */
  | { readonly state: 'empty' }
  | { readonly state: 'unknown' }

export interface CoverQuestion {
  readonly self: number
  readonly own: readonly Box[] | undefined
  /** what rule `number` matches */
  boxesOf(number: number): readonly Box[] | undefined
  /** the first rule that matches the element */
  winner(point: Point): number
}

/** Leaves out covers that the others make needless, the last ones first. */
function needed(question: CoverQuestion, by: readonly number[]): number[] {
  let kept = [...by].sort((a, b) => a - b)
  if (kept.length > fewCovers) return kept
  for (const one of kept.toReversed()) {
    const others = kept.filter(other => other !== one)
    const boxes = others.flatMap(other => question.boxesOf(other) ?? [])
    if (pickAny(cutAll(question.own ?? [], boxes)) === 'none') kept = others
  }
  return kept
}

export function coverage(question: CoverQuestion): Coverage {
  const { self, own } = question
  if (!own) return { state: 'unknown' }
  let left: readonly Box[] = own
  let example: Point | undefined
  const by: number[] = []
  while (by.length < mostCovers && left.length < mostParts) {
    const point = pickAny(left)
    if (point === 'unknown') return { state: 'unknown' }
    if (point === 'none')
      return example
        ? { state: 'covered', by: needed(question, by), point: example }
        : { state: 'empty' }
    example ??= point
    const found = question.winner(point)
    if (found === self) return { state: 'alive', point }
    const boxes = question.boxesOf(found)
    // a winner whose set is not known, or that was cut out already, decides nothing
    if (!boxes || by.includes(found)) return { state: 'unknown' }
    by.push(found)
    left = cutAll(left, boxes)
  }
  return { state: 'unknown' }
}
