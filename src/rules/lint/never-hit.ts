/** NEVER-HIT: rules that decided nothing in the capture, although they could: dead wood, or traffic that the
 * capture lacks. */

import type { Lint } from '../lint.js'
import { type Place, rowLabel, ruleLabel } from '../rule-set.js'

export const neverHit: Lint = {
  id: 'NEVER-HIT',
  severity: 'info',
  doc: 'no flow or request of the capture was decided by the rule',
  check(subject, report) {
    const { capture, set } = subject
    if (!capture) return
    const tell = (label: string, at: Place) => {
      if (!capture.hits.has(label))
        report({
          at,
          rules: [label],
          message: `${label} decided none of the ${capture.flows} flows of the capture`,
        })
    }
    for (const [index, rule] of set.level1.entries())
      if (subject.ruleCoverage(index).state === 'alive') tell(ruleLabel(rule), rule.at)
    for (const [index, row] of set.rows.entries())
      if (subject.rowCoverage(index).state === 'alive') tell(rowLabel(set, row), row.at)
  },
}
