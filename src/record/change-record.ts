/** What `rules diff` says: one record a changed transaction or rest of a flow, then a summary. `from` is what the
 * first rule set says, `to` the second. */

import type { App, ChargeFields, Counters } from './flow-record.js'

/** Where octets go under one rule set. */
export interface RuleOutcome extends ChargeFields {
  /** "L1-3 > wapgw/1", "L1-6", "default", "no rule", "signalling", "retransmissions" */
  rule: string
}

export interface ChangeRecord extends Counters {
  type: 'change'
  schema: 'tollgate.change/1'
  /** number of the frame that opened the flow */
  flow: string
  /** transaction of the flow; absent for what belongs to none */
  n?: number
  ts: string
  imsi?: string
  msisdn?: string
  masked?: boolean
  apn?: string
  ue: string
  ue_port?: number
  server: string
  server_port?: number
  protocol: string
  app: App
  method?: string
  host?: string
  url?: string
  from: RuleOutcome
  to: RuleOutcome
  why: string
}

/** All changes from one rule to another. */
export interface ChangeGroup extends Counters {
  from: RuleOutcome
  to: RuleOutcome
  flows: number
  transactions: number
  /** a flow to look at */
  flow: string
  why: string
}

export interface DiffSummary {
  type: 'summary'
  schema: 'tollgate.diff-summary/1'
  complete: boolean
  reasons: string[]
  bytes: number
  flows: number
  transactions: number
  changed_flows: number
  changed_transactions: number
  changed_bytes: number
  /** "charged -> free": octets; also "free -> free" where only the charging id changes */
  moved: Record<string, number>
  groups: ChangeGroup[]
  /** octets of each charging id whose sum changes, and of "unmatched" */
  ids: { rule_id?: number; from_bytes: number; to_bytes: number }[]
  from: { name: string; version: string; sha256: string }
  to: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}

/** Without a capture: a flow or request on which two rule sets differ. */
export interface RuleDifference {
  type: 'difference'
  schema: 'tollgate.difference/1'
  /** "10.0.0.172:80 tcp, http://mmsc.example/" */
  witness: string
  server: string
  server_port?: number
  protocol: string
  app: App
  url?: string
  from: RuleOutcome
  to: RuleOutcome
  why: string
}
