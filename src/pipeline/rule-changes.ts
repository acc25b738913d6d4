/** Octets that two rule sets charge differently, by transaction and by pair of rules (rules.md 2.13 (6)). Built
 * while one pass over the capture goes on; what is kept grows with the pairs, not with the flows. */

import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, type FlowTable, State, stride } from '../flow/flow-table.js'
import { isUnanswered, type Transaction } from '../flow/transaction.js'
import type { ChangeGroup, ChangeRecord, RuleOutcome } from '../record/change-record.js'
import { utcTime } from '../record/time.js'
import type { Decision, RuleEngine } from '../rules/engine.js'
import { chargesAlike, differenceText, outcomeOf } from '../rules/outcome.js'
import type { AccountWatch } from './account-watch.js'
import { FlowAddress } from './flow-address.js'
import type { FlowRater } from './flow-rater.js'
import { protocolName, subscriber } from './flow-records.js'
import { SecondRules } from './second-rules.js'

/** Octets of one charging id under both sets. */
export interface IdTotals {
  from: number
  to: number
}

/** What a pair of decisions means; `group` is absent when both charge alike. */
interface Pair {
  from: RuleOutcome
  to: RuleOutcome
  group: ChangeGroup | undefined
}

export class RuleChanges implements AccountWatch {
  readonly groups: ChangeGroup[] = []
  /** by charging id; octets without one are under undefined */
  readonly ids = new Map<number | undefined, IdTotals>()
  flows = 0
  transactions = 0
  readonly #first: RuleEngine
  readonly #rater: FlowRater
  readonly #table: () => FlowTable
  readonly #second: SecondRules
  readonly #write: ((record: ChangeRecord) => void) | undefined
  readonly #pairs = new Map<string, Pair>()
  /** groups of flows that are still open, by the frame that opened them */
  readonly #touched = new Map<number, Set<ChangeGroup>>()
  readonly #ue = new FlowAddress()
  readonly #server = new FlowAddress()

  constructor(
    first: RuleEngine,
    second: RuleEngine,
    rater: FlowRater,
    table: () => FlowTable,
    write?: (record: ChangeRecord) => void,
  ) {
    this.#first = first
    this.#rater = rater
    this.#table = table
    this.#second = new SecondRules(first, second, rater, table)
    this.#write = write
  }

  opened(row: number, d: FlowDetail): void {
    this.#second.opened(row, d)
  }

  decided(row: number, d: FlowDetail, txn: Transaction): void {
    this.#second.decided(row, d, txn)
  }

  settled(row: number, d: FlowDetail, account: Transaction): void {
    if (account === d.excluded) return
    const pair = this.#pair(row, d, account)
    const { from, to, group } = pair
    this.#total(from).from += account.octets
    this.#total(to).to += account.octets
    if (group === undefined) return
    let touched = this.#touched.get(d.frame)
    if (touched === undefined) {
      touched = new Set()
      this.#touched.set(d.frame, touched)
      this.flows++
    }
    if (!touched.has(group)) group.flows++
    touched.add(group)
    if (account.n > 0) {
      this.transactions++
      group.transactions++
    }
    group.up_packets += account.upPackets
    group.down_packets += account.downPackets
    group.up_bytes += account.upOctets
    group.down_bytes += account.downOctets
    this.#write?.(this.#record(row, d, account, group))
  }

  ended(_row: number, d: FlowDetail): void {
    this.#touched.delete(d.frame)
  }

