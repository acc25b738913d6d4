/** Where the dashboard gets what it shows: a script, captures read in this process, or the daemon. */

import { readFileSync } from 'node:fs'
import { ProbeClient } from '../daemon/probe-client.js'
import { revealSocket } from '../daemon/socket-path.js'
import { type FixtureLine, FixtureSource } from '../dashboard/fixture-source.js'
import { terminalText } from '../record/text.js'
import type { ViewSource } from '../record/view-source.js'
import type { Invocation } from './command.js'
import { usageFailure } from './fail.js'
import { settingsOf } from './settings.js'
import { version } from './version.js'

export interface Probe {
  source: ViewSource
  /** ends when a capture was read; rejects for a fault */
  running?: Promise<void>
  /** the same with numbers in the clear, or masked again; rejects where that is not allowed */
  numbers: (clear: boolean) => Promise<ViewSource>
}

/** On a wall numbers are masked whatever was asked for. */
export async function openProbe(call: Invocation, nowMs: () => number): Promise<Probe> {
  const { options } = call
  const reveal = options.reveal && !options.wall
  if (options.fixture !== undefined) {
    const source = new FixtureSource(readScript(options.fixture), nowMs)
    return { source, numbers: () => Promise.reject(new Error('a script has no numbers')) }
  }
  if (options.read.length > 0) {
    // the pipeline is loaded only when there is a capture to read
    const { openFileProbe } = await import('./top-file.js')
    return await openFileProbe(call, reveal)
  }
  return openDaemon(call, reveal)
}

/** Numbers in the clear come from the daemon's second socket, whose every use it logs. */
function openDaemon(call: Invocation, reveal: boolean): Probe {
  const path = settingsOf(call.options, process.env).options.socket ?? ''
  const connect = (clear: boolean) =>
    new ProbeClient(clear ? revealSocket(path) : path, {
      client: `tollgate top ${version()}`,
      once: call.options.once,
    })
  const source = connect(reveal)
  return {
    source,
    async numbers(clear) {
      const other = connect(clear)
      await other.connected()
      return other
    },
  }
}

function readScript(file: string): FixtureLine[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(line => JSON.parse(line) as FixtureLine)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageFailure(terminalText(`${file}: ${reason}`))
  }
}
