/** A context as the subscriber record shows it: keys as in tollgate.subscriber/1, absent facts absent, times
 * still in microseconds of the packet clock. */

import type { PdpContext } from './pdp-context.js'

export interface ContextSummaryData {
  context: number
  /** absent when no GTP-C was seen: `source` says what was */
  gtp_version?: number
  source?: string
  apn?: string
  rat?: string
  uli?: string
  /** four hex digits, as 3GPP TS 32.298 prints them */
  charging_characteristics?: string
  charging_id?: number
  bearer?: number
  ue_v4?: string
  ue_v6?: string
  sgsn?: string
  ggsn?: string
  teid_up?: string
  teid_down?: string
  createdUs: number
  created_frame: number
  endedUs?: number
  end_reason?: string
}

/** `0x00004003` */
export function teidText(teid: number): string {
  return `0x${(teid >>> 0).toString(16).padStart(8, '0')}`
}

export function contextSummary(c: PdpContext): ContextSummaryData {
  const summary: ContextSummaryData = {
    context: c.context,
    ...(c.source === 'gtp' ? { gtp_version: c.gtpVersion } : { source: c.source }),
    createdUs: c.createdUs,
    created_frame: c.createdFrame,
  }
  if (c.apn !== '') summary.apn = c.apn
  if (c.rat !== '') summary.rat = c.rat
  if (c.uli !== '') summary.uli = c.uli
  if (c.chargingCharacteristics >= 0) {
    summary.charging_characteristics = c.chargingCharacteristics.toString(16).padStart(4, '0')
  }
  if (c.chargingId >= 0) summary.charging_id = c.chargingId
  if (c.bearer >= 0) summary.bearer = c.bearer
  if (c.ueV4 !== '') summary.ue_v4 = c.ueV4
  if (c.ueV6 !== '') summary.ue_v6 = c.ueV6
  if (c.sgsn !== '') summary.sgsn = c.sgsn
  if (c.ggsn !== '') summary.ggsn = c.ggsn
  if (c.teidUp >= 0) summary.teid_up = teidText(c.teidUp)
  if (c.teidDown >= 0) summary.teid_down = teidText(c.teidDown)
  if (c.endedUs >= 0) summary.endedUs = c.endedUs
  if (c.endReason !== '') summary.end_reason = c.endReason
  return summary
}
