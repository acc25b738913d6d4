/** `rules check`: everything wrong with a rule file, from its syntax to its sense, as findings. */

import type { LintRecord, LintSummary } from '../record/lint-record.js'
import type { CaptureCoverage } from './capture-coverage.js'
import { lints } from './lint/all.js'
import type { LintFinding } from './lint.js'
import { LintSubject } from './lint-subject.js'
import { loadReading } from './load.js'
import type { Reading } from './parse.js'
import { placeText, type RuleSet } from './rule-set.js'
import { witnessText } from './witness-text.js'

export interface Checked {
  /** undefined when the file could not be read as a rule set */
  readonly ruleSet: RuleSet | undefined
  readonly findings: readonly LintFinding[]
}

/** Findings of a reading: its problems, or when there is none what the lints say of the set, in the light of
 * a capture where there is one. */
export function checkReading({ set, problems }: Reading, capture?: CaptureCoverage): Checked {
  const findings: LintFinding[] = problems.map(({ id, text, excerpt, hint, file, line, col }) => ({
    id,
    severity: 'error',
    at: { file, line, col },
    rules: [],
    message: text,
    hint,
    ...(excerpt === '' ? {} : { excerpt }),
  }))
  if (set) {
    const subject = new LintSubject(set, capture)
    for (const { id, severity, check } of lints)
      check(subject, finding => findings.push({ id, severity, ...finding }))
  }
  return { ruleSet: set, findings }
}

export function checkRules(path: string, capture?: CaptureCoverage): Checked {
  return checkReading(loadReading(path), capture)
}

export function lintRecord(finding: LintFinding): LintRecord {
  const { id, severity, at, rules, message, witness, hint, excerpt } = finding
  return {
    type: 'lint',
    schema: 'tollgate.lint/1',
    id,
    severity,
    at: at.line === 0 ? at.file : placeText(at),
    rules: [...rules],
    message,
    ...(witness === undefined ? {} : { witness: witnessText(witness) }),
    ...(hint === undefined ? {} : { hint }),
    ...(excerpt === undefined ? {} : { excerpt }),
  }
}

export function lintSummary(file: string, { ruleSet, findings }: Checked): LintSummary {
  const count = (severity: string) => findings.filter(one => one.severity === severity).length
  return {
    type: 'summary',
    schema: 'tollgate.lint-summary/1',
    file,
    errors: count('error'),
    warnings: count('warn'),
    infos: count('info'),
    ...(ruleSet
      ? {
          rules: {
            name: ruleSet.name,
            version: ruleSet.version,
            sha256: ruleSet.source.sha256,
            level1: ruleSet.level1.length,
            level2: ruleSet.rows.length,
          },
        }
      : {}),
  }
}
