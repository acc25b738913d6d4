/** What an Sy message says of a subscriber's counters: SLR, SLA, SNR. Read 3GPP TS 29.219 clauses 4.5
 * (procedures) and 5.3 (AVPs). */

import type { AvpGroup } from './diameter-tree.js'

export interface PolicyCounter {
  identifier: string
  /** what the operator calls it: `normal`, `exhausted` */
  status: string
  /** what it will be, and when (seconds since 1970) */
  pending: { status: string; time: number }[]
}

export interface SpendingFacts {
  /** SL-Request-Type of an SLR */
  requestType: number
  /** counters asked for in an SLR; none means all of them */
  asked: string[]
  /** of SLA and SNR */
  counters: PolicyCounter[]
}

export function spendingFacts(avps: AvpGroup): SpendingFacts {
  return {
    requestType: avps.number('SL-Request-Type'),
    asked: avps.texts('Policy-Counter-Identifier'),
    counters: avps.groups('Policy-Counter-Status-Report').map(report => ({
      identifier: report.text('Policy-Counter-Identifier'),
      status: report.text('Policy-Counter-Status'),
      pending: report.groups('Pending-Policy-Counter-Information').map(pending => ({
        status: pending.text('Policy-Counter-Status'),
        time: pending.time('Pending-Policy-Counter-Change-Time'),
      })),
    })),
  }
}
