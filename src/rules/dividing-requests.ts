/** Requests that the rows of one rule set match and those of another do not: elements of the exact differences of
 * what rows match, where edges alone would not show them (`x[0-9]{3}` against `x[0-8]{3}`). */

import { Effort } from './language/effort.js'
import type { Level2Row } from './rule-set.js'
import { type Box, cutAll, pickAny } from './space/box.js'
import { requestFacts, requestsOf } from './space/request-space.js'
import type { KnownRequest } from './visible.js'

/** Rows of a table that are cut out of one row together; above it, its counterpart alone. */
const mostTogether = 64

interface RowSet {
  readonly row: Level2Row
  readonly boxes: readonly Box[] | undefined
}

function rowSets(rows: readonly Level2Row[], effort: Effort): RowSet[] {
  return rows.map(row => ({ row, boxes: requestsOf(row, effort) }))
}

/** One element, when the difference is not empty and can be followed. */
function element(of: readonly Box[], without: readonly Box[]): KnownRequest[] {
  const point = pickAny(cutAll(of, without))
  if (typeof point === 'string') return []
  const { app: _app, ...request } = requestFacts(point)
  return [request]
}

function oneWay(own: readonly RowSet[], others: readonly RowSet[]): KnownRequest[] {
  const all = others.length <= mostTogether ? others.flatMap(({ boxes }) => boxes ?? []) : undefined
  return own.flatMap(({ row, boxes }) => {
    if (boxes === undefined) return []
    const same = others.find(other => other.row.precedence === row.precedence)
    return [
      ...(same?.boxes === undefined ? [] : element(boxes, same.boxes)),
      ...(all === undefined ? [] : element(boxes, all)),
    ]
  })
}

export function dividingRequests(
  first: readonly Level2Row[],
  second: readonly Level2Row[],
): KnownRequest[] {
  const effort = new Effort(first.length + second.length)
  const [a, b] = [rowSets(first, effort), rowSets(second, effort)]
  return [...oneWay(a, b), ...oneWay(b, a)]
}
