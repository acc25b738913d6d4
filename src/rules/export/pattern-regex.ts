/** Text patterns of rule files as regular expressions, which is what PFDs of TS 29.551 hold. Case is ignored here and
 * not there: names are in lower case anyway, paths may differ. */

import { literalRegex } from '../import/payload-term.js'
import type { PatternValue, SimplePattern, TextValue } from '../text-pattern.js'

function globRegex(glob: string): string {
  const parts = [...glob].map(c => (c === '*' ? '.*' : c === '?' ? '.' : literalRegex(c)))
  return `^${parts.join('')}$`
}

function simpleRegex(pattern: SimplePattern, domain: boolean): string {
  if (typeof pattern === 'string') return globRegex(pattern)
  if ('equals' in pattern) return `^${literalRegex(pattern.equals)}$`
  if ('prefix' in pattern) return `^${literalRegex(pattern.prefix)}`
  if ('contains' in pattern) return literalRegex(pattern.contains)
  if ('regex' in pattern) return pattern.regex
  const suffix = literalRegex(pattern.suffix.replace(/^\.+/, ''))
  return domain ? `^(.*\\.)?${suffix}$` : `${literalRegex(pattern.suffix)}$`
}

function isSimple(pattern: PatternValue): pattern is SimplePattern {
  return typeof pattern === 'string' || !('all' in pattern || 'none' in pattern)
}

/** Alternatives; undefined when one is a conjunction or a negation, which such expressions cannot say. */
export function regexesOf(value: TextValue, domain: boolean): string[] | undefined {
  const list = Array.isArray(value) ? value : [value]
  const simple = list.filter(isSimple)
  return simple.length === list.length ? simple.map(one => simpleRegex(one, domain)) : undefined
}
