/** The lists as columns: one table each for the screen, the choice of columns, the order. */

import { endpointText, groupDigits, octetsText, verdictLabels } from '../record/figures.js'
import type { Tariff, Verdict } from '../record/flow-record.js'
import type { FlowRow, RowKind, RowsOf, RuleRow, SubscriberRow } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import { alertColumns, logColumns } from './alert-columns.js'
import { clockOf, type ListColumn, type RowClock } from './columns.js'
import { type Span, span } from './line.js'
import { figureText, msOf, spanText } from './rates.js'

export function verdictSpan(verdict: Verdict): Span {
  return { text: verdictLabels[verdict], style: verdict }
}

const tariffVerdict: Record<Tariff, Verdict> = { free: 'FREE', charged: 'CHRG', unknown: 'UNKN' }

export function tariffSpan(tariff: Tariff): Span {
  return verdictSpan(tariffVerdict[tariff])
}

/** `wapgw/1 168165378`, `(2 rules)`, `L1-6 168165379`, `-`. */
export function flowRule(row: FlowRow): string {
  if ((row.rule_ids ?? []).length > 1) return `(${row.rule_ids?.length} rules)`
  if (row.rule_id === undefined) return '-'
  const way = row.level2 ?? (row.level1 === undefined ? 'default' : `L1-${row.level1}`)
  return `${way} ${row.rule_id >>> 0}`
}

/** How long ago. */
function ago(time: string | undefined, { nowMs }: RowClock): string {
  const ms = msOf(time)
  return ms === undefined ? 'never' : spanText(nowMs - ms)
}

function between(from: string | undefined, to: string | undefined): string {
  const start = msOf(from)
  const end = msOf(to)
  return start === undefined || end === undefined ? '-' : spanText(end - start)
}

export const flowColumns: readonly ListColumn<FlowRow>[] = [
  { id: 'verdict', head: 'Verdict', width: 9, sort: 'verdict', value: row => flowVerdict(row) },
  { id: 'rule', head: 'Rule', width: 20, leaves: 2, sort: 'rule_id', value: flowRule },
  { id: 'imsi', head: 'IMSI', width: 16, sort: 'imsi', value: row => row.imsi ?? '-' },
  { id: 'ue', head: 'UE address', width: 15, leaves: 1, sort: 'ue', value: row => row.ue },
  {
    id: 'host',
    head: 'Host or server',
    width: 15,
    flexible: true,
    sort: 'host',
    value: row => row.host ?? endpointText(row.server, row.server_port),
  },
  { id: 'app', head: 'App', width: 6, leaves: 4, sort: 'app', value: row => row.app.toUpperCase() },
  {
    id: 'bytes',
    head: 'Bytes',
    width: 9,
    right: true,
    high: true,
    sort: 'bytes',
    value: row => octetsText(row.up_bytes + row.down_bytes),
  },
  {
    id: 'age',
    head: 'Age',
    width: 6,
    right: true,
    high: true,
    leaves: 3,
    sort: 'age',
    value: row => between(row.ts, row.end),
  },
  {
    id: 'start',
    head: 'Start',
    width: 8,
    leaves: 0,
    high: true,
    sort: 'ts',
    value: (row, clock) => clockOf(row.ts, clock),
  },
]

/** `!`: packets were lost while it was open, its verdict may be wrong. */
function flowVerdict(row: FlowRow): Span {
  const mark = row.touched_by_drops === true ? ' !' : ''
  return { text: verdictLabels[row.verdict] + mark, style: row.verdict }
}

const stateMarks: Record<SubscriberRow['state'], string> = {
  STUCK: '!',
  EXHAUSTED: '-',
  RENEWED: '+',
  ACTIVE: ' ',
  ENDED: ' ',
}

