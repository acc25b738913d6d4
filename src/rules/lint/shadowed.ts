/** SHADOWED: earlier rules match everything that a rule matches, so it never decides. An error where the
 * outcome would have been another one. */

import type { LintSeverity } from '../../record/lint-record.js'
import type { Lint } from '../lint.js'
import type { LintSubject } from '../lint-subject.js'
import { type Place, placeText, rowLabel, ruleLabel } from '../rule-set.js'
import { flowFacts } from '../space/flow-space.js'
import { requestFacts } from '../space/request-space.js'

const mostNamed = 8

interface Outcome {
  charge: number
  table: number
}

function sameMoney(subject: LintSubject, a: Outcome, b: Outcome): boolean {
  const [one, two] = [subject.charge(a.charge), subject.charge(b.charge)]
  return a.table === b.table && one?.tariff === two?.tariff && one?.ratingGroup === two?.ratingGroup
}

function severityOf(subject: LintSubject, own: Outcome, covers: readonly Outcome[]): LintSeverity {
  return covers.every(cover => sameMoney(subject, own, cover)) ? 'info' : 'error'
}

/** `L1-3 at x.yaml:4:5 and L1-4 at x.yaml:5:5`; of many the first ones. */
function listText(covers: readonly { label: string; at: Place }[]): string {
  const named = covers.slice(0, mostNamed).map(({ label, at }) => `${label} at ${placeText(at)}`)
  if (covers.length > mostNamed) named.push(`${covers.length - mostNamed} more`)
  const last = named.pop() ?? ''
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`
}

function message(what: string, covers: readonly { label: string; at: Place }[], same: boolean) {
  const together = covers.length > 1 ? ' together' : ''
  const money = same ? 'with the same outcome' : 'with another outcome'
  return `${what} never decides: ${listText(covers)}${together} matched before, ${money}`
}

export const shadowed: Lint = {
  id: 'SHADOWED',
  severity: 'error',
  doc: 'earlier rules, alone or together, match everything that this one matches',
  check(subject, report) {
    const { set } = subject
    for (const [index, rule] of set.level1.entries()) {
      const found = subject.ruleCoverage(index)
      if (found.state !== 'covered') continue
      const rules = found.by.map(cover => subject.rule(cover))
      const covers = rules.map(cover => ({ label: ruleLabel(cover), at: cover.at }))
      const severity = severityOf(subject, rule, rules)
      report({
        severity,
        at: rule.at,
        rules: [ruleLabel(rule), ...covers.map(({ label }) => label)],
        message: message(ruleLabel(rule), covers, severity === 'info'),
        witness: { flow: flowFacts(found.point) },
        hint: 'remove it, or give it a smaller precedence',
      })
    }
    for (const [index, row] of set.rows.entries()) {
      const found = subject.rowCoverage(index)
      if (found.state !== 'covered') continue
      const rows = found.by.map(cover => subject.row(cover))
      const covers = rows.map(cover => ({ label: rowLabel(set, cover), at: cover.at }))
      const plain = (own: { charge: number }) => ({ charge: own.charge, table: -1 })
      const severity = severityOf(subject, plain(row), rows.map(plain))
      report({
        severity,
        at: row.at,
        rules: [rowLabel(set, row), ...covers.map(({ label }) => label)],
        message: message(rowLabel(set, row), covers, severity === 'info'),
        witness: {
          flow: subject.flowAsking(row.table)?.flow,
          request: requestFacts(found.point),
        },
        hint: 'remove it, or give it a smaller precedence',
      })
    }
  },
}
