/** A case of "renewed, and still blocked": one record a subscriber and renewal (blocked-after-renewal.md B4).
 * It is written again when its verdict, cause or state changes. */

export const renewalCauses = [
  'C1', // the handset was rejected while stopped and does not try again
  'C2', // barred in HLR, HSS or UDM, or subscription not restored
  'C3', // stop APN or arrears pool still in use
  'C4', // redirect of the charging system still active
  'C5', // credit denied after the renewal
  'C6', // policy not refreshed
  'C7', // refresh sent, but lost or refused
  'C8', // policy and credit are open, gateway or UPF is not
  'C9', // throttle still on
  'C10', // the handset remembers the redirect
  'C11', // provisioning failed or was never acknowledged
  'C12', // the renewal does not cover this traffic
  'C13', // stale tunnel
  'CX', // blocked, control plane not visible
] as const
export type RenewalCause = (typeof renewalCauses)[number]

export const renewalVerdicts = [
  'NOT_APPLICABLE',
  'PENDING',
  'OUT_OF_SCOPE',
  'RECOVERED',
  'DEGRADED',
  'EXPLAIN',
  'UNREACHABLE',
  'AT_RISK',
  'NO_DEMAND',
  'OTHER_FAULT',
  'UNDETERMINED',
  'BLOCKED',
  'CLOSED',
] as const
export type RenewalVerdict = (typeof renewalVerdicts)[number]

export const evidenceClasses = [
  'E1', // reject by the network
  'E2', // silence after a permanent reject
  'E3', // unanswered, at several servers
  'E4', // redirect
  'E5', // resets from the gateway's side
  'E6', // rate held at the throttle
  'E7', // explicit policy state
  'E8', // refresh failed
] as const
export type EvidenceClass = (typeof evidenceClasses)[number]

export interface Evidence {
  class: EvidenceClass
  ts: string
  text: string
  frame?: number
  flow?: string
  event_id?: string
}

/** One line of a case's story. */
export interface TimelineEntry {
  ts: string
  what: 'business' | 'session' | 'nas' | 'control' | 'user-plane' | 'verdict' | 'notice'
  text: string
  frame?: number
  flow?: string
  event_id?: string
}

/** What to do, in English and Chinese. */
export interface Recovery {
  user: string
  user_zh: string
  network: string
  network_zh: string
}

export type CaseState = 'pending' | 'at-risk' | 'blocked' | 'notified' | 'recovered' | 'closed'

export interface AlertRecord {
  type: 'alert'
  schema: 'tollgate.alert/1'
  case: string
  /** when the verdict was reached, packet time */
  ts: string
  imsi?: string
  msisdn?: string
  masked?: boolean
  apn?: string
  state: CaseState
  verdict: RenewalVerdict
  cause?: RenewalCause
  confidence?: 'high' | 'medium' | 'low'
  /** BLOCKED, or DEGRADED: it was an alarm once, also when it is over now */
  alarm: boolean
  /** the cap, and the moment from which the renewal is in force */
  t_cap?: string
  t0: string
  evidence: Evidence[]
  hints: string[]
  recovery?: Recovery
  /** verdict was reached, and how long after the first evidence */
  alarm_at?: string
  detect_us?: number
  notified_at?: string
  recovered_at?: string
  /** from the alarm to the recovery, and whether the handset attached again in between */
  recover_us?: number
  reattached?: boolean
  timeline: TimelineEntry[]
}
