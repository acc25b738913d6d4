/** What each subscriber used under which charging id, as a block of the summary. */

import { octetsText, ruleIdText, shareText, tariffLabels } from '../../record/figures.js'
import type { ChargeFields, Counters, Tariff } from '../../record/flow-record.js'
import { maskImsi, maskMsisdn } from '../../record/mask.js'
import type { SubscriberRecord } from '../../record/subscriber-record.js'
import { terminalText } from '../../record/text.js'
import { type Column, tableLines } from '../output/table.js'
import { titled } from './titled.js'

/** A usage record, or a flow seen as one. */
type Use = Counters & ChargeFields & { imsi?: string; others?: true; row?: string }

interface UseRow {
  ruleId: number | undefined
  name: string
  tariff: Tariff
  up: number
  down: number
}

interface Bill {
  imsi: string | undefined
  /** several subscribers together */
  others: boolean
  rows: Map<string, UseRow>
  octets: number
  charged: number
}

/** Sums up octets per subscriber and charging id. */
export class SubscriberBills {
  private readonly bills = new Map<string, Bill>()
  private readonly details = new Map<string, SubscriberRecord>()

  add(use: Use): void {
    const others = use.others === true
    // no IMSI
    const key = others ? 'others' : (use.imsi ?? '')
    const bill: Bill = this.bills.get(key) ?? {
      imsi: use.imsi,
      others,
      rows: new Map(),
      octets: 0,
      charged: 0,
    }
    this.bills.set(key, bill)
    const tariff = use.tariff ?? 'unknown'
    const name = use.row ?? (use.rule_id === undefined ? 'several or no ids' : '')
    const rowKey = `${use.rule_id ?? name} ${tariff}`
    const row = bill.rows.get(rowKey) ?? { ruleId: use.rule_id, name, tariff, up: 0, down: 0 }
    bill.rows.set(rowKey, row)
    row.up += use.up_bytes
    row.down += use.down_bytes
    bill.octets += use.up_bytes + use.down_bytes
    if (tariff === 'charged') bill.charged += use.up_bytes + use.down_bytes
  }

  describe(record: SubscriberRecord): void {
    if (record.imsi !== undefined) this.details.set(record.imsi, record)
  }

  get count(): number {
    return this.bills.size
  }

  /** Blocks of the `most` subscribers with most charged octets; `names`: charging id -> name. */
  lines(
    most: number,
    names: ReadonlyMap<number, string>,
    reveal: boolean,
    width: number,
  ): string[] {
    const bills = [...this.bills.values()].sort(
      (a, b) => b.charged - a.charged || b.octets - a.octets || order(a.imsi, b.imsi),
    )
    return bills.slice(0, most).flatMap(bill => this.block(bill, names, reveal, width))
  }

  private block(
    bill: Bill,
    names: ReadonlyMap<number, string>,
    reveal: boolean,
    width: number,
  ): string[] {
    const detail = bill.imsi === undefined ? undefined : this.details.get(bill.imsi)
    const rows = [...bill.rows.values()]
      .sort((a, b) => b.up + b.down - a.up - a.down || (a.ruleId ?? -1) - (b.ruleId ?? -1))
      .map(row => [
        ` ${tariffLabels[row.tariff]}`,
        row.ruleId === undefined ? '-' : ruleIdText(row.ruleId),
        terminalText(row.ruleId === undefined ? row.name : (names.get(row.ruleId) ?? row.name)),
        octetsText(row.up),
        octetsText(row.down),
        shareText(row.up + row.down, bill.octets),
      ])
    return [
      ...titled(
        'Subscriber',
        bill.others ? [manyOthers] : identity(bill.imsi, detail, reveal),
        width,
      ),
      ...tableLines(useColumns, rows, width),
    ]
  }
}

const useColumns: readonly Column[] = [
  { head: ' tariff' },
  { head: 'charging id' },
  { head: '', flexible: 10, wraps: true },
  { head: 'up', right: true },
  { head: 'down', right: true },
  { head: 'share', right: true },
]

const manyOthers = 'several, above the bound of --max-subscribers'

function order(a: string | undefined, b: string | undefined): number {
  return (a ?? '') < (b ?? '') ? -1 : 1
}

/** Who it is, masked unless asked for, and what the first context says. */
export function identity(
  imsi: string | undefined,
  detail: SubscriberRecord | undefined,
  reveal: boolean,
): string[] {
  if (imsi === undefined) return ['unknown: no session was seen for the tunnel']
  const context = detail?.contexts[0]
  const msisdn = detail?.msisdn
  return [
    reveal ? imsi : maskImsi(imsi),
    msisdn === undefined ? '' : `MSISDN ${reveal ? msisdn : maskMsisdn(msisdn)}`,
    context?.apn === undefined ? '' : `APN ${terminalText(context.apn)}`,
    terminalText(context?.rat ?? ''),
    context?.ue_v4 ?? context?.ue_v6 ?? '',
  ]
}
