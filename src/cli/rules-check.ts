/** `tollgate rules check`: everything that is wrong with a rule file, with its place; in the light of
 * captures where they are given; with a capture that shows each rule where asked for. */

import type { LintRecord, LintSummary } from '../record/lint-record.js'
import { terminalText } from '../record/text.js'
import { type Checked, checkReading, lintRecord, lintSummary } from '../rules/check.js'
import { LintSubject } from '../rules/lint-subject.js'
import { loadReading } from '../rules/load.js'
import { type Analysis, ending } from './analyse.js'
import { engineFor, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { captureCoverage } from './coverage.js'
import { type ExitCode, exitCode } from './fail.js'
import { objectLine } from './output/json.js'
import type { Terminal } from './terminal.js'
import { counted } from './text/summary-text.js'
import { writeWitnessCaptures } from './witness-captures.js'

const severityWords = { error: 'error', warn: 'warning', info: 'note' } as const

export async function rulesCheck(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const path = positionals[0] ?? rulesPath(options, terminal)
  const { checked, analysis } = await check(call, path)
  const summary = lintSummary(path, checked)
  const records = checked.findings.map(lintRecord)
  if (options.json) {
    for (const record of records) terminal.out.line(objectLine(record))
    terminal.out.line(objectLine(summary))
  } else {
    for (const line of records.flatMap(findingLines)) terminal.out.line(line)
    if (!options.quiet) terminal.out.line(terminalText(`${path}${summaryText(summary)}`))
  }
  if (options['witness-pcap'] !== undefined && checked.ruleSet) {
    tellWitnesses(call, new LintSubject(checked.ruleSet), options['witness-pcap'])
  }
  const read = analysis ? ending(analysis, options, terminal) : exitCode.done
  if (summary.errors > 0) return exitCode.rules
  if (read !== exitCode.done) return read
  return summary.warnings > 0 && options.strict ? exitCode.no : exitCode.done
}

/** Findings; captures are only read for rules that can be read. */
async function check(
  call: Invocation,
  path: string,
): Promise<{ checked: Checked; analysis?: Analysis }> {
  const reading = loadReading(path)
  const { read } = call.options
  if (!reading.set || read.length === 0) return { checked: checkReading(reading) }
  const engine = engineFor(path, undefined)
  const { coverage, analysis } = await captureCoverage(withoutStrict(call), read, engine)
  return { checked: checkReading(reading, coverage), analysis }
}

/** `--strict` is about warnings here, not about faults of the capture. */
function withoutStrict(call: Invocation): Invocation {
  return { ...call, options: { ...call.options, strict: false } }
}

function summaryText({ errors, warnings, infos, rules }: LintSummary): string {
  const size =
    rules === undefined
      ? ''
      : `: ${counted(rules.level1, 'level-1 rule')}, ${counted(rules.level2, 'level-2 row')}`
  const notes = infos > 0 ? `, ${counted(infos, 'note')}` : ''
  return `${size}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}${notes}`
}

function findingLines(record: LintRecord): string[] {
  const word = severityWords[record.severity]
  const lines = [terminalText(`${record.at}: ${word} ${record.id}: ${record.message}`)]
  if (record.excerpt !== undefined) lines.push(...record.excerpt.split('\n'))
  if (record.witness !== undefined) lines.push(terminalText(`  witness: ${record.witness}`))
  if (record.hint !== undefined) lines.push(terminalText(`  try: ${record.hint}`))
  return lines
}

/** On stderr: stdout holds the findings. */
function tellWitnesses(
  { options, terminal }: Invocation,
  subject: LintSubject,
  folder: string,
): void {
  const { written, skipped } = writeWitnessCaptures(subject, folder, options.force)
  if (options.quiet) return
  talk(terminal, `${folder}: ${counted(written, 'capture')} with the ledger that each has to give`)
  for (const { label, why } of skipped) talk(terminal, `  none for ${label}: ${why}`)
}

function talk(terminal: Terminal, line: string): void {
  terminal.talk(terminalText(line))
}
