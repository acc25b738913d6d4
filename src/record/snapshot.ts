/** What a running probe shows of itself: the overview, and rows of flows, subscribers, rules, alerts and log. The
 * decoded messages of probe.proto have these shapes; a replay inside the dashboard gives the same. Absent
 * means that the key is absent. Rates are a second, over the window that was asked for. */

import type { ExplainRecord } from './explain-record.js'
import type { FlowRecord, Tariff, Verdict } from './flow-record.js'

/** `live`: a daemon captures; `file`: a capture file is being read, or was. */
export type ProbeMode = 'live' | 'file'

export interface InterfaceState {
  name: string
  engine: string
  up: boolean
  /** why not, when it is not: `interface down` */
  trouble?: string
  packets: number
  packets_per_s: number
  /** absent: the engine cannot tell */
  kernel_drops?: number
  interface_drops?: number
  queue_drops: number
}

export interface RulesState {
  name: string
  version: string
  sha256: string
  /** version and content in short: `2026-11-21 9f3c1ab`; what `rules_version` of a flow holds */
  label: string
  /** file or directory as configured */
  path: string
  profile: string
  /** rules of both levels */
  rules: number
  never_hit: number
  shadowed: number
  /** microseconds since 1970 by the machine's clock */
  loaded_us: number
  /** the last reload was refused: `20-free.yaml:8:31: unknown tariff "fre"`; these rules are still those before */
  refused?: string
}

export interface VerdictShare {
  verdict: Verdict
  flows: number
  bytes: number
}

export interface TopRule {
  rule: string
  name?: string
  tariff: Tariff
  hits_per_s: number
  bytes: number
}

/** A host that only the default rule, or no rule, decided. */
export interface DefaultHost {
  host: string
  bytes: number
  flows: number
  subscribers: number
  /** the free rule that fails the fewest conditions, and the one that failed */
  nearest?: string
  why_not?: string
}

export interface AccessShare {
  apn: string
  rat: string
  sessions: number
}

export interface AlertCounts {
  new: number
  ack: number
  /** since the last midnight of the probe's clock */
  cleared_today: number
}

/** Progress of a capture file. */
export interface FileState {
  name: string
  octets_read: number
  /** 0: not known (a pipe) */
  octets_total: number
  done: boolean
  /** `day.pcap: cut short in packet 4120331` */
  damage: string[]
}

export interface Overview {
  mode: ProbeMode
  probe: string
  version: string
  /** number of this snapshot, from 1: two with the same number are the same */
  sequence: number
  /** the probe's clock, and that of the last packet; microseconds since 1970, 0 before the first packet */
  now_us: number
  packet_us: number
  started_us: number
  /** the window that rates and shares are of, seconds; shorter when the probe runs for less */
  window_s: number
  interfaces: InterfaceState[]
  file?: FileState
  rules: RulesState
  /** packets that were lost in the window, of all that were sent: 0 to 1 */
  drop_share: number
  /** seconds from a packet's time stamp to its being counted */
  lag_s: number
  /** `not inspecting, 1 new flow in 8` while there is more than can be done */
  overload?: string

  up_bits_per_s: number
  down_bits_per_s: number
  up_packets_per_s: number
  down_packets_per_s: number
  control_per_s: number
  /** bits/s in equal steps over the window, oldest first; at most 60 */
  history: number[]
  peak_bits_per_s: number
  peak_us: number

  /** octets and flows of the window, in the order of `verdictOrder` */
  verdicts: VerdictShare[]

  sessions: number
  created_per_s: number
  deleted_per_s: number
  subscribers: number
  without_imsi: number
  flows: number
  new_flows_per_s: number
  /** of user packets, 0 to 1 */
  unknown_teid_share: number
  access: AccessShare[]

  /** since the start */
  packets: number
  user_packets: number
  control_messages: number
  decode_errors: number
  decode_errors_per_s: number
  /** frames by what they were, for a probe that sees no user traffic: "gtp-c" -> count */
  found: Record<string, number>
  /** 0 to 1 */
  queue_share: number
  flow_table_share: number
  /** percent of one core; cores of the machine */
  cpu_percent: number
  cores: number
  rss_octets: number
  memory_octets: number
  /** clients connected, and those dropped because they did not read */
  clients: number
  clients_dropped: number

  top_rules: TopRule[]
  default_hosts: DefaultHost[]
  alerts: AlertCounts
  /** the most urgent, at most 8 */
  top_alerts: AlertRow[]
  /** something about the probe itself that an operator must know: `state not saved: no space left` */
  troubles: string[]
  /** numbers are in the clear: this is the second socket, or a file read with --reveal */
  revealed: boolean
}

