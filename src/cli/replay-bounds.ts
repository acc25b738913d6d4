/** `tollgate replay --bounds`: the least and the most that could be free, and which packets make the difference. */

import { policyBounds } from '../pipeline/policy-bounds.js'
import type { RuleEngine } from '../rules/engine.js'
import { type Analysis, analyse, ending } from './analyse.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { objectLine, recordLine } from './output/json.js'
import { selectionOf } from './select.js'
import { boundsLines } from './text/bounds-text.js'

export async function replayBounds(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
): Promise<ExitCode> {
  const { options, terminal } = call
  // no paths: a live interface
  if (paths.length === 0 || paths.includes('-')) {
    throw usageFailure('--bounds reads the capture several times: it needs a file', 'FILE')
  }
  for (const name of ['filter', 'csv', 'fields', 'only', 'since', 'until'] as const) {
    if (options[name] !== undefined && options[name] !== false)
      throw usageFailure(`--bounds is of the whole capture: it does not go with --${name}`)
  }
  const empty = () => new Funnel([], selectionOf(options), () => undefined)
  let analysis: Analysis = await analyse(call, paths, engine, empty())
  const { summary } = analysis
  const stopped = ending(analysis, options, terminal)
  if (stopped !== exitCode.done && summary.charge_units === 0) return stopped
  const bounds = await policyBounds(engine, async (traced, kinds) => {
    if (analysis.interrupted) return summary.bytes
    analysis = await analyse(call, paths, traced, empty(), {
      trace: kinds.trace,
      observe: (rater, table) => kinds.attach(rater, table),
    })
    return analysis.summary.bytes
  })
  if (analysis.interrupted) return ending(analysis, options, terminal)
  if (options.json) {
    terminal.out.line(objectLine(bounds))
    terminal.out.line(recordLine(summary))
  } else if (!options.quiet) {
    const files = [...options.read, ...call.positionals]
    for (const line of boundsLines(bounds, files, summary, options.limit ?? 5, terminal.columns)) {
      terminal.out.line(line)
    }
  }
  return stopped
}
