/** NO-TARIFF-FOR-RG: a rule leads to a charging id whose tariff is not known. Unknown is not free. */

import type { Lint } from '../lint.js'
import { rowLabel, ruleLabel } from '../rule-set.js'

export const noTariffForRg: Lint = {
  id: 'NO-TARIFF-FOR-RG',
  severity: 'warn',
  doc: 'a rule uses a charging id whose tariff is unknown',
  check({ set }, report) {
    for (const [index, { id, tariff, ratingGroup, at }] of set.charges.entries()) {
      if (tariff !== 'unknown') continue
      const rules = set.level1.filter(({ charge }) => charge === index).map(ruleLabel)
      const rows = set.rows.filter(({ charge }) => charge === index)
      const users = [...rules, ...rows.map(row => rowLabel(set, row))]
      if (set.default === index) users.push('default')
      if (users.length === 0) continue
      report({
        at,
        rules: users,
        message: `charging id ${id} (rating group ${ratingGroup}) has no tariff, and ${users.join(', ')} ${users.length === 1 ? 'leads' : 'lead'} to it`,
        hint: 'tariff: free or charged',
      })
    }
  },
}
