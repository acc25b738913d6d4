/** Where records go. The pipeline hands each record over once, in the order of packet time. */

import type { ActivityRecord } from './activity-record.js'
import type { AlertRecord } from './alert-record.js'
import type { ControlRecord } from './control-record.js'
import type { FindingRecord } from './explain-record.js'
import type { FlowRecord, TransactionRecord } from './flow-record.js'
import type { SessionEvent, SubscriberRecord } from './subscriber-record.js'
import type { SummaryRecord, UsageRecord } from './usage-record.js'

export type ProbeRecord =
  | FlowRecord
  | TransactionRecord
  | UsageRecord
  | SessionEvent
  | SubscriberRecord
  | FindingRecord
  | ActivityRecord
  | ControlRecord
  | AlertRecord
  | SummaryRecord

export type RecordType = ProbeRecord['type']

export interface RecordSink {
  /** Types that this sink reads; the pipeline does not build the others. */
  readonly wants: ReadonlySet<RecordType>
  write(record: ProbeRecord): void
}
