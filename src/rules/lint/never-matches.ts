/** NEVER-MATCHES: the conditions of one rule contradict each other or the protocols: a port of a protocol
 * without ports, addresses of two versions, a port that a canonical URL never names. */

import { emptyCause } from '../empty-match.js'
import type { Lint } from '../lint.js'
import { rowLabel, ruleLabel } from '../rule-set.js'

export const neverMatches: Lint = {
  id: 'NEVER-MATCHES',
  severity: 'error',
  doc: "the rule's own conditions leave nothing that it could match",
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries()) {
      if (subject.ruleCoverage(index).state !== 'empty') continue
      const conditions = rule.conditions.map(({ key, expected }) => `${key} ${expected}`)
      report({
        at: rule.at,
        rules: [ruleLabel(rule)],
        message: `${ruleLabel(rule)} matches no packet: ${conditions.join(' and ')} exclude each other`,
      })
    }
    for (const [index, row] of subject.set.rows.entries()) {
      const cause = emptyCause(subject, index)
      if (cause?.kind !== 'alone') continue
      const { key, expected, at } = cause.condition
      report({
        at,
        rules: [rowLabel(subject.set, row)],
        message: `${rowLabel(subject.set, row)} matches no request: no ${key} is ${expected}`,
      })
    }
  },
}
