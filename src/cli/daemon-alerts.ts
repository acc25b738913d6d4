/** `tollgate alerts`: what somebody has to look at; one of them; and the note that somebody does. */

import { durationText, groupDigits } from '../record/figures.js'
import type { AlertRow } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import { localTime, parseTime } from '../record/time.js'
import { ViewError } from '../record/view-source.js'
import type { Invocation } from './command.js'
import { caller, repeatedly, withDaemon } from './daemon-link.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { objectLine } from './output/json.js'
import { type Column, tableLines } from './output/table.js'
import { filterTest } from './select.js'
import { sentence, titled } from './text/titled.js'

const mostListed = 1000
const followMs = 1000

const columns: readonly Column[] = [
  { head: 'Id', right: true },
  { head: 'State' },
  { head: 'Since', leaves: 3 },
  { head: 'Kind', leaves: 2 },
  { head: 'IMSI', leaves: 4 },
  { head: 'Flows', right: true, leaves: 1 },
  { head: 'What', flexible: 24, wraps: true },
]

/** Without `-Y` those that are not cleared. */
export async function daemonAlerts(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  if (options.filter !== undefined) filterTest(options.filter)
  const filter = options.filter ?? 'state != CLEARED'
  return await withDaemon(call, async client => {
    let newest = ''
    const seen = new Set<string>()
    await repeatedly(followMs, async () => {
      const query = { filter, offset: 0, limit: Math.min(mostListed, options.limit ?? mostListed) }
      const sorted = options.sort === undefined ? query : { ...query, sort: options.sort }
      const { rows, shown, total } = await client.rows('alerts', sorted)
      const fresh = rows.filter(row => !seen.has(`${row.id} ${row.state}`))
      for (const row of fresh) seen.add(`${row.id} ${row.state}`)
      write(call, fresh, newest === '')
      newest = 'told'
      if (!options.follow) foot(call, shown, total)
      terminal.out.flush()
      return options.follow
    })
    if (!options['exit-code']) return exitCode.done
    const { shown } = await client.rows('alerts', { filter: 'state == NEW', offset: 0, limit: 0 })
    return shown > 0 ? exitCode.no : exitCode.done
  })
}

function write({ options, terminal }: Invocation, rows: readonly AlertRow[], first: boolean): void {
  if (options.json) {
    for (const row of rows) terminal.out.line(objectLine(recordOf(row)))
    return
  }
  if (options.quiet) return
  const head = first && options.header !== 'no'
  const lines = tableLines(
    columns,
    rows.map(row => cells(row, options.utc)),
    terminal.columns,
    true,
  )
  for (const line of head ? lines : lines.slice(1)) terminal.out.line(line)
}

function foot({ options, terminal }: Invocation, shown: number, total: number): void {
  if (options.json) {
    const head = { type: 'summary', schema: 'tollgate.rows-summary/1', complete: true }
    terminal.out.line(objectLine({ ...head, shown, total }))
  } else if (!options.quiet) {
    terminal.out.line(`${groupDigits(shown)} of ${groupDigits(total)} alerts`)
  }
}

function recordOf(row: AlertRow): object {
  return { type: 'alert', schema: 'tollgate.probe-alert/1', ...row }
}

const stateText = { NEW: '! NEW', ACK: 'A ACK', CLEARED: '- CLEARED' } as const

function cells(row: AlertRow, utc: boolean): string[] {
  return [
    row.id,
    stateText[row.state],
    timeText(row.raised, utc),
    terminalText(row.kind),
    row.imsi ?? '-',
    groupDigits(row.flows),
    terminalText(row.title),
  ]
}

function timeText(text: string, utc: boolean): string {
  const timeUs = parseTime(text)
  return timeUs === undefined ? text : localTime(timeUs, utc).slice(0, 19).replace('T', ' ')
}

export async function daemonAlertsShow(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const id = idOf(positionals)
  return await withDaemon(call, async client => {
    const { rows } = await client.rows('alerts', { offset: 0, limit: 10_000 })
    const row = rows.find(one => one.id === id)
    if (row === undefined)
      throw new ViewError('not-found', `no alert ${id}`, { hint: 'tollgate alerts' })
    if (options.json) {
      terminal.out.line(objectLine(recordOf(row)))
      return exitCode.done
    }
    for (const line of detail(row, options.utc, terminal.columns)) terminal.out.line(line)
    return exitCode.done
  })
}

function detail(row: AlertRow, utc: boolean, width: number): string[] {
  const openUs = (parseTime(row.cleared ?? row.last) ?? 0) - (parseTime(row.raised) ?? 0)
  const part = (title: string, text: string | undefined) =>
    text === undefined || text === '' ? [] : sentence(title, text, width)
  return [
    ...titled('Alert', [row.id, stateText[row.state], terminalText(row.kind), row.severity], width),
    ...part('What', row.title),
    ...titled('Raised', [timeText(row.raised, utc), `seen ${groupDigits(row.count)} times`], width),
    ...(row.cleared === undefined
      ? []
      : titled('Cleared', [timeText(row.cleared, utc), `after ${durationText(openUs)}`], width)),
    ...part('Subscriber', [row.imsi, row.msisdn].filter(Boolean).join('  ')),
    ...part('Rule', row.rule),
    ...(row.flow === undefined
      ? []
      : titled('Flows', [row.flow, `of ${groupDigits(row.flows)}`], width)),
    ...row.evidence.flatMap((text, i) => part(i === 0 ? 'Evidence' : '', text)),
    ...part('Note', row.note),
    ...(row.acked_by === undefined
      ? []
      : titled('Ack', [terminalText(row.acked_by), timeText(row.acked_at ?? '', utc)], width)),
    ...part('Detail', row.detail),
  ]
}

export async function alertsAck(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const id = idOf(positionals)
  const note = options.note ?? ''
  if (note.trim() === '') throw usageFailure('alerts ack needs a note', '--note "ticket 4471"')
  return await withDaemon(call, async client => {
    await client.acknowledge(id, note, caller())
    if (!options.quiet) terminal.talk(`tollgate: alert ${id} acknowledged`)
    return exitCode.done
  })
}

function idOf([id = '']: readonly string[]): string {
  if (!/^\d{1,15}$/.test(id)) throw usageFailure(`alerts: "${terminalText(id)}" is not a number`)
  return id
}
