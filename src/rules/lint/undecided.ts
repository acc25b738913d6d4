/** UNDECIDED: a question that a bound of ours left open. It is said, so that silence about a rule means that
 * it was looked at. Has to be the last of the lints: the others say here what they could not decide. */

import type { Lint } from '../lint.js'
import { rowLabel, ruleLabel } from '../rule-set.js'

export const undecided: Lint = {
  id: 'UNDECIDED',
  severity: 'warn',
  doc: 'a pattern or a number of rules beyond what is analysed; not known to be clean',
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries())
      if (subject.ruleCoverage(index).state === 'unknown') {
        const label = ruleLabel(rule)
        subject.leaveOpen({ at: rule.at, rules: [label], question: `whether ${label} can match` })
      }
    for (const [index, row] of subject.set.rows.entries()) {
      const label = rowLabel(subject.set, row)
      const open = (question: string) => subject.leaveOpen({ at: row.at, rules: [label], question })
      if (subject.rowCoverage(index).state === 'unknown') open(`whether ${label} can match`)
      if (subject.rowReach(index).state === 'unknown')
        open(`whether the tables that are asked before leave anything of ${label}`)
    }
    for (const { at, rules, question } of subject.undecided)
      report({ at, rules, message: `not decided: ${question}` })
  },
}
