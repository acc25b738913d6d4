/** Asks the rules when a flow opens or a request is known, and settles accounts in the ledger when they
 * will get no more octets. The only place where flows, rules and rating meet. Rules.md 2.5, 2.6, 2.11. */

import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, type FlowTable, State, stride } from '../flow/flow-table.js'
import type { FlowEvents } from '../flow/flows.js'
import type { MmsFacts } from '../flow/mms-facts.js'
import { Reason } from '../flow/reason.js'
import type { Transaction } from '../flow/transaction.js'
import { Ledger, SpecialRow } from '../rating/ledger.js'
import { TariffBit, tariffBit } from '../rating/verdict.js'
import type { FlowEnd } from '../record/flow-record.js'
import type { RuleEngine } from '../rules/engine.js'
import type { AppFacts, FlowFacts } from '../rules/rule-facts.js'
import { hostName, type RequestUrl, requestUrl, sniUrl, wspUrl } from '../rules/url.js'
import type { PdpContext } from '../session/pdp-context.js'
import { FlowAddress } from './flow-address.js'
import { packetText } from './packet-text.js'

/** Keys of level-2 conditions whose facts come after the request line. */
const lateKeys = new Set(['contentType', 'mmsFrom', 'mmsSubject'])

export interface RaterWatch {
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
  readonly #rated: boolean[] = []
  readonly #engine: RuleEngine
  readonly #table: () => FlowTable
  readonly #contexts: (ctx: number) => PdpContext | undefined
  readonly #watch: RaterWatch
  readonly #late: boolean
  readonly #server = new FlowAddress()
  readonly #ue = new FlowAddress()
  readonly #nobody: number

  constructor(
    engine: RuleEngine,
    table: () => FlowTable,
    contexts: (ctx: number) => PdpContext | undefined,
    watch: RaterWatch,
  ) {
    this.#engine = engine
    this.#table = table
    this.#contexts = contexts
    this.#watch = watch
    this.ledger = new Ledger(engine.charges.length)
    this.#nobody = this.ledger.owner('', '', '')
    this.#late = engine.set.rows.some(row => row.conditions.some(one => lateKeys.has(one.key)))
  }

