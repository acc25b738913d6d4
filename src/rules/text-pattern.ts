/** Text values of rule files: a glob, or `{equals|suffix|prefix|contains|regex: ...}`, or a list of
 * these of which one must hold; `{all: [...]}` when each must, `{none: [...]}` when none may. Read RE2's syntax
 * page for `regex`: regexes run on a linear-time engine, never on the one of this runtime, which a pattern like
 * `(a+)+$` brings to a halt. */

import { RE2JS } from 're2js'
import { z } from 'zod'
import type { Refuse } from './condition.js'
import { listed } from './condition.js'
import { globMatch, globShape } from './glob.js'
import type { Passing } from './rule-set.js'

const LONGEST_PATTERN = 4096
export const operators = ['equals', 'suffix', 'prefix', 'contains', 'regex'] as const
type Operator = (typeof operators)[number]

/** One pattern as the rule file has it. */
export interface TextPattern {
  readonly operator: Operator | 'glob'
  readonly text: string
}

export const textForm =
  'takes a glob, {equals|suffix|prefix|contains|regex: text}, a list of these, {all: [...]} or {none: [...]}'

const simple = z.union([
  z.string(),
  z.strictObject({ equals: z.string() }),
  z.strictObject({ suffix: z.string() }),
  z.strictObject({ prefix: z.string() }),
  z.strictObject({ contains: z.string() }),
  z.strictObject({ regex: z.string() }),
])
const none = z.strictObject({ none: z.array(simple).min(1) })
const all = z.strictObject({ all: z.array(z.union([...simple.options, none])).min(1) })
const pattern = z.union([...simple.options, all, none])
export const textSchema = z.union([pattern, z.array(pattern).min(1)])
export type TextValue = z.infer<typeof textSchema>
/** One text that is compared, with the way of comparing. */
export type SimplePattern = z.infer<typeof simple>
export type PatternValue = z.infer<typeof pattern>

/** A test of one text. Matching ignores case; the text is given as it was seen. */
export interface TextTest {
  readonly expected: string
  /** what the test asks: one of these must hold; absent when a list cannot say it */
  readonly passes?: Extract<Passing, { by: 'text' | 'texts' }> | undefined
  /** in lower case; every text that passes contains one of them; empty when no such list exists */
  readonly literals: readonly string[]
  test(text: string): boolean
}

function patternOf(value: SimplePattern): TextPattern {
  if (typeof value === 'string') return { operator: 'glob', text: value }
  for (const operator of operators) {
    const text = (value as Partial<Record<Operator, string>>)[operator]
    if (text !== undefined) return { operator, text }
  }
  return { operator: 'glob', text: '' }
}

/** The name itself or a name below it: `example.com` is not a suffix of `evilexample.com`. */
function domainSuffix(name: string): (host: string) => boolean {
  const bare = name.replace(/^\.+/, '')
  const below = `.${bare}`
  return host => host === bare || host.endsWith(below)
}

