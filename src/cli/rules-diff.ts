/** `tollgate rules diff A B`: what changes when the rules A become B, for a capture or for anything that the
 * rules themselves name. Exit 1 when they differ. */

import type { ChangeRecord, DiffSummary } from '../record/change-record.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { engineFor } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { objectLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { differenceLines, diffLines } from './text/diff-text.js'

export async function rulesDiff(call: Invocation): Promise<ExitCode> {
  const { options, positionals } = call
  const [a = '', b = ''] = positionals
  const first = engineFor(a, options.profile)
  const second = engineFor(b, options.profile)
  if (first.profile !== second.profile) {
    const names = `${terminalText(a)} has profile ${first.profile.name}, ${terminalText(b)} ${second.profile.name}`
    throw usageFailure(
      `rules diff: ${names}: rules are compared under one`,
      `--profile ${second.profile.name}`,
    )
  }
  if (options.read.length === 0) return await withoutCapture(call, first, second)
  return await overCapture(call, first, second)
}

async function overCapture(
  call: Invocation,
  first: RuleEngine,
  second: RuleEngine,
): Promise<ExitCode> {
  const { options, terminal } = call
  const [{ analyse, ending }, { Funnel }, { selectionOf }, { RuleChanges }, { diffSummary }] =
    await Promise.all([
      import('./analyse.js'),
      import('./funnel.js'),
      import('./select.js'),
      import('../pipeline/rule-changes.js'),
      import('../pipeline/diff-summary.js'),
    ])
  let left = options.json ? (options.limit ?? Number.POSITIVE_INFINITY) : 0
  const write = (record: ChangeRecord) => {
    if (left-- > 0) terminal.out.line(objectLine(forReader(record, options)))
  }
  const funnel = new Funnel([], selectionOf(options), () => undefined)
  let changes: InstanceType<typeof RuleChanges> | undefined
  const analysis = await analyse(call, options.read, first, funnel, {
    observe(rater, table) {
      changes = new RuleChanges(first, second, rater, table, options.json ? write : undefined)
      return changes
    },
  })
  if (changes === undefined) throw new TypeError('a pipeline asks for its observer')
  const summary: DiffSummary = diffSummary(first, second, changes, analysis.summary)
  if (options.json) terminal.out.line(objectLine(summary))
  else if (!options.quiet) {
    const most = options.limit ?? 20
    for (const line of diffLines(summary, options.read, most, terminal.columns)) {
      terminal.out.line(line)
    }
  }
  const code = ending(analysis, options, terminal)
  if (code !== exitCode.done) return code
  return summary.changed_flows > 0 ? exitCode.no : exitCode.done
}

async function withoutCapture(
  call: Invocation,
  first: RuleEngine,
  second: RuleEngine,
): Promise<ExitCode> {
  const { options, terminal } = call
  const { compareRules } = await import('../rules/compare.js')
  const comparison = compareRules(first, second)
  const { differences, tried, complete } = comparison
  const most = options.limit ?? Number.POSITIVE_INFINITY
  if (options.json) {
    for (const one of differences.slice(0, most)) terminal.out.line(objectLine(one))
    const { name, version } = first.profile
    const of = ({ set }: RuleEngine) => ({
      name: set.name,
      version: set.version,
      sha256: set.source.sha256,
    })
    terminal.out.line(
      objectLine({
        type: 'summary',
        schema: 'tollgate.difference-summary/1',
        complete,
        differences: differences.length,
        tried,
        from: of(first),
        to: of(second),
        profile: name,
        profile_version: version,
      }),
    )
  } else if (!options.quiet) {
    for (const line of differenceLines(comparison, first, second, most, terminal.columns)) {
      terminal.out.line(line)
    }
  }
  return differences.length > 0 ? exitCode.no : exitCode.done
}