export const subscriberColumns: readonly ListColumn<SubscriberRow>[] = [
  {
    id: 'state',
    head: 'State',
    width: 11,
    sort: 'state',
    value: row =>
      span(`${stateMarks[row.state]} ${row.state}`, row.state === 'STUCK' ? 'bold' : undefined),
  },
  {
    id: 'imsi',
    head: 'IMSI',
    width: 16,
    sort: 'imsi',
    value: row => (row.others === true ? 'others' : (row.imsi ?? '-')),
  },
  {
    id: 'msisdn',
    head: 'MSISDN',
    width: 14,
    leaves: 2,
    sort: 'msisdn',
    value: row => row.msisdn ?? '-',
  },
  { id: 'apn', head: 'APN', width: 6, flexible: true, sort: 'apn', value: row => row.apn ?? '-' },
  { id: 'rat', head: 'RAT', width: 7, leaves: 1, sort: 'rat', value: row => row.rat ?? '-' },
  { id: 'ue', head: 'UE address', width: 15, leaves: 0, sort: 'ue', value: row => row.ue ?? '-' },
  {
    id: 'flows',
    head: 'Flows',
    width: 7,
    right: true,
    high: true,
    leaves: 3,
    sort: 'flows',
    value: row => groupDigits(row.flows),
  },
  {
    id: 'free',
    head: 'o Free',
    width: 9,
    right: true,
    high: true,
    sort: 'free_bytes',
    value: row => span(octetsText(row.free_bytes), 'FREE'),
  },
  {
    id: 'charged',
    head: '$ Charged',
    width: 11,
    right: true,
    high: true,
    sort: 'charged_bytes',
    value: row => span(octetsText(row.charged_bytes), 'CHRG'),
  },
  {
    id: 'blocked',
    head: 'X Blocked',
    width: 11,
    right: true,
    high: true,
    sort: 'blocked_flows',
    value: row => `${groupDigits(row.blocked_flows)} ${row.blocked_flows === 1 ? 'flow' : 'flows'}`,
  },
  {
    id: 'seen',
    head: 'Seen',
    width: 7,
    right: true,
    leaves: 4,
    high: true,
    sort: 'end',
    value: (row, clock) => ago(row.end, clock),
  },
]

export const ruleColumns: readonly ListColumn<RuleRow>[] = [
  { id: 'rule', head: 'Rule', width: 12, sort: 'rule', value: row => row.rule },
  {
    id: 'match',
    head: 'Match',
    width: 12,
    flexible: true,
    leaves: 5,
    value: row => row.name ?? row.match,
  },
  { id: 'tariff', head: 'Verdict', width: 7, sort: 'tariff', value: row => tariffSpan(row.tariff) },
  {
    id: 'id',
    head: 'Charging id',
    width: 11,
    right: true,
    leaves: 3,
    sort: 'rule_id',
    value: row => (row.rule_id === undefined ? '-' : String(row.rule_id >>> 0)),
  },
  {
    id: 'rate',
    head: 'Hits/s',
    width: 8,
    right: true,
    high: true,
    sort: 'hits_per_s',
    value: row => figureText(row.hits_per_s),
  },
  {
    id: 'hits',
    head: 'Hits',
    width: 9,
    right: true,
    high: true,
    sort: 'hits',
    value: row => groupDigits(row.hits),
  },
  {
    id: 'up',
    head: 'Bytes up',
    width: 9,
    right: true,
    high: true,
    leaves: 2,
    sort: 'up_bytes',
    value: row => octetsText(row.up_bytes),
  },
  {
    id: 'down',
    head: 'Bytes down',
    width: 12,
    right: true,
    high: true,
    leaves: 7,
    sort: 'down_bytes',
    value: row => octetsText(row.down_bytes),
  },
  {
    id: 'subs',
    head: 'Subs',
    width: 7,
    right: true,
    high: true,
    leaves: 1,
    sort: 'subscribers',
    value: row => groupDigits(row.subscribers),
  },
  {
    id: 'last',
    head: 'Last hit',
    width: 8,
    right: true,
    leaves: 4,
    value: (row, clock) => ago(row.last, clock),
  },
  {
    id: 'note',
    head: 'Note',
    width: 16,
    value: row => span(row.note ?? '', row.note === undefined ? undefined : 'bold'),
  },
]

export const columnsOf: { [K in RowKind]: readonly ListColumn<RowsOf[K]>[] } = {
  flows: flowColumns,
  subscribers: subscriberColumns,
  rules: ruleColumns,
  alerts: alertColumns,
  log: logColumns,
}

/** What makes a row the same row after it moved. */
export const keyOf: { [K in RowKind]: (row: RowsOf[K]) => string } = {
  flows: row => row.flow,
  subscribers: row => (row.others === true ? 'others' : (row.imsi ?? row.msisdn ?? row.teid ?? '')),
  rules: row => row.rule,
  alerts: row => row.id,
  log: row => String(row.n),
}

/** One line about a subscriber's latest session. */
export function sessionText(row: SubscriberRow, clock: RowClock): string {
  const parts = [
    row.teid === undefined ? '' : `tunnel ${row.teid}`,
    row.since === undefined ? '' : `since ${clockOf(row.since, clock)}`,
    row.imei === undefined ? '' : `IMEI ${row.imei}`,
    `${groupDigits(row.sessions)} ${row.sessions === 1 ? 'session' : 'sessions'}`,
    row.unknown_bytes > 0 ? `? unknown ${octetsText(row.unknown_bytes)}` : '',
  ].filter(part => part !== '')
  return `Subscriber ${terminalText(row.imsi ?? '-')}: ${parts.join(', ')}`
}
