/** `tollgate rules check`: everything that is wrong with a rule file, with its place. */

import type { LintRecord } from '../record/lint-record.js'
import { terminalText } from '../record/text.js'
import { checkRules, lintRecord, lintSummary } from '../rules/check.js'
import { rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode } from './fail.js'
import { objectLine } from './output/json.js'
import { counted } from './text/summary-text.js'

const severityWords = { error: 'error', warn: 'warning', info: 'note' } as const

export async function rulesCheck(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const path = positionals[0] ?? rulesPath(options, terminal)
  const checked = checkRules(path)
  const summary = lintSummary(path, checked)
  const records = checked.findings.map(lintRecord)
  if (options.json) {
    for (const record of records) terminal.out.line(objectLine(record))
    terminal.out.line(objectLine(summary))
  } else {
    for (const line of records.flatMap(findingLines)) terminal.out.line(line)
    const { errors, warnings, rules } = summary
    const size =
      rules === undefined
        ? ''
        : `: ${counted(rules.level1, 'level-1 rule')}, ${counted(rules.level2, 'level-2 row')}`
    if (!options.quiet) {
      const found = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`
      terminal.out.line(terminalText(`${path}${size}: ${found}`))
    }
  }
  if (summary.errors > 0) return exitCode.rules
  return summary.warnings > 0 && options.strict ? exitCode.no : exitCode.done
}

function findingLines(record: LintRecord): string[] {
  const word = severityWords[record.severity]
  const lines = [terminalText(`${record.at}: ${word} ${record.id}: ${record.message}`)]
  if (record.excerpt !== undefined) lines.push(...record.excerpt.split('\n'))
  if (record.witness !== undefined) lines.push(terminalText(`  witness: ${record.witness}`))
  if (record.hint !== undefined) lines.push(terminalText(`  try: ${record.hint}`))
  return lines
}
