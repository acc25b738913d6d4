/** URL patterns of Huawei and ZTE: no scheme, case ignored, `*` any run, `?` one character other than `/` and `:`, which
 * scripts spell `&#3f`. Importers.md 2.2, "URL pattern dialect". */

import type { SimplePattern } from '../text-pattern.js'
import { literalRegex, withoutScheme } from './payload-term.js'

const LONGEST = 119
const MOST_WILDCARDS = 5

/** `&#3f` and the escapes of a script as they are meant. */
function unescaped(pattern: string): string {
  return pattern
    .replace(/&#3f/gi, '?')
    .replace(/%(20|2c|2b|25)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function regexOf(pattern: string): string {
  const parts = [...pattern].map(c => (c === '*' ? '.*' : c === '?' ? '[^/:]' : literalRegex(c)))
  return parts.join('')
}

/** What the gateway would refuse in a pattern. */
export function urlPatternProblem(pattern: string): string | undefined {
  const text = unescaped(pattern)
  if (text === '') return 'the pattern is empty'
  if (text.length > LONGEST)
    return `the pattern has ${text.length} characters; the most is ${LONGEST}`
  const wildcards = text.split('?').length - 1
  return wildcards > MOST_WILDCARDS
    ? `${wildcards} single-character wildcards; the most is ${MOST_WILDCARDS}`
    : undefined
}

/** Alternatives of the rule file that together match what the pattern does. */
export function urlPatterns(pattern: string): SimplePattern[] {
  const text = unescaped(pattern)
  if (!text.includes('?')) return withoutScheme(text)
  return [{ regex: `^(?:[a-z][a-z0-9+.-]*://)?${regexOf(text)}$` }]
}

/** A pattern for the host alone, with or without a path behind it. */
export function hostPatterns(pattern: string): SimplePattern[] {
  const host = unescaped(pattern).replace(/[/:].*$/, '')
  return host.includes('?') ? [{ regex: `^${regexOf(host)}$` }] : [host]
}
