/** What `flows` and `subs` share: one type of record as a table, NDJSON or CSV. */

import { groupDigits } from '../record/figures.js'
import type { ProbeRecord } from '../record/sink.js'
import { terminalText } from '../record/text.js'
import { type Analysis, analyse, capturePaths, ending } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import type { ExitCode } from './fail.js'
import { Funnel } from './funnel.js'
import { OrderedRows, orderBy } from './order.js'
import { fieldsOf, formatOf, forReader, RecordWriter } from './output/record-writer.js'
import { type Cell, type Column, tableLines } from './output/table.js'
import { selectionOf } from './select.js'
import type { Terminal } from './terminal.js'
import { modelParts } from './text/summary-text.js'

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
  const paths = capturePaths(shape.command, options.read)
  const selection = selectionOf(options)
  const text = formatOf(options) === 'text'
  const sort = options.sort ?? (text ? shape.order : undefined)
  const rows = new OrderedRows<Listed<T>>(
    sort === undefined ? undefined : orderBy(sort),
    options.limit,
  )
  const fields = fieldsOf(options, [shape.type])
  const engine = chooseRules(options, terminal)
  const writer = text ? undefined : new RecordWriter(terminal.out, options, [shape.type])
  let left = options.limit ?? Number.POSITIVE_INFINITY
  const funnel = new Funnel([shape.type], selection, record => {
    if (record.type !== shape.type) return
    if (writer === undefined || sort !== undefined) rows.add(record as Listed<T>)
    else if (left-- > 0) writer.write(record)
  })
  const analysis = await analyse(call, paths, engine, funnel)
  if (writer === undefined) {
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
  const records = rows.sorted().map(record => forReader(record, options))
  const columns = fields === undefined ? shape.columns : fields.map(head => ({ head }))
  const cells = records.map(record =>
    fields === undefined
      ? shape.cells(record, terminal, options.utc)
      : fields.map(field => fieldText(record, field)),
  )
  const header = options.header !== 'no'
  for (const line of tableLines(columns, cells, terminal.columns, header)) terminal.out.line(line)
  if (options.quiet || !header) return
  const all = shape.type === 'flow' ? analysis.summary.flows : analysis.summary.subscribers
  const shown = `${groupDigits(records.length)} of ${groupDigits(all)} ${shape.command}`
  const cut = analysis.summary.complete ? [] : ['INCOMPLETE']
  terminal.out.line([shown, ...modelParts(analysis.summary), ...cut].join('  '))
}

function fieldText(record: object, field: string): string {
  const value = (record as Readonly<Record<string, unknown>>)[field]
  if (value === undefined) return ''
  return terminalText(typeof value === 'string' ? value : JSON.stringify(value))
}
