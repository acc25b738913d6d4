/** The truth file that stands beside a capture (`tollgate.synth-truth/1`): what the generator put into
 * it, in the words of the records. Nothing here was computed by the decoders or the rule engine. */

import type { Expectation } from './scenario-expect.js'

export interface TruthCounters {
  up_packets: number
  down_packets: number
  up_bytes: number
  down_bytes: number
}

export interface TruthExpected {
  rule_id: number
  rule_id_hex: string
  level1?: number
  level2?: string
  tariff: Expectation['tariff']
}

export interface TruthTransaction extends TruthCounters {
  n: number
  method?: string
  url?: string
  status?: number
  user_agent?: string
  mms?: { request?: Record<string, string>; response?: Record<string, string> }
  /** frame with the first octet of the request */
  frame: number
  /** false: some packet of the flow belongs to this transaction or to another, by policy; the counters
   * leave such packets out */
  exact: boolean
  expected?: TruthExpected
}

export interface TruthFlow extends TruthCounters {
  /** number of the frame that opened it */
  flow: string
  ts: string
  end: string
  imsi?: string
  apn?: string
  ue: string
  ue_port?: number
  server: string
  server_port?: number
  protocol: string
  /** as in the flow record: mms when any transaction carries it */
  app: string
  /** what carries the transactions: http, wsp-cl, wsp-co, tls ... */
  carrier: string
  names?: string[]
  frames: number[]
  transactions: TruthTransaction[]
  /** for flows without transactions, and for packets that none of them owns */
  expected?: TruthExpected
}

export interface TruthContext {
  context: number
  created: string
  created_frame: number
  ended?: string
  ended_frame?: number
  end_reason?: string
  [fact: string]: string | number | undefined
}

export interface TruthSubscriber {
  name: string
  imsi: string
  msisdn?: string
  imei?: string
  contexts: TruthContext[]
}

export interface TruthEvent {
  frame: number
  ts: string
  event: string
  imsi?: string
  cause?: number
  detail?: string
}

export interface TruthTotal extends TruthCounters {
  rule_id: number
  rule_id_hex: string
  tariff: Expectation['tariff']
}

export interface Truth {
  schema: 'tollgate.synth-truth/1'
  scenario: string
  title: string
  frames: number
  first?: string
  last?: string
  charge_units: number
  /** inner IP octets of all charge units */
  bytes: number
  totals: TruthCounters
  /** copies of these packets that further points of the capture saw */
  duplicates?: TruthCounters
  /** rule set that the expectations were written for */
  rules?: string
  /** totals of every expected charging id; `undecided` are octets without an expectation, or whose
   * transactions expect different ids */
  expected_totals: TruthTotal[]
  undecided: TruthCounters
  subscribers: TruthSubscriber[]
  flows: TruthFlow[]
  events: TruthEvent[]
}
