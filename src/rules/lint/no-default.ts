/** NO-DEFAULT: traffic that no level-1 rule matches has no charging id, and its tariff is unknown. */

import type { Lint } from '../lint.js'

export const noDefault: Lint = {
  id: 'NO-DEFAULT',
  severity: 'warn',
  doc: 'the rule set has neither a default nor a level-1 rule that matches everything',
  check(set, report) {
    const catchAll = set.level1.some(({ conditions }) => conditions.length === 0)
    if (set.default < 0 && !catchAll)
      report({
        at: set.at,
        rules: [],
        message: 'no default: what no level-1 rule matches has no charging id',
        hint: 'default: <charging id>',
      })
  },
}
