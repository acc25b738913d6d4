/** Pairs of rules, or of rows of one table, that match something in common while neither matches all that the
 * other does: which of the two decides there is a matter of order alone. */

import type { LintSubject } from './lint-subject.js'
import { type Place, rowLabel, ruleLabel } from './rule-set.js'
import { type Box, cutAll, meetAll, type Point, pickAny } from './space/box.js'
import { packetFlows, serversOf } from './space/flow-space.js'
import { allRequests } from './space/request-space.js'
import { type Anchors, anchorsOf, mayMeet } from './text-anchor.js'

/** Pairs that are looked at, and pairs whose sets are compared, before the rest is left open. */
const mostPairs = 3_000_000
const mostComparisons = 3000

export interface Overlap {
  readonly earlier: number
  readonly later: number
  /** an element of both */
  readonly point: Point
}

type Differs = (earlier: number, later: number) => boolean
type Boxes = (index: number) => readonly Box[] | undefined

/** How the two sets lie: an element of both, if neither contains the other in what there is of it. */
function partial(
  a: readonly Box[],
  b: readonly Box[],
  real: readonly Box[],
): Point | 'none' | 'unknown' {
  const point = pickAny(meetAll(a, b))
  if (typeof point === 'string') return point
  for (const rest of [cutAll(a, b), cutAll(b, a)]) {
    const outside = pickAny(meetAll(rest, real))
    if (typeof outside === 'string') return outside
  }
  return point
}

/** Compares within a budget; the first overlap of each later one is enough. */
class Comparer {
  readonly #boxes: Boxes
  readonly #real: readonly Box[]
  readonly #found = new Map<number, Overlap>()
  #left = mostComparisons
  /** later ones with a pair that was not decided */
  readonly open = new Set<number>()

  /** `real`: everything that there can be in a capture. */
  constructor(boxes: Boxes, real: readonly Box[]) {
    this.#boxes = boxes
    this.#real = real
  }

  compare(earlier: number, later: number): void {
    if (this.#found.has(later)) return
    const a = this.#boxes(earlier)
    const b = this.#boxes(later)
    if (!a || !b || this.#left-- <= 0) {
      this.open.add(later)
      return
    }
    const point = partial(a, b, this.#real)
    if (point === 'unknown') this.open.add(later)
    else if (point !== 'none') this.#found.set(later, { earlier, later, point })
  }

  /** In the order of the later ones. */
  overlaps(): Overlap[] {
    return [...this.#found.values()].sort((a, b) => a.later - b.later)
  }
}

/** Pairs of rules whose servers meet, in order of the later one. */
function* neighbours(subject: LintSubject): Generator<[number, number]> {
  const spans = subject.set.level1.flatMap((_, rule) =>
    (subject.flows(rule) ?? []).flatMap(serversOf).map(([low, high]) => ({ low, high, rule })),
  )
  spans.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : a.rule - b.rule))
  let active: typeof spans = []
  for (const span of spans) {
    active = active.filter(({ high }) => high >= span.low)
    for (const { rule } of active)
      if (rule !== span.rule) yield rule < span.rule ? [rule, span.rule] : [span.rule, rule]
    active.push(span)
  }
}

function leaveOpen(
  subject: LintSubject,
  open: Iterable<number>,
  place: (index: number) => { at: Place; label: string },
): void {
  const [first, ...more] = [...open].sort((a, b) => a - b)
  if (first === undefined) return
  const { at, label } = place(first)
  const others = more.length > 0 ? ` and ${more.length} more` : ''
  subject.leaveOpen({
    at,
    rules: [label],
    question: `which earlier ones ${label}${others} overlap`,
  })
}

/** Overlapping level-1 rules that differ, the first for each later rule that is alive. */
export function overlappingRules(subject: LintSubject, differs: Differs): Overlap[] {
  const comparer = new Comparer(rule => subject.flows(rule), packetFlows)
  const alive = (rule: number) => subject.ruleCoverage(rule).state === 'alive'
  let left = mostPairs
  for (const [earlier, later] of neighbours(subject)) {
    if (left-- <= 0) {
      comparer.open.add(later)
      break
    }
    if (differs(earlier, later) && alive(later)) comparer.compare(earlier, later)
  }
  leaveOpen(subject, comparer.open, index => {
    const rule = subject.rule(index)
    return { at: rule.at, label: ruleLabel(rule) }
  })
  return comparer.overlaps()
}

/** Overlapping rows of one table that differ, the first for each later row that is alive. */
export function overlappingRows(subject: LintSubject, differs: Differs): Overlap[] {
  const comparer = new Comparer(row => subject.requests(row), allRequests)
  const anchors = new Map<number, Anchors>()
  const anchorsAt = (row: number): Anchors => {
    const known = anchors.get(row) ?? anchorsOf(subject.row(row).conditions)
    anchors.set(row, known)
    return known
  }
  let left = mostPairs
  for (const table of subject.set.tables.keys()) {
    const rows = subject.rowsOf(table)
    for (const [i, later] of rows.entries()) {
      if (subject.rowCoverage(later).state !== 'alive') continue
      for (const earlier of rows.slice(0, i)) {
        if (!differs(earlier, later)) continue
        if (left-- <= 0) {
          comparer.open.add(later)
          break
        }
        if (mayMeet(anchorsAt(earlier), anchorsAt(later))) comparer.compare(earlier, later)
      }
    }
  }
  leaveOpen(subject, comparer.open, index => {
    const row = subject.row(index)
    return { at: row.at, label: rowLabel(subject.set, row) }
  })
  return comparer.overlaps()
}
