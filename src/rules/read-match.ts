/** The `match` of a rule or row: every key of it a condition, all of which must hold. */

import { nearestWord } from '../record/filter/nearest.js'
import { level1Conditions, level2Conditions } from './condition/all.js'
import type { Condition, Refuse } from './condition.js'
import { reportForm } from './form-issues.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import type { RuleCondition } from './rule-set.js'
import type { Path, YamlSource } from './yaml-source.js'

type Kinds<F> = ReadonlyMap<string, Condition<F>>

const level1: Kinds<FlowFacts> = new Map(level1Conditions.map(kind => [kind.key, kind]))
const level2: Kinds<AppFacts> = new Map(level2Conditions.map(kind => [kind.key, kind]))

function read<F>(
  source: YamlSource,
  path: Path,
  match: unknown,
  kinds: Kinds<F>,
  elsewhere: (key: string) => string | undefined,
): RuleCondition<F>[] {
  if (match === undefined) return []
  if (typeof match !== 'object' || match === null || Array.isArray(match)) {
    source.refuse(path, 'value', 'BAD-VALUE', 'match takes a mapping of keys', '{} for everything')
    return []
  }
  const conditions: RuleCondition<F>[] = []
  for (const [key, value] of Object.entries(match)) {
    const at = [...path, key]
    const kind = kinds.get(key)
    if (!kind) {
      const hint = elsewhere(key) ?? nearestWord(key, kinds.keys())
      source.refuse(at, 'key', 'UNKNOWN-KEY', `unknown key "${key}" in match`, hint)
      continue
    }
    const refuse: Refuse = (inner, text, hint, id = 'BAD-VALUE') =>
      source.refuse([...at, ...inner], 'value', id, text, hint)
    const compiled = kind.compile(value, refuse, issues =>
      reportForm(source, at, value, issues, []),
    )
    if (!compiled) continue
    const { expected, hint, passes, test } = compiled
    const place = source.place(at)
    conditions.push({ key, value, at: place, expected, hint, passes, test, show: kind.show })
  }
  return conditions
}

export function readFlowMatch(source: YamlSource, path: Path, match: unknown) {
  return read(source, path, match, level1, key =>
    level2.has(key) ? 'it belongs to the rows of a level-2 table' : undefined,
  )
}

export function readPayloadMatch(source: YamlSource, path: Path, match: unknown) {
  return read(source, path, match, level2, key =>
    level1.has(key) ? 'it belongs to level-1 rules' : undefined,
  )
}
