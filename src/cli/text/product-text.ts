/** Products, orders, cards and statistics for people. Records are masked by now. */

import type { Settlement } from '../../products/settlement.js'
import { groupDigits, octetsText } from '../../record/figures.js'
import type {
  CardRecord,
  OrderRecord,
  ProductRecord,
  StatisticsRecord,
} from '../../record/purchase-record.js'
import { terminalText } from '../../record/text.js'
import { localTime, parseTime } from '../../record/time.js'
import { type Column, tableLines } from '../output/table.js'
import type { Terminal } from '../terminal.js'

const productColumns: readonly Column[] = [
  { head: 'Product', flexible: 8 },
  { head: 'Kind' },
  { head: 'Price', right: true },
  { head: 'Volume', right: true },
  { head: 'Scope', flexible: 8, leaves: 1 },
  { head: 'Validity' },
  { head: 'Prio', right: true, leaves: 0 },
  { head: 'Left', right: true },
]

export function productLines(records: readonly ProductRecord[], width: number): string[] {
  const rows = records.map(one => [
    terminalText(one.product),
    one.kind,
    moneyText(one.price),
    octetsText(one.volume_bytes),
    terminalText(one.scope),
    one.validity,
    String(one.priority),
    one.on_sale ? (one.stock === undefined ? '-' : groupDigits(one.stock)) : 'not on sale',
  ])
  return tableLines(productColumns, rows, width)
}

/** `58.00`: of a currency with hundredths, as nearly all have. */
function moneyText(amount: number): string {
  const cents = String(amount % 100).padStart(2, '0')
  return `${groupDigits(Math.floor(amount / 100))}.${cents}`
}

const orderColumns: readonly Column[] = [
  { head: 'Order', flexible: 8 },
  { head: 'Subscriber' },
  { head: 'Product', flexible: 8 },
  { head: 'State' },
  { head: 'Reason', flexible: 8 },
]
const stepColumns: readonly Column[] = [
  { head: '' },
  { head: '' },
  { head: '', flexible: 20, wraps: true },
]

/** With the steps of an order below it where the record has them. */
export function orderLines(
  records: readonly OrderRecord[],
  { columns }: Terminal,
  utc: boolean,
): string[] {
  const rows = records.map(one => [
    terminalText(one.order),
    one.msisdn ?? one.imsi ?? '-',
    terminalText(one.product),
    one.state,
    terminalText(one.reason ?? ''),
  ])
  const steps = records
    .flatMap(one => one.steps ?? [])
    .map(({ ts, state, note }) => [
      ` ${localTime(parseTime(ts) ?? 0, utc)}`,
      state,
      terminalText(note),
    ])
  return [
    ...tableLines(orderColumns, rows, columns),
    ...(steps.length > 0 ? tableLines(stepColumns, steps, columns, false) : []),
  ]
}

const cardColumns: readonly Column[] = [
  { head: 'Card', flexible: 8 },
  { head: 'Product', flexible: 8 },
  { head: 'Subscriber' },
  { head: 'State' },
  { head: 'Prio', right: true },
  { head: 'Pays for', flexible: 8 },
]

export function cardLines(records: readonly CardRecord[], width: number): string[] {
  const rows = records.map(one => [
    terminalText(one.card),
    terminalText(one.product),
    one.msisdn ?? one.imsi ?? '-',
    one.state,
    one.priority === undefined ? '-' : String(one.priority),
    paysFor(one),
  ])
  return tableLines(cardColumns, rows, width)
}

function paysFor({ state, tables = [], charges = [] }: CardRecord): string {
  if (state === 'IDLE') return '-'
  const names = [...tables, ...charges].join(' ')
  return names === '' ? 'any traffic' : terminalText(names)
}

const statisticsColumns: readonly Column[] = [
  { head: 'Bucket', flexible: 8 },
  { head: 'Product', flexible: 8, leaves: 1 },
  { head: 'State' },
  { head: 'Month', leaves: 0 },
  { head: 'Prio', right: true },
  { head: 'Up', right: true },
  { head: 'Down', right: true },
  { head: 'Volume', right: true },
  { head: 'Settled', right: true },
]

export function statisticsLines(records: readonly StatisticsRecord[], width: number): string[] {
  const rows = records.map(one => [
    terminalText(one.bucket),
    terminalText(one.product),
    one.state,
    one.month ?? '-',
    String(one.priority),
    groupDigits(one.up_bytes),
    groupDigits(one.down_bytes),
    groupDigits(one.volume_bytes),
    moneyText(one.settled),
  ])
  return tableLines(statisticsColumns, rows, width)
}

const settlementColumns: readonly Column[] = [
  { head: 'Settlement', flexible: 12 },
  { head: 'Used', right: true },
  { head: 'Amount', right: true },
  { head: 'State' },
  { head: 'Reason', flexible: 8 },
]

export function settlementLines(list: readonly Settlement[], width: number): string[] {
  const rows = list.map(({ key, octets, amount, state, reason = '' }) => [
    terminalText(key),
    groupDigits(octets),
    moneyText(amount),
    state,
    reason,
  ])
  return list.length === 0 ? [] : tableLines(settlementColumns, rows, width)
}