  #total({ rule_id }: RuleOutcome): IdTotals {
    let totals = this.ids.get(rule_id)
    if (totals === undefined) {
      totals = { from: 0, to: 0 }
      this.ids.set(rule_id, totals)
    }
    return totals
  }

  #pair(row: number, d: FlowDetail, account: Transaction): Pair {
    const special = specialOf(d, account)
    const noTariff = this.#hasNoTariff(row)
    const { level1, row: level2 } = account.decision ?? { level1: d.level1, row: -1 }
    const before = { l1: level1, row: level2, charge: this.#first.chargeOf(level1, level2) }
    const after = this.#after(row, account)
    const key = `${special ?? `${level1}/${level2}/${after.l1}/${after.row}`}/${noTariff}`
    let pair = this.#pairs.get(key)
    if (pair === undefined) {
      const why = () => this.#why(row, d, account, before, after)
      pair =
        special === undefined
          ? this.#paired(before, after, noTariff, d, why)
          : this.#specialPair(special, noTariff, d)
      this.#pairs.set(key, pair)
    }
    return pair
  }

  #after(row: number, account: Transaction): Decision {
    const held = this.#second.engine.profile.request === 'response-rule' && isUnanswered(account)
    return held ? this.#second.level1(row) : this.#second.decision(row, account)
  }

  #paired(
    before: Decision,
    after: Decision,
    noTariff: boolean,
    d: FlowDetail,
    why: () => string,
  ): Pair {
    const from = outcomeOf(this.#first, before.l1, before.row)
    const to = outcomeOf(this.#second.engine, after.l1, after.row)
    return this.#pairOf(from, to, noTariff, d, why)
  }

  /** Signalling and retransmissions with a charge of their own. */
  #specialPair(rule: 'signalling' | 'retransmissions', noTariff: boolean, d: FlowDetail): Pair {
    const of = (engine: RuleEngine) => ({ rule, ...engine.idFields(engine.set[rule] ?? -1) })
    const why = () => `the charge of ${rule} is another`
    return this.#pairOf(of(this.#first), of(this.#second.engine), noTariff, d, why)
  }

  #pairOf(
    from: RuleOutcome,
    to: RuleOutcome,
    noTariff: boolean,
    d: FlowDetail,
    why: () => string,
  ): Pair {
    if (noTariff) from.tariff = to.tariff = 'unknown'
    if (chargesAlike(from, to)) return { from, to, group: undefined }
    const none = { up_packets: 0, down_packets: 0, up_bytes: 0, down_bytes: 0 }
    const group: ChangeGroup = {
      from,
      to,
      flows: 0,
      transactions: 0,
      flow: String(d.frame),
      why: why(),
      ...none,
    }
    this.groups.push(group)
    return { from, to, group }
  }

  #why(
    row: number,
    d: FlowDetail,
    account: Transaction,
    before: Decision,
    after: Decision,
  ): string {
    const facts = this.#rater.fillFacts(row, d)
    const app = account.n > 0 ? this.#second.appFacts(row, d, account) : undefined
    const text = differenceText(this.#first, this.#second.engine, before, after, facts, app)
    const other = app?.url !== undefined && app.url !== account.url
    return other ? `${text}; with its proxies the URL is ${app.url}` : text
  }

  /** Without a session or a direction no tariff is known, whatever the rules say. */
  #hasNoTariff(row: number): boolean {
    const state = this.#table().i32[row * stride + Col.State]!
    return (state & State.DirectionUnknown) !== 0 || this.#rater.isSessionless(row)
  }

  #record(row: number, d: FlowDetail, account: Transaction, group: ChangeGroup): ChangeRecord {
    const table = this.#table()
    this.#ue.set(table, row, false)
    this.#server.set(table, row, true)
    const { imsi, msisdn, apn } = subscriber(this.#rater.contextOf[row])
    const { method, host, url } = account.n > 0 ? account : { method: '', host: '', url: '' }
    const hasPorts = d.uePort !== 0 || d.serverPort !== 0
    return {
      type: 'change',
      schema: 'tollgate.change/1',
      flow: String(d.frame),
      ...(account.n > 0 ? { n: account.n } : {}),
      ts: utcTime(account.firstFrame > 0 ? account.firstUs : d.openedUs),
      ...(imsi === undefined ? {} : { imsi }),
      ...(msisdn === undefined ? {} : { msisdn }),
      ...(apn === undefined ? {} : { apn }),
      ue: this.#ue.text(),
      server: this.#server.text(),
      ...(hasPorts ? { ue_port: d.uePort, server_port: d.serverPort } : {}),
      protocol: protocolName(d.protocol),
      app: account.n > 0 ? account.app : d.app,
      ...(method === '' ? {} : { method }),
      ...(host === '' ? {} : { host }),
      ...(url === '' ? {} : { url }),
      from: group.from,
      to: group.to,
      why: group.why,
      up_packets: account.upPackets,
      down_packets: account.downPackets,
      up_bytes: account.upOctets,
      down_bytes: account.downOctets,
    }
  }
}

function specialOf(
  d: FlowDetail,
  account: Transaction,
): 'signalling' | 'retransmissions' | undefined {
  if (account === d.signalling) return 'signalling'
  return account === d.repeated ? 'retransmissions' : undefined
}