function regexTest(text: string, path: readonly (string | number)[], refuse: Refuse) {
  try {
    return RE2JS.compile(text, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    refuse(
      path,
      `regex: ${why.replace('error parsing regexp: ', '').replace('(?s)(?i)', '')}`,
      'RE2 syntax',
    )
    return undefined
  }
}

function simplePattern(
  value: SimplePattern,
  path: readonly (string | number)[],
  domain: boolean,
  refuse: Refuse,
): TextTest | undefined {
  const { operator, text } = patternOf(value)
  const place = operator === 'glob' ? path : [...path, operator]
  if (text === '' || (domain && operator === 'suffix' && /^\.+$/.test(text))) {
    refuse(place, 'empty pattern', 'leave the key out to match everything')
    return undefined
  }
  if (text.length > LONGEST_PATTERN) {
    refuse(place, `pattern of ${text.length} characters; the most is ${LONGEST_PATTERN}`)
    return undefined
  }
  if (operator === 'regex') {
    const regex = regexTest(text, place, refuse)
    return regex && { expected: `regex ${text}`, literals: [], test: seen => regex.test(seen) }
  }
  const low = text.toLowerCase()
  const shape = operator === 'glob' ? globShape(low) : { kind: operator, literal: low }
  const expected = operator === 'glob' ? text : `${operator} ${text}`
  const literal = shape.kind === 'any' ? '' : shape.literal
  const literals = literal === '' ? [] : [literal]
  switch (shape.kind) {
    case 'any':
      return { expected, literals, test: () => true }
    case 'equals':
      return { expected, literals, test: seen => seen.toLowerCase() === literal }
    case 'prefix':
      return { expected, literals, test: seen => seen.toLowerCase().startsWith(literal) }
    case 'contains':
      return { expected, literals, test: seen => seen.toLowerCase().includes(literal) }
    case 'suffix': {
      if (operator === 'glob' || !domain)
        return { expected, literals, test: seen => seen.toLowerCase().endsWith(literal) }
      const under = domainSuffix(literal)
      const name = literal.replace(/^\.+/, '')
      return { expected, literals: [name], test: seen => under(seen.toLowerCase()) }
    }
    case 'glob':
      return { expected, literals, test: seen => globMatch(low, seen.toLowerCase()) }
  }
}

function isSimple(value: PatternValue): value is SimplePattern {
  return typeof value === 'string' || !('all' in value || 'none' in value)
}

type Step = readonly (string | number)[]

/** Tests of several patterns; undefined when one was refused. */
function eachPattern(
  values: readonly { path: Step; item: PatternValue }[],
  domain: boolean,
  refuse: Refuse,
): TextTest[] | undefined {
  const tests = values.flatMap(({ path, item }) => onePattern(item, path, domain, refuse) ?? [])
  return tests.length === values.length ? tests : undefined
}

function onePattern(
  value: PatternValue,
  path: Step,
  domain: boolean,
  refuse: Refuse,
): TextTest | undefined {
  if (isSimple(value)) return simplePattern(value, path, domain, refuse)
  const key = 'all' in value ? 'all' : 'none'
  const parts: readonly PatternValue[] = 'all' in value ? value.all : value.none
  const listed = parts.map((item, i) => ({ path: [...path, key, i], item }))
  const tests = eachPattern(listed, domain, refuse)
  if (!tests) return undefined
  const words = tests.map(one => one.expected)
  if (key === 'none')
    return {
      expected: `none of ${words.join(', ')}`,
      literals: [],
      test: seen => !tests.some(one => one.test(seen)),
    }
  // what holds all parts holds the literals of each: the first that has some stands for all
  const literals = tests.find(one => one.literals.length > 0)?.literals ?? []
  return {
    expected: words.join(' and '),
    literals,
    test: seen => tests.every(one => one.test(seen)),
  }
}

/** What a value asks for: a list of which one must hold, or things that must all hold; undefined for alternatives of
 * which one asks for several things at once. */
function passingOf(values: readonly PatternValue[], domain: boolean): TextTest['passes'] {
  const simples = values.filter(isSimple)
  if (simples.length === values.length)
    return { by: 'text', patterns: simples.map(patternOf), domain }
  const [only, ...others] = values
  if (only === undefined || isSimple(only) || others.length > 0) return undefined
  const parts = 'all' in only ? only.all : [only]
  return {
    by: 'texts',
    parts: parts.map(part =>
      isSimple(part)
        ? { patterns: [patternOf(part)], none: false }
        : { patterns: part.none.map(patternOf), none: true },
    ),
    domain,
  }
}

/** `domain`: the text is a host name, so that `suffix` stops at a label's edge. */
export function compileText(
  value: TextValue,
  domain: boolean,
  refuse: Refuse,
): TextTest | undefined {
  const values = listed<PatternValue>(value)
  const tests = eachPattern(values, domain, refuse)
  const [only] = tests ?? []
  if (!tests || !only) return undefined
  const found = passingOf(
    values.map(({ item }) => item),
    domain,
  )
  const passes = found ? { passes: found } : {}
  if (tests.length === 1) return { ...only, ...passes }
  const bounded = tests.every(one => one.literals.length > 0)
  return {
    expected: tests.map(one => one.expected).join(' or '),
    literals: bounded ? tests.flatMap(one => one.literals) : [],
    ...passes,
    test: seen => tests.some(one => one.test(seen)),
  }
}
