/** What the control plane said: one record a subscriber, one a session event. */

export interface ContextSummary {
  /** instance number of the context within the run, from 1 */
  context: number
  /** absent when no GTP-C of this session was seen */
  gtp_version?: number
  /** then: pfcp, gx, gy or radius */
  source?: string
  apn?: string
  rat?: string
  /** ULI as text: "cgi 460-01-4660-22136", "tai 460-01-1 ecgi 460-01-256" ... */
  uli?: string
  charging_characteristics?: string
  charging_id?: number
  /** NSAPI or EBI */
  bearer?: number
  ue_v4?: string
  /** "2001:db8:46::/64" */
  ue_v6?: string
  sgsn?: string
  ggsn?: string
  teid_up?: string
  teid_down?: string
  created: string
  created_frame: number
  ended?: string
  /** deleted, replaced, peer-restart, error-indication, evicted */
  end_reason?: string
}

export interface SubscriberRecord {
  type: 'subscriber'
  schema: 'tollgate.subscriber/1'
  imsi?: string
  msisdn?: string
  imei?: string
  masked?: boolean
  /** the handset as it named itself first, and the URL of its UAProf description */
  user_agent?: string
  ua_profile?: string
  /** several subscribers together: those above the bound on subscribers */
  others?: true
  contexts: ContextSummary[]
  /** contexts that are not in the list, because the bound on sessions was met */
  contexts_left_out?: number
  flows: number
  up_bytes: number
  down_bytes: number
  free_bytes: number
  charged_bytes: number
  unknown_bytes: number
  blocked_flows: number
}

export type SessionEventKind =
  | 'create-request'
  | 'created'
  | 'rejected'
  | 'updated'
  | 'deleted'
  | 'replaced' // created again with no delete in between
  | 'error-indication'
  | 'peer-restart' // Recovery counter changed
  | 'no-response'
  // what a policy, a charging or an accounting session says of who has an address
  | 'gx-start'
  | 'gx-stop'
  | 'gy-start'
  | 'gy-stop'
  | 'radius-start'
  | 'radius-interim'
  | 'radius-stop'

export interface SessionEvent {
  type: 'session'
  schema: 'tollgate.session/1'
  ts: string
  frame: number
  event: SessionEventKind
  context?: number
  imsi?: string
  msisdn?: string
  masked?: boolean
  apn?: string
  /** of the session when it was created, refused or changed */
  gtp_version?: number
  rat?: string
  uli?: string
  /** MCC-MNC that serves the terminal: `460-01` */
  plmn?: string
  ue_v4?: string
  ue_v6?: string
  ggsn?: string
  /** cause value and its name in the standard */
  cause?: number
  cause_name?: string
  /** one sentence with the values that changed */
  detail?: string
}
