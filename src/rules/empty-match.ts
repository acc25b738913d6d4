/** Why a row can match nothing: a pattern of another dialect, two conditions of which one was meant, or a
 * contradiction. Each cause is a lint of its own. */

import type { LintSubject } from './lint-subject.js'
import type { AppFacts } from './rule-facts.js'
import type { RuleCondition } from './rule-set.js'
import { pickAny } from './space/box.js'
import { requestsOf } from './space/request-space.js'

export type EmptyCause =
  | { readonly kind: 'scheme'; readonly condition: RuleCondition<AppFacts>; readonly hint: string }
  | { readonly kind: 'either'; readonly keys: readonly string[] }
  | { readonly kind: 'alone'; readonly condition: RuleCondition<AppFacts> }

/** Keys that look at the name or place of what is asked for. */
const nameKeys = ['url', 'host', 'path', 'sni']

function isEmpty(conditions: readonly RuleCondition<AppFacts>[]): boolean {
  const boxes = requestsOf({ conditions })
  return boxes !== undefined && pickAny(boxes) === 'none'
}

/** What to write for a pattern that only lacks a scheme, or has one where a bare name is compared. */
function schemeHint({ key, passes }: RuleCondition<AppFacts>): string | undefined {
  if (passes?.by !== 'text') return undefined
  for (const { operator, text } of passes.patterns) {
    if (operator === 'regex') continue
    const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0]
    if (key !== 'url' && scheme !== undefined) return text.slice(scheme.length).replace(/\/.*$/, '')
    const bare = operator === 'glob' || operator === 'equals' || operator === 'prefix'
    const anchored = bare && scheme === undefined && /^[a-z0-9]/i.test(text)
    if (key === 'url' && anchored && text.includes('/')) return `http://${text}`
  }
  return undefined
}

/** Undefined for a row that can match something, or where that is not decided. */
export function emptyCause(subject: LintSubject, row: number): EmptyCause | undefined {
  if (subject.rowCoverage(row).state !== 'empty') return undefined
  const { conditions } = subject.row(row)
  const alone = conditions.find(one => isEmpty([one]))
  const hint = alone && schemeHint(alone)
  if (alone && hint !== undefined) return { kind: 'scheme', condition: alone, hint }
  if (alone) return { kind: 'alone', condition: alone }
  const names = conditions.filter(({ key }) => nameKeys.includes(key))
  // every condition can hold, so the contradiction is among names, or a name excludes other fields
  return { kind: 'either', keys: (names.length > 1 ? names : conditions).map(({ key }) => key) }
}
