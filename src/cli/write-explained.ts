/** An explain record to stdout, and what would be different from the configured rules. */

import type { ExplainRecord } from '../record/explain-record.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { configuredRules, engineFor } from './choose-rules.js'
import type { Invocation } from './command.js'
import { recordLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { chargeText } from './text/rule-text.js'
import { titled } from './text/titled.js'
import { soleDecision, whyLines } from './text/why-text.js'

export function writeExplained(call: Invocation, explained: ExplainRecord): void {
  const { options, terminal } = call
  const shown = forReader(explained, options)
  if (options.json) {
    terminal.out.line(recordLine(shown))
    return
  }
  for (const line of whyLines(shown, terminal, options.all)) terminal.out.line(line)
}

/** The configured rules, when `--rules` named others on the command line. */
export function comparedRules(call: Invocation, engine: RuleEngine): RuleEngine | undefined {
  const path = configuredRules(process.env)
  if (path === undefined || call.options.rules === undefined) return undefined
  const before = engineFor(path, call.options.profile)
  return before.set.source.sha256 === engine.set.source.sha256 ? undefined : before
}

export function writeChange(call: Invocation, before: ExplainRecord, after: ExplainRecord): void {
  const charge = (record: ExplainRecord) => {
    const decision = soleDecision(record)
    return decision === undefined ? record.verdict : chargeText(decision)
  }
  const whole = (record: ExplainRecord) =>
    terminalText(`${charge(record)} (${record.rules.name} ${record.rules.version})`)
  const same = charge(before) === charge(after) && before.verdict === after.verdict
  const parts = same ? ['none'] : [whole(before), '->', whole(after)]
  for (const line of titled('CHANGE', parts, call.terminal.columns)) call.terminal.out.line(line)
}
