/** `tollgate rules hits -r FILE`: how often each rule decided in captures, and which never did. */

import { octetsText, ruleIdText, tariffLabels } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import type { CaptureCoverage, Hits } from '../rules/capture-coverage.js'
import { LintSubject } from '../rules/lint-subject.js'
import { rowLabel, ruleLabel } from '../rules/rule-set.js'
import { capturePaths, ending } from './analyse.js'
import { engineFor, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { captureCoverage } from './coverage.js'
import type { ExitCode } from './fail.js'
import { objectLine } from './output/json.js'
import { type Column, tableLines } from './output/table.js'
import { type RuleRecord, ruleRecords } from './rules-list.js'
import { counted } from './text/summary-text.js'

const none: Hits = {
  flows: 0,
  transactions: 0,
  packets: 0,
  octetsUp: 0,
  octetsDown: 0,
  last: undefined,
}

const columns: readonly Column[] = [
  { head: 'Rule' },
  { head: 'Tariff' },
  { head: 'Charging id', leaves: 1 },
  { head: 'Hits', right: true },
  { head: 'Packets', right: true, leaves: 2 },
  { head: 'Up', right: true },
  { head: 'Down', right: true },
  { head: 'Note', flexible: 20, wraps: true },
]

export async function rulesHits(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const paths = capturePaths('rules hits', options.read)
  const engine = engineFor(positionals[0] ?? rulesPath(options, terminal), options.profile)
  const { coverage, analysis } = await captureCoverage(call, paths, engine)
  const dead = unreachable(new LintSubject(engine.set))
  const lines = ruleRecords(engine.set).map(record => {
    const hits = coverage.hits.get(record.rule) ?? none
    const note = dead.get(record.rule) ?? (hitsOf(hits) === 0 ? 'NEVER HIT' : '')
    return { record, hits, note }
  })
  const never = lines.filter(({ hits }) => hitsOf(hits) === 0).length
  if (options.json) {
    for (const { record, hits, note } of lines)
      terminal.out.line(objectLine(hitRecord(record, hits, note)))
    const { complete, reasons } = analysis.summary
    const { name, version, source } = engine.set
    terminal.out.line(
      objectLine({
        type: 'summary',
        schema: 'tollgate.rules-summary/1',
        complete,
        reasons,
        count: lines.length,
        never_hit: never,
        flows: coverage.flows,
        rules: { name, version, sha256: source.sha256 },
        profile: engine.profile.name,
        profile_version: engine.profile.version,
      }),
    )
    return ending(analysis, options, terminal)
  }
  const rows = lines.map(({ record, hits, note }) => cells(record, hits, note))
  for (const line of tableLines(columns, rows, terminal.columns)) terminal.out.line(line)
  if (!options.quiet) terminal.out.line(footer(call, coverage, lines.length, never))
  return ending(analysis, options, terminal)
}

/** Flows of a level-1 rule, requests of a row. */
function hitsOf({ flows, transactions }: Hits): number {
  return flows + transactions
}

const mostNamed = 3

function shadowNote(by: readonly string[]): string {
  const more = by.length > mostNamed ? ` and ${by.length - mostNamed} more` : ''
  return `SHADOWED by ${by.slice(0, mostNamed).join(', ')}${more}`
}

/** Rules that no traffic can hit, and why. */
export function unreachable(subject: LintSubject): Map<string, string> {
  const notes = new Map<string, string>()
  const { set } = subject
  for (const [index, rule] of set.level1.entries()) {
    const found = subject.ruleCoverage(index)
    if (found.state === 'covered') {
      const by = found.by.map(one => ruleLabel(subject.rule(one)))
      notes.set(ruleLabel(rule), shadowNote(by))
    }
    if (found.state === 'empty') notes.set(ruleLabel(rule), 'NEVER MATCHES')
  }
  for (const [index, row] of set.rows.entries()) {
    const found = subject.rowCoverage(index)
    if (found.state === 'covered') {
      const by = found.by.map(one => rowLabel(set, subject.row(one)))
      notes.set(rowLabel(set, row), shadowNote(by))
    }
    if (found.state === 'empty') notes.set(rowLabel(set, row), 'NEVER MATCHES')
  }
  return notes
}

function hitRecord(record: RuleRecord, hits: Hits, note: string) {
  return {
    ...record,
    hits: hitsOf(hits),
    packets: hits.packets,
    up_bytes: hits.octetsUp,
    down_bytes: hits.octetsDown,
    ...(hits.last === undefined ? {} : { last: hits.last }),
    ...(note === '' ? {} : { note }),
  }
}

function cells(record: RuleRecord, hits: Hits, note: string): string[] {
  return [
    terminalText(record.level === 2 ? `  ${record.rule}` : record.rule),
    tariffLabels[record.tariff],
    record.rule_id === undefined ? '-' : ruleIdText(record.rule_id),
    String(hitsOf(hits)),
    String(hits.packets),
    octetsText(hits.octetsUp),
    octetsText(hits.octetsDown),
    terminalText(note),
  ]
}

function footer(call: Invocation, coverage: CaptureCoverage, rules: number, never: number): string {
  const files = call.options.read.map(terminalText).join(', ')
  const flows = counted(coverage.flows, 'flow')
  return `${counted(rules, 'rule')}, ${never} never hit in ${flows} of ${files}`
}
