/** One rule set at work: what asks it when a flow opens, settles accounts, and tells of the flows that ended. A
 * run has one; a probe whose rules are loaded anew has one for each set that still has open flows. */

import type { FlowTable } from '../flow/flow-table.js'
import type { Flows } from '../flow/flows.js'
import type { Load } from '../flow/load.js'
import type { RecordSink } from '../record/sink.js'
import type { RuleEngine } from '../rules/engine.js'
import type { PdpContext } from '../session/pdp-context.js'
import type { RunBounds } from './bounds.js'
import type { CaptureOrder } from './capture-order.js'
import type { DnsLearner } from './dns-learner.js'
import type { SliceGroups } from './explain-flow.js'
import { FlowEnds } from './flow-ends.js'
import { FlowRater } from './flow-rater.js'
import { FlowRecords } from './flow-records.js'
import { FreeIntent, type IntentEvents } from './free-intent.js'
import type { RunTotals } from './run-totals.js'

/** What a rule set finds when it is put to work. */
export interface RatingStages {
  flows: () => Flows
  context: (ctx: number) => PdpContext | undefined
  bounds: RunBounds
  load: Load
  order: CaptureOrder
  sink: RecordSink
  dns: DnsLearner | undefined
  totals: RunTotals
  /** instead of findings of its own */
  intent: IntentEvents | undefined
  /** frame that opens the flow to explain; 0 = none */
  traceFrame: number
  slices: SliceGroups
  explainAll: boolean
}

export interface RatedFlows {
  readonly engine: RuleEngine
  readonly rater: FlowRater
  readonly records: FlowRecords
  readonly ends: FlowEnds
  readonly intent: FreeIntent
}

export function rateWith(engine: RuleEngine, stages: RatingStages): RatedFlows {
  const { flows, context, bounds, load, order, sink, dns, totals } = stages
  const table = (): FlowTable => flows().table
  const watch = {
    flowOpened: (row: number) => ends.opened(row),
    flowEnded: (...[row, d, reason, nowUs]: Parameters<FlowEnds['flow']>) =>
      ends.flow(row, d, reason, nowUs),
    transactionEnded: (...[row, d, txn]: Parameters<FlowEnds['transaction']>) =>
      ends.transaction(row, d, txn),
    notified: (row: number, _d: unknown, ...[mms, frame, timeUs]: Told) =>
      ends.notified(row, mms, frame, timeUs),
  }
  const rater = new FlowRater(engine, table, context, watch, bounds, load, order)
  const intent = new FreeIntent(engine, totals, bounds.findings, sink)
  const records = new FlowRecords(engine, dns)
  const { traceFrame, slices, explainAll } = stages
  const ends = new FlowEnds({
    engine,
    sink,
    flows,
    rater,
    records,
    totals,
    intent: stages.intent ?? intent,
    dns,
    traceFrame,
    slices,
    explainAll,
  })
  return { engine, rater, records, ends, intent }
}

type Told = Parameters<FlowEnds['notified']> extends [number, ...infer Rest] ? Rest : never
