/** What one message of policy, charging, subscription or N4 control said of a subscriber's service: one record a
 * message of Gx, Gy, Sy, S6a (Diameter) or PFCP. Absent means that the message does not say it. */

export type ControlInterface = 'gx' | 'gy' | 'sy' | 's6a' | 'pfcp'

/** State of a PCC rule (3GPP TS 29.212 clause 5.3.4, TS 29.214 clause 5.3.11). */
export interface RuleState {
  name: string
  /** enabled, disabled, removed: as from `Flow-Status`; enabled-uplink and enabled-downlink let one way through */
  status: 'enabled' | 'disabled' | 'removed' | 'enabled-uplink' | 'enabled-downlink'
  /** Redirect-Information: where its traffic goes instead */
  redirect?: string
}

export interface CounterState {
  id: string
  status: string
}

export interface ControlRecord {
  type: 'control'
  schema: 'tollgate.control/1'
  ts: string
  frame: number
  interface: ControlInterface
  /** CCR-I, CCA-U, RAR, RAA, SNR, SLA, ULA, IDR, CLR ...; session-modification-response ... */
  message: string
  /** Session-Id, or the session of PFCP at its user plane node */
  session: string
  imsi?: string
  msisdn?: string
  masked?: boolean
  apn?: string
  ue?: string
  /** Result-Code, Experimental-Result-Code or cause of PFCP */
  result?: number
  result_name?: string
  /** Gy: units were granted */
  granted?: boolean
  /** Gy: result of the first service that was refused */
  refused?: number
  /** Gy: what happens when the units are used up */
  final_unit?: 'terminate' | 'redirect' | 'restrict'
  redirect?: string
  /** Gx: rules installed and removed, in this order */
  rules?: RuleState[]
  /** Gx: rules that the gateway reports as not in force, and Rule-Failure-Code */
  inactive_rules?: string[]
  rule_failure?: number
  /** Gx: APN-AMBR downlink, bits per second */
  ambr_down?: number
  /** Sy */
  counters?: CounterState[]
  /** S6a: Subscriber-Status is OPERATOR_DETERMINED_BARRING, or a barring bit is set */
  barred?: boolean
  /** PFCP: what becomes of the session's packets after this message */
  forwarding?: 'forward' | 'drop' | 'redirect' | 'gate-closed' | 'no-quota'
  /** PFCP: maximum bit rate downlink, bits per second */
  mbr_down?: number
  /** PFCP: Error Indications that the user plane had for the session */
  error_indications?: number
}