  opened(row: number, d: FlowDetail): void {
    const ctx = this.#table().i32[row * stride + Col.Ctx]!
    this.contextOf[row] = ctx >= 0 ? this.#contexts(ctx) : undefined
    this.#rated[row] = ctx >= 0 || this.rateSessionless
    if (!this.#rated[row]) d.reasons |= Reason.NoSession
    d.level1 = this.#engine.level1(this.flowFacts(row, d))
  }

  identified(row: number, d: FlowDetail, txn: Transaction): void {
    this.#readUrl(row, d, txn)
    if (d.host === '') d.host = txn.host
    if (d.url === '') d.url = txn.url
    if (d.userAgent === '') d.userAgent = txn.userAgent
    this.#decide(row, d, txn)
  }

  enriched(row: number, d: FlowDetail, txn: Transaction): void {
    if (this.#late) this.#decide(row, d, txn)
    if (txn.status >= 300 && txn.status < 400 && txn.location !== '') {
      if (this.#engine.isPortal(hostName(txn.location))) {
        d.reasons |= Reason.PortalRedirect
        txn.reasons |= Reason.PortalRedirect
      }
    }
  }

  finished(row: number, d: FlowDetail, txn: Transaction): void {
    const charge = txn.decision?.charge ?? this.#engine.chargeOf(d.level1, -1)
    this.#settle(row, d, txn, charge)
    this.#watch.transactionEnded(row, d, txn)
  }

  notified(row: number, d: FlowDetail, mms: MmsFacts, frame: number, timeUs: number): void {
    this.#watch.notified(row, d, mms, frame, timeUs)
  }

  ended(row: number, d: FlowDetail, reason: FlowEnd, nowUs: number): void {
    for (const txn of d.transactions) this.finished(row, d, txn)
    const level1 = this.#engine.chargeOf(d.level1, -1)
    // without a level 2 nothing was waited for: these octets are where they belong
    const waited = this.#engine.hasLevel2(d.level1)
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
    if (d.excluded !== undefined) this.#settleExcluded(row, d, d.excluded)
    this.#watch.flowEnded(row, d, reason, nowUs)
  }

  /** Facts of level 1; the object is new, its addresses are copies. */
  flowFacts(row: number, d: FlowDetail): FlowFacts {
    const table = this.#table()
    this.#server.set(table, row, true)
    this.#ue.set(table, row, false)
    const facts: FlowFacts = {
      server: words(this.#server),
      ue: words(this.#ue),
      protocol: d.protocol,
      port: d.serverPort,
      timeUs: d.openedUs,
    }
    const context = this.contextOf[row]
    if (context !== undefined) {
      if (context.apn !== '') facts.apn = context.apn
      if (context.rat !== '') facts.rat = context.rat
      if (context.imsi !== '') facts.imsi = context.imsi
      if (context.servingPlmn !== '') {
        facts.servingPlmn = context.servingPlmn
        if (context.imsi !== '') facts.roaming = !homePlmn(context.imsi, context.servingPlmn)
      }
    }
    return facts
  }

  appFacts(txn: Transaction): AppFacts {
    const facts: AppFacts = { app: txn.app }
    if (txn.url !== '') facts.url = txn.url
    if (txn.host !== '') facts.host = txn.host
    if (txn.path !== '') facts.path = txn.path
    if (txn.method !== '') facts.method = txn.method
    if (txn.sni !== '') facts.sni = txn.sni
    const contentType = txn.responseContentType || txn.requestContentType
    if (contentType !== '') facts.contentType = contentType
    if (txn.userAgent !== '') facts.userAgent = txn.userAgent
    if (txn.mms !== undefined && txn.mms.from !== '') facts.mmsFrom = txn.mms.from
    if (txn.mms !== undefined && txn.mms.subject !== '') facts.mmsSubject = txn.mms.subject
    if (txn.urlSource !== '') facts.urlSource = txn.urlSource
    return facts
  }

  /** No session was seen for the flow's tunnel: what the rules say has no tariff. */
  isSessionless(row: number): boolean {
    return this.#rated[row] !== true
  }

  #decide(row: number, d: FlowDetail, txn: Transaction): void {
    if (!this.#engine.hasLevel2(d.level1)) {
      txn.decision = { level1: d.level1, row: -1, charge: this.#engine.chargeOf(d.level1, -1) }
      return
    }
    const decision = this.#engine.decide(this.flowFacts(row, d), this.appFacts(txn))
    txn.decision = { level1: decision.l1, row: decision.row, charge: decision.charge }
  }

  #readUrl(row: number, d: FlowDetail, txn: Transaction): void {
    const target = packetText(txn.target)
    const host = packetText(txn.hostHeader)
    const xOnlineHost = packetText(txn.xOnlineHost)
    txn.lossy ||= target.lossy || host.lossy || xOnlineHost.lossy
    txn.target = target.text
    txn.hostHeader = host.text
    txn.xOnlineHost = xOnlineHost.text
    txn.userAgent = packetText(txn.userAgent).text
    const url = this.#urlOf(row, d, txn)
    if (url === undefined) return
    txn.url = url.url
    txn.urlRaw = url.raw
    txn.urlSource = url.source
    txn.host = url.host
    txn.path = url.path
    if (url.conflict.length > 0) {
      txn.conflicts = url.conflict
      txn.reasons |= Reason.UrlConflict
    }
  }

  #urlOf(row: number, d: FlowDetail, txn: Transaction): RequestUrl | undefined {
    if (d.app === 'tls') return txn.sni === '' ? undefined : sniUrl(packetText(txn.sni).text)
    if (txn.target === '') return undefined
    this.#server.set(this.#table(), row, true)
    const address = this.#server.version === 6 ? `[${this.#server.text()}]` : this.#server.text()
    if (d.app !== 'http') return wspUrl(txn.target, txn.hostHeader || undefined, address)
    return requestUrl({
      method: txn.method,
      target: txn.target,
      host: txn.hostHeader || undefined,
      xOnlineHost: txn.xOnlineHost || undefined,
      serverText: d.serverPort === 80 ? address : `${address}:${d.serverPort}`,
      isProxyHost: name => this.#engine.isProxyHost(name),
      embeddedHttp: this.#engine.profile.embeddedHttp,
    })
  }

  #settle(row: number, d: FlowDetail, account: Transaction, charge: number): void {
    if (account.octets === 0) return
    this.#count(d, account)
    const owner = this.#owner(row)
    const state = this.#table().i32[row * stride + Col.State]!
    if (state & State.DirectionUnknown) {
      d.tariffs |= TariffBit.Unknown
      this.ledger.addSpecial(owner, SpecialRow.DirectionUnknown, account)
    } else if (charge < 0) {
      d.tariffs |= TariffBit.Unknown
      d.reasons |= Reason.Unmatched
      this.ledger.addSpecial(owner, SpecialRow.Unmatched, account)
    } else if (this.isSessionless(row)) {
      d.tariffs |= TariffBit.Unknown
      this.ledger.addCharge(owner, charge, true, account)
    } else {
      const tariff = this.#engine.charges[charge]?.tariff ?? 'unknown'
      d.tariffs |= tariffBit(tariff)
      if (tariff === 'unknown') d.reasons |= Reason.NoTariff
      this.ledger.addCharge(owner, charge, false, account)
    }
  }

  #settleExcluded(row: number, d: FlowDetail, account: Transaction): void {
    this.#count(d, account)
    this.ledger.addSpecial(this.#owner(row), SpecialRow.Excluded, account)
  }

  #count(d: FlowDetail, account: Transaction): void {
    d.settledUpPackets += account.upPackets
    d.settledDownPackets += account.downPackets
    d.settledUpOctets += account.upOctets
    d.settledDownOctets += account.downOctets
  }

  #owner(row: number): number {
    const context = this.contextOf[row]
    if (context === undefined) return this.#nobody
    return this.ledger.owner(context.imsi, context.msisdn, context.apn)
  }
}

function words(address: FlowAddress): FlowFacts['server'] {
  const { version, w0, w1, w2, w3 } = address
  return { version, w0, w1, w2, w3 }
}

/** `460-01` is the home network of an IMSI that begins with 46001 (3GPP TS 23.003 clause 2.2). */
function homePlmn(imsi: string, plmn: string): boolean {
  return imsi.startsWith(plmn.replace('-', ''))
}
