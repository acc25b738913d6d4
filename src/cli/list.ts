/** What `flows` and `subs` share: one type of record as a table, NDJSON or CSV. */

import { groupDigits } from '../record/figures.js'
import type { ProbeRecord } from '../record/sink.js'
import { terminalText } from '../record/text.js'
import { type Analysis, analyse, ending, inputPaths } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { OrderedRows, orderBy } from './order.js'
import { fieldsOf, formatOf, forReader, RecordWriter } from './output/record-writer.js'
import { type Cell, type Column, tableLines } from './output/table.js'
import { selectionOf } from './select.js'
import type { Terminal } from './terminal.js'
import { modelParts } from './text/summary-text.js'

/** A cell that is longer does not widen its column for the rows after it. */
const mostFollowed = 40

type ListedType = 'flow' | 'subscriber'
export type Listed<T extends ListedType> = Extract<ProbeRecord, { type: T }>

export interface ListShape<T extends ListedType> {
  command: string
  type: T
  /** order of the table without `--sort` */
  order: string
  columns: readonly Column[]
  /** cells of a record that is already masked for the reader */
  cells: (record: Listed<T>, terminal: Terminal, utc: boolean) => readonly Cell[]
}

export async function runList<T extends ListedType>(
  call: Invocation,
  shape: ListShape<T>,
): Promise<ExitCode> {
  const { options, terminal } = call
  const paths = inputPaths(shape.command, options, options.read)
  const selection = selectionOf(options)
  const text = formatOf(options) === 'text'
  if (options.follow && options.sort !== undefined) {
    throw usageFailure('--follow and --sort exclude each other')
  }
  const sort = options.sort ?? (text && !options.follow ? shape.order : undefined)
  const rows = new OrderedRows<Listed<T>>(
    sort === undefined ? undefined : orderBy(sort),
    options.limit,
  )
  const fields = fieldsOf(options, [shape.type])
  const engine = chooseRules(options, terminal)
  const writer = text ? undefined : new RecordWriter(terminal.out, options, [shape.type])
  const follower = options.follow && text ? new RowFollower(call, shape, fields) : undefined
  let left = options.limit ?? Number.POSITIVE_INFINITY
  const funnel = new Funnel([shape.type], selection, record => {
    if (record.type !== shape.type) return
    if (follower !== undefined) {
      if (left-- > 0) follower.row(record as Listed<T>)
    } else if (writer === undefined || sort !== undefined) rows.add(record as Listed<T>)
    else if (left-- > 0) writer.write(record)
  })
  const analysis = await analyse(call, paths, engine, funnel)
  if (follower !== undefined) {
    follower.finish(analysis)
  } else if (writer === undefined) {
    writeTable(call, shape, rows, fields, analysis)
  } else {
    for (const row of rows.sorted()) writer.write(row)
    writer.summary(analysis.summary)
  }
  return ending(analysis, options, terminal)
}

function writeTable<T extends ListedType>(
  call: Invocation,
  shape: ListShape<T>,
  rows: OrderedRows<Listed<T>>,
  fields: readonly string[] | undefined,
  analysis: Analysis,
): void {
  const { options, terminal } = call
  const records = rows.sorted()
  const columns = columnsOf(shape, fields)
  const cells = records.map(record => cellsOf(call, shape, fields, record))
  const header = options.header !== 'no'
  for (const line of tableLines(columns, cells, terminal.columns, header)) terminal.out.line(line)
  writeFoot(call, shape, records.length, analysis)
}

function columnsOf<T extends ListedType>(
  shape: ListShape<T>,
  fields: readonly string[] | undefined,
): readonly Column[] {
  return fields === undefined ? shape.columns : fields.map(head => ({ head }))
}

function cellsOf<T extends ListedType>(
  call: Invocation,
  shape: ListShape<T>,
  fields: readonly string[] | undefined,
  row: Listed<T>,
): readonly Cell[] {
  const record = forReader(row, call.options)
  return fields === undefined
    ? shape.cells(record, call.terminal, call.options.utc)
    : fields.map(field => fieldText(record, field))
}

function writeFoot<T extends ListedType>(
  call: Invocation,
  shape: ListShape<T>,
  rows: number,
  analysis: Analysis,
): void {
  const { options, terminal } = call
  if (options.quiet || options.header === 'no') return
  const { summary } = analysis
  const all = shape.type === 'flow' ? summary.flows : summary.subscribers
  const shown = `${groupDigits(rows)} of ${groupDigits(all)} ${shape.command}`
  const cut = summary.complete ? [] : ['INCOMPLETE']
  terminal.out.line([shown, ...modelParts(summary), ...cut].join('  '))
  for (const reason of summary.interfaces === undefined ? [] : summary.reasons) {
    terminal.out.line(`  ${terminalText(reason)}`)
  }
}

/** Rows as they come: a column keeps the width of its widest cell so far. */
class RowFollower<T extends ListedType> {
  private readonly call: Invocation
  private readonly shape: ListShape<T>
  private readonly fields: readonly string[] | undefined
  private columns: readonly Column[]
  private rows = 0

  constructor(call: Invocation, shape: ListShape<T>, fields: readonly string[] | undefined) {
    this.call = call
    this.shape = shape
    this.fields = fields
    this.columns = columnsOf(shape, fields)
    if (call.options.header !== 'no') this.write([], true)
  }

  row(record: Listed<T>): void {
    this.rows++
    this.write([cellsOf(this.call, this.shape, this.fields, record)], false)
  }

  finish(analysis: Analysis): void {
    writeFoot(this.call, this.shape, this.rows, analysis)
  }

  private write(rows: readonly (readonly Cell[])[], header: boolean): void {
    const { out, columns } = this.call.terminal
    // the head, padded, is what gives a column its width: it is made with every row, and left out
    this.columns = this.columns.map((column, i) => {
      const cell = rows[0]?.[i] ?? ''
      const length = Math.min(
        typeof cell === 'string' ? cell.length : cell.text.length,
        mostFollowed,
      )
      return {
        ...column,
        head: column.right ? column.head.padStart(length) : column.head.padEnd(length),
      }
    })
    const lines = tableLines(this.columns, rows, columns)
    for (const line of header ? lines : lines.slice(1)) out.line(line)
    out.flush()
  }
}

function fieldText(record: object, field: string): string {
  const value = (record as Readonly<Record<string, unknown>>)[field]
  if (value === undefined) return ''
  return terminalText(typeof value === 'string' ? value : JSON.stringify(value))
}
