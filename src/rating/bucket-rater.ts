/** Rates octets against the buckets of subscribers, in packet order: what buckets pay, what is billed or
 * blocked, free or unknown. The same octets in the same order give the same result, live or from a file. */

import type { Bucket, Leftover } from './bucket.js'
import type { Calendar } from './calendar.js'
import type { RatedOctets } from './rated-octets.js'
import {
  type Capped,
  type HoldingChange,
  noOctets,
  type RatedSums,
  SubscriberBuckets,
} from './subscriber-buckets.js'

/** Whose bucket it is; '' for what the holding does not say. */
export interface HolderIdentity {
  readonly imsi: string
  readonly msisdn: string
}

export interface Holding {
  readonly holder: HolderIdentity
  readonly change: HoldingChange
}

/** A subscriber has no bucket left for what he is doing. */
export interface CapReached {
  readonly imsi: string
  readonly msisdn: string
  readonly timeUs: number
  readonly frame: number
  readonly flow: number
  readonly bucket: Bucket
  /** volumes, and what was used of them, of all buckets that cover the octets */
  readonly limitOctets: number
  readonly usedOctets: number
  readonly leftover: Leftover
}

export interface RaterOptions {
  readonly calendar: Calendar
  /** of octets that no bucket covers */
  readonly leftover: Leftover
  readonly holdings?: readonly Holding[]
  readonly onCap?: (cap: CapReached) => void
  /** subscribers with buckets of their own; octets of the others are unknown */
  readonly maxSubscribers?: number
}

const defaultSubscribers = 1_048_576

export class BucketRater {
  /** octets of whoever came when there were `maxSubscribers` */
  readonly others = noOctets()
  readonly calendar: Calendar
  readonly #options: RaterOptions
  readonly #most: number
  readonly #subscribers: SubscriberBuckets[] = []
  readonly #byImsi = new Map<string, SubscriberBuckets>()
  readonly #byMsisdn = new Map<string, SubscriberBuckets>()
  /** changes for subscribers who have not been seen yet */
  readonly #plannedImsi = new Map<string, HoldingChange[]>()
  readonly #plannedMsisdn = new Map<string, HoldingChange[]>()
  #last: SubscriberBuckets | undefined
  #lastUs = Number.NEGATIVE_INFINITY

  constructor(options: RaterOptions) {
    this.#options = options
    this.calendar = options.calendar
    this.#most = options.maxSubscribers ?? defaultSubscribers
    for (const holding of options.holdings ?? []) this.hold(holding)
  }

  /** A holding that becomes known, at the start or later. */
  hold({ holder, change }: Holding): void {
    const { imsi, msisdn } = holder
    const known = imsi === '' ? this.#byMsisdn.get(msisdn) : this.#byImsi.get(imsi)
    if (known !== undefined) {
      known.plan([change])
      return
    }
    const [planned, key] = imsi === '' ? [this.#plannedMsisdn, msisdn] : [this.#plannedImsi, imsi]
    const list = planned.get(key)
    if (list === undefined) planned.set(key, [change])
    else list.push(change)
  }

  /** Octets of one charge unit, in the order of frames; nothing of the argument is kept. */
  take(of: RatedOctets): void {
    if (of.timeUs > this.#lastUs) this.#lastUs = of.timeUs
    let one = this.#last
    if (one === undefined || one.imsi !== of.imsi || one.msisdn !== of.msisdn) {
      one = this.#find(of)
      if (one === undefined) {
        this.others.rated += of.octets
        this.others.unknown += of.octets
        return
      }
      this.#last = one
    }
    one.rate(of)
  }

  #find(of: RatedOctets): SubscriberBuckets | undefined {
    const { imsi, msisdn } = of
    const known = imsi === '' ? this.#byMsisdn.get(msisdn) : this.#byImsi.get(imsi)
    if (known === undefined) return this.#open(imsi, msisdn)
    if (imsi !== '' && msisdn !== '' && known.msisdn === '') this.#name(known, msisdn)
    return known
  }

  #open(imsi: string, msisdn: string): SubscriberBuckets | undefined {
    if (this.#subscribers.length >= this.#most) return undefined
    const { calendar, leftover } = this.#options
    const one = new SubscriberBuckets(imsi, '', calendar, leftover === 'blocked', this.#capped)
    this.#subscribers.push(one)
    if (imsi !== '') {
      this.#byImsi.set(imsi, one)
      one.plan(taken(this.#plannedImsi, imsi))
    }
    if (msisdn !== '' || imsi === '') this.#name(one, msisdn)
    return one
  }

  #name(one: SubscriberBuckets, msisdn: string): void {
    one.msisdn = msisdn
    // a number belongs to the first IMSI that is seen with it
    if (!this.#byMsisdn.has(msisdn)) this.#byMsisdn.set(msisdn, one)
    one.plan(taken(this.#plannedMsisdn, msisdn))
  }

  readonly #capped: Capped = (subscriber, emptied, covering, by) => {
    const last = covering.at(-1) ?? emptied
    let limitOctets = 0
    for (const { terms } of covering) limitOctets += terms.volume
    this.#options.onCap?.({
      imsi: subscriber.imsi,
      msisdn: subscriber.msisdn,
      timeUs: by.timeUs,
      frame: by.frame,
      flow: by.flow,
      bucket: emptied,
      limitOctets,
      // all of them are empty, or there would be no cap
      usedOctets: limitOctets,
      leftover: last.terms.leftover,
    })
  }

  /** Lets time pass for everybody to the latest packet, so that what ended by then has ended. */
  finish(): void {
    for (const one of this.#subscribers) one.advance(this.#lastUs)
  }

  /** In the order of appearance. */
  subscribers(): readonly SubscriberBuckets[] {
    return this.#subscribers
  }

  /** Holders who had no traffic. */
  get absentHolders(): number {
    return this.#plannedImsi.size + this.#plannedMsisdn.size
  }

  totals(): RatedSums {
    const all = { ...this.others }
    for (const { sums } of this.#subscribers) {
      for (const key of sumKeys) all[key] += sums[key]
    }
    return all
  }
}

const sumKeys = Object.keys(noOctets()) as (keyof RatedSums)[]

function taken(planned: Map<string, HoldingChange[]>, key: string): readonly HoldingChange[] {
  const list = planned.get(key) ?? []
  planned.delete(key)
  return list
}
