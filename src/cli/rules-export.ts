/** `tollgate rules export`: a rule set as PCC rules (3GPP TS 29.512) or as one YAML file. The exit code is 1 when
 * something has no form there. */

import { terminalText } from '../record/text.js'
import { draftOf } from '../rules/export/draft-of.js'
import { exportPolicy, type PolicyExport } from '../rules/export/ts29512.js'
import type { RuleSet } from '../rules/rule-set.js'
import { writeRules } from '../rules/write-rules.js'
import { readRules, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { writeWhole } from './output/atomic-file.js'
import { checkOutput } from './rules-import.js'
import type { Terminal } from './terminal.js'
import { counted } from './text/summary-text.js'

export async function rulesExport(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const { to, output } = options
  if (to === undefined) throw usageFailure('rules export needs --to FORM', 'ts29512, yaml')
  if (output === undefined) throw usageFailure('rules export needs -o FILE', '-o policy.json')
  checkOutput(output, options)
  const set = readRules(positionals[0] ?? rulesPath(options, terminal))
  if (to === 'yaml') {
    put(output, writeRules(draftOf(set)), terminal)
    return exitCode.done
  }
  const { left, notes } = policy(set, output, call)
  for (const line of left) terminal.talk(terminalText(`left out: ${line}`))
  if (!options.quiet) {
    for (const note of notes) terminal.talk(terminalText(`${output}: note: ${note}`))
    terminal.talk(terminalText(`${output}: ${counted(left.length, 'item')} left out`))
  }
  return left.length > 0 ? exitCode.no : exitCode.done
}

function put(output: string, text: string, terminal: Terminal): void {
  if (output === '-') terminal.out.write(text)
  else writeWhole(output, text)
}

/** `policy.json` and, for level-2 rows, `policy.pfds.json`. */
function policy(set: RuleSet, output: string, { options, terminal }: Invocation): PolicyExport {
  const made = exportPolicy(set)
  const { decision, applications } = made
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`
  if (applications.length > 0) {
    if (output === '-')
      throw usageFailure(
        'level-2 rows become PFDs in a second file, and - is one',
        '-o policy.json',
      )
    const pfds = `${output.replace(/\.json$/, '')}.pfds.json`
    checkOutput(pfds, options)
    writeWhole(pfds, json(applications))
  }
  put(output, json(decision), terminal)
  return made
}
