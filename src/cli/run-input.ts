/** What a command reads, capture files or live interfaces, opened, and what signals do to it meanwhile. */

import { terminalText } from '../record/text.js'
import { openSource } from '../source/open-source.js'
import type { Source } from '../source/source.js'
import type { Invocation } from './command.js'
import { exitCode } from './fail.js'
import { InterruptibleSource } from './interruptible.js'
import { isLive, type LiveCapture, liveCapture, warnOfFilter } from './live.js'
import { countsLine } from './live-summary.js'

export interface Input {
  source: Source
  /** a file was not read to its end */
  interrupted(): boolean
  keepDamage(): string
  signalsOff(): void
}

/** Rejects as `openSource`. */
export async function openInput(call: Invocation, paths: readonly string[]): Promise<Input> {
  if (isLive(call.options)) return await openLive(call)
  const source = new InterruptibleSource(await openSource(paths))
  const signalsOff = onSignals(['SIGINT'], () => source.interrupt())
  return { source, interrupted: () => source.interrupted, keepDamage: () => '', signalsOff }
}

/** A live capture ends when it is told to: that is its end, not an interruption. */
async function openLive(call: Invocation): Promise<Input> {
  const { options, terminal } = call
  warnOfFilter(options, terminal)
  const live: LiveCapture = liveCapture(options, text => {
    if (!options.quiet) terminal.talk(terminalText(`tollgate: ${text}`))
  })
  const { source } = live
  await source.open()
  if (options.verbose > 0) {
    const engines = (source.status.live ?? []).map(one => `${one.name} (${one.engine})`)
    terminal.talk(terminalText(`tollgate: capturing on ${engines.join(', ')}`))
  }
  const tell = () => terminal.talk(countsLine(source.status))
  process.on('SIGUSR1', tell)
  const stopOff = onSignals(['SIGINT', 'SIGTERM'], () => live.stop())
  const signalsOff = () => {
    stopOff()
    process.off('SIGUSR1', tell)
  }
  return { source, interrupted: () => false, keepDamage: () => live.keepDamage(), signalsOff }
}

/** The second signal does not wait for the results. Returns what undoes it. */
export function onSignals(signals: readonly NodeJS.Signals[], first: () => void): () => void {
  let count = 0
  const take = () => {
    if (++count > 1) process.exit(exitCode.interrupted)
    first()
  }
  for (const signal of signals) process.on(signal, take)
  return () => {
    for (const signal of signals) process.off(signal, take)
  }
}
