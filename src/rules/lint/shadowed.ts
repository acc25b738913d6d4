/** SHADOWED: earlier rules match everything that a rule matches, so it never decides. An error where the
 * outcome would have been another one. */

import type { LintSeverity } from '../../record/lint-record.js'
import type { Lint, Witness } from '../lint.js'
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

interface Cover extends Outcome {
  label: string
  at: Place
}

/** What matches all that a row does: rows of its table before it, else what is asked before the table. */
function coverOfRow(
  subject: LintSubject,
  index: number,
): { covers: readonly Cover[]; witness: Witness } | undefined {
  const coverRow = (number: number): Cover => {
    const own = subject.row(number)
    return { label: rowLabel(subject.set, own), at: own.at, charge: own.charge, table: -1 }
  }
  const found = subject.rowCoverage(index)
  if (found.state === 'covered') {
    const flow = subject.flowAsking(subject.row(index).table)?.flow
    const witness = { flow, request: requestFacts(found.point) }
    return { covers: found.by.map(coverRow), witness }
  }
  const reach = subject.rowReach(index)
  if (reach.state !== 'covered') return undefined
  const rules = reach.rules.map((number): Cover => {
    const own = subject.rule(number)
    return { label: ruleLabel(own), at: own.at, charge: own.charge, table: -1 }
  })
  const { flow, request } = reach
  return { covers: [...reach.rows.map(coverRow), ...rules], witness: { flow, request } }
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
      const found = coverOfRow(subject, index)
      if (!found) continue
      const { covers, witness } = found
      const severity = severityOf(subject, { charge: row.charge, table: -1 }, covers)
      report({
        severity,
        at: row.at,
        rules: [rowLabel(set, row), ...covers.map(({ label }) => label)],
        message: message(rowLabel(set, row), covers, severity === 'info'),
        witness,
        hint: 'remove it, or give it a smaller precedence',
      })
    }
  },
}
