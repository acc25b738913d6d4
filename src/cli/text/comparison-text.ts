/** `cdr compare` for people: a table of what differs (all rows with -v), the candidates below, what was read. */

import type {
  ActualTotal,
  ComparisonRecord,
  ComparisonSummary,
} from '../../record/comparison-record.js'
import { groupDigits } from '../../record/figures.js'
import { terminalText } from '../../record/text.js'
import type { ActualRead } from '../cdr-actual.js'
import type { Options } from '../options.js'
import { type Cell, type Column, tableLines } from '../output/table.js'
import type { Terminal } from '../terminal.js'
import { counted, incompleteLines, modelParts } from './summary-text.js'
import { sentence, titled } from './titled.js'

const columns: readonly Column[] = [
  { head: 'IMSI' },
  { head: 'Source', leaves: 2 },
  { head: 'Group' },
  { head: 'Rules', flexible: 5, leaves: 1 },
  { head: 'Predicted', right: true },
  { head: 'Actual', right: true },
  { head: 'Difference', right: true },
  { head: 'Status' },
]
const same: ReadonlySet<string> = new Set(['equal', 'within-tolerance'])
const candidateIndent = 4

export function comparisonLines(
  rows: readonly ComparisonRecord[],
  summary: ComparisonSummary,
  read: ActualRead,
  options: Options,
  terminal: Terminal,
): string[] {
  const shown = options.verbose > 0 ? rows : rows.filter(row => !same.has(row.status))
  const limited = shown.slice(0, options.limit ?? shown.length)
  const width = terminal.columns
  const lines = limited.length === 0 ? [] : tableLines(columns, limited.map(cells), width)
  for (const row of limited) {
    for (const { kind, text } of row.candidates) {
      const left = ' '.repeat(candidateIndent)
      lines.push(...sentence(`${left}${label(row)}`, `${kind}: ${text}`, width, labelWidth))
    }
  }
  return options.quiet ? lines : [...lines, ...summaryLines(summary, read, width)]
}

const labelWidth = 24

function label(row: ComparisonRecord): string {
  return `${row.imsi?.slice(-4) ?? '-'} ${groupOf(row)}`
}

function groupOf({ rating_group, urr }: ComparisonRecord): string {
  if (rating_group !== undefined) return String(rating_group)
  return urr === undefined ? 'all' : `URR ${urr}`
}

function cells(row: ComparisonRecord): readonly Cell[] {
  return [
    row.imsi ?? row.msisdn ?? '-',
    row.source ?? '-',
    groupOf(row),
    row.rules.map(rule => rule.rule_id_hex).join(' ') || '-',
    groupDigits(row.predicted_bytes),
    row.source === undefined ? '-' : groupDigits(row.actual_bytes),
    signed(row.difference_bytes),
    row.status,
  ]
}

function signed(octets: number): string {
  const text = groupDigits(Math.abs(octets))
  return octets === 0 ? text : `${octets < 0 ? '-' : '+'}${text}`
}

/** Named by its source: none of several is the actual one. */
function totalText({ source, counted, bytes }: ActualTotal): string {
  const what = counted === 'rating-groups' ? '' : ` (${counted})`
  return `${source}${what} ${groupDigits(bytes)} B`
}

function summaryLines(summary: ComparisonSummary, read: ActualRead, width: number): string[] {
  const { records } = summary
  const parts = (list: readonly (readonly [count: number, text: string])[]) =>
    list.filter(([count]) => count > 0).map(([count, text]) => `${groupDigits(count)} ${text}`)
  return [
    ...titled('Rows', [counted(summary.rows, 'row'), `${summary.different} different`], width),
    ...titled(
      'Octets',
      [
        `predicted ${groupDigits(summary.predicted_bytes)} B`,
        ...(summary.actual.length === 0 ? ['actual 0 B'] : summary.actual.map(totalText)),
        ...parts([
          [summary.unowned_bytes, 'B of nobody'],
          [summary.ungrouped_bytes, 'B without a rating group'],
        ]),
      ],
      width,
    ),
    ...titled(
      'Actual',
      [
        ...parts([
          [records.counted, 'records'],
          [records.repeated, 'repeated'],
          [records.damaged, 'damaged'],
          [records.other_kinds, 'of other kinds'],
        ]),
        ...read.found.map(terminalText),
        ...parts([
          [summary.lines_elsewhere, 'lines of other subscribers'],
          [summary.lines_other_time, 'lines of another time'],
        ]),
      ],
      width,
    ),
    ...titled('Rules', modelParts(summary).map(terminalText), width),
    ...incompleteLines(summary, width),
  ]
}
