/** What a command is, and what it is given when it runs. */

import type { StartShard } from '../pipeline/shard/shard-thread.js'
import type { ExitCode } from './fail.js'
import type { OptionName, Options } from './options.js'
import type { Terminal } from './terminal.js'

export interface Invocation {
  readonly positionals: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
  /** starts a thread of a shared run */
  readonly startShard: StartShard
}

export type CommandRun = (call: Invocation) => Promise<ExitCode>

export interface Command {
  /** one or two words: `replay`, `rules check` */
  readonly name: string
  /** after the name in the usage line */
  readonly usage: string
  readonly doc: string
  readonly options: readonly OptionName[]
  /** how many positionals there may be */
  readonly positionals: readonly [least: number, most: number]
  /** four to six whole command lines that work in the project's folder */
  readonly examples: readonly string[]
  /** its examples work where a daemon runs */
  readonly needsDaemon?: true
  /** loads the command's code only when it runs, so that the help is quick */
  readonly load: () => Promise<CommandRun>
}
