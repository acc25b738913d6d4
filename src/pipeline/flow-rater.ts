/** Asks the rules when a flow opens or a request is known, and settles accounts in the ledger when they
 * will get no more octets. The only place where flows, rules and rating meet. Rules.md 2.5, 2.6, 2.11. */

import type { PacketView } from '../dissect/packet-view.js'
import type { Dir } from '../flow/accounts.js'
import type { FlowDetail } from '../flow/flow-detail.js'
import type { FlowEvents } from '../flow/flow-hooks.js'
import { Col, type FlowTable, State, stride } from '../flow/flow-table.js'
import type { Load } from '../flow/load.js'
import type { MmsFacts } from '../flow/mms-facts.js'
import { Reason } from '../flow/reason.js'
import { isUnanswered, type Transaction, type TransactionDecision } from '../flow/transaction.js'
import { Ledger, type LedgerOwner, SpecialRow, type UsageRow } from '../rating/ledger.js'
import { TariffBit, tariffBit } from '../rating/verdict.js'
import type { FlowEnd } from '../record/flow-record.js'
import type { RuleEngine } from '../rules/engine.js'
import type { AppFacts, FlowFacts } from '../rules/rule-facts.js'
import { requestOf } from '../rules/visible.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { AccountWatch } from './account-watch.js'
import type { RunBounds } from './bounds.js'
import type { CaptureOrder } from './capture-order.js'
import { fillContext, words } from './context-facts.js'
import { FlowAddress } from './flow-address.js'
import { LedgerOwners } from './ledger-owners.js'
import { LeftOut, type LeftOutAmount } from './left-out.js'
import { TransactionUrls } from './transaction-url.js'

/** Keys of level-1 conditions that the packet alone answers. */
const packetKeys = new Set(['server', 'protocol', 'port', 'ue', 'hours'])

export interface RaterWatch {
  flowOpened(row: number): void
  flowEnded(row: number, d: FlowDetail, reason: FlowEnd, nowUs: number): void
  transactionEnded(row: number, d: FlowDetail, txn: Transaction): void
  notified(row: number, d: FlowDetail, mms: MmsFacts, frame: number, timeUs: number): void
}

