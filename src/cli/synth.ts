/** `tollgate synth SCENARIO.yaml -o FILE`: makes a capture and the truth about it. */

import { existsSync } from 'node:fs'
import { octetsText } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import { runSynth, truthFileOf } from '../synth/run-synth.js'
import { ScenarioError } from '../synth/scenario-error.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, outputGone, usageFailure } from './fail.js'
import { writeFailure } from './output/output.js'

export async function synth(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const [scenario = ''] = positionals
  const { output: out } = options
  if (out === undefined) {
    throw usageFailure('synth needs -o FILE', 'tollgate synth SCENARIO.yaml -o FILE')
  }
  if (!existsSync(scenario)) throw usageFailure(`${terminalText(scenario)}: no such file`)
  const written = out === '-' ? [] : [out, truthFileOf(out)]
  for (const file of written) {
    if (existsSync(file) && !options.force) {
      throw usageFailure(`${terminalText(file)}: exists`, '--force')
    }
  }
  const { octets, truthFile, feedFile } = make(scenario, out)
  if (!options.quiet) {
    const truth = truthFile === undefined ? '' : `; its truth: ${truthFile}`
    const feed = feedFile === undefined ? '' : `; its events: ${feedFile}`
    terminal.talk(terminalText(`${out}: ${octetsText(octets)}${truth}${feed}`))
  }
  return exitCode.done
}

function make(scenario: string, out: string) {
  try {
    return runSynth({ scenario, out })
  } catch (error) {
    if (error instanceof ScenarioError) throw scenarioFailure(error)
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'EPIPE') throw outputGone()
    throw writeFailure(terminalText(out), error.code, error, 0)
  }
}

/** One line an issue, each with file, line and column. */
function scenarioFailure(error: ScenarioError): Failure {
  const [first = 'scenario: wrong', ...rest] = error.message.split('\n').map(terminalText)
  return new Failure(exitCode.usage, first, { lines: rest.map(line => `  ${line}`) })
}
