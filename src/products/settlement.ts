/** Statistics and their settlement: what was used of each bucket, to the octet, and what the charging platform deducts
 * for it. A settlement is written down before it is asked for, so that one that was cut short is asked for again
 * under the same key. */

import type { BucketRecord } from '../record/bucket-record.js'
import type { Catalogue } from './catalogue.js'
import { type ChargingPlatform, PlatformUnreachable } from './charging-platform.js'
import { HeldBuckets } from './held-buckets.js'
import type { Row, Store } from './store.js'
import { accountOf, Subscribers } from './subscribers.js'

export type SettlementState = 'PENDING' | 'DONE' | 'REFUSED'

export interface Settlement {
  readonly key: string
  readonly bucket: string
  /** used until then, of all that was settled with it and before */
  readonly octets: number
  readonly amount: number
  readonly state: SettlementState
  readonly reason: string | undefined
}

export class Settlements {
  readonly #store: Store
  readonly #catalogue: Catalogue
  readonly #platform: ChargingPlatform
  readonly #buckets: HeldBuckets
  readonly #subscribers: Subscribers

  constructor(store: Store, catalogue: Catalogue, platform: ChargingPlatform) {
    this.#store = store
    this.#catalogue = catalogue
    this.#platform = platform
    this.#buckets = new HeldBuckets(store, catalogue)
    this.#subscribers = new Subscribers(store)
  }

  /** Takes the statistics of one run of the rating, of buckets that are known here. `run` names it: the same run
   * again replaces its own figures. How many buckets were counted. */
  count(run: string, records: Iterable<BucketRecord>): number {
    return this.#store.write(() => {
      let counted = 0
      for (const { bucket, month = '', up_bytes: up, down_bytes: down } of records) {
        if (this.#buckets.find(bucket) === undefined) continue
        this.#buckets.count(run, bucket, { period: month, up, down })
        counted++
      }
      return counted
    })
  }

  of(bucket: string): Settlement[] {
    const sql = 'SELECT * FROM settlement WHERE bucket = ? ORDER BY rowid'
    return this.#store.all(sql, bucket).map(settlementOf)
  }

  /** Deducts what is due for a bucket; undefined when nothing is. */
  async settle(bucket: string): Promise<Settlement | undefined> {
    const open = this.#store.write(() => this.#open(bucket))
    if (open === undefined) return undefined
    const account = this.#accountOf(bucket)
    try {
      const reserved = await this.#platform.reserve(open.key, account, open.amount)
      const answer = reserved.ok ? await this.#platform.capture(open.key) : reserved
      if (answer.ok) this.#end(open, 'DONE')
      else this.#end(open, 'REFUSED', answer.reason)
    } catch (error) {
      // it stays PENDING and is asked for again
      if (!(error instanceof PlatformUnreachable)) throw error
    }
    return this.of(bucket).find(one => one.key === open.key)
  }

  /** All that is due. */
  async settleAll(): Promise<Settlement[]> {
    const done: Settlement[] = []
    for (const row of this.#store.all('SELECT DISTINCT bucket FROM usage ORDER BY bucket')) {
      const settled = await this.settle(String(row.bucket))
      if (settled !== undefined) done.push(settled)
    }
    return done
  }

  /** The settlement that is under way, else a new one for what is due. */
  #open(bucket: string): Settlement | undefined {
    const earlier = this.of(bucket)
    const pending = earlier.find(one => one.state === 'PENDING')
    if (pending !== undefined) return pending
    const product = this.#catalogue.products.get(this.#buckets.find(bucket)?.product ?? '')
    const price = product?.usagePrice
    if (price === undefined) return undefined
    const octets = this.#buckets.usedOctets(bucket)
    const paid = earlier.reduce((sum, one) => sum + (one.state === 'DONE' ? one.amount : 0), 0)
    const amount = Math.ceil(octets / price.octets) * price.price - paid
    if (amount <= 0) return undefined
    const key = `settle-${bucket}-${earlier.length + 1}`
    const sql = "INSERT INTO settlement VALUES (?, ?, ?, ?, 'PENDING', NULL)"
    this.#store.run(sql, key, bucket, octets, amount)
    return { key, bucket, octets, amount, state: 'PENDING', reason: undefined }
  }

  #end({ key }: Settlement, state: SettlementState, reason?: string): void {
    const sql = "UPDATE settlement SET state = ?, reason = ? WHERE key = ? AND state = 'PENDING'"
    this.#store.run(sql, state, reason ?? null, key)
  }

  #accountOf(bucket: string): string {
    const subscriber = this.#subscribers.byId(this.#buckets.find(bucket)?.subscriber ?? 0)
    return subscriber === undefined ? '' : accountOf(subscriber)
  }
}

function settlementOf(row: Row): Settlement {
  return {
    key: String(row.key),
    bucket: String(row.bucket),
    octets: Number(row.octets),
    amount: Number(row.amount),
    state: row.state as SettlementState,
    reason: row.reason === null ? undefined : String(row.reason),
  }
}
