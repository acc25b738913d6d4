/** What two rule sets say of the same octets, and why they differ. */

import type { RuleOutcome } from '../record/change-record.js'
import { DEFAULT_RULE, type Decision, type RuleEngine } from './engine.js'
import { explain } from './explain.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import { rowLabel, ruleLabel } from './rule-set.js'

/** A decision with the name of the rule that took it. */
export function outcomeOf(engine: RuleEngine, l1: number, row: number): RuleOutcome {
  return { rule: decidingRules(engine, l1, row).join(' > '), ...engine.chargeFields(l1, row) }
}

/** Whether two outcomes charge alike: the rule may be another. */
export function chargesAlike(a: RuleOutcome, b: RuleOutcome): boolean {
  return a.rule_id === b.rule_id && a.tariff === b.tariff && a.rating_group === b.rating_group
}

function decidingRules(engine: RuleEngine, l1: number, row: number): string[] {
  const rule = engine.set.level1[l1]
  const own = engine.set.rows[row]
  if (rule === undefined) return [l1 === DEFAULT_RULE ? 'default' : 'no rule']
  return own === undefined ? [ruleLabel(rule)] : [ruleLabel(rule), rowLabel(engine.set, own)]
}

/** One sentence: what takes the octets from the rule of the first set in the second. */
export function differenceText(
  first: RuleEngine,
  second: RuleEngine,
  before: Decision,
  after: Decision,
  flow: FlowFacts,
  app: AppFacts | undefined,
): string {
  const old = decidingRules(first, before.l1, before.row)
  const now = decidingRules(second, after.l1, after.row)
  const winner = old.at(-1) ?? ''
  if (old.join() === now.join()) return `${winner} decides in both, with another charge`
  const tried = explain(second, flow, app).tried
  // from the level-1 rule on: the first of them that no longer matches
  for (const rule of old) {
    const entry = tried.find(one => one.rule === rule)
    if (entry?.result !== 'miss') continue
    const failed = entry.tests.filter(test => !test.hit)
    const tests = failed.map(({ field, expected, actual }) => `${field} ${expected}, not ${actual}`)
    return `${rule} now asks for ${tests.join(' and ')}; ${decides(now)}`
  }
  if (winner === 'default' || winner === 'no rule') return `no rule matched before; ${decides(now)}`
  const known = knownRules(second)
  const gone = old.find(rule => !known.has(rule))
  if (gone !== undefined) return `${gone} is not in the second set; ${decides(now)}`
  const asked = now.length < old.length ? 'is not asked' : 'comes too late'
  return `${winner} ${asked} in the second set; ${decides(now)}`
}

function decides(rules: readonly string[]): string {
  const [first] = rules
  if (first === 'no rule') return 'no rule matches'
  return `${rules.join(' > ')} decides`
}

function knownRules(engine: RuleEngine): Set<string> {
  const { set } = engine
  return new Set([...set.level1.map(ruleLabel), ...set.rows.map(row => rowLabel(set, row))])
}