export class FlowRater implements FlowEvents {
  readonly ledger: Ledger
  /** context of each flow row, kept past the context's own end */
  readonly contextOf: (PdpContext | undefined)[] = []
  /** set before a sessionless packet: its flow is rated all the same (--plain-ip, --ue-pool) */
  rateSessionless = false
  /** follows the accounts beside the ledger */
  observer: AccountWatch | undefined = undefined
  /** transactions settled before their flow would have done so, because too many were open */
  settledEarly = 0
  readonly owners: LedgerOwners
  readonly leftOutFlows: LeftOut
  /** identified and not finished */
  #open = 0
  readonly #bounds: RunBounds
  readonly #load: Load
  readonly #rated: boolean[] = []
  readonly #engine: RuleEngine
  readonly #table: () => FlowTable
  readonly #contexts: (ctx: number) => PdpContext | undefined
  readonly #watch: RaterWatch
  /** some level-1 rule asks for more than addresses, protocol and port */
  readonly #asksContext: boolean
  readonly #server = new FlowAddress()
  readonly #ue = new FlowAddress()
  /** level-1 facts of the flow that opens; reused */
  readonly #facts: FlowFacts = {
    server: this.#server,
    ue: this.#ue,
    protocol: 0,
    port: 0,
    timeUs: 0,
    apn: undefined,
    rat: undefined,
    imsi: undefined,
    servingPlmn: undefined,
    roaming: undefined,
  }
  readonly #appFacts: AppFacts = {
    app: 'other',
    url: undefined,
    host: undefined,
    path: undefined,
    method: undefined,
    sni: undefined,
    contentType: undefined,
    userAgent: undefined,
    mmsFrom: undefined,
    mmsSubject: undefined,
    urlSource: undefined,
  }
  /** one object for each (level-1 rule, level-2 row): transactions share them */
  readonly #decisions = new Map<number, TransactionDecision>()
  /** flow row -> context row */
  readonly #contextRow: number[] = []
  readonly #urls: TransactionUrls

  constructor(
    engine: RuleEngine,
    table: () => FlowTable,
    contexts: (ctx: number) => PdpContext | undefined,
    watch: RaterWatch,
    bounds: RunBounds,
    load: Load,
    order: CaptureOrder,
  ) {
    this.#engine = engine
    this.#table = table
    this.#contexts = contexts
    this.#watch = watch
    this.#bounds = bounds
    this.#load = load
    this.ledger = new Ledger(engine.charges.length, bounds.subscribers)
    this.leftOutFlows = new LeftOut(this.ledger)
    this.owners = new LedgerOwners(this.ledger, order)
    this.#urls = new TransactionUrls(engine, table)
    this.#asksContext = engine.set.level1.some(rule =>
      rule.conditions.some(one => !packetKeys.has(one.key)),
    )
  }

  opened(row: number, d: FlowDetail): void {
    const ctx = this.#table().i32[row * stride + Col.Ctx]!
    const context = ctx >= 0 ? this.#contexts(ctx) : undefined
    this.contextOf[row] = context
    this.#contextRow[row] = ctx
    this.#rated[row] = ctx >= 0 || this.rateSessionless
    if (!this.#rated[row]) d.reasons |= Reason.NoSession
    d.level1 = this.#engine.level1(this.fillFacts(row, d))
    this.observer?.opened(row, d)
    this.#watch.flowOpened(row)
  }

  identified(row: number, d: FlowDetail, txn: Transaction): void {
    this.#urls.read(row, d, txn)
    if (d.host === '') d.host = txn.host
    if (d.url === '') d.url = txn.url
    if (d.userAgent === '') d.userAgent = txn.userAgent
    if (d.uaProfile === '') d.uaProfile = txn.uaProfile
    this.#decide(row, d, txn)
    // its flow settles the older ones before the next packet
    if (++this.#open > this.#bounds.transactions && d.transactions.length > 1) d.retireAt = 0
  }

  enriched(row: number, d: FlowDetail, txn: Transaction): void {
    if (this.#engine.asksLate || this.observer !== undefined) this.#decide(row, d, txn)
    if (txn.status >= 300 && txn.status < 400 && txn.location !== '') {
      if (this.#engine.isPortal(redirectHost(txn.location))) {
        d.reasons |= Reason.PortalRedirect
        txn.reasons |= Reason.PortalRedirect
      }
    }
  }

  finished(row: number, d: FlowDetail, txn: Transaction): void {
    if (this.#engine.profile.request === 'response-rule' && isUnanswered(txn)) {
      txn.decision = this.#decision(d.level1, -1)
    }
    const charge = txn.decision?.charge ?? this.#engine.chargeOf(d.level1, -1)
    this.#settle(row, d, txn, charge)
    this.#open--
    if (d.retireAt === 0) this.settledEarly++
    this.#watch.transactionEnded(row, d, txn)
  }

  leftOut(v: PacketView, ctx: number, dir: Dir): void {
    this.leftOutFlows.packet(v, ctx, dir, this.#load.hash)
  }

  /** The context ends, or is -1: what was left out of it goes to its owner. */
  settleLeftOut(ctx: number): LeftOutAmount | undefined {
    const context = ctx < 0 ? undefined : this.#contexts(ctx)
    return this.leftOutFlows.settle(ctx, () => this.owners.of(ctx, context))
  }

  notified(row: number, d: FlowDetail, mms: MmsFacts, frame: number, timeUs: number): void {
    this.#watch.notified(row, d, mms, frame, timeUs)
  }

  ended(row: number, d: FlowDetail, reason: FlowEnd, nowUs: number): void {
    for (const txn of d.transactions) this.finished(row, d, txn)
    const level1 = this.#engine.chargeOf(d.level1, -1)
    // without a level 2 nothing was waited for: these octets are where they belong
    const waited = this.#engine.asksRequests(d.level1)
    // its octets may all be later slices of packets that count elsewhere
    if (d.first !== undefined && d.first.octets > 0) {
      if (waited) d.reasons |= Reason.DeferredUnresolved
      this.#settle(row, d, d.first, level1)
    }
    if (d.base !== undefined) this.#settle(row, d, d.base, level1)
    for (const account of d.unnamed) {
      d.reasons |= Reason.MessageIncomplete
      this.#settle(row, d, account, level1)
    }
    const { signalling = -1, retransmissions = -1 } = this.#engine.set
    if (d.signalling !== undefined) this.#settle(row, d, d.signalling, signalling)
    if (d.repeated !== undefined) this.#settle(row, d, d.repeated, retransmissions)
    if (d.excluded !== undefined) this.#settleExcluded(row, d, d.excluded)
    this.observer?.ended(row, d)
    this.#watch.flowEnded(row, d, reason, nowUs)
  }

  /** Facts of level 1 to keep: nothing of it is used again. */
  flowFacts(row: number, d: FlowDetail): FlowFacts {
    const facts = { ...this.fillFacts(row, d), server: words(this.#server), ue: words(this.#ue) }
    fillContext(facts, this.contextOf[row])
    return facts
  }

  /** Facts of level 1, valid until the next call. */
  fillFacts(row: number, d: FlowDetail): FlowFacts {
    const table = this.#table()
    const facts = this.#facts
    this.#server.set(table, row, true)
    this.#ue.set(table, row, false)
    facts.protocol = d.protocol
    facts.port = d.serverPort
    facts.timeUs = d.openedUs
    const context = this.contextOf[row]
    if (this.#asksContext || this.observer !== undefined) fillContext(facts, context)
    return facts
  }

  /** Facts of level 2 to keep. */
  appFacts(txn: Transaction): AppFacts {
    return { ...this.fillAppFacts(txn) }
  }

  /** Facts of level 2, valid until the next call. */
  fillAppFacts(txn: Transaction): AppFacts {
    const facts = this.#appFacts
    facts.app = txn.app
    facts.url = txn.url || undefined
    facts.host = txn.host || undefined
    facts.path = txn.path || undefined
    facts.method = txn.method || undefined
    facts.sni = txn.sni || undefined
    facts.contentType = txn.responseContentType || txn.requestContentType || undefined
    facts.userAgent = txn.userAgent || undefined
    facts.mmsFrom = txn.mms?.from || undefined
    facts.mmsSubject = txn.mms?.subject || undefined
    facts.urlSource = txn.urlSource || undefined
    return facts
  }

  /** URL of the flow's first transaction that is free; '' when it has none. */
  freeUrl(d: FlowDetail): string {
    for (const txn of d.transactions) {
      const charge = this.#engine.charges[txn.decision?.charge ?? -1]
      if (charge?.tariff === 'free' && txn.url !== '') return txn.url
    }
    return ''
  }

  /** No session was seen for the flow's tunnel: what the rules say has no tariff. */
  isSessionless(row: number): boolean {
    return this.#rated[row] !== true
  }

  #decide(row: number, d: FlowDetail, txn: Transaction): void {
    if (this.#engine.rereadsLevel1) {
      const decision = this.#engine.decide(this.fillFacts(row, d), this.fillAppFacts(txn))
      txn.decision = this.#decision(decision.l1, decision.row)
      return
    }
    const level2 = this.#engine.hasLevel2(d.level1)
      ? this.#engine.level2(d.level1, this.fillAppFacts(txn))
      : -1
    if (level2 < 0 && this.#engine.profile.onL2Miss === 'fall-through') {
      const decision = this.#engine.decide(this.fillFacts(row, d), this.fillAppFacts(txn))
      txn.decision = this.#decision(decision.l1, decision.row)
    } else {
      txn.decision = this.#decision(d.level1, level2)
    }
    this.observer?.decided(row, d, txn)
  }

  #decision(level1: number, row: number): TransactionDecision {
    const key = (level1 + 2) * (this.#engine.set.rows.length + 1) + row + 1
    let decision = this.#decisions.get(key)
    if (decision === undefined) {
      decision = { level1, row, charge: this.#engine.chargeOf(level1, row) }
      this.#decisions.set(key, decision)
    }
    return decision
  }

  #settle(row: number, d: FlowDetail, account: Transaction, charge: number): void {
    if (account.octets === 0) return
    this.#count(d, account)
    this.#doubt(d, account)
    const usage = this.#book(row, d, account, charge)
    this.observer?.settled(row, d, account, usage)
  }

  /** To the row of the ledger that the octets belong to, which is returned. */
  #book(row: number, d: FlowDetail, account: Transaction, charge: number): UsageRow {
    const owner = this.#owner(row)
    const state = this.#table().i32[row * stride + Col.State]!
    if (state & State.DirectionUnknown) {
      d.tariffs |= TariffBit.Unknown
      return this.ledger.addSpecial(owner, SpecialRow.DirectionUnknown, account)
    }
    if (charge < 0) {
      d.tariffs |= TariffBit.Unknown
      d.reasons |= Reason.Unmatched
      return this.ledger.addSpecial(owner, SpecialRow.Unmatched, account)
    }
    if (this.isSessionless(row)) {
      d.tariffs |= TariffBit.Unknown
      return this.ledger.addCharge(owner, charge, true, account)
    }
    const tariff = this.#engine.charges[charge]?.tariff ?? 'unknown'
    d.tariffs |= tariffBit(tariff)
    if (tariff === 'unknown') d.reasons |= Reason.NoTariff
    return this.ledger.addCharge(owner, charge, false, account)
  }

  /** A rule set with lines that no importer understood may decide otherwise than its source. */
  #doubt(d: FlowDetail, account: Transaction): void {
    const { level1, row } = account.decision ?? { level1: d.level1, row: -1 }
    if (!this.#engine.isDoubtful(level1, row)) return
    d.reasons |= Reason.UnsupportedCondition
    account.reasons |= Reason.UnsupportedCondition
  }

  #settleExcluded(row: number, d: FlowDetail, account: Transaction): void {
    this.#count(d, account)
    const usage = this.ledger.addSpecial(this.#owner(row), SpecialRow.Excluded, account)
    this.observer?.settled(row, d, account, usage)
  }

  #count(d: FlowDetail, account: Transaction): void {
    d.settledUpPackets += account.upPackets
    d.settledDownPackets += account.downPackets
    d.settledUpOctets += account.upOctets
    d.settledDownOctets += account.downOctets
  }

  #owner(row: number): LedgerOwner {
    return this.owners.of(this.#contextRow[row] ?? -1, this.contextOf[row])
  }
}

/** Host of a Location (RFC 9110 section 10.2.2); '' when it stays on the same server. */
function redirectHost(location: string): string {
  const url = location.startsWith('//') ? `http:${location}` : location
  return /^https?:/i.test(url) ? (requestOf(url).host ?? '') : ''
}
