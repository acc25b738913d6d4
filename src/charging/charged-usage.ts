/** What some source says that a subscriber used: one line of a bill, whatever it was written in. */

import type { RecordKind } from '../wire/charging-record-field.js'

/** Who counted. Figures of different sources are never added up: a session has an S-CDR and a G-CDR. */
export type UsageSource = RecordKind | 'gy' | 'pfcp' | 'csv'

/** Absent text is '', absent numbers are -1. */
export interface ChargedUsage {
  readonly source: UsageSource
  /** in the clear; a masked number (with `*`) names nobody */
  readonly imsi: string
  readonly msisdn: string
  readonly apn: string
  readonly chargingId: number
  readonly gateway: string
  /** IPv4 or IPv6 address of the terminal */
  readonly ue: string
  /** -1: the octets of all services together */
  readonly ratingGroup: number
  readonly serviceIdentifier: number
  /** URR ID, of a PFCP report that no rating group was given for */
  readonly urr: number
  readonly octetsUp: number
  readonly octetsDown: number
  /** up and down, or what a source that does not tell them apart counted */
  readonly octets: number
  /** microseconds since 1970 */
  readonly firstUs: number
  readonly lastUs: number
}

export const nobody = {
  imsi: '',
  msisdn: '',
  apn: '',
  chargingId: -1,
  gateway: '',
  ue: '',
  ratingGroup: -1,
  serviceIdentifier: -1,
  urr: -1,
  firstUs: -1,
  lastUs: -1,
} as const

/** Takes usage as it is read, and what could not be read: `x.cdr: ... at octet 120`. */
export interface UsageSink {
  usage(usage: ChargedUsage): void
  damage(text: string): void
}
