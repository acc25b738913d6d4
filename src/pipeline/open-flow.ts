/** A flow that is open, as its record would be if it ended now. One object is moved from row to row; what is
 * costly is made only when it is asked for. Octets that are not settled yet are counted with their account. */

import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, F, fStride, State, stride } from '../flow/flow-table.js'
import type { Flows } from '../flow/flows.js'
import { Reason } from '../flow/reason.js'
import type { Transaction } from '../flow/transaction.js'
import { TariffBit, tariffBit, verdictOf } from '../rating/verdict.js'
import type { Verdict } from '../record/flow-record.js'
import type { FlowRow } from '../record/snapshot.js'
import { utcTime } from '../record/time.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { OpenFlowView } from '../view/probe-state.js'
import { FlowAddress } from './flow-address.js'
import { minSpanUs } from './flow-ends.js'
import type { RatedFlows } from './rated-flows.js'
import { type RulesInForce, rulesLabel } from './rules-in-force.js'

export class OpenFlow implements OpenFlowView {
  readonly type = 'flow'
  readonly #flows: Flows
  readonly #rules: RulesInForce
  readonly #address = new FlowAddress()
  #row = 0
  #d: FlowDetail | undefined
  #nowUs = 0
  #made: FlowRow | undefined

  constructor(flows: Flows, rules: RulesInForce) {
    this.#flows = flows
    this.#rules = rules
  }

