/** Rated octets and holdings for tests. */

import type { Catalogue } from '../../src/products/catalogue.js'
import { holdingOf } from '../../src/products/holdings.js'
import type { Holding } from '../../src/rating/bucket-rater.js'
import type { RatedOctets } from '../../src/rating/rated-octets.js'
import type { HoldingEvent } from '../../src/record/holding-event.js'
import { parseTime } from '../../src/record/time.js'

export const imsi = '460011234567890'
export const msisdn = '8613012345678'

let frame = 0

/** Charged octets of the subscriber, at a time with its zone. */
export function octetsAt(ts: string, octets: number, more: Partial<RatedOctets> = {}): RatedOctets {
  frame++
  const plain = {
    imsi,
    msisdn,
    apn: '3gnet',
    rat: 'UTRAN',
    roaming: false,
    isUp: false,
    ruleId: 7,
    table: '',
  }
  return { ...plain, timeUs: timeOf(ts), frame, octets, tariff: 'charged', flow: 1, ...more }
}

export function timeOf(ts: string): number {
  const timeUs = parseTime(ts)
  if (timeUs === undefined) throw new TypeError(`no time: ${ts}`)
  return timeUs
}

export function holding(
  catalogue: Catalogue,
  event: Pick<HoldingEvent, 'op' | 'ts' | 'bucket'> & Partial<HoldingEvent>,
): Holding {
  return holdingOf({ type: 'holding', imsi, ...event }, catalogue)
}
