/** `tollgate why -r FILE FLOW`: the verdict of one flow of a capture. */

import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { analyse, capturePaths, ending } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure } from './fail.js'
import { Funnel } from './funnel.js'
import { selectionOf } from './select.js'
import { comparedRules, writeChange, writeExplained } from './write-explained.js'

export async function whyFlow(call: Invocation, flow: string): Promise<ExitCode> {
  const { options, terminal } = call
  const paths = capturePaths('why', options.read)
  const engine = chooseRules(options, terminal)
  const explainWith = async (rules: RuleEngine) => {
    const funnel = new Funnel([], selectionOf(options), () => undefined)
    return await analyse(call, paths, rules, funnel, { explainFlow: flow })
  }
  const analysis = await explainWith(engine)
  const { explained, status } = analysis
  if (explained === undefined) {
    const code = ending(analysis, options, terminal)
    if (code !== exitCode.done) return code
    throw new Failure(exitCode.no, `flow ${flow} is not in ${terminalText(status.name)}`, {
      hint: 'tollgate flows -r FILE',
    })
  }
  writeExplained(call, explained)
  const before = paths.includes('-') ? undefined : comparedRules(call, engine)
  if (before !== undefined && !options.json) {
    const { explained: old } = await explainWith(before)
    if (old !== undefined) writeChange(call, old, explained)
  }
  return ending(analysis, options, terminal)
}
