/** A lint: one kind of mistake in a rule set that can be read. Read rules.md section 4 first.
 *
 * To add one: write `lint/<id>.ts` that exports it, add it to `lint/all.ts`, test it in
 * `test/rules/check.test.ts`, and give it a row in the README's table of findings. */

import type { LintSeverity } from '../record/lint-record.js'
import type { Place, RuleSet } from './rule-set.js'

export interface LintFinding {
  /** code of the lint, or of the problem that kept the file from being read */
  readonly id: string
  readonly severity: LintSeverity
  readonly at: Place
  /** rules concerned: "L1-3", "wapgw/1" */
  readonly rules: readonly string[]
  readonly message: string
  /** a 5-tuple or URL that shows it */
  readonly witness?: string | undefined
  readonly hint?: string | undefined
  readonly excerpt?: string | undefined
}

/** What a lint says of one place; its id and severity are the lint's own. */
export type Report = (finding: Omit<LintFinding, 'id' | 'severity'>) => void

export interface Lint {
  readonly id: string
  readonly severity: LintSeverity
  readonly doc: string
  check(set: RuleSet, report: Report): void
}
