/** Whether a renewal can be what lets this traffic through: where the subscriber is, and what was bought
 * (blocked-after-renewal.md B4 step 2, C12). */

import type { Renewal } from './orders.js'
import type { Pdn } from './pdn.js'
import type { RenewalSettings } from './settings.js'

const hourUs = 3_600_000_000
const minuteUs = 60_000_000

/** The serving network is not the subscriber's. Unknown is home. */
export function isRoaming(imsi: string, pdn: Pdn, settings: RenewalSettings): boolean {
  if (pdn.plmn === '') return false
  if (settings.home.length > 0) return !settings.home.includes(pdn.plmn)
  return !imsi.startsWith(pdn.plmn.replace('-', ''))
}

function isNight(timeUs: number, settings: RenewalSettings): boolean {
  const local = timeUs + settings.utc_offset_minutes * minuteUs
  const hour = Math.floor(local / hourUs) % 24
  const { from, to } = settings.night
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to
}

/** All traffic of this moment and place is covered. */
export function coversAll(
  { scope }: Renewal,
  roaming: boolean,
  atUs: number,
  settings: RenewalSettings,
): boolean {
  if (scope === 'general') return !roaming
  if (scope === 'roaming') return roaming
  return scope === 'night' && isNight(atUs, settings)
}

/** What the pack covers, for the subscriber. */
export function scopeText({ scope }: Renewal): string {
  if (scope === 'roaming') return 'the pack covers roaming only'
  if (scope === 'night') return 'the pack covers the night only'
  return `the pack covers ${scope.replace(/^directed:/, '')} only`
}
