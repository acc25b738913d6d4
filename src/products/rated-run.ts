/** Rating of one run against products and holdings: takes octets in packet order, and gives the records of it
 * and the events that billing would have sent. */

import type { Bucket } from '../rating/bucket.js'
import { BucketRater, type CapReached, type Holding } from '../rating/bucket-rater.js'
import { monthText } from '../rating/calendar.js'
import type { RatedOctets } from '../rating/rated-octets.js'
import type { RatedSums, SubscriberBuckets } from '../rating/subscriber-buckets.js'
import type {
  BucketRecord,
  RatedOctetSums,
  RatingRecord,
  RatingSummary,
} from '../record/bucket-record.js'
import type { BusinessEvent } from '../record/business-event.js'
import { utcTime } from '../record/time.js'
import { type Catalogue, scopeText } from './catalogue.js'

export interface RatedRunOptions {
  /** called with each `cap_reached` when it happens */
  readonly onEvent?: (event: BusinessEvent) => void
  readonly maxSubscribers?: number
}

export class RatedRun {
  readonly rater: BucketRater
  readonly #catalogue: Catalogue
  #caps = 0

  constructor(
    catalogue: Catalogue,
    holdings: readonly Holding[] = [],
    options: RatedRunOptions = {},
  ) {
    this.#catalogue = catalogue
    const { calendar, leftover } = catalogue
    const { onEvent, maxSubscribers } = options
    const onCap = (cap: CapReached) => {
      this.#caps++
      onEvent?.(capEvent(cap, catalogue))
    }
    this.rater = new BucketRater({
      calendar,
      leftover,
      holdings,
      onCap,
      ...(maxSubscribers !== undefined && { maxSubscribers }),
    })
  }

  /** Octets of one charge unit, in the order of frames. */
  take(octets: RatedOctets): void {
    this.rater.take(octets)
  }

  /** Ends the run: buckets whose time was over with the last packet have ended. */
  finish(): void {
    this.rater.finish()
  }

  /** By subscriber in the order of appearance; ended periods first. */
  *buckets(): Generator<BucketRecord> {
    for (const one of this.rater.subscribers()) {
      for (const bucket of one.buckets()) yield this.#bucketRecord(one, bucket)
    }
  }

  *ratings(): Generator<RatingRecord> {
    const head = { type: 'rating', schema: 'tollgate.rating/1' } as const
    for (const one of this.rater.subscribers()) yield { ...head, ...who(one), ...octets(one.sums) }
    const { others } = this.rater
    if (others.rated > 0) yield { ...head, others: true, ...octets(others) }
  }

  /** `reasons`: what makes the run's figures incomplete. */
  summary(reasons: readonly string[] = []): RatingSummary {
    const { name, version, sha256, calendar } = this.#catalogue
    let buckets = 0
    let exhausted = 0
    for (const one of this.rater.subscribers()) {
      for (const bucket of one.buckets()) {
        buckets++
        if (bucket.depletedUs >= 0) exhausted++
      }
    }
    return {
      type: 'summary',
      schema: 'tollgate.rating-summary/1',
      complete: reasons.length === 0,
      reasons: [...reasons],
      subscribers: this.rater.subscribers().length,
      buckets,
      exhausted,
      caps: this.#caps,
      absent_holders: this.rater.absentHolders,
      ...octets(this.rater.totals()),
      catalogue: { name, version, sha256 },
      timezone: calendar.zone,
    }
  }

  #bucketRecord(one: SubscriberBuckets, bucket: Bucket): BucketRecord {
    const { terms, fromUs, untilUs } = bucket
    const { calendar } = this.#catalogue
    return {
      type: 'bucket',
      schema: 'tollgate.bucket/1',
      ...who(one),
      bucket: terms.id,
      product: terms.product,
      kind: terms.kind,
      ...(terms.monthly && { month: monthText(calendar.monthOf(fromUs)) }),
      state: stateOf(bucket, one.nowUs),
      priority: bucket.priority,
      volume_bytes: terms.volume,
      opening_bytes: bucket.opening,
      up_bytes: bucket.upOctets,
      down_bytes: bucket.downOctets,
      left_bytes: bucket.left,
      valid_from: utcTime(fromUs),
      ...(untilUs !== Number.POSITIVE_INFINITY && { valid_to: utcTime(untilUs) }),
      ...(bucket.firstUs >= 0 && { first: utcTime(bucket.firstUs), last: utcTime(bucket.lastUs) }),
      ...(bucket.depletedUs >= 0 && {
        depleted: utcTime(bucket.depletedUs),
        depleted_frame: bucket.depletedFrame,
        depleted_flow: String(bucket.depletedFlow),
      }),
    }
  }
}

function stateOf(bucket: Bucket, nowUs: number): BucketRecord['state'] {
  if (bucket.left === 0) return 'exhausted'
  if (bucket.end !== undefined) return bucket.end
  return bucket.fromUs > nowUs ? 'pending' : 'open'
}

function who({ imsi, msisdn }: { imsi: string; msisdn: string }) {
  return { ...(imsi !== '' && { imsi }), ...(msisdn !== '' && { msisdn }) }
}

function octets(sums: RatedSums): RatedOctetSums {
  return {
    rated_bytes: sums.rated,
    debited_bytes: sums.debited,
    billed_bytes: sums.billed,
    blocked_bytes: sums.blocked,
    free_bytes: sums.free,
    unknown_bytes: sums.unknown,
  }
}

/** The same packets give the same event id, so that a capture rated twice is one event. */
function capEvent(cap: CapReached, catalogue: Catalogue): BusinessEvent {
  const { bucket, timeUs, frame } = cap
  const month = monthText(catalogue.calendar.monthOf(timeUs))
  const product = catalogue.products.get(bucket.terms.product)
  const ts = utcTime(timeUs)
  return {
    schema: 'tollgate.business-event/1',
    event_id: `cap-${bucket.terms.id}-${month}-${frame}`,
    type: 'cap_reached',
    ...who(cap),
    ts_event: ts,
    ts_recv: ts,
    month,
    package_id: bucket.terms.product,
    limit_bytes: cap.limitOctets,
    used_bytes: cap.usedOctets,
    enforce: cap.leftover === 'blocked' ? 'stop' : 'payg',
    ...(product && { scope: scopeText(product) }),
  }
}
