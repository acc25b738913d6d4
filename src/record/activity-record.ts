/** What a flow did in one bin of packet time: one record a flow and bin in which it had packets, and one when it
 * begins to be unanswered. Made from counters that the flow has anyway, once a bin, and only for sinks that read
 * it: how the detector of blocked subscribers sees the user plane (blocked-after-renewal.md B2). */

import type { App, Counters } from './flow-record.js'

/** How the server took a flow, as far as known at the end of the bin. */
export type FlowAnswer =
  | 'none' // nothing came from the server
  | 'reset' // the server's side reset it before any payload
  | 'open' // something came, no payload yet
  | 'payload' // payload came

/** An answer worth naming: a redirect, or the answer to a POST. */
export interface NamedAnswer {
  ts: string
  n: number
  method: string
  host: string
  url: string
  status: number
  /** Location of a redirect */
  location?: string
}

export interface ActivityRecord extends Counters {
  type: 'activity'
  schema: 'tollgate.activity/1'
  /** the bin */
  ts: string
  end: string
  flow: string
  /** when the flow opened, and its last packet up to the end of the bin */
  opened: string
  last: string
  imsi?: string
  msisdn?: string
  masked?: boolean
  /** number of the PDP context or bearer */
  context?: number
  apn?: string
  ue: string
  server: string
  server_port?: number
  protocol: string
  app: App
  host?: string
  answer: FlowAnswer
  /** answers of HTTP and WSP to requests in this bin, redirects left out */
  answered: number
  /** at most 16 */
  answers: NamedAnswer[]
  /** only one direction of the flow is captured: silence says nothing */
  one_direction?: true
  /** the flow has ended */
  ended?: true
}
