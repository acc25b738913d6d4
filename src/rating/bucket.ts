/** A bucket: a volume of octets that a subscriber holds, what it pays for, and what is left of it
 * (3GPP TS 32.296 clause 5.2 calls it an account's unit balance). One object is one validity period of
 * a bucket: what is renewed each month is a new one each month. */

import type { Calendar } from './calendar.js'
import type { RatedOctets } from './rated-octets.js'

export const bucketKinds = ['base', 'topup', 'directed', 'idle', 'roaming'] as const
export type BucketKind = (typeof bucketKinds)[number]

/** What becomes of octets that no bucket takes. */
export type Leftover = 'billed' | 'blocked'

/** Minutes of the day, `from` up to, not including, `to`; past midnight when `from` is later. */
export interface DaySpan {
  readonly from: number
  readonly to: number
}

/** What a bucket pays for. Absent = any. Ids and tables name traffic: one of either is enough. */
export interface BucketScope {
  readonly charges?: ReadonlySet<number>
  readonly tables?: ReadonlySet<string>
  readonly hours?: readonly DaySpan[]
  readonly place?: 'home' | 'roaming'
}

/** What was granted. */
export interface BucketTerms {
  readonly id: string
  readonly product: string
  readonly kind: BucketKind
  readonly scope: BucketScope
  /** octets; of each month when `monthly` */
  readonly volume: number
  /** of the volume, what was left when it was granted; all of it when absent */
  readonly left?: number
  /** higher is consumed first */
  readonly priority: number
  readonly fromUs: number
  /** exclusive; infinite when it does not end */
  readonly untilUs: number
  /** the volume is renewed when a month begins; what is left of the old one is void */
  readonly monthly: boolean
  readonly leftover: Leftover
}

export type BucketEnd = 'expired' | 'released'

export class Bucket {
  readonly terms: BucketTerms
  /** what was there when this period began */
  readonly opening: number
  readonly fromUs: number
  readonly untilUs: number
  priority: number
  left: number
  upOctets = 0
  downOctets = 0
  firstUs = -1
  lastUs = -1
  depletedUs = -1
  depletedFrame = -1
  depletedFlow = -1
  end: BucketEnd | undefined

  constructor(terms: BucketTerms, opening: number, fromUs: number, untilUs: number) {
    this.terms = terms
    this.opening = opening
    this.left = opening
    this.priority = terms.priority
    this.fromUs = fromUs
    this.untilUs = untilUs
  }

  debit(part: number, from: RatedOctets): void {
    this.left -= part
    if (from.isUp) this.upOctets += part
    else this.downOctets += part
    if (this.firstUs < 0) this.firstUs = from.timeUs
    this.lastUs = from.timeUs
    if (this.left > 0) return
    this.depletedUs = from.timeUs
    this.depletedFrame = from.frame
    this.depletedFlow = from.flow
  }
}

/** Whether a scope covers these octets. A place that is not known is neither home nor abroad. */
export function covers(scope: BucketScope, of: RatedOctets, calendar: Calendar): boolean {
  const { charges, tables, hours, place } = scope
  if (place !== undefined && of.roaming !== (place === 'roaming')) return false
  if (charges !== undefined || tables !== undefined) {
    const byId = charges?.has(of.ruleId) === true
    const byTable = of.table !== '' && tables?.has(of.table) === true
    if (!byId && !byTable) return false
  }
  return hours === undefined || within(hours, calendar.minuteOfDay(of.timeUs))
}

function within(spans: readonly DaySpan[], minute: number): boolean {
  for (const { from, to } of spans) {
    if (from < to ? minute >= from && minute < to : minute >= from || minute < to) return true
  }
  return false
}

/** The order of consumption: higher priority, then what ends sooner, then what was there first. */
export function consumptionOrder(a: Bucket, b: Bucket): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  if (a.untilUs !== b.untilUs) return a.untilUs < b.untilUs ? -1 : 1
  if (a.terms.fromUs !== b.terms.fromUs) return a.terms.fromUs - b.terms.fromUs
  return a.terms.id < b.terms.id ? -1 : 1
}