  /** False when the row is not in use. `nowUs`: time of the latest packet. */
  at(row: number, nowUs: number): boolean {
    this.#made = undefined
    if (this.#flows.table.i32[row * stride + Col.Proto] === 0) return false
    this.#row = row
    this.#nowUs = nowUs
    this.#d = this.#flows.details[row]
    return this.#d !== undefined
  }

  get detail(): FlowDetail {
    if (this.#d === undefined) throw new RangeError('no open flow is looked at')
    return this.#d
  }

  get rated(): RatedFlows {
    return this.#rules.of(this.#row)
  }

  get context(): PdpContext | undefined {
    return this.rated.rater.contextOf[this.#row]
  }

  // the keys of a flow record

  get flow(): string {
    return String(this.detail.frame)
  }
  get ts(): string {
    return utcTime(this.detail.openedUs)
  }
  get end(): string {
    return utcTime(this.lastUs)
  }
  get imsi(): string | undefined {
    return this.context?.imsi || undefined
  }
  get msisdn(): string | undefined {
    return this.context?.msisdn || undefined
  }
  get imei(): string | undefined {
    return this.context?.imei || undefined
  }
  get apn(): string | undefined {
    return this.context?.apn || undefined
  }
  get rat(): string | undefined {
    return this.context?.rat || undefined
  }
  get ue(): string {
    this.#address.set(this.#flows.table, this.#row, false)
    return this.#address.text()
  }
  get server(): string {
    this.#address.set(this.#flows.table, this.#row, true)
    return this.#address.text()
  }
  get ue_port(): number | undefined {
    return this.detail.uePort || undefined
  }
  get server_port(): number | undefined {
    return this.detail.serverPort || undefined
  }
  get app(): string {
    return this.detail.app
  }
  get host(): string | undefined {
    return this.detail.host || undefined
  }
  get url(): string | undefined {
    return this.detail.url || undefined
  }
  get user_agent(): string | undefined {
    return this.row().user_agent
  }
  get ua_profile(): string | undefined {
    return this.row().ua_profile
  }
  get roaming(): true | undefined {
    return this.row().roaming
  }
  get flags(): FlowRow['flags'] {
    return this.row().flags
  }
  get at_risk_bytes(): number | undefined {
    return this.row().at_risk_bytes
  }
  get transactions(): number {
    return this.detail.nextN - 1
  }
  get up_bytes(): number {
    return this.#sum('upOctets', this.detail.settledUpOctets, this.#pending(F.OctetsUp))
  }
  get down_bytes(): number {
    return this.#sum('downOctets', this.detail.settledDownOctets, this.#pending(F.OctetsDown))
  }
  get up_packets(): number {
    const waiting = this.#flows.table.i32[this.#row * stride + Col.PacketsUp]!
    return this.#sum('upPackets', this.detail.settledUpPackets, waiting)
  }
  get down_packets(): number {
    const waiting = this.#flows.table.i32[this.#row * stride + Col.PacketsDown]!
    return this.#sum('downPackets', this.detail.settledDownPackets, waiting)
  }
  get protocol(): string {
    return this.row().protocol
  }
  get direction(): string {
    return this.row().direction
  }
  get teid_up(): string | undefined {
    return this.row().teid_up
  }
  get teid_down(): string | undefined {
    return this.row().teid_down
  }
  get rule_id(): number | undefined {
    return this.row().rule_id
  }
  get level1(): number | undefined {
    return this.row().level1
  }
  get level2(): string | undefined {
    return this.row().level2
  }
  get rating_group(): number | undefined {
    return this.row().rating_group
  }
  get tariff(): string | undefined {
    return this.row().tariff
  }
  get certainty(): string {
    return this.row().certainty
  }
  get reasons(): readonly string[] {
    return this.row().reasons
  }
  get community_id(): string {
    return this.row().community_id
  }

  /** PEND while octets wait for a request that decides them. */
  get verdict(): Verdict {
    if (this.#isBlocked) return 'BLCK'
    const d = this.detail
    const { engine } = this.rated
    const waits = d.first !== undefined || d.unnamed.length > 0
    if (waits && engine.asksRequests(d.level1)) return 'PEND'
    return verdictOf(this.#tariffs(), false)
  }

  get lastUs(): number {
    return this.#flows.table.f64[this.#row * fStride + F.LastUs]!
  }

  /** `L1-3`, `default`, `unmatched` by index: the rule that the flow opened under. */
  get level1Index(): number {
    return this.detail.level1
  }

  /** Octets of both directions by tariff. */
  byTariff(): { free: number; charged: number; unknown: number } {
    const sums = { free: 0, charged: 0, unknown: 0 }
    this.#flush()
    for (const account of this.#open()) sums[this.#tariffOf(account)] += octetsOf(account)
    for (const { pending } of [this.detail.up, this.detail.down]) {
      for (const { headerOctets, len } of pending) sums.unknown += headerOctets + len
    }
    return sums
  }

  row(): FlowRow {
    if (this.#made !== undefined) return this.#made
    const { verdict } = this
    this.#flush()
    const { records, engine } = this.rated
    const d = this.detail
    const reasons = d.transactions.reduce((all, txn) => all | txn.reasons, d.reasons)
    const { table } = this.#flows
    const record = records.flow(table, this.#row, d, this.context, verdict, reasons, 'capture-end')
    const { type: _type, schema: _schema, end_reason: _end, ...fields } = record
    this.#made = {
      ...fields,
      up_packets: this.up_packets,
      down_packets: this.down_packets,
      up_bytes: this.up_bytes,
      down_bytes: this.down_bytes,
      ...(engine === this.#rules.now.engine ? {} : { rules_version: rulesLabel(engine) }),
    }
    return this.#made
  }

  get #isBlocked(): boolean {
    const d = this.detail
    if (d.reasons & Reason.PortalRedirect) return true
    return this.#nowUs - d.openedUs >= minSpanUs && this.#flows.unanswered(this.#row)
  }

  /** Carries the row's counters over to its account; changes no sum. */
  #flush(): void {
    this.#flows.accounts.flush(this.#row)
  }

  #pending(column: number): number {
    return this.#flows.table.f64[this.#row * fStride + column]!
  }

  #sum(key: AccountKey, settled: number, waiting: number): number {
    let sum = settled + waiting
    for (const account of this.#open()) sum += account[key]
    // segments behind a hole are in no account yet
    const { up, down } = this.detail
    const { pending } = key === 'upOctets' || key === 'upPackets' ? up : down
    for (const segment of pending) {
      const isPackets = key === 'upPackets' || key === 'downPackets'
      sum += isPackets ? segment.packets : segment.headerOctets + segment.len
    }
    return sum
  }

  /** Accounts that were not settled. */
  *#open(): Generator<Transaction> {
    const d = this.detail
    yield* d.transactions
    yield* d.unnamed
    for (const own of [d.first, d.base, d.signalling, d.repeated, d.excluded]) {
      if (own !== undefined) yield own
    }
  }

  #tariffs(): number {
    let bits = this.detail.tariffs
    const current = this.#flows.accounts.current[this.#row]
    for (const account of this.#open()) {
      if (account !== this.detail.excluded && (octetsOf(account) > 0 || account === current)) {
        bits |= this.#bitOf(account)
      }
    }
    return bits
  }

  #bitOf(account: Transaction): number {
    const { rater } = this.rated
    const state = this.#flows.table.i32[this.#row * stride + Col.State]!
    if (state & State.DirectionUnknown) return TariffBit.Unknown
    // as in the ledger: without a session there is no tariff at all
    if (rater.isSessionless(this.#row)) return 0
    return tariffBit(this.#tariffOf(account))
  }

  #tariffOf(account: Transaction): 'free' | 'charged' | 'unknown' {
    const { engine, rater } = this.rated
    const d = this.detail
    const { signalling = -1, retransmissions = -1 } = engine.set
    if (account === d.excluded || rater.isSessionless(this.#row)) return 'unknown'
    const charge =
      account === d.signalling
        ? signalling
        : account === d.repeated
          ? retransmissions
          : (account.decision?.charge ?? engine.chargeOf(d.level1, -1))
    return engine.charges[charge]?.tariff ?? 'unknown'
  }
}

type AccountKey = 'upOctets' | 'downOctets' | 'upPackets' | 'downPackets'

function octetsOf(account: Transaction): number {
  return account.upOctets + account.downOctets
}
