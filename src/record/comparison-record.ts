/** What was predicted and what a bill says, for one subscriber and rating group; and of the whole comparison. */

import type { Tariff } from './flow-record.js'

export type ComparisonStatus =
  | 'equal'
  | 'within-tolerance'
  | 'differs'
  | 'no-record' // predicted, and no record has it
  | 'no-prediction' // a record has it, and it was not predicted
  | 'unassigned' // a PFCP report whose URR has no rating group here

/** Something that, if it were so, would close the gap. */
export interface ComparisonCandidate {
  kind:
    | 'policy' // a choice of the profile made otherwise
    | 'profile' // another profile
    | 'rating-group' // the same octets are too many, or too few, in that rating group
    | 'flow' // a flow of that size
    | 'transaction' // a request and its response of that size
    | 'time' // the records cover time that the capture does not
  text: string
  policy?: string
  value?: string
  profile?: string
  rating_group?: number
  urr?: number
  flow?: string
  transaction?: number
}

export interface ComparedRule {
  rule_id: number
  rule_id_hex: string
  up_bytes: number
  down_bytes: number
}

export interface ComparisonRecord {
  type: 'comparison'
  schema: 'tollgate.comparison/1'
  imsi?: string
  msisdn?: string
  masked?: boolean
  /** who counted: a kind of charging record, gy, pfcp or csv; absent when no source has the subscriber */
  source?: string
  /** absent: the octets of all rating groups together, or of a URR */
  rating_group?: number
  urr?: number
  service_ids?: number[]
  tariff?: Tariff
  status: ComparisonStatus
  predicted_up_bytes: number
  predicted_down_bytes: number
  predicted_bytes: number
  /** absent when the source does not tell up from down */
  actual_up_bytes?: number
  actual_down_bytes?: number
  actual_bytes: number
  /** actual less predicted */
  difference_up_bytes?: number
  difference_down_bytes?: number
  difference_bytes: number
  /** the rules that the prediction is made of */
  rules: ComparedRule[]
  /** containers, reports or rows that the actual is the sum of */
  lines: number
  /** what they cover */
  first?: string
  last?: string
  candidates: ComparisonCandidate[]
}

/** What one source counted. A session may have been counted by each of them, by its rating groups and as a whole:
 * totals are not for adding up. */
export interface ActualTotal {
  source: string
  counted: 'rating-groups' | 'session' | 'unassigned'
  bytes: number
}

export interface ComparisonSummary {
  type: 'summary'
  schema: 'tollgate.comparison-summary/1'
  complete: boolean
  reasons: string[]
  rows: number
  different: number
  predicted_bytes: number
  actual: ActualTotal[]
  /** predicted octets of nobody: no session of theirs was seen */
  unowned_bytes: number
  /** predicted octets without a rating group */
  ungrouped_bytes: number
  /** lines of subscribers that the capture does not have, and of another time */
  lines_elsewhere: number
  lines_other_time: number
  records: { counted: number; repeated: number; damaged: number; other_kinds: number }
  tolerance: string
  rules: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}
