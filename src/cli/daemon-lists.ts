/** `flows`, `subs` and `why` of a daemon that is running: the same tables and records as of a capture. */

import type { ProbeClient } from '../daemon/probe-client.js'
import { groupDigits } from '../record/figures.js'
import type { FlowRecord } from '../record/flow-record.js'
import type { FlowRow, RowQuery, SubscriberRow, TimelineRow } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import { localTime, parseTime } from '../record/time.js'
import type { Invocation } from './command.js'
import { degraded, overviewOf, repeatedly, withDaemon } from './daemon-link.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import type { Listed, ListShape } from './list.js'
import { objectLine } from './output/json.js'
import { fieldsOf, formatOf, RecordWriter } from './output/record-writer.js'
import { type Cell, type Column, tableLines } from './output/table.js'
import { filterTest } from './select.js'
import { subscriberColumns } from './text/subscriber-columns.js'
import { writeExplained } from './write-explained.js'

/** Rows of one request; with a larger limit there are several. */
const pageRows = 5000
const usualRows = 100
const followMs = 1000

type FlowShape = ListShape<'flow'>

/** The options that a running daemon cannot follow. */
export function refuseForDaemon({ options }: Invocation, command: string): void {
  for (const name of ['since', 'until', 'count'] as const) {
    if (options[name] !== undefined) throw usageFailure(`${command}: --${name} needs -r FILE`)
  }
  if (options.filter !== undefined) filterTest(options.filter)
}

export async function daemonFlows(call: Invocation, shape: FlowShape): Promise<ExitCode> {
  refuseForDaemon(call, 'flows')
  return await withDaemon(call, async client => {
    const out = new FlowOutput(call, shape)
    if (call.options.follow) await followFlows(call, client, out)
    else await listFlows(call, client, out)
    return exitCode.done
  })
}

async function listFlows(call: Invocation, client: ProbeClient, out: FlowOutput): Promise<void> {
  const { options } = call
  const most =
    options.limit ?? (formatOf(options) === 'text' ? usualRows : Number.POSITIVE_INFINITY)
  const text = formatOf(options) === 'text'
  const query = queryOf(call, options.sort ?? (text ? '-bytes' : 'flow'))
  let shown = 0
  let total = 0
  for (let offset = 0; offset < most; offset += pageRows) {
    const limit = Math.min(pageRows, most - offset)
    const page = await client.rows('flows', { ...query, offset, limit })
    out.rows(page.rows)
    shown = page.shown
    total = page.total
    if (page.rows.length < limit) break
  }
  out.foot(await overviewReasons(client), shown, total)
}

/** Each flow when it opened. */
async function followFlows(call: Invocation, client: ProbeClient, out: FlowOutput): Promise<void> {
  const { options } = call
  if (options.sort !== undefined) throw usageFailure('--follow and --sort exclude each other')
  const newest = await client.rows('flows', { sort: '-flow', offset: 0, limit: 1 })
  let last = Number(newest.rows[0]?.flow ?? 0)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  out.rows([])
  await repeatedly(followMs, async () => {
    const own = options.filter === undefined ? '' : `(${options.filter}) and `
    const query = { filter: `${own}flow > ${last}`, sort: 'flow', offset: 0 }
    const { rows } = await client.rows('flows', { ...query, limit: Math.min(pageRows, left) })
    out.rows(rows)
    left -= rows.length
    last = Math.max(last, Number(rows.at(-1)?.flow ?? 0))
    call.terminal.out.flush()
    return left > 0
  })
}

function queryOf({ options }: Invocation, sort: string): Pick<RowQuery, 'filter' | 'sort'> {
  return options.filter === undefined ? { sort } : { filter: options.filter, sort }
}

async function overviewReasons(client: ProbeClient): Promise<string[]> {
  return degraded(await overviewOf(client, 60))
}

class FlowOutput {
  readonly #call: Invocation
  readonly #shape: FlowShape
  readonly #writer: RecordWriter | undefined
  readonly #fields: readonly string[] | undefined
  #told = 0

  constructor(call: Invocation, shape: FlowShape) {
    this.#call = call
    this.#shape = shape
    const { options, terminal } = call
    this.#fields = fieldsOf(options, ['flow'])
    // what came is as it may be shown: it must not be masked once more
    const shown = { ...options, reveal: true }
    if (formatOf(options) !== 'text') this.#writer = new RecordWriter(terminal.out, shown, ['flow'])
  }

