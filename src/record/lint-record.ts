/** What `rules check` says: one record a finding, then a summary. */

/** Errors make a rule set unusable or wrong; warnings are probably mistakes; the rest is for information. */
export type LintSeverity = 'error' | 'warn' | 'info'

export interface LintRecord {
  type: 'lint'
  schema: 'tollgate.lint/1'
  /** stable code: DUP-PRECEDENCE, UNUSED-OBJECT, UNDEFINED-REF ... */
  id: string
  severity: LintSeverity
  /** "rules/newspaper.yaml:9:24"; the file alone when it could not be read */
  at: string
  /** rules concerned: "L1-3", "wapgw/1" */
  rules: string[]
  message: string
  /** a 5-tuple or URL that shows the finding */
  witness?: string
  /** what to write instead */
  hint?: string
  /** the line of the file and a mark under it */
  excerpt?: string
}

export interface LintSummary {
  type: 'summary'
  schema: 'tollgate.lint-summary/1'
  file: string
  errors: number
  warnings: number
  infos: number
  /** absent when the file could not be read as a rule set */
  rules?: { name: string; version: string; sha256: string; level1: number; level2: number }
}
