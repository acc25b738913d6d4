/** The end of a run, by one thread or by several: what it adds up to is written, and the summary made. */

import type { FaultCounter } from '../dissect/fault-counter.js'
import type { Ledger } from '../rating/ledger.js'
import type { RecordSink } from '../record/sink.js'
import type { OverloadSummary, SummaryRecord } from '../record/usage-record.js'
import type { RuleEngine } from '../rules/engine.js'
import type { SourceStatus } from '../source/source.js'
import type { RunBounds } from './bounds.js'
import { type BoundedStages, type Evictions, evictionsOf } from './evictions.js'
import type { FreeIntent } from './free-intent.js'
import type { Overload } from './overload.js'
import { writeRunRecords } from './run-records.js'
import { summaryOf } from './run-summary.js'
import type { RunTotals } from './run-totals.js'

/** What was counted beside flows. */
export interface RunCounts {
  /** contexts opened, and distinct IMSIs among them */
  sessions: number
  subscribers: number
  /** why the run ended before the capture did; '' when it did not */
  stopped: string
  evicted: Evictions
  overload: OverloadSummary | undefined
  faults: Record<string, number>
}

export interface RunResults {
  totals: RunTotals
  ledger: Ledger
  counts: RunCounts
}

/** What one pipeline of several that share a run has: everything that comes before flows, and its own flows. */
export interface PartResults extends RunResults {
  /** those that every part sees, and those of its own flows (FaultCounter.toCounts) */
  faults: { common: Float64Array; flows: Float64Array }
}

/** The stages of a pipeline that has come to its end. */
export interface EndedStages extends BoundedStages {
  overload: Overload
  flowFaults: FaultCounter
  stopped: string
}

export function resultsOf(stages: EndedStages): PartResults {
  const { dissector, sessions, rater, totals, overload, flowFaults, stopped } = stages
  const { created, subscribers } = sessions.counts
  return {
    totals,
    ledger: rater.ledger,
    counts: {
      sessions: created,
      subscribers,
      stopped,
      evicted: evictionsOf(stages),
      overload: overload.summary(totals.lastUs, rater.leftOutFlows),
      faults: dissector.faults.toRecord(),
    },
    faults: { common: dissector.faults.toCounts(), flows: flowFaults.toCounts() },
  }
}

/** What was wanted of the run. */
export interface RunPlan {
  engine: RuleEngine
  bounds: RunBounds
  sink: RecordSink
}

/** Writes the records about the run as a whole, and gives its summary. */
export function endRun(
  { engine, bounds, sink }: RunPlan,
  { totals, ledger, counts }: RunResults,
  intent: FreeIntent,
  status: SourceStatus,
): SummaryRecord {
  totals.settleSubscribers()
  writeRunRecords(sink, engine, ledger, totals, intent)
  const summary = summaryOf({ engine, bounds, totals, ledger, ...counts, status })
  if (sink.wants.has('summary')) sink.write(summary)
  return summary
}
