/** Text patterns of rule files as regular expressions, which is what PFDs of TS 29.551 clause 6.1.6.2 hold. Case is ignored here and
 * not there: names are in lower case anyway, paths may differ. */

import { literalRegex } from '../import/payload-term.js'
import type { PatternValue, SimplePattern, TextValue } from '../text-pattern.js'

function globRegex(glob: string): string {
  const parts = [...glob].map(c => (c === '*' ? '.*' : c === '?' ? '.' : literalRegex(c)))
  return `^${parts.join('')}$`
}

/** `domain`: held against the whole of a name, so that a part of it has to say that there may be more. */
function simpleRegex(pattern: SimplePattern, domain: boolean): string {
  const [before, after] = domain ? ['^.*', '.*$'] : ['', '']
  if (typeof pattern === 'string') return globRegex(pattern)
  if ('equals' in pattern) return `^${literalRegex(pattern.equals)}$`
  if ('prefix' in pattern) return `^${literalRegex(pattern.prefix)}${after}`
  if ('contains' in pattern) return `${before}${literalRegex(pattern.contains)}${after}`
  if ('regex' in pattern)
    return domain ? `${before}(?:${closed(pattern.regex)})${after}` : pattern.regex
  const suffix = literalRegex(pattern.suffix.replace(/^\.+/, ''))
  return domain ? `^(.*\\.)?${suffix}$` : `${literalRegex(pattern.suffix)}$`
}

/** A quotation may be left open at the end of an expression; what follows would be part of it. */
function closed(regex: string): string {
  return /\\Q(?:(?!\\E).)*$/s.test(regex) ? `${regex}\\E` : regex
}

function isSimple(pattern: PatternValue): pattern is SimplePattern {
  return typeof pattern === 'string' || !('all' in pattern || 'none' in pattern)
}

/** Alternatives; undefined when one is a conjunction or a negation, which such expressions cannot say. `domain`: a name
 * is compared as a whole, while a URL is searched. */
export function regexesOf(value: TextValue, domain: boolean): string[] | undefined {
  const list = Array.isArray(value) ? value : [value]
  const simple = list.filter(isSimple)
  return simple.length === list.length ? simple.map(one => simpleRegex(one, domain)) : undefined
}
