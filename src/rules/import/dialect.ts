/** What an importer is: text of somebody else's configuration in, a drafted rule set and an account of every line
 * out. Read importers.md of the specification first.
 *
 * To add one: write `import/<dialect>.ts` that exports it, add it to `import/all.ts` and
 * `import/dialect-names.ts`, give it a fixture with cases in
 * `test/importers/fixtures`, and a row in `docs/importers.md`. */

import type { Tariff } from '../../record/flow-record.js'
import type { Place } from '../rule-set.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

/** A part of the source that has no form in a rule set. */
export interface LeftOut extends Place {
  /** as the source has it */
  readonly text: string
  readonly why: string
  /** the first precedence that it could have decided before; absent when it decides nothing */
  readonly precedence?: number | undefined
}

/** What an operator should know although nothing was left out: a default that was applied, an approximation. */
export interface Remark extends Place {
  readonly text: string
}

export interface ImportOptions {
  /** rulebase, user profile or subscriber to import when the source has several */
  readonly select?: string | undefined
  /** rating group or charging id -> tariff: few dialects say what is free */
  readonly tariffs: ReadonlyMap<number, Tariff>
  /** Huawei UGW: category group of a rule -> group of L7 entries */
  readonly links: ReadonlyMap<string, string>
  /** proxies of the set: WAP gateways */
  readonly proxies: readonly string[]
}

export interface Dialect {
  readonly name: string
  readonly doc: string
  /** profiles of which the first that is known describes the gateway best */
  readonly profiles: readonly string[]
  /** Throws a `RuleError` for what cannot be read at all: cut short, not of this dialect, no such part. */
  read(texts: readonly SourceText[], set: SetBuilder): void
}
