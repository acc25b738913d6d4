/** Columns of alerts and of the log. */

import { groupDigits } from '../record/figures.js'
import type { AlertRow, LogRow } from '../record/snapshot.js'
import { clockOf, type ListColumn } from './columns.js'
import { span } from './line.js'
import { msOf, spanText } from './rates.js'

const alertMarks: Record<AlertRow['state'], string> = {
  NEW: '! NEW',
  ACK: 'A ACK',
  CLEARED: '  CLEARED',
}

export const alertColumns: readonly ListColumn<AlertRow>[] = [
  {
    id: 'state',
    head: 'State',
    width: 9,
    sort: 'state',
    value: row => span(alertMarks[row.state], row.state === 'NEW' ? 'bold' : undefined),
  },
  {
    id: 'for',
    head: 'For',
    width: 6,
    right: true,
    high: true,
    sort: 'raised',
    value: (row, { nowMs }) =>
      spanText((msOf(row.cleared) ?? nowMs) - (msOf(row.blocked_since ?? row.raised) ?? nowMs)),
  },
  { id: 'imsi', head: 'IMSI', width: 16, sort: 'imsi', value: row => row.imsi ?? '-' },
  { id: 'msisdn', head: 'MSISDN', width: 14, leaves: 2, value: row => row.msisdn ?? '-' },
  {
    id: 'renewed',
    head: 'Renewed at',
    width: 10,
    leaves: 4,
    value: (row, clock) => clockOf(row.renewed_at, clock),
  },
  { id: 'seen', head: 'Seen by', width: 14, leaves: 3, value: row => row.seen_by ?? row.kind },
  { id: 'title', head: 'What', width: 16, flexible: true, value: row => row.title },
  {
    id: 'flows',
    head: 'Flows',
    width: 5,
    right: true,
    high: true,
    leaves: 5,
    sort: 'flows',
    value: row => groupDigits(row.flows),
  },
  { id: 'rule', head: 'Rule', width: 12, leaves: 1, value: row => row.rule ?? '-' },
]

export const logColumns: readonly ListColumn<LogRow>[] = [
  { id: 'time', head: 'Time', width: 8, value: (row, clock) => clockOf(row.ts, clock) },
  {
    id: 'level',
    head: 'Level',
    width: 5,
    sort: 'level',
    value: row => span(row.level, row.level === 'INFO' ? undefined : 'bold'),
  },
  { id: 'event', head: 'Event', width: 22, sort: 'event', value: row => row.event },
  { id: 'text', head: 'Text', width: 20, flexible: true, value: logText },
]

/** Repeats are folded: `x412`. */
export function logText(row: LogRow): string {
  return row.repeated > 1 ? `${row.text}  (x${groupDigits(row.repeated)})` : row.text
}
