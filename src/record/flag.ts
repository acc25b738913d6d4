/** Flags of flows and transactions: traffic that looks as if it was made to be free, or that a gateway may take for
 * what it is not (rules.md section 5, T5 and T7 to T10). A flag says what was seen; what it costs is
 * `at_risk_bytes`, the octets that are free under the loaded rules only because of it. */

import type { Certainty } from './flow-record.js'

export const flags = [
  'host-spoof', // the name of a request is not one of its server
  'dns-nonconforming', // port 53 carries what no handset asks a resolver
  'retx-payload-differs', // octets sent "again" are others than the first time
  'connect-anywhere', // a free CONNECT whose authority the rule does not hold to
  'url-conflict', // the URLs that one request offers have different tariffs
] as const
export type Flag = (typeof flags)[number]

/** Flags as bits of one integer. */
export function flagBit(flag: Flag): number {
  return 1 << flags.indexOf(flag)
}

export function flagNames(bits: number): Flag[] {
  return flags.filter(flag => bits & flagBit(flag))
}

/** What flow and transaction records say of flags; absent without any. */
export interface FlagFields {
  flags?: Flag[]
  /** inner IP octets, both directions, free only because of the flags */
  at_risk_bytes?: number
}

/** One flag of an explained flow. */
export interface FlagNote {
  flag: Flag
  /** frame that shows it first */
  frame: number
  /** fields and frames that show it */
  evidence: string
  confidence: Certainty
  at_risk_bytes: number
}
