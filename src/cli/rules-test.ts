/** `tollgate rules test`: runs case files, which say what a rule set must decide. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { terminalText } from '../record/text.js'
import { type CaseFile, type CaseResult, parseCases, runCases } from '../rules/cases.js'
import { RuleError } from '../rules/rule-error.js'
import { engineFor, ruleFailure } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { counted } from './text/summary-text.js'

const caseFileName = /\.cases\.ya?ml$/

export async function rulesTest(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  let passed = 0
  let failed = 0
  for (const file of caseFiles(positionals[0] ?? '.')) {
    const results = runFile(file)
    const wrong = results.filter(result => !result.ok)
    passed += results.length - wrong.length
    failed += wrong.length
    const name = terminalText(file)
    if (wrong.length === 0 && !options.quiet) {
      terminal.out.line(`ok    ${name}  ${counted(results.length, 'case')}`)
    }
    for (const result of options.verbose > 0 ? results : wrong) {
      terminal.out.line(resultText(name, result))
    }
  }
  if (!options.quiet) terminal.out.line(`${passed} passed, ${failed} failed`)
  return failed > 0 ? exitCode.no : exitCode.done
}

function resultText(file: string, { ok, note, want, got }: CaseResult): string {
  if (ok) return `  ok  ${terminalText(note)}: ${terminalText(got)}`
  return `FAIL  ${file}  ${terminalText(`${note}: expected ${want}, got ${got}`)}`
}

function caseFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path]
    const names = readdirSync(path).filter(name => caseFileName.test(name))
    if (names.length > 0) return names.sort().map(name => join(path, name))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw usageFailure(`${terminalText(path)}: no such file`)
  }
  throw usageFailure(`${terminalText(path)}: no case file (*.cases.yaml) in this directory`)
}

function runFile(file: string): CaseResult[] {
  const { rules, cases } = readCases(file)
  return runCases(engineFor(relativeTo(file, rules), undefined), cases)
}

/** The rule set is named relative to the case file; shown as short as the case file was named. */
function relativeTo(file: string, rules: string): string {
  return isAbsolute(rules) ? rules : join(dirname(file), rules)
}

function readCases(file: string): CaseFile {
  try {
    return parseCases(file, readFileSync(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw ruleFailure(error.problems)
  }
}