  rows(rows: readonly FlowRow[]): void {
    if (this.#writer !== undefined) {
      for (const row of rows) this.#writer.write(recordOf(row))
      return
    }
    const { terminal, options } = this.#call
    const cells = rows.map(row => this.#cells(recordOf(row)))
    const lines = tableLines(this.#columns(), cells, terminal.columns, true)
    const head = this.#told === 0 && options.header !== 'no'
    if (rows.length > 0 || this.#told === 0) {
      for (const line of head ? lines : lines.slice(1)) terminal.out.line(line)
    }
    this.#told++
  }

  foot(reasons: readonly string[], shown: number, total: number): void {
    const { terminal, options } = this.#call
    if (formatOf(options) === 'json') {
      const complete = reasons.length === 0
      const head = { type: 'summary', schema: 'tollgate.rows-summary/1', complete, reasons }
      terminal.out.line(objectLine({ ...head, shown, total }))
    } else if (this.#writer === undefined && !options.quiet && options.header !== 'no') {
      const cut = reasons.length === 0 ? '' : '  INCOMPLETE'
      terminal.out.line(`${groupDigits(shown)} of ${groupDigits(total)} flows${cut}`)
      for (const reason of reasons) terminal.out.line(`  ${terminalText(reason)}`)
    }
  }

  #columns(): readonly Column[] {
    return this.#fields === undefined ? this.#shape.columns : this.#fields.map(head => ({ head }))
  }

  #cells(record: Listed<'flow'>): readonly Cell[] {
    const { terminal, options } = this.#call
    if (this.#fields === undefined) return this.#shape.cells(record, terminal, options.utc)
    const row = record as unknown as Readonly<Record<string, unknown>>
    return this.#fields.map(field => {
      const value = row[field]
      if (value === undefined) return ''
      return terminalText(typeof value === 'string' ? value : JSON.stringify(value))
    })
  }
}

function recordOf(row: FlowRow): FlowRecord {
  // of an open flow the end is not known: its key is absent
  return { type: 'flow', schema: 'tollgate.flow/1', ...row } as FlowRecord
}

const probeColumns: readonly Column[] = [{ head: 'State' }, ...subscriberColumns]

export async function daemonSubscribers(
  call: Invocation,
  octets: (value: number) => string,
): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  refuseForDaemon(call, 'subs')
  const [number] = positionals
  return await withDaemon(call, async client => {
    if (number !== undefined) return await timeline(call, client, number)
    const limit = options.limit ?? usualRows
    const page = await client.rows('subscribers', {
      ...queryOf(call, options.sort ?? '-charged_bytes'),
      offset: 0,
      limit,
    })
    if (options.json) {
      for (const row of page.rows) {
        terminal.out.line(
          objectLine({ type: 'subscriber', schema: 'tollgate.subscriber-row/1', ...row }),
        )
      }
      const head = { type: 'summary', schema: 'tollgate.rows-summary/1' }
      const reasons = await overviewReasons(client)
      const { shown, total } = page
      const complete = reasons.length === 0
      terminal.out.line(objectLine({ ...head, complete, reasons, shown, total }))
      return exitCode.done
    }
    const cells = page.rows.map(row => subscriberCells(row, octets))
    const header = options.header !== 'no'
    for (const line of tableLines(probeColumns, cells, terminal.columns, header)) {
      terminal.out.line(line)
    }
    if (!options.quiet) {
      terminal.out.line(`${groupDigits(page.shown)} of ${groupDigits(page.total)} subscribers`)
    }
    return exitCode.done
  })
}

function subscriberCells(row: SubscriberRow, octets: (value: number) => string): readonly Cell[] {
  return [
    row.state,
    row.others === true ? 'others' : (row.imsi ?? '-'),
    row.msisdn ?? '-',
    terminalText(row.apn ?? '-'),
    terminalText(row.rat ?? '-'),
    row.ue ?? '-',
    groupDigits(row.flows),
    octets(row.free_bytes),
    octets(row.charged_bytes),
    octets(row.unknown_bytes),
    `${groupDigits(row.blocked_flows)} flows`,
  ]
}

async function timeline(call: Invocation, client: ProbeClient, number: string): Promise<ExitCode> {
  const { options, terminal } = call
  const rows = await client.timeline(number)
  if (rows.length === 0) {
    throw new Failure(exitCode.no, `no subscriber ${terminalText(number)} is remembered`, {
      hint: 'tollgate subs',
    })
  }
  for (const row of rows.slice(0, options.limit ?? rows.length)) {
    terminal.out.line(
      options.json
        ? objectLine({ type: 'event', schema: 'tollgate.event/1', ...row })
        : eventLine(row, options.utc),
    )
  }
  return exitCode.done
}

function eventLine(row: TimelineRow, utc: boolean): string {
  const timeUs = parseTime(row.ts)
  const time = timeUs === undefined ? row.ts : localTime(timeUs, utc).slice(0, 23).replace('T', ' ')
  const place = row.flow === undefined ? `packet ${row.frame ?? '-'}` : `flow ${row.flow}`
  const words = [time, row.event.padEnd(16), row.verdict ?? '', terminalText(row.text), place]
  return words.filter(word => word !== '').join('  ')
}

export async function daemonWhy(call: Invocation, flow: string): Promise<ExitCode> {
  const { options, terminal } = call
  return await withDaemon(call, async client => {
    const { explain, incomplete, now } = await client.why(flow)
    if (incomplete !== undefined && !options.json) terminal.out.line(`INCOMPLETE ${incomplete}`)
    writeExplained({ ...call, options: { ...options, reveal: true } }, explain)
    if (now !== undefined && !options.json) {
      const { rules, verdict } = now
      const was = `${explain.rules.version} (${explain.rules.sha256.slice(0, 7)})`
      const is = `${rules.version} (${rules.sha256.slice(0, 7)})`
      terminal.out.line(terminalText(`decided with ${was}; with ${is} it would be ${verdict}`))
    }
    return exitCode.done
  })
}
