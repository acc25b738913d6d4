/** `tollgate top`: the dashboard, of a daemon, of captures that are read meanwhile, or of a script. */

import { App } from '../dashboard/app.js'
import type { Surface } from '../dashboard/host.js'
import { Screen } from '../dashboard/screen.js'
import type { Invocation } from './command.js'
import { reportCrash } from './crash.js'
import { type ExitCode, exitCode } from './fail.js'
import { wantsColour } from './terminal.js'
import { TopHost } from './top-host.js'
import { TopMemory } from './top-memory.js'
import { topOnce } from './top-once.js'
import { checkTerminal, clockOf, themeOf, topOptions } from './top-options.js'
import { openProbe, type Probe } from './top-source.js'

export async function top(call: Invocation): Promise<ExitCode> {
  const { options } = call
  const chosen = topOptions(options)
  const { env } = process
  const nowMs = clockOf(env)
  if (!options.once) checkTerminal(env)
  const probe = await openProbe(call, nowMs)
  try {
    if (options.once) return await topOnce(call, probe, chosen, nowMs)
    return await show(call, probe)
  } finally {
    await probe.source.close()
  }
}

async function show(call: Invocation, probe: Probe): Promise<ExitCode> {
  const { options, terminal } = call
  const { env } = process
  const nowMs = clockOf(env)
  const chosen = topOptions(options)
  let finish: (code: ExitCode) => void = () => undefined
  const ended = new Promise<ExitCode>(resolve => {
    finish = resolve
  })
  let app: App | undefined
  const look = themeOf(options, env, wantsColour(options.color, true, env))
  const screen: Screen = await Screen.open(look, {
    key(key, char) {
      // shows that a fault gives the terminal back; only with a script
      if (options.fixture !== undefined && key === 'C-t') throw new Error('asked for by the script')
      app?.key(key, char)
    },
    resize: () => app?.resize(),
    gone: () => process.exit(exitCode.hangUp),
    ...(options.mouse ? { mouse: (row, column, wheel) => app?.mouse(row, column, wheel) } : {}),
  })
  const crash = (error: unknown) => {
    screen.close()
    if (isGone(error)) process.exit(exitCode.hangUp)
    for (const line of reportCrash(error, env, new Date())) terminal.talk(line)
    process.exit(exitCode.internal)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  probe.running?.catch(crash)
  const stop = () => finish(exitCode.done)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) process.on(signal, stop)
  const host = new TopHost({
    options,
    terminal,
    nowMs,
    memory: new TopMemory(env),
    source: () => app?.stage.source ?? probe.source,
    numbers: chosen.wall ? () => Promise.reject(new Error('masked on a wall')) : probe.numbers,
    quit: stop,
  })
  app = new App(probe.source, host, screen satisfies Surface, {
    ...chosen,
    utc: options.utc,
    bell: options.bell,
    ...(options.filter === undefined ? {} : { filter: options.filter }),
  })
  app.start()
  const code = await ended
  app.stop()
  screen.close()
  return code
}

/** The terminal went away while something was written to it. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'EIO' || error.code === 'EPIPE')
  )
}
