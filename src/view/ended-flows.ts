/** Flows that have ended, the last ones of them, and sums over all. A flow's octets are those of its record. */

import type { FlowRecord, TransactionRecord, Verdict } from '../record/flow-record.js'
import type { FlowRow } from '../record/snapshot.js'
import { type FlowSum, noFlows } from './probe-state.js'

/** What a rule decided: flows of level 1, requests of a row. */
export interface RuleSum extends FlowSum {
  /** RFC 3339 */
  last: string
  blockedFlows: number
  blockedCharged: number
  /** IMSIs, as far as there is room */
  subscribers: Set<string>
}

/** Subscribers that are told apart, of all rules together. */
const mostSubscribers = 500_000

export class EndedFlows {
  readonly verdicts = new Map<Verdict, FlowSum>()
  /** by `L1-3`, `wapgw/1`, `default`, `unmatched` */
  readonly rules = new Map<string, RuleSum>()
  readonly #most: number
  /** a ring; `#next` is the oldest once it is full */
  readonly #rows: FlowRow[] = []
  #next = 0
  #subscribers = 0
  readonly #byFlow = new Map<string, FlowRow>()
  /** level-1 rule of flows whose transactions have ended and that have not */
  readonly #level1 = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** `rules`: label of those that decided it. */
  flow(record: FlowRecord, touched: boolean, rules: string): void {
    const { type: _type, schema: _schema, ...fields } = record
    const row: FlowRow = {
      ...fields,
      ...(touched ? { touched_by_drops: true } : {}),
      rules_version: rules,
    }
    add(verdictSum(this.verdicts, record.verdict), record)
    const label = this.#label(record)
    const sum = ruleSum(this.rules, label)
    add(sum, record)
    sum.last = later(sum.last, record.end)
    this.#who(sum, record.imsi)
    if (record.verdict === 'BLCK') {
      sum.blockedFlows++
      if (record.tariff === 'charged') sum.blockedCharged += record.up_bytes + record.down_bytes
    }
    this.#keep(row)
  }

  transaction(record: TransactionRecord): void {
    if (record.level1 !== undefined) {
      if (this.#level1.size < this.#most) this.#level1.set(record.flow, record.level1)
    }
    if (record.level2 === undefined) return
    const sum = ruleSum(this.rules, record.level2)
    add(sum, record)
    this.#who(sum, record.imsi)
    sum.last = later(sum.last, record.end)
  }

  find(flow: string): FlowRow | undefined {
    return this.#byFlow.get(flow)
  }

  /** In the order in which they ended. */
  *inOrder(): Generator<FlowRow> {
    const { length } = this.#rows
    const first = length < this.#most ? 0 : this.#next
    for (let i = 0; i < length; i++) {
      const row = this.#rows[(first + i) % length]
      if (row !== undefined) yield row
    }
  }

  get kept(): number {
    return this.#rows.length
  }

  #who({ subscribers }: RuleSum, imsi: string | undefined): void {
    if (imsi === undefined || this.#subscribers >= mostSubscribers || subscribers.has(imsi)) return
    subscribers.add(imsi)
    this.#subscribers++
  }

  #label(record: FlowRecord): string {
    // a flow with several charging ids has none of its own; its requests name the rule
    const level1 = record.level1 ?? this.#level1.get(record.flow)
    this.#level1.delete(record.flow)
    if (level1 !== undefined) return `L1-${level1}`
    return record.rule_id === undefined && record.rule_ids === undefined ? 'unmatched' : 'default'
  }

  #keep(row: FlowRow): void {
    if (this.#rows.length < this.#most) {
      this.#rows.push(row)
      this.#next = this.#rows.length === this.#most ? 0 : this.#rows.length
    } else {
      const before = this.#rows[this.#next]
      if (before !== undefined) this.#byFlow.delete(before.flow)
      this.#rows[this.#next] = row
      this.#next = (this.#next + 1) % this.#most
    }
    this.#byFlow.set(row.flow, row)
  }
}

type Counted = Pick<FlowRecord, 'up_packets' | 'down_packets' | 'up_bytes' | 'down_bytes'>

function add(sum: FlowSum, record: Counted): void {
  sum.flows++
  sum.upPackets += record.up_packets
  sum.downPackets += record.down_packets
  sum.up += record.up_bytes
  sum.down += record.down_bytes
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

function verdictSum(sums: Map<Verdict, FlowSum>, verdict: Verdict): FlowSum {
  let sum = sums.get(verdict)
  if (sum === undefined) {
    sum = noFlows()
    sums.set(verdict, sum)
  }
  return sum
}

function ruleSum(sums: Map<string, RuleSum>, label: string): RuleSum {
  let sum = sums.get(label)
  if (sum === undefined) {
    sum = { ...noFlows(), last: '', blockedFlows: 0, blockedCharged: 0, subscribers: new Set() }
    sums.set(label, sum)
  }
  return sum
}
