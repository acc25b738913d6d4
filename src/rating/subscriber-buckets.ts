/** The buckets of one subscriber as time goes on: what is granted, bound, given another priority and taken
 * away, what ends and what a new month brings; and which of them pay for octets, to the octet. */

import { Bucket, type BucketTerms, consumptionOrder, covers } from './bucket.js'
import type { Calendar } from './calendar.js'
import type { RatedOctets } from './rated-octets.js'

/** Something that happens to a subscriber's buckets. */
export type HoldingChange = { readonly atUs: number; readonly bucket: string } & (
  | { readonly op: 'grant'; readonly terms: BucketTerms }
  | { readonly op: 'priority'; readonly priority: number }
  | { readonly op: 'release' }
)

/** Told when charged octets emptied a bucket and no other one that covers them has any left. */
export type Capped = (
  subscriber: SubscriberBuckets,
  emptied: Bucket,
  covering: readonly Bucket[],
  by: RatedOctets,
) => void

/** Sums of octets; debited + billed + blocked + free + unknown = rated. */
export interface RatedSums {
  rated: number
  debited: number
  billed: number
  blocked: number
  free: number
  unknown: number
}

export function noOctets(): RatedSums {
  return { rated: 0, debited: 0, billed: 0, blocked: 0, free: 0, unknown: 0 }
}

export class SubscriberBuckets {
  readonly imsi: string
  msisdn: string
  readonly sums = noOctets()
  /** ended periods, in the order in which they ended */
  readonly closed: Bucket[] = []
  readonly #calendar: Calendar
  readonly #isLeftoverBlocked: boolean
  readonly #capped: Capped
  readonly #changes: HoldingChange[] = []
  #next = 0
  /** valid or still to begin */
  #held: Bucket[] = []
  /** valid now, in the order of consumption */
  #order: Bucket[] = []
  /** latest time that it was taken to */
  nowUs = Number.NEGATIVE_INFINITY
  #wakeUs = Number.NEGATIVE_INFINITY

  /** `isLeftoverBlocked`: what no bucket covers is blocked, not billed. */
  constructor(
    imsi: string,
    msisdn: string,
    calendar: Calendar,
    isLeftoverBlocked: boolean,
    capped: Capped,
  ) {
    this.imsi = imsi
    this.msisdn = msisdn
    this.#calendar = calendar
    this.#isLeftoverBlocked = isLeftoverBlocked
    this.#capped = capped
  }

  /** Takes changes, in any order; those of the past take effect with the next octets. */
  plan(changes: readonly HoldingChange[]): void {
    for (const change of changes) this.#changes.push(change)
    const later = this.#changes.splice(this.#next).sort((a, b) => a.atUs - b.atUs)
    for (const change of later) this.#changes.push(change)
    this.#wakeUs = Number.NEGATIVE_INFINITY
  }

  rate(of: RatedOctets): void {
    if (of.timeUs >= this.#wakeUs) this.advance(of.timeUs)
    const { sums } = this
    sums.rated += of.octets
    if (of.tariff === 'charged') this.#consume(of)
    else if (of.tariff === 'free') sums.free += of.octets
    else sums.unknown += of.octets
  }

  #consume(of: RatedOctets): void {
    const { sums } = this
    let rest = of.octets
    let last: Bucket | undefined
    let emptied: Bucket | undefined
    for (let i = 0; i < this.#order.length; i++) {
      const bucket = this.#order[i]!
      if (!covers(bucket.terms.scope, of, this.#calendar)) continue
      last = bucket
      if (bucket.left === 0) continue
      // the packet is paid and there is more: not the last of them
      if (rest === 0) return
      const part = Math.min(rest, bucket.left)
      bucket.debit(part, of)
      sums.debited += part
      rest -= part
      if (bucket.left > 0) return
      emptied = bucket
    }
    const isBlocked =
      last === undefined ? this.#isLeftoverBlocked : last.terms.leftover === 'blocked'
    if (isBlocked) sums.blocked += rest
    else sums.billed += rest
    if (emptied !== undefined) this.#tell(emptied, of)
  }

  #tell(emptied: Bucket, by: RatedOctets): void {
    const covering = this.#order.filter(one => covers(one.terms.scope, by, this.#calendar))
    this.#capped(this, emptied, covering, by)
  }

  /** Lets time pass up to `toUs`. Packets that are earlier than one before them find the later state. */
  advance(toUs: number): void {
    const timeUs = Math.max(toUs, this.nowUs)
    this.nowUs = timeUs
    let change = this.#changes[this.#next]
    while (change !== undefined && change.atUs <= timeUs) {
      this.#apply(change)
      this.#next++
      change = this.#changes[this.#next]
    }
    this.#held = this.#held.flatMap(bucket => this.#atTime(bucket, timeUs))
    this.#order = this.#held.filter(({ fromUs }) => fromUs <= timeUs).sort(consumptionOrder)
    let wakeUs = change?.atUs ?? Number.POSITIVE_INFINITY
    for (const { fromUs, untilUs } of this.#held) {
      wakeUs = Math.min(wakeUs, fromUs > timeUs ? fromUs : untilUs)
    }
    this.#wakeUs = wakeUs
  }

  #apply(change: HoldingChange): void {
    if (change.op === 'grant') {
      // a bucket is granted once: the same event may come again
      const isKnown = [...this.#held, ...this.closed].some(one => one.terms.id === change.bucket)
      if (!isKnown) this.#held.push(this.#firstPeriod(change.terms))
      return
    }
    for (const bucket of this.#held) {
      if (bucket.terms.id !== change.bucket) continue
      if (change.op === 'priority') bucket.priority = change.priority
      // what had ended by then has ended, not been released
      else if (bucket.end === undefined && change.atUs < bucket.terms.untilUs)
        bucket.end = 'released'
    }
  }

  #firstPeriod(terms: BucketTerms): Bucket {
    const opening = Math.min(terms.left ?? terms.volume, terms.volume)
    return new Bucket(terms, opening, terms.fromUs, this.#periodEnd(terms, terms.fromUs))
  }

  #periodEnd(terms: BucketTerms, fromUs: number): number {
    if (!terms.monthly) return terms.untilUs
    const month = this.#calendar.monthOf(fromUs)
    return Math.min(terms.untilUs, this.#calendar.monthStartUs(month + 1))
  }

  /** The bucket as it is at that time: itself, ended, or that of another month. */
  #atTime(bucket: Bucket, timeUs: number): Bucket[] {
    if (bucket.end === undefined && timeUs < bucket.untilUs) return [bucket]
    this.closed.push(bucket)
    if (bucket.end === 'released') return []
    bucket.end = 'expired'
    const { terms } = bucket
    if (!terms.monthly || timeUs >= terms.untilUs) return []
    const fromUs = this.#calendar.monthStartUs(this.#calendar.monthOf(timeUs))
    const renewed = new Bucket(terms, terms.volume, fromUs, this.#periodEnd(terms, fromUs))
    renewed.priority = bucket.priority
    return [renewed]
  }

  /** All periods: those that ended, then those that are held, in the order of consumption. */
  buckets(): Bucket[] {
    return [...this.closed, ...this.#held.sort(consumptionOrder)]
  }
}