/** A flow as its record, while it is open also. */
export interface FlowRow extends Omit<FlowRecord, 'type' | 'schema' | 'end_reason'> {
  /** absent while it is open */
  end_reason?: FlowRecord['end_reason']
  /** packets were lost while it was open: its verdict may be wrong */
  touched_by_drops?: boolean
  /** a rule set that is not in force any more decided it */
  rules_version?: string
}

/** ACTIVE and the presentation of a case: EXHAUSTED, RENEWED (pending), STUCK (blocked), and ENDED: no session left. */
export type SubscriberState = 'STUCK' | 'EXHAUSTED' | 'RENEWED' | 'ACTIVE' | 'ENDED'

export interface SubscriberRow {
  state: SubscriberState
  imsi?: string
  msisdn?: string
  imei?: string
  masked?: boolean
  /** all whom the bound on subscribers left out, together */
  others?: boolean
  apn?: string
  rat?: string
  ue?: string
  teid?: string
  /** RFC 3339: when the latest session began */
  since?: string
  /** RFC 3339: the last packet */
  end?: string
  sessions: number
  flows: number
  blocked_flows: number
  up_bytes: number
  down_bytes: number
  free_bytes: number
  charged_bytes: number
  unknown_bytes: number
}

export interface RuleRow {
  /** `L1-3`, `wapgw/1`, `default` */
  rule: string
  name?: string
  level: number
  precedence?: number
  /** `server 10.0.0.172/32, port 80` */
  match: string
  table?: string
  rule_id?: number
  rule_id_hex?: string
  rating_group?: number
  tariff: Tariff
  at: string
  hits: number
  hits_per_s: number
  up_packets: number
  down_packets: number
  up_bytes: number
  down_bytes: number
  subscribers: number
  /** RFC 3339 */
  last?: string
  blocked_flows: number
  /** charged although the flow was blocked afterwards */
  blocked_charged_bytes: number
  /** NEVER HIT, SHADOWED by 10, CHANGED */
  note?: string
}

export type AlertState = 'NEW' | 'ACK' | 'CLEARED'

/** What somebody has to look at. The kinds are open: whoever raises alerts names them. */
export interface AlertRow {
  /** unique and stable over restarts */
  id: string
  /** `capture-drops`, `interface-down`, `rules-refused`, `finding`, `blocked-after-renewal` ... */
  kind: string
  state: AlertState
  severity: 'info' | 'warn' | 'error'
  /** one line */
  title: string
  /** RFC 3339 */
  raised: string
  last: string
  cleared?: string
  /** how often it was seen again */
  count: number
  imsi?: string
  msisdn?: string
  masked?: boolean
  rule?: string
  /** a flow that shows it, and how many there are */
  flow?: string
  flows: number
  /** of a blocked subscriber */
  blocked_since?: string
  renewed_at?: string
  seen_by?: string
  evidence: string[]
  note?: string
  acked_by?: string
  acked_at?: string
  /** a JSON object of whatever else its kind tells */
  detail?: string
}

export interface LogRow {
  /** number in the order of writing, from 1 */
  n: number
  /** RFC 3339 */
  ts: string
  level: 'INFO' | 'WARN' | 'ERROR'
  event: string
  text: string
  /** how often the line was repeated */
  repeated: number
  /** flow, alert or rule that the line is about: `flow 81`, `alert 7`, `rule L1-3` */
  about?: string
}

/** One event of a subscriber's life. */
export interface TimelineRow {
  ts: string
  event: string
  text: string
  flow?: string
  frame?: number
  verdict?: Verdict
}

/** Rows by the name under which they are asked for. */
export interface RowsOf {
  flows: FlowRow
  subscribers: SubscriberRow
  rules: RuleRow
  alerts: AlertRow
  log: LogRow
}
export type RowKind = keyof RowsOf
export const rowKinds = ['flows', 'subscribers', 'rules', 'alerts', 'log'] as const

export interface RowQuery {
  /** an expression of the filter language; all rows without it */
  filter?: string
  /** a field, `-` before it: highest first. Without it newest first; alerts oldest first, rules as they are tried */
  sort?: string
  offset: number
  limit: number
  /** the row with this key is wanted whatever its place: `key_index` says where it is */
  key?: string
}

export interface RowPage<T> {
  rows: T[]
  /** rows that the filter lets through, and all */
  shown: number
  total: number
  /** place of the row that was asked for by key; absent when it is not among `shown` */
  key_index?: number
}

export interface Reloaded {
  ok: boolean
  /** what changed, or `20-free.yaml:8:31: unknown tariff "fre"` with its excerpt; lines */
  lines: string[]
}

export interface Explained {
  explain: ExplainRecord
  flow: FlowRow
  /** `12 packets were lost while it was open (kernel drop)` */
  incomplete?: string
  /** what the rules in force now would say, when others decided it */
  now?: ExplainRecord
}
