/** What billing and the radio side tell the probe: events of the business domain (caps, renewals, orders, their
 * reversal), NAS events of the operation domain, and who had which number. One event a line of JSON or CSV; the
 * probe's own buckets and purchases write the same. */

export const businessTypes = [
  'cap_reached', // the month's usage met the package's limit
  'enforce', // the network was told to stop, redirect or throttle the subscriber
  'renewal', // more volume was ordered
  'resume', // service is to come back after a stop
  'provision', // a target was told of an order; `result` says with what success
  'reversal', // an order was taken back
  'scope_change', // the scope of an order is another from now on
] as const
export type BusinessType = (typeof businessTypes)[number]

export type OrderStatus = 'accepted' | 'provisioned' | 'failed' | 'reversed'
export type ProvisionTarget = 'HSS' | 'PCRF' | 'OCS' | 'PGW'

export interface BusinessEvent {
  schema?: 'tollgate.business-event/1'
  /** unique: an event that comes again changes nothing */
  event_id: string
  type: BusinessType
  /** one of imsi and msisdn is there */
  imsi?: string
  msisdn?: string
  /** RFC 3339 with zone: when it happened; its place in the order of events, however late it comes */
  ts_event: string
  /** when the billing system sent it */
  ts_recv?: string
  /** YYYY-MM of the package; the month of ts_event when absent */
  month?: string
  package_id?: string
  limit_bytes?: number
  used_bytes?: number
  /** stop, redirect, payg, or throttle:KBPS */
  enforce?: string
  order_id?: string
  /** from when the order is in force; ts_event when absent */
  effective_ts?: string
  status?: OrderStatus
  /** general (also when absent), directed:IDS, roaming, night */
  scope?: string
  volume_bytes?: number
  target?: ProvisionTarget
  /** of a provisioning order: ok, or why not */
  result?: string
  /** inferred: not from billing, but from the subscriber's visit to a portal */
  source?: 'feed' | 'inferred'
}

export const nasProtocols = ['EMM', 'ESM', 'GMM', 'SM', '5GMM', '5GSM'] as const
export type NasProtocol = (typeof nasProtocols)[number]

/** A procedure of the radio side, whose interfaces are not decoded from packets. 3GPP TS 24.008, 24.301, 24.501. */
export interface NasEvent {
  schema?: 'tollgate.nas-event/1'
  type: 'nas'
  event_id?: string
  ts: string
  imsi?: string
  msisdn?: string
  apn?: string
  /** S1-MME, Iu, N2 ... */
  interface?: string
  /** attach, detach, registration, service-request, pdn-connectivity, paging, tau ... */
  procedure: string
  protocol: NasProtocol
  /** absent when the procedure succeeded */
  cause?: number
  initiator?: 'ue' | 'network'
}

/** Who had a number, and from when to when: numbers are given out again, SIM cards exchanged. */
export interface IdentityInterval {
  schema?: 'tollgate.identity/1'
  type: 'identity'
  imsi: string
  msisdn: string
  valid_from: string
  /** open when absent */
  valid_to?: string
}

export type FeedEvent = BusinessEvent | NasEvent | IdentityInterval

/** Time of an event in the order of events. */
export function feedTime(event: FeedEvent): string {
  if (event.type === 'nas') return event.ts
  return event.type === 'identity' ? event.valid_from : event.ts_event
}
