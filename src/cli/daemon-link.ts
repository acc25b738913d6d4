/** The daemon as commands reach it: connected, or a Failure that says why not. */

import { userInfo } from 'node:os'
import { ProbeClient } from '../daemon/probe-client.js'
import { revealSocket } from '../daemon/socket-path.js'
import type { Overview } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import { ViewError } from '../record/view-source.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import type { Options } from './options.js'
import { settingsOf } from './settings.js'
import { version } from './version.js'

/** `--reveal` asks the second socket. */
export function socketOf(options: Options): string {
  const path = settingsOf(options, process.env).options.socket ?? ''
  return options.reveal ? revealSocket(path) : path
}

/** Who asks, for the log and for acknowledgements. */
export function caller(): string {
  return userInfo().username
}

/** Runs `ask` with the daemon, and closes the connection whatever happens. */
export async function withDaemon(
  call: Invocation,
  ask: (client: ProbeClient) => Promise<ExitCode>,
): Promise<ExitCode> {
  const path = socketOf(call.options)
  const client = new ProbeClient(path, {
    client: `tollgate ${version()}, ${caller()}`,
    once: true,
  })
  try {
    await client.connected()
    return await ask(client)
  } catch (error) {
    if (error instanceof ViewError) throw failureOf(error, path, call.options)
    throw error
  } finally {
    await client.close()
  }
}

function failureOf(error: ViewError, path: string, options: Options): Failure {
  const { code, message, hint } = error
  const hinted = hint === undefined ? {} : { hint: terminalText(hint) }
  if (code === 'not-found') return new Failure(exitCode.no, terminalText(message), hinted)
  if (code !== 'lost') return usageFailure(terminalText(message), hinted.hint)
  const where = terminalText(path)
  if (message === 'permission denied') {
    const group = options.reveal ? 'tollgate-reveal' : 'tollgate'
    return new Failure(exitCode.permission, `${where}: permission denied`, {
      hint: `join group ${group}`,
    })
  }
  return new Failure(exitCode.daemon, `no daemon on ${where}: ${terminalText(message)}`, {
    hint: 'systemctl start tollgated, or -r FILE',
  })
}

/** One snapshot; `windowS` is what its rates are of. */
export async function overviewOf(client: ProbeClient, windowS: number): Promise<Overview> {
  return await new Promise((resolve, reject) => {
    const stop = client.subscribe({ windowS, refreshMs: 60_000 }, overview => {
      stop()
      off()
      resolve(overview)
    })
    const off = client.onLink(({ state, why }) => {
      if (state === 'open') return
      off()
      reject(new ViewError('lost', why ?? 'lost'))
    })
  })
}

/** A run that is followed ends by Ctrl-C, and that is its right end. `turn` is called each time; false ends it. */
export async function repeatedly(everyMs: number, turn: () => Promise<boolean>): Promise<void> {
  let wake: () => void = () => undefined
  let stopped = false
  const stop = () => {
    stopped = true
    wake()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    while (!stopped && (await turn())) {
      if (stopped) break
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, everyMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

/** What makes figures of the probe less than the whole truth. */
export function degraded(overview: Overview): string[] {
  const reasons: string[] = []
  const { drop_share, rules, interfaces, overload, troubles, file } = overview
  if (drop_share > 0) reasons.push(`packets lost: ${(drop_share * 100).toFixed(2)}%`)
  if (rules.refused !== undefined) {
    reasons.push(`rules refused, ${rules.version} kept: ${rules.refused}`)
  }
  for (const { name, up, trouble } of interfaces) {
    if (!up) reasons.push(`${name}: ${trouble ?? 'down'}`)
  }
  if (overload !== undefined) reasons.push(`overload: ${overload}`)
  if (file !== undefined) reasons.push(...file.damage)
  return [...reasons, ...troubles]
}
