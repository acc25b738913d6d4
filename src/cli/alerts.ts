/** `tollgate alerts -r FILE --events FEED`: subscribers who renewed and are still blocked; `alerts show ID`: why, since
 * when, and what to do. */

import type { AlertRecord } from '../record/alert-record.js'
import { groupDigits } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import { AlertFollower } from './alert-follower.js'
import { type Analysis, analyse, ending, inputPaths } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { daemonAlerts, daemonAlertsShow } from './daemon-alerts.js'
import { Detection, isOpen } from './detection.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { formatOf, forReader, RecordWriter } from './output/record-writer.js'
import { tableLines } from './output/table.js'
import { filterTest, selectionOf } from './select.js'
import { alertCells, alertColumns, alertLines } from './text/alert-text.js'

interface Found {
  alerts: AlertRecord[]
  analysis: Analysis
}

export async function alerts(call: Invocation): Promise<ExitCode> {
  if (isAsked(call)) return await daemonAlerts(call)
  const { options, terminal } = call
  const writer =
    formatOf(options) === 'text' ? undefined : new RecordWriter(terminal.out, options, ['alert'])
  const follower = options.follow ? new AlertFollower(options, terminal, writer) : undefined
  const { alerts: all, analysis } = await find(call, 'alerts', follower)
  const test = options.filter === undefined ? undefined : filterTest(options.filter)
  const chosen = all.filter(one => (options.all || one.alarm) && (test?.(one) ?? true))
  const shown = chosen.slice(0, options.limit ?? chosen.length)
  if (writer !== undefined) {
    if (follower === undefined) for (const alert of shown) writer.write(alert)
    writer.summary(analysis.summary)
  } else if (!options.quiet) {
    writeTable(call, shown, all)
  }
  const code = ending(analysis, options, terminal)
  if (code !== exitCode.done || !options['exit-code']) return code
  return all.some(isOpen) ? exitCode.no : exitCode.done
}

export async function alertsShow(call: Invocation): Promise<ExitCode> {
  if (isAsked(call)) return await daemonAlertsShow(call)
  const { options, terminal, positionals } = call
  const [id = ''] = positionals
  const { alerts: all, analysis } = await find(call, 'alerts show')
  const matches = all.filter(one => one.case.startsWith(id))
  const [alert, another] = matches
  if (alert === undefined || another !== undefined) {
    const what = alert === undefined ? 'no case' : `${matches.length} cases`
    throw new Failure(
      exitCode.no,
      `${what} ${terminalText(id)} in ${terminalText(analysis.status.name)}`,
      {
        hint: 'tollgate alerts --all',
      },
    )
  }
  const shown = forReader(alert, options)
  if (formatOf(options) === 'json') {
    new RecordWriter(terminal.out, options, ['alert']).write(alert)
  } else {
    for (const line of alertLines(shown, options, terminal.columns)) terminal.out.line(line)
  }
  return ending(analysis, options, terminal)
}

/** Between two looks of a live run. */
const lookMs = 5000

async function find(call: Invocation, command: string, follower?: AlertFollower): Promise<Found> {
  const { options, terminal } = call
  const paths = inputPaths(command, options, options.read)
  const detection = await Detection.from(options, terminal)
  if (detection === undefined) {
    throw usageFailure(
      `${command} needs events of billing`,
      `tollgate ${command} -r FILE --events FEED`,
    )
  }
  const engine = chooseRules(options, terminal)
  const { filter: _filter, ...rest } = options
  const funnel = new Funnel([], selectionOf({ ...rest, filter: undefined }), () => undefined)
  detection.watch(funnel)
  const look = () => follower?.look(detection.follow(Date.now() * 1000))
  const timer = follower === undefined ? undefined : setInterval(look, lookMs)
  try {
    const analysis = await analyse(call, paths, engine, funnel)
    const found = detection.cases(analysis.summary)
    follower?.look(found)
    return { alerts: found, analysis }
  } finally {
    clearInterval(timer)
    detection.close()
  }
}

function writeTable(
  call: Invocation,
  shown: readonly AlertRecord[],
  all: readonly AlertRecord[],
): void {
  const { options, terminal } = call
  const rows = shown.map(alert => alertCells(forReader(alert, options), options))
  const header = options.header !== 'no'
  if (shown.length > 0) {
    for (const line of tableLines(alertColumns, rows, terminal.columns, header))
      terminal.out.line(line)
  }
  if (options.header === 'no') return
  const alarms = all.filter(one => one.alarm)
  const open = alarms.filter(isOpen).length
  const parts = [
    `${groupDigits(open)} still blocked after renewal`,
    `${groupDigits(alarms.length - open)} cleared`,
    `${groupDigits(all.length)} cases watched`,
  ]
  terminal.out.line(parts.join('  '))
}

/** Without a capture or an interface the daemon is asked. */
function isAsked({ options }: Invocation): boolean {
  return options.read.length === 0 && options.interface.length === 0
}
