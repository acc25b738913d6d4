/** Why a flow or a what-if was rated so (rules.md 2.14). Text, JSON and screens are readings of this. */

import type { Flag, FlagNote } from './flag.js'
import type {
  App,
  Certainty,
  ChargeFields,
  Counters,
  Tariff,
  UrlSource,
  Verdict,
} from './flow-record.js'

/** One condition of one rule, tested. */
export interface ConditionTest {
  /** key in the rule file: server, protocol, port, url ... */
  field: string
  expected: string
  actual: string
  hit: boolean
  /** rules/newspaper.yaml:9:24 */
  at: string
}

/** One rule tried, in order. */
export interface RuleTry {
  /** "L1-3", "wapgw/1", "default" */
  rule: string
  name?: string
  level: 1 | 2
  result: 'hit' | 'miss' | 'shadowed' // shadowed: would also have matched, after the winner
  /** all conditions up to the first that failed */
  tests: ConditionTest[]
  charge: number
  tariff: Tariff
  at: string
}

/** A rule that failed exactly one condition. */
export interface NearMiss {
  rule: string
  tariff: Tariff
  charge: number
  failed: ConditionTest
  at: string
}

/** What the rules say of one combination of facts. */
export interface RuleDecision extends ChargeFields {
  tried: RuleTry[]
  near_miss: NearMiss[]
  /** charge of level 1 that level 2 replaced */
  replaced?: { rule: string; rule_id: number }
  charge_name?: string
  /** "url not read: rule L1-6 has no level-2 table", ... */
  notes: string[]
}

/** Octets of a flow with one class and one charge, with the frames they came in. */
export interface SliceGroup extends Counters {
  /** rules.md 2.7: handshake, pre-id, request, response, pure-ack, teardown, retransmission, ooo-gap, opaque, datagram */
  class: string
  transaction?: number
  first_frame: number
  last_frame: number
  rule_id?: number
  tariff: Tariff
  /** policy value that decided where this class went */
  policy: string
}

export interface Fact {
  name: string
  value: string
  source: string
  frame?: number
}

export interface ExplainedTransaction extends Counters {
  n: number
  frame: number
  app: App
  method?: string
  url?: string
  url_raw?: string
  url_source?: UrlSource
  /** other URLs that the message offered, when they disagree */
  url_conflict?: { source: UrlSource; url: string }[]
  status?: number
  decision: RuleDecision
  certainty: Certainty
  reasons: string[]
}

/** The same request, sent another way. */
export interface Alternative {
  /** "port 80 (WAP 2.0, HTTP)" */
  change: string
  server_port: number
  protocol: string
  rule_id: number
  tariff: Tariff
  level1?: number
  level2?: string
  /** the request itself is not known: the statement holds for requests with this, "url *mmsc*" */
  request?: string
}

export interface ExplainRecord extends Partial<Counters> {
  type: 'explain'
  schema: 'tollgate.explain/1'
  /** absent for a what-if */
  flow?: string
  imsi?: string
  msisdn?: string
  masked?: boolean
  ue?: string
  ue_port?: number
  server: string
  server_port?: number
  protocol: string
  app?: App
  verdict: Verdict
  /** sentence in one line: `9203: dst 10.0.0.172:9203 -> level-1 rule 6 -> ...` */
  text: string
  facts: Fact[]
  level1: RuleDecision
  transactions: ExplainedTransaction[]
  slices: SliceGroup[]
  alternatives: Alternative[]
  remedy?: string
  /** what looks as if it was made to be free; absent when nothing does */
  flags?: FlagNote[]
  certainty: Certainty
  reasons: string[]
  rules: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}

/** A finding about one subscriber's traffic, found without being asked. */
export interface FindingRecord extends Counters {
  type: 'finding'
  schema: 'tollgate.finding/1'
  finding: 'intended-free-but-charged' | Flag
  flows: string[]
  imsi?: string
  msisdn?: string
  masked?: boolean
  server: string
  server_port: number
  protocol: string
  /** charge of the octets; of a flag: the one that they have because of it */
  rule_id: number
  rule_id_hex: string
  level1?: number
  level2?: string
  confidence: Certainty
  /** of a flag: inner IP octets that are free only because of it */
  at_risk_bytes?: number
  /** what shows that the traffic was meant to be free, or was made to be */
  evidence: string[]
  text: string
  alternatives: Alternative[]
  remedy?: string
}
