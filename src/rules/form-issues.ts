/** What the schema finds wrong with a value, as problems in words of the rule file: which key, what it
 * takes, what stands there, what was probably meant. */

import type { z } from 'zod'
import { nearestWord } from '../record/filter/nearest.js'
import { operators } from './text-pattern.js'
import type { Path, YamlSource } from './yaml-source.js'

type Issue = z.core.$ZodIssue

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, step)
  }
  return at
}

function steps(path: readonly PropertyKey[]): (string | number)[] {
  return path.map(step => (typeof step === 'number' ? step : String(step)))
}

/** Name of the key that a path leads to or lies in. */
function keyOf(path: Path): string {
  return String(path.findLast(step => typeof step === 'string') ?? 'rule set')
}

function expectedText(issue: z.core.$ZodIssueInvalidType): string {
  switch (issue.expected) {
    case 'string':
      return 'text'
    case 'int':
      return 'a whole number'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    default:
      return 'a mapping of keys'
  }
}

/** The union member that came closest: one that only stumbled over a key's name. */
function unknownKeyIn(issue: Issue): Issue | undefined {
  if (issue.code !== 'invalid_union') return undefined
  for (const issues of issue.errors)
    for (const inner of issues) {
      const found = inner.code === 'unrecognized_keys' ? inner : unknownKeyIn(inner)
      if (found) return { ...found, path: [...issue.path, ...found.path] }
    }
  return undefined
}

function isRange(issue: Issue): boolean {
  return issue.code === 'too_big' || issue.code === 'too_small'
}

/** A number far out of range also leaves the range of this language: its own bound comes last. */
function lastOf(issues: readonly Issue[], like: Issue): Issue | undefined {
  const path = like.path.join('/')
  return issues.findLast(issue => issue.code === like.code && issue.path.join('/') === path)
}

/** Reports the issues of one value, `base` being the path to it and `known` the keys it may have. */
export function reportForm(
  source: YamlSource,
  base: Path,
  value: unknown,
  issues: readonly Issue[],
  known: readonly string[],
): void {
  for (const issue of issues)
    if (!isRange(issue) || issue === lastOf(issues, issue))
      reportIssue(source, base, value, issue, known)
}

function reportIssue(
  source: YamlSource,
  base: Path,
  value: unknown,
  issue: Issue,
  known: readonly string[],
): void {
  const path = [...base, ...steps(issue.path)]
  const key = keyOf(path)
  const seen = valueAt(value, issue.path)
  const misspelt = unknownKeyIn(issue)
  if (misspelt) {
    reportIssue(source, base, value, misspelt, operators)
  } else if (issue.code === 'unrecognized_keys') {
    for (const name of issue.keys)
      source.refuse(
        [...path, name],
        'key',
        'UNKNOWN-KEY',
        `unknown key "${name}"`,
        nearestWord(name, known),
      )
  } else if (seen === undefined && issue.path.length > 0) {
    source.refuse(path, 'value', 'MISSING-KEY', `missing key "${key}"`)
  } else if (issue.message.startsWith('takes ')) {
    source.refuse(path, 'value', 'BAD-VALUE', `${key} ${issue.message}`)
  } else if (issue.code === 'too_big' || issue.code === 'too_small') {
    reportRange(source, path, key, issue)
  } else if (issue.code === 'invalid_value') {
    const hint = nearestWord(String(seen), issue.values.map(String))
    const text = `unknown ${key} "${String(seen)}"`
    source.refuse(path, 'value', 'BAD-VALUE', text, hint ?? issue.values.join(', '))
  } else if (issue.code === 'invalid_type') {
    const hint =
      issue.expected === 'string' && typeof seen !== 'object'
        ? `"${source.spelling(path)}"`
        : undefined
    source.refuse(path, 'value', 'BAD-VALUE', `${key} takes ${expectedText(issue)}`, hint)
  } else {
    source.refuse(path, 'value', 'BAD-VALUE', `${key}: ${issue.message}`)
  }
}

function reportRange(
  source: YamlSource,
  path: Path,
  key: string,
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
): void {
  if (issue.origin === 'string' || issue.origin === 'array') {
    source.refuse(path, 'value', 'BAD-VALUE', `${key} is empty`)
  } else {
    const bound = issue.code === 'too_big' ? `above ${issue.maximum}` : `below ${issue.minimum}`
    const text = `${key} ${source.spelling(path)} is ${bound}`
    source.refuse(path, 'value', 'ID-OUT-OF-RANGE', text)
  }
}
