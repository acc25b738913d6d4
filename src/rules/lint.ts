/** A lint: one kind of mistake in a rule set that can be read. Read rules.md section 4 first.
 *
 * To add one: write `lint/<id>.ts` that exports it, add it to `lint/all.ts`, plant the fault in a file of
 * `test/rules/lint/`, and describe it in docs/lint.md. */

import type { LintSeverity } from '../record/lint-record.js'
import type { LintSubject } from './lint-subject.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import type { Place } from './rule-set.js'

/** A flow, a request in it, or a request alone, that shows a finding: the engine can be asked about it. */
export interface Witness {
  readonly flow?: FlowFacts | undefined
  readonly request?: AppFacts | undefined
}

export interface LintFinding {
  /** code of the lint, or of the problem that kept the file from being read */
  readonly id: string
  readonly severity: LintSeverity
  readonly at: Place
  /** rules concerned: "L1-3", "wapgw/1"; the one that the finding is about comes first */
  readonly rules: readonly string[]
  readonly message: string
  readonly witness?: Witness | undefined
  readonly hint?: string | undefined
  readonly excerpt?: string | undefined
}

/** What a lint says of one place; its id is the lint's own, its severity where it gives none. */
export type Report = (
  finding: Omit<LintFinding, 'id' | 'severity'> & { readonly severity?: LintSeverity },
) => void

export interface Lint {
  readonly id: string
  readonly severity: LintSeverity
  readonly doc: string
  check(subject: LintSubject, report: Report): void
}
