/** `tollgate rules list`: the rules in the order in which the engine tries them. */

import { ruleIdText, tariffLabels } from '../record/figures.js'
import type { Tariff } from '../record/flow-record.js'
import { terminalText } from '../record/text.js'
import { placeText, type RuleSet, rowLabel, ruleLabel } from '../rules/rule-set.js'
import { readRules, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode } from './fail.js'
import { objectLine } from './output/json.js'
import { type Column, tableLines } from './output/table.js'

/** One rule or row as `--json` writes it. */
export interface RuleRecord {
  type: 'rule'
  schema: 'tollgate.rule/1'
  rule: string
  name?: string
  level: 1 | 2
  precedence?: number
  match: Record<string, string>
  /** level-2 table of a level-1 rule */
  table?: string
  rule_id?: number
  rule_id_hex?: string
  rating_group?: number
  tariff: Tariff
  at: string
}

export async function rulesList(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const set = readRules(positionals[0] ?? rulesPath(options, terminal))
  const records = ruleRecords(set)
  const { name, version, source } = set
  if (options.json) {
    for (const record of records) terminal.out.line(objectLine(record))
    const rules = { name, version, sha256: source.sha256 }
    const head = { type: 'summary', schema: 'tollgate.rules-summary/1', complete: true }
    terminal.out.line(objectLine({ ...head, count: records.length, rules, profile: set.profile }))
    return exitCode.done
  }
  for (const line of tableLines(columns, records.map(cells), terminal.columns)) {
    terminal.out.line(line)
  }
  if (!options.quiet) {
    const parts = [`${name} ${version}`, source.sha256.slice(0, 7), `profile ${set.profile}`]
    terminal.out.line(terminalText(parts.join('  ')))
  }
  return exitCode.done
}

const columns: readonly Column[] = [
  { head: 'Rule' },
  { head: 'Match', flexible: 26, wraps: true },
  { head: 'Charging id' },
  { head: 'Tariff' },
  { head: 'At', leaves: 1 },
]

function cells(record: RuleRecord): string[] {
  const match = Object.entries(record.match).map(([key, value]) => `${key} ${value}`)
  const table = record.table === undefined ? '' : ` > ${record.table}`
  const text = match.length > 0 ? match.join(', ') : 'every flow'
  return [
    terminalText(record.level === 2 ? `  ${record.rule}` : record.rule),
    terminalText(`${text}${table}`),
    record.rule_id === undefined ? '-' : ruleIdText(record.rule_id),
    // without a charge of its own a rule is what its table says
    record.rule_id === undefined ? '-' : tariffLabels[record.tariff],
    terminalText(record.at.replace(/:\d+$/, '').replace(/^.*\//, '')),
  ]
}

/** Level-1 rules, each table's rows under the first rule that owns it, the default at the end. */
export function ruleRecords(set: RuleSet): RuleRecord[] {
  const records: RuleRecord[] = []
  const shown = new Set<number>()
  for (const rule of set.level1) {
    const table = set.tables[rule.table]
    records.push({
      ...head(ruleLabel(rule), rule.name, 1),
      precedence: rule.precedence,
      match: matchOf(rule.conditions),
      ...(table === undefined ? {} : { table: table.name }),
      ...chargeOf(set, rule.charge),
      at: placeText(rule.at),
    })
    if (table === undefined || shown.has(rule.table)) continue
    shown.add(rule.table)
    for (const row of set.rows.slice(table.first, table.first + table.count)) {
      records.push({
        ...head(rowLabel(set, row), row.name, 2),
        precedence: row.precedence,
        match: matchOf(row.conditions),
        ...chargeOf(set, row.charge),
        at: placeText(row.at),
      })
    }
  }
  if (set.default >= 0) {
    records.push({
      ...head('default', undefined, 1),
      match: {},
      ...chargeOf(set, set.default),
      at: placeText(set.defaultAt ?? set.at),
    })
  }
  return records
}

function head(rule: string, name: string | undefined, level: 1 | 2) {
  const named = name === undefined ? {} : { name }
  return { type: 'rule', schema: 'tollgate.rule/1', rule, ...named, level } as const
}

function matchOf(conditions: readonly { key: string; expected: string }[]) {
  return Object.fromEntries(conditions.map(({ key, expected }) => [key, expected]))
}

function chargeOf(set: RuleSet, index: number) {
  const charge = set.charges[index]
  if (charge === undefined) return { tariff: 'unknown' } as const
  const { id, idHex, ratingGroup, tariff } = charge
  return { rule_id: id, rule_id_hex: idHex, rating_group: ratingGroup, tariff }
}
