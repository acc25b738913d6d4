/** A source often holds several rulebases or user profiles; a rule set is one of them. */

import { RuleError } from '../rule-error.js'
import type { SourceText } from './source-text.js'

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
  const file = texts[0]?.file ?? ''
  const refuse = (text: string, hint?: string) =>
    new RuleError([{ id: 'BAD-VALUE', file, line: 0, col: 0, text, excerpt: '', hint }])
  if (only === undefined) throw refuse(`no ${what} in this source`, 'another --from')
  if (wanted !== undefined && found === undefined)
    throw refuse(`no ${what} "${wanted}"`, unique.join(', '))
  if (wanted === undefined && unique.length > 1)
    throw refuse(`${unique.length} of ${what}: ${unique.join(', ')}`, '--select NAME')
  return found ?? only
}
