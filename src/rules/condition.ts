/** A condition kind: how one key of a rule's `match` becomes a test of facts.
 *
 * To add one: write `condition/<key>.ts` that exports it, add it to `condition/all.ts`, test it in
 * `test/rules/condition.test.ts`, and give it a row in the README's table of keys. */

import type { z } from 'zod'
import type { ProblemId } from './rule-error.js'
import type { IndexHint, Passing } from './rule-set.js'

/** What a condition makes of one value of its key. */
export interface CompiledTest<F> {
  /** the value as explanations show it */
  readonly expected: string
  readonly hint?: IndexHint<F>
  /** exactly the values that pass; absent when none of the forms says them */
  readonly passes?: Passing | undefined
  test(facts: F): boolean
}

/** Says what is wrong with a value; `path` leads to the part of it that is wrong. */
export type Refuse = (
  path: readonly (string | number)[],
  text: string,
  hint?: string,
  id?: ProblemId,
) => void

/** Takes what the schema says against a value. */
export type FormIssues = (issues: readonly z.core.$ZodIssue[]) => void

export interface Condition<F> {
  readonly key: string
  readonly doc: string
  /** form of the value; becomes part of the published JSON Schema */
  readonly schema: z.ZodType
  /** Undefined after a refusal or after issues of form. */
  compile(value: unknown, refuse: Refuse, issues: FormIssues): CompiledTest<F> | undefined
  /** the fact that the test looks at, or why there is none */
  show(facts: F): string
}

interface ConditionOf<F, V> {
  readonly key: string
  readonly doc: string
  /** what the value takes, as a sentence after the key: `takes true or false` */
  readonly form: string
  readonly schema: z.ZodType<V>
  compile(value: V, refuse: Refuse): CompiledTest<F> | undefined
  show(facts: F): string
}

/** Ties the value's type to its schema. */
export function condition<F, V>(own: ConditionOf<F, V>): Condition<F> {
  return {
    key: own.key,
    doc: own.doc,
    schema: own.schema.meta({ description: own.doc }),
    compile(value, refuse, issues) {
      const form = own.schema.safeParse(value)
      if (form.success) return own.compile(form.data, refuse)
      issues(form.error.issues.map(issue => ({ ...issue, message: own.form })))
      return undefined
    },
    show: facts => own.show(facts),
  }
}

/** A value or a list of them, as a list with the path to each. */
export function listed<T>(value: T | T[]): { path: readonly number[]; item: T }[] {
  return Array.isArray(value)
    ? value.map((item, index) => ({ path: [index], item }))
    : [{ path: [], item: value }]
}
