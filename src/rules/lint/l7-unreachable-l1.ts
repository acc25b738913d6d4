/** L7-UNREACHABLE-L1: the rows of a table are asked by rules that earlier ones cover, so none is ever tried. */

import type { Lint } from '../lint.js'
import { ruleLabel } from '../rule-set.js'

export const l7UnreachableL1: Lint = {
  id: 'L7-UNREACHABLE-L1',
  severity: 'error',
  doc: 'every rule that asks the table is shadowed or matches nothing',
  check(subject, report) {
    for (const [table, { name, at, count }] of subject.set.tables.entries()) {
      const owners = subject.owners(table)
      const dead = owners.filter(rule => {
        const { state } = subject.ruleCoverage(rule)
        return state === 'covered' || state === 'empty'
      })
      if (owners.length === 0 || dead.length < owners.length) continue
      const labels = owners.map(rule => ruleLabel(subject.rule(rule)))
      report({
        at,
        rules: labels,
        message: `table ${name} (${count} ${count === 1 ? 'row' : 'rows'}) is never asked: ${labels.join(', ')} never ${labels.length === 1 ? 'decides' : 'decide'}`,
      })
    }
  },
}
