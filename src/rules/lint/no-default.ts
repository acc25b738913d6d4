/** NO-DEFAULT: traffic that no level-1 rule matches has no charging id, and its tariff is unknown. */

import type { Lint } from '../lint.js'
import { NO_RULE } from '../lint-subject.js'
import { allFlows, flowFacts } from '../space/flow-space.js'

export const noDefault: Lint = {
  id: 'NO-DEFAULT',
  severity: 'warn',
  doc: 'the rule set has no default, and its level-1 rules leave some traffic out',
  check(subject, report) {
    const { set } = subject
    if (set.default >= 0) return
    const left = subject.decidedOf(NO_RULE, allFlows)
    if (left.state === 'unknown')
      subject.leaveOpen({ at: set.at, rules: [], question: 'whether the rules match all traffic' })
    if (left.state !== 'alive') return
    report({
      at: set.at,
      rules: [],
      message: 'no default: what no level-1 rule matches has no charging id',
      witness: { flow: flowFacts(left.point) },
      hint: 'default: <charging id>',
    })
  },
}
