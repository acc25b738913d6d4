/** CASE: matching ignores case here. A pattern with capitals was written for, or goes to, a gateway that does
 * not, where requests in another spelling are charged differently. */

import type { Lint, Report } from '../lint.js'
import { type RuleCondition, rowLabel, ruleLabel } from '../rule-set.js'

function capitals<F>(conditions: readonly RuleCondition<F>[], label: string, report: Report): void {
  for (const { key, passes, at } of conditions) {
    // methods and radio access types are written in capitals by their standards
    if (passes?.by !== 'text' || key === 'method' || key === 'rat') continue
    const found = passes.patterns.find(
      ({ operator, text }) => operator !== 'regex' && text !== text.toLowerCase(),
    )
    if (!found) continue
    report({
      at,
      rules: [label],
      message: `${label}: ${key} "${found.text}" has capitals; here they match any spelling, on a gateway that minds case only this one`,
      hint: `"${found.text.toLowerCase()}"`,
    })
  }
}

export const letterCase: Lint = {
  id: 'CASE',
  severity: 'info',
  doc: 'a pattern has capitals, while matching ignores case',
  check({ set }, report) {
    for (const rule of set.level1) capitals(rule.conditions, ruleLabel(rule), report)
    for (const row of set.rows) capitals(row.conditions, rowLabel(set, row), report)
  },
}
