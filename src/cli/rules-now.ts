/** The rules in force as a view shows them, and what a reload changes. */

import { rulesLabel } from '../pipeline/rules-in-force.js'
import type { RulesNow } from '../pipeline/run-state.js'
import type { RuleRow, RulesState } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { LintSubject } from '../rules/lint-subject.js'
import { unreachable } from './rules-hits.js'
import { type RuleRecord, ruleRecords } from './rules-list.js'

/** Coverage of each rule by those before it is looked for in sets up to this size: the daemon must not stop. */
const mostCompared = 2000

export function rulesNow(engine: RuleEngine, path: string, loadedUs: number): RulesNow {
  const { set, profile } = engine
  const records = ruleRecords(set)
  const dead =
    records.length <= mostCompared ? unreachable(new LintSubject(set)) : new Map<string, string>()
  const state: RulesState = {
    name: set.name,
    version: set.version,
    sha256: set.source.sha256,
    label: rulesLabel(engine),
    path,
    profile: profile.name,
    rules: records.length,
    never_hit: 0,
    shadowed: dead.size,
    loaded_us: loadedUs,
  }
  return { state, rows: records.map(record => rowOf(record, dead.get(record.rule))) }
}

function rowOf(record: RuleRecord, note: string | undefined): RuleRow {
  const { type: _type, schema: _schema, match, ...fields } = record
  const conditions = Object.entries(match).map(([key, value]) => `${key} ${value}`)
  return {
    ...fields,
    match: conditions.join(', '),
    hits: 0,
    hits_per_s: 0,
    up_packets: 0,
    down_packets: 0,
    up_bytes: 0,
    down_bytes: 0,
    subscribers: 0,
    blocked_flows: 0,
    blocked_charged_bytes: 0,
    ...(note === undefined ? {} : { note }),
  }
}

/** Marks the rules of `next` that are new or other than before, and tells the differences in lines. */
export function changedRules(
  before: RulesNow,
  next: RulesNow,
): { rules: RulesNow; lines: string[] } {
  const old = new Map(before.rows.map(row => [row.rule, row]))
  const lines: string[] = []
  const rows = next.rows.map(row => {
    const was = old.get(row.rule)
    old.delete(row.rule)
    const what = was === undefined ? 'new' : meaning(was) === meaning(row) ? '' : 'changed'
    if (what === '') return row
    lines.push(`${what}: ${terminalText(`${row.rule} ${row.match} -> ${row.tariff}`)}`)
    return { ...row, note: row.note ?? 'CHANGED' }
  })
  for (const row of old.values()) lines.push(`removed: ${terminalText(`${row.rule} ${row.match}`)}`)
  return { rules: { state: next.state, rows }, lines }
}

function meaning({ match, tariff, rule_id, rating_group, table, precedence }: RuleRow): string {
  return JSON.stringify([match, tariff, rule_id, rating_group, table, precedence])
}
