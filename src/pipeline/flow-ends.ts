/** What is told of a flow and of a transaction when it has ended: its verdict, its record, its share of the
 * totals and findings, and, of one flow, why. */

import type { FlowDetail } from '../flow/flow-detail.js'
import type { Flows } from '../flow/flows.js'
import type { MmsFacts } from '../flow/mms-facts.js'
import { lacksUplink } from '../flow/one-direction.js'
import { Reason } from '../flow/reason.js'
import type { Transaction } from '../flow/transaction.js'
import { TariffBit, verdictOf } from '../rating/verdict.js'
import type { ExplainRecord } from '../record/explain-record.js'
import type { FlowEnd } from '../record/flow-record.js'
import type { RecordSink } from '../record/sink.js'
import type { RuleEngine } from '../rules/engine.js'
import type { DnsLearner } from './dns-learner.js'
import { FlowExplainer, type SliceGroups } from './explain-flow.js'
import { FlowActivity } from './flow-activity.js'
import type { FlowRater } from './flow-rater.js'
import type { FlowRecords } from './flow-records.js'
import type { IntentEvents } from './free-intent.js'
import { FreeSiblings } from './free-siblings.js'
import type { RunTotals } from './run-totals.js'
import { Suspicions } from './suspicions.js'

/** blocked-after-renewal.md B3, MIN_SPAN: silence that one SYN back-off train cannot explain. */
export const minSpanUs = 120_000_000

export interface FlowEndStages {
  engine: RuleEngine
  sink: RecordSink
  flows: () => Flows
  rater: FlowRater
  records: FlowRecords
  totals: RunTotals
  intent: IntentEvents
  dns: DnsLearner | undefined
  /** frame that opens the flow to explain; 0 = none */
  traceFrame: number
  slices: SliceGroups
  /** list also the rules that would match after the winner */
  explainAll: boolean
}

export class FlowEnds {
  /** the flow that was to be explained, once it has ended */
  explained: ExplainRecord | undefined = undefined
  readonly #stages: FlowEndStages
  readonly #siblings: FreeSiblings
  readonly #suspicions: Suspicions
  #activity: FlowActivity | undefined

  constructor(stages: FlowEndStages) {
    this.#stages = stages
    const { engine, rater, dns } = stages
    this.#suspicions = new Suspicions(engine, rater, dns)
    this.#siblings = new FreeSiblings(stages.engine)
  }

  opened(row: number): void {
    const { sink, flows, rater } = this.#stages
    if (!sink.wants.has('activity')) return
    this.#activity ??= new FlowActivity(flows(), rater, sink)
    this.#activity.opened(row)
  }

  /** Packet clock, before flows that fell silent end. */
  advance(nowUs: number): void {
    this.#activity?.advance(nowUs)
  }

  notified(row: number, mms: MmsFacts, frame: number, timeUs: number): void {
    const { intent, rater } = this.#stages
    intent.notified(rater.contextOf[row]?.imsi ?? '', { timeUs, frame, mms })
  }

  transaction(row: number, d: FlowDetail, txn: Transaction): void {
    const { sink, records, rater } = this.#stages
    this.#suspicions.transaction(row, d, txn)
    this.#activity?.transaction(row, txn)
    if (!sink.wants.has('transaction')) return
    sink.write(records.transaction(d, txn, rater.contextOf[row]))
  }

  flow(row: number, d: FlowDetail, reason: FlowEnd, nowUs: number): void {
    const { engine, sink, rater, records, totals } = this.#stages
    const flows = this.#stages.flows()
    const silent = flows.unanswered(row) && nowUs - d.openedUs >= minSpanUs
    if (silent) d.reasons |= Reason.NoAnswer
    if (lacksUplink(flows.table, row, d)) d.reasons |= Reason.OneDirection
    const blocked = (d.reasons & (Reason.NoAnswer | Reason.PortalRedirect)) !== 0
    const verdict = verdictOf(d.tariffs, blocked)
    const context = rater.contextOf[row]
    const subscriber = totals.flow(d, context, verdict)
    if (subscriber?.freeUrl === '' && d.tariffs & TariffBit.Free) {
      totals.rememberFree(subscriber, rater.freeUrl(d))
    }
    this.#suspected(row, d)
    this.#activity?.ended(row, d)
    if (verdict === 'CHRG' && this.#siblings.mayConcern(d.level1)) this.#charged(row, d)
    const traced = d.frame === this.#stages.traceFrame
    if (!traced && !sink.wants.has('flow')) return
    const reasons = [...d.settled, ...d.transactions].reduce(
      (all, txn) => all | txn.reasons,
      d.reasons,
    )
    const record = records.flow(flows.table, row, d, context, verdict, reasons, reason)
    if (sink.wants.has('flow')) sink.write(record)
    if (!traced) return
    const { explainAll, slices } = this.#stages
    const explainer = new FlowExplainer(engine, rater, records, explainAll)
    this.explained = explainer.explain(row, d, context, record, reasons, slices)
  }

  #suspected(row: number, d: FlowDetail): void {
    this.#suspicions.flow(d)
    if (d.atRisk === 0) return
    for (const one of this.#suspicions.findings(row, d)) this.#stages.intent.suspected(one)
  }

  /** A charged flow that level 2 was not asked about. */
  #charged(row: number, d: FlowDetail): void {
    const { rater, intent } = this.#stages
    if (!this.#siblings.has(rater.fillFacts(row, d))) return
    intent.charged({
      owner: rater.contextOf[row],
      frame: d.frame,
      openedUs: d.openedUs,
      app: d.app,
      level1: d.level1,
      facts: rater.flowFacts(row, d),
      up: [d.settledUpPackets, d.settledUpOctets],
      down: [d.settledDownPackets, d.settledDownOctets],
    })
  }
}
