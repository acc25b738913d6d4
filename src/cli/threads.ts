/** `--threads N|auto`: how many threads share a run, and the cases where one does it alone. */

import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { mostShards } from '../pipeline/shard/share.js'
import { terminalText } from '../record/text.js'
import { listCaptures } from '../source/path-list.js'
import { usageFailure } from './fail.js'
import type { Options } from './options.js'
import { boundOptions } from './run-bounds.js'
import type { Terminal } from './terminal.js'

/** Below this many octets of captures the start of threads takes as long as they save. */
const leastOctets = 256 * 1024 * 1024

/** The threads that a run gets. Says why there is one where more were asked for. */
export async function threadsFor(
  options: Options,
  paths: readonly string[],
  rulesFile: string,
  terminal: Terminal,
): Promise<number> {
  const asked = askedThreads(options.threads)
  // the first fault is found in the order of the capture
  if (asked === 1 || options.strict) return 1
  const note = (why: string) => {
    if (options.threads !== 'auto' && !options.quiet) terminal.talk(`tollgate: ${why}: one thread`)
  }
  const bound = boundOptions.find(name => options[name] !== undefined)
  if (bound !== undefined) {
    note(`--${bound} bounds the whole run`)
    return 1
  }
  const files = await listCaptures(paths)
  const once = [...files, rulesFile].find(path => !canBeReadAgain(path))
  if (once !== undefined) {
    note(`${terminalText(once)} can be read only once`)
    return 1
  }
  if (asked !== 'auto') return asked
  const octets = files.reduce((sum, path) => sum + statSync(path).size, 0)
  return octets < leastOctets ? 1 : Math.min(availableParallelism(), mostShards)
}

function askedThreads(text: string | undefined): number | 'auto' {
  if (text === undefined) return 1
  if (text === 'auto') return text
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= mostShards) return count
  throw usageFailure(
    `--threads: "${terminalText(text)}" is not auto or a number from 1 to ${mostShards}`,
  )
}

/** A pipe is empty for the second reader, and standard input has one. */
function canBeReadAgain(path: string): boolean {
  if (path === '-') return false
  const facts = statSync(path, { throwIfNoEntry: false })
  return facts === undefined || facts.isFile() || facts.isDirectory()
}
