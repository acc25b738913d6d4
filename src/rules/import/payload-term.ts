/** What filters say of a payload, as conditions that can be joined: `app` narrows, texts of one field must all hold. */

import type { App } from '../../record/flow-record.js'
import type { PayloadMatch, PayloadText } from '../rule-draft.js'
import type { PatternValue, SimplePattern } from '../text-pattern.js'

/** A pattern, or none of one. */
export type TermPattern = SimplePattern | { none: SimplePattern[] }

export interface PayloadTerm {
  readonly app?: readonly App[] | undefined
  readonly texts: readonly { readonly field: PayloadText; readonly pattern: TermPattern }[]
}

export const anyPayload: PayloadTerm = { texts: [] }

export function bothPayloads(a: PayloadTerm, b: PayloadTerm): PayloadTerm {
  const app = a.app === undefined ? b.app : b.app ? a.app.filter(x => b.app?.includes(x)) : a.app
  return { app, texts: [...a.texts, ...b.texts] }
}

export function asksPayload({ app, texts }: PayloadTerm): boolean {
  return app !== undefined || texts.length > 0
}

export function payloadMatch({ app, texts }: PayloadTerm): PayloadMatch {
  const match: PayloadMatch = app === undefined ? {} : { app: [...app] }
  const fields = new Map<PayloadText, TermPattern[]>()
  for (const { field, pattern } of texts) fields.set(field, [...(fields.get(field) ?? []), pattern])
  for (const [field, patterns] of fields) {
    const [only] = patterns
    if (only !== undefined) match[field] = patterns.length === 1 ? only : { all: patterns }
  }
  return match
}

/** Alternatives that differ in one field only are one match with a list. */
export function mergedMatches(terms: readonly PayloadTerm[]): PayloadMatch[] {
  const merged: PayloadMatch[] = []
  const lists = new Map<string, PatternValue[]>()
  for (const term of terms) {
    const [only] = term.texts
    if (term.texts.length !== 1 || !only) {
      merged.push(payloadMatch(term))
      continue
    }
    const key = `${term.app?.join()} ${only.field}`
    const list = lists.get(key)
    if (list) {
      list.push(only.pattern)
      continue
    }
    const own: PatternValue[] = [only.pattern]
    lists.set(key, own)
    merged.push({ ...(term.app ? { app: [...term.app] } : {}), [only.field]: own })
  }
  return merged
}

/** The text of a URL pattern without a scheme, for URLs with the schemes that such gateways see, and for the
 * bare authority of CONNECT. */
export function withoutScheme(glob: string): string[] {
  return glob.startsWith('*') ? [glob] : [`http://${glob}`, `https://${glob}`, glob]
}

/** The end of a text. On host names `suffix` means whole labels, which such an operator does not. */
export function endsWith(text: string): SimplePattern {
  return /[*?]/.test(text) ? { regex: `${literalRegex(text)}$` } : `*${text}`
}

/** RE2 syntax for exactly this text. */
export function literalRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
