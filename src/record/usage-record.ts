/** Totals: per (imsi, apn, charging id), and of the whole run. */

import type { Counters, Tariff } from './flow-record.js'

/** The rows of the ledger that carry no charging id. */
export type LedgerRow =
  | 'unmatched' // no level-1 rule and no default
  | 'excluded' // left out by the profile (for example retransmissions)
  | 'direction-unknown' // up or down could not be told
  | 'no-session' // no PDP context or bearer was seen for the tunnel
  | 'not-sampled' // of flows that were not followed, because the probe was overloaded

export interface UsageRecord extends Counters {
  type: 'usage'
  schema: 'tollgate.usage/1'
  imsi?: string
  msisdn?: string
  masked?: boolean
  /** of several subscribers together: those above the bound on subscribers */
  others?: true
  apn?: string
  rule_id?: number
  rule_id_hex?: string
  /** instead of a rule id, for octets that have none */
  row?: LedgerRow
  rating_group?: number
  tariff: Tariff
  first: string
  last: string
}

/** Time and extent of overload. */
export interface OverloadSummary {
  /** how often it began */
  times: number
  /** packet time that it lasted */
  seconds: number
  not_inspected_flows: number
  /** at worst one new flow in so many was followed; absent, and so are the others, when all were */
  sampled_one_in?: number
  /** about so many: they were counted, not kept */
  not_sampled_flows?: number
  not_sampled_packets?: number
  /** part of unknown_bytes */
  not_sampled_bytes?: number
}

/** One interface of a live capture. What is not known is absent. */
export interface InterfaceCount {
  name: string
  /** program that captured */
  engine: string
  packets: number
  /** lost because the kernel's buffer was full */
  kernel_drops?: number
  /** lost by the interface itself */
  interface_drops?: number
  /** lost between the program that captured and us */
  queue_drops: number
  /** how often, and how long in all, nothing was captured */
  gaps: number
  gap_us: number
}

export interface SummaryRecord {
  type: 'summary'
  schema: 'tollgate.summary/1'
  complete: boolean
  reasons: string[]
  frames: number
  charge_units: number
  /** inner IP octets of all charge units = sum of all ledger rows */
  bytes: number
  free_bytes: number
  charged_bytes: number
  unknown_bytes: number
  unmatched_bytes: number
  excluded_bytes: number
  direction_unknown_bytes: number
  sessions: number
  subscribers: number
  flows: number
  transactions: number
  verdicts: Record<string, { flows: number; bytes: number }>
  /** packets whose TEID belongs to no session seen */
  unknown_teid_packets: number
  /** packets that the capture itself says were lost */
  capture_drops: number
  /** packets left out, because another point of the capture saw them before and they are charged there, or
   * because a handover forwarded them; in no other figure */
  duplicate_packets?: number
  duplicate_bytes?: number
  /** of a live capture */
  interfaces?: InterfaceCount[]
  first?: string
  last?: string
  /** what the frames were: "g-pdu", "gtp-c", "ip without tunnel", "not ip" ... -> count */
  found?: Record<string, number>
  /** what was left out while the source was faster than the probe; its reasons say so too */
  overload?: OverloadSummary
  /** what made room for newer, by kind -> count; absent when no bound was met */
  evicted?: Record<string, number>
  /** "layer/code" -> count */
  faults: Record<string, number>
  rules: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}
