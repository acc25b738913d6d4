/** DUP-PRECEDENCE: two rules of level 1, or two rows of one table, with the same precedence. The order in
 * the file decides here; on a gateway it is the order of activation (3GPP TS 23.203 clause 6.3.1). */

import type { Lint, Report } from '../lint.js'
import { type Place, placeText, rowLabel, ruleLabel } from '../rule-set.js'

interface Ranked {
  precedence: number
  name?: string | undefined
  charge: number
  origin?: string | undefined
  at: Place
}

/** Alternatives of one rule of an imported source: whichever is first, the outcome is the same. */
function isOneRule(a: Ranked, b: Ranked): boolean {
  return (
    a.origin !== undefined && a.origin === b.origin && a.name === b.name && a.charge === b.charge
  )
}

function inPairs<R extends Ranked>(
  ranked: readonly R[],
  label: (own: R) => string,
  report: Report,
): void {
  for (const [i, second] of ranked.entries()) {
    const first = ranked[i - 1]
    if (!first || first.precedence !== second.precedence) continue
    if (isOneRule(first, second)) continue
    report({
      at: second.at,
      rules: [label(first), label(second)],
      message: `precedence ${second.precedence} is also that of ${label(first)} at ${placeText(first.at)}: the order in the file decides`,
    })
  }
}

export const dupPrecedence: Lint = {
  id: 'DUP-PRECEDENCE',
  severity: 'warn',
  doc: 'two rules of level 1, or two rows of one table, have the same precedence',
  check({ set }, report) {
    inPairs(set.level1, ruleLabel, report)
    for (const { first, count } of set.tables)
      inPairs(set.rows.slice(first, first + count), row => rowLabel(set, row), report)
  },
}
