/** Runs one command line and returns its exit code. Nothing is thrown past here. */

import { type StartShard, workerThreads } from '../pipeline/shard/shard-thread.js'
import { plainText } from '../record/text.js'
import { LiveFailure } from '../source/live/live-failure.js'
import { SourceError } from '../source/source.js'
import { type CommandLine, checkForCommand, parseArguments } from './arguments.js'
import { reportCrash } from './crash.js'
import { type ExitCode, exitCode, Failure, failureLines } from './fail.js'
import { commandHelp, programHelp } from './help.js'
import { processTerminal, type Terminal } from './terminal.js'
import { version } from './version.js'

/** The whole program. A hang-up means that the terminal is gone: nothing to say to anyone. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  process.on('SIGHUP', () => process.exit(exitCode.hangUp))
  return await runCommandLine(argv, processTerminal)
}

const startThread = workerThreads(new URL('./shard-worker.js', import.meta.url))

/** `makeTerminal` gets the value of `--color`. `startShard`: how the threads of `--threads` are started. */
export async function runCommandLine(
  argv: readonly string[],
  makeTerminal: (colour: string | undefined) => Terminal,
  startShard: StartShard = startThread,
): Promise<ExitCode> {
  let terminal = makeTerminal(undefined)
  try {
    const line = parseArguments(argv, process.env)
    terminal = makeTerminal(line.options.color)
    const code = await runLine(line, terminal, startShard)
    terminal.progress('')
    terminal.out.flush()
    return code
  } catch (error) {
    return reportError(error, terminal)
  }
}

async function runLine(
  line: CommandLine,
  terminal: Terminal,
  startShard: StartShard,
): Promise<ExitCode> {
  const { command, options, positionals } = line
  if (options.version) {
    terminal.out.line(`tollgate ${version()}`)
    return exitCode.done
  }
  if (options.help) {
    terminal.out.write(command === undefined ? programHelp() : commandHelp(command))
    return exitCode.done
  }
  if (command === undefined) {
    terminal.talk(programHelp().trimEnd())
    return exitCode.usage
  }
  checkForCommand(line, command)
  const run = await command.load()
  return await run({ positionals, options, terminal, startShard })
}

function reportError(error: unknown, terminal: Terminal): ExitCode {
  terminal.progress('')
  const failure = asFailure(error)
  if (failure === undefined) {
    for (const line of reportCrash(error, process.env, new Date())) terminal.talk(line)
    return exitCode.internal
  }
  for (const line of failureLines(failure)) terminal.talk(line)
  return failure.exit
}

function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error
  if (error instanceof LiveFailure) return liveFailure(error)
  if (error instanceof SourceError) return new Failure(exitCode.usage, plainText(error.message))
  return undefined
}

/** A wrong filter is a wrong option; all else is what this machine does not let us do. */
function liveFailure(error: LiveFailure): Failure {
  const exit = error.trouble === 'filter' ? exitCode.usage : exitCode.permission
  const hint = error.hint === undefined ? {} : { hint: plainText(error.hint) }
  return new Failure(exit, plainText(error.message), hint)
}
