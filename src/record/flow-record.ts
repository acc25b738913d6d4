/** Records that leave the engine: one `flow` or `transaction` a line of JSON (the keys of machine
 * output, stable within /1). Absent means the key is absent; identifiers are strings, counts numbers. */

import type { FlagFields } from './flag.js'

/** State of a flow's money, or of the flow itself (BLCK, PEND). */
export type Verdict = 'FREE' | 'CHRG' | 'BLCK' | 'MIXD' | 'PEND' | 'UNKN'

/** Tariff of a charging id. Unknown is a third state, never free. */
export type Tariff = 'free' | 'charged' | 'unknown'

/** What the payload of a flow turned out to be. */
export const apps = [
  'http',
  'wsp-cl', // WSP connectionless, 9200
  'wsp-co', // WTP + WSP, 9201
  'wtls',
  'mms',
  'tls',
  'quic',
  'dns',
  'other',
] as const
export type App = (typeof apps)[number]

/** Where the URL used for matching came from (rules.md 2.10, in this order). */
export type UrlSource =
  | 'connect' // CONNECT authority
  | 'absolute-form' // request target is an absolute URI
  | 'x-online-host' // Host is a configured proxy and X-Online-Host is present
  | 'host' // Host header + path
  | 'origin-address' // no Host header: server address + path
  | 'wsp' // WSP Get/Post Uri
  | 'sni' // TLS ClientHello

/** How sure the statement is; the reasons say what lowered it. */
export type Certainty = 'high' | 'medium' | 'low'

/** Why a flow's row was closed. */
export type FlowEnd =
  | 'fin' // both sides closed
  | 'rst' // reset by one side
  | 'idle' // no packet for the idle time-out
  | 'context-deleted' // its PDP context or bearer ended
  | 'reused' // a new SYN took the same 5-tuple
  | 'evicted' // the table was full and this was the oldest
  | 'capture-end'

/** Inner IP packets and octets in the two directions; up = from the UE. */
export interface Counters {
  up_packets: number
  down_packets: number
  up_bytes: number
  down_bytes: number
}

/** How a charging id came to be: the part that flow, transaction and usage records share. */
export interface ChargeFields {
  /** charging id, unsigned */
  rule_id?: number
  rule_id_hex?: string
  /** id of the level-1 rule; absent for the default rule and when nothing matched */
  level1?: number
  /** "table/precedence" of the level-2 row that replaced the level-1 charge */
  level2?: string
  rating_group?: number
  tariff?: Tariff
}

export interface FlowRecord extends Counters, ChargeFields, FlagFields {
  type: 'flow'
  schema: 'tollgate.flow/1'
  /** number of the frame that opened the flow, as a string: unique and stable */
  flow: string
  /** RFC 3339 UTC with microseconds */
  ts: string
  end: string
  end_reason: FlowEnd
  imsi?: string
  msisdn?: string
  imei?: string
  /** true when imsi, msisdn, imei are masked */
  masked?: boolean
  apn?: string
  rat?: string
  teid_up?: string
  teid_down?: string
  ue: string
  ue_port?: number
  server: string
  server_port?: number
  protocol: string
  direction: 'known' | 'unknown'
  app: App
  host?: string
  url?: string
  /** the handset as it named itself first, and the URL of its UAProf description */
  user_agent?: string
  ua_profile?: string
  /** in a network that is not the subscriber's own */
  roaming?: true
  /** names that the subscriber's DNS answers had given to the server, the latest first; only without `host` */
  dns_names?: string[]
  /** names in the server's certificate; only of a TLS connection that asks for none */
  certificate_names?: string[]
  transactions: number
  verdict: Verdict
  /** charging ids of a flow that has several, most octets first; `rule_id` is absent then */
  rule_ids?: number[]
  certainty: Certainty
  reasons: string[]
  community_id: string
  /** some text held octets that are not UTF-8; each stands as U+0080 to U+00FF */
  lossy?: boolean
}

export interface TransactionRecord extends Counters, ChargeFields, FlagFields {
  type: 'transaction'
  schema: 'tollgate.transaction/1'
  flow: string
  /** 1, 2, ... within the flow */
  n: number
  ts: string
  end: string
  imsi?: string
  msisdn?: string
  masked?: boolean
  apn?: string
  app: App
  method?: string
  host?: string
  /** canonical URL used for matching, and the raw one when it differs */
  url?: string
  url_raw?: string
  url_source?: UrlSource
  status?: number
  content_type?: string
  user_agent?: string
  /** URL of the handset's UAProf description */
  ua_profile?: string
  /** application protocols that a ClientHello offers, with spaces between */
  alpn?: string
  /** frames after an upgrade to WebSocket, both directions */
  websocket_frames?: number
  mms_type?: string
  mms_transaction_id?: string
  mms_from?: string
  mms_to?: string
  mms_subject?: string
  mms_content_location?: string
  certainty: Certainty
  reasons: string[]
  /** some text held octets that are not UTF-8; each stands as U+0080 to U+00FF */
  lossy?: boolean
}
