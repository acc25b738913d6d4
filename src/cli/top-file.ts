/** Captures behind the dashboard: read in this process while they are looked at. */

import { openSource } from '../source/open-source.js'
import { AlertBook, type AlertStore } from '../view/alert-book.js'
import { findingAlerts } from '../view/finding-alerts.js'
import { LocalView } from '../view/local-view.js'
import { runSettings } from './analyse.js'
import { engineFor, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { InterruptibleSource } from './interruptible.js'
import { ProbeRun } from './probe-run.js'
import type { Probe } from './top-source.js'
import { version } from './version.js'

/** Begins to read; rejects as `openSource`, and with a Failure for rules that are wrong. */
export async function openFileProbe(call: Invocation, reveal: boolean): Promise<Probe> {
  const { options, terminal } = call
  const path = rulesPath(options, terminal)
  const readRules = () => engineFor(path, options.profile)
  const engine = readRules()
  const source = new InterruptibleSource(await openSource(options.read))
  const raise = (): void => {
    const { alerts, around } = run.showing.view
    for (const alert of findingAlerts(run.findings(), alerts)) alerts.raise(alert, around.nowUs())
  }
  const run: ProbeRun = new ProbeRun({
    source,
    engine,
    rulesPath: path,
    readRules,
    pipeline: {
      ...runSettings(options),
      ...(options.count === undefined ? {} : { maxPackets: options.count }),
    },
    alerts: new AlertBook(forgetful),
    looked: raise,
    probe: undefined,
    version: version(),
  })
  const { name } = source.status
  const masked = new LocalView(run.showing, name, false)
  const clear = new LocalView(run.showing, name, true)
  return {
    source: reveal ? clear : masked,
    running: run.run(),
    numbers: async wanted => {
      if (wanted && !options.reveal) throw new Error('numbers are masked here: start with --reveal')
      return wanted ? clear : masked
    },
  }
}

/** A file that is looked at leaves nothing behind. */
const forgetful: AlertStore = {
  load: () => [],
  save: () => undefined,
  remove: () => undefined,
}
