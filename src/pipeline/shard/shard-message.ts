/** What the threads of a run tell each other. Everything here passes through structured clone. */

import type { PipelineOptions } from '../../pipeline.js'
import type { LedgerOwner } from '../../rating/ledger.js'
import type { ExplainRecord } from '../../record/explain-record.js'
import type { ProbeRecord, RecordType } from '../../record/sink.js'
import type { SourceStatus } from '../../source/source.js'
import type { SuspectedFlow } from '../abuse-findings.js'
import type { ChargedFlow, Notification } from '../free-intent.js'
import type { PartResults, RunCounts } from '../run-end.js'
import type { FlowTotals, FrameTotals, SubscriberTotals } from '../run-totals.js'

/** Options of the pipeline that another thread can be given. */
export type SharedOptions = Omit<
  PipelineOptions,
  'engine' | 'strict' | 'onPacket' | 'trace' | 'observe'
>

/** Rules by their place: an engine is made of functions, which no other thread can be given. */
export interface RulesPlace {
  file: string
  sha256: string
  profile: string
}

/** What a thread is given when it starts. */
export interface ShardJob {
  index: number
  count: number
  paths: readonly string[]
  rules: RulesPlace
  options: SharedOptions
  wants: readonly RecordType[]
  /** memory of ShardSignals */
  signals: SharedArrayBuffer
}

/** Something told in the order of the run. */
export type Told =
  | ProbeRecord
  | { type: 'notified'; imsi: string; notification: Notification }
  | { type: 'charged'; flow: ChargedFlow }
  | { type: 'suspected'; flow: SuspectedFlow }

/** The place of each in the run, and the place that nothing told later comes before. */
export interface ToldMessage {
  kind: 'told'
  at: readonly number[]
  told: readonly Told[]
  upTo: number
  /** from the first thread, for the progress line */
  status?: SourceStatus
}

export interface DoneMessage {
  kind: 'done'
  frames: FrameTotals
  flows: FlowTotals
  counts: RunCounts
  faults: PartResults['faults']
  status: SourceStatus
  explained: ExplainRecord | undefined
}

export type ShardMessage =
  | ToldMessage
  | { kind: 'subscribers'; subscribers: readonly [imsi: string, totals: SubscriberTotals][] }
  | { kind: 'owners'; owners: readonly LedgerOwner[] }
  /** those above the bounds, who share one */
  | { kind: 'others'; subscribers: SubscriberTotals; owners: LedgerOwner }
  | DoneMessage
  /** `ofInput`: the operator's business, not ours */
  | { kind: 'failed'; message: string; stack: string; ofInput: boolean }
