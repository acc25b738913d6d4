/** A source often holds several rulebases or user profiles; a rule set is one of them. */

import { maskImsi } from '../../record/mask.js'
import { RuleError } from '../rule-error.js'
import type { SourceText } from './source-text.js'

/** Names that a message lists. */
const MOST_SHOWN = 20

/** A subscriber's number is never shown whole. */
export function maskedSubscriber(name: string): string {
  return /^(?:imsi-)?\d{14,16}$/.test(name) ? maskImsi(name.replace('imsi-', '')) : name
}

/** The one that was asked for, or the only one. Throws a `RuleError` that lists the names. */
export function selectNamed(
  texts: readonly SourceText[],
  what: string,
  names: readonly string[],
  wanted: string | undefined,
): string {
  const unique = [...new Set(names)]
  const found = unique.find(name => name.toLowerCase() === wanted?.toLowerCase())
  const [only] = unique
  const shown = unique.slice(0, MOST_SHOWN).map(maskedSubscriber).join(', ')
  const file = texts[0]?.file ?? ''
  const refuse = (text: string, hint?: string) =>
    new RuleError([{ id: 'BAD-VALUE', file, line: 0, col: 0, text, excerpt: '', hint }])
  if (only === undefined) throw refuse(`no ${what} in this source`, 'another --from')
  if (wanted !== undefined && found === undefined)
    throw refuse(`no ${what} "${maskedSubscriber(wanted)}"`, shown)
  if (wanted === undefined && unique.length > 1)
    throw refuse(`several of ${what} (${unique.length}): ${shown}`, '--select NAME')
  return found ?? only
}
