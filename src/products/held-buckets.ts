/** Buckets that subscribers hold, in the store: allotted by a purchase, usable when it is paid, or bound by a
 * card; and what statistics say was used of each. */

import type { Catalogue, Product } from './catalogue.js'
import { lifetime } from './catalogue.js'
import type { Row, Store } from './store.js'

/** allotted: not usable yet. revoked: never was, or is no longer. */
export type HeldState = 'allotted' | 'usable' | 'revoked'

export interface HeldBucket {
  readonly id: string
  readonly subscriber: number
  readonly product: string
  readonly state: HeldState
  readonly priority: number
  readonly fromUs: number
  /** infinite when it does not end */
  readonly untilUs: number
  readonly volume: number
}

export interface UsedOctets {
  readonly period: string
  readonly up: number
  readonly down: number
}

export class HeldBuckets {
  readonly #store: Store
  readonly #catalogue: Catalogue

  constructor(store: Store, catalogue: Catalogue) {
    this.#store = store
    this.#catalogue = catalogue
  }

  find(id: string): HeldBucket | undefined {
    const row = this.#store.get('SELECT * FROM bucket WHERE id = ?', id)
    return row && bucketOf(row)
  }

  /** In the order of consumption. */
  of(subscriber: number): HeldBucket[] {
    const sql =
      'SELECT * FROM bucket WHERE subscriber = ? ORDER BY priority DESC, until_us IS NULL, until_us, from_us, id'
    return this.#store.all(sql, subscriber).map(bucketOf)
  }

  /** What he holds or is about to hold at a time. */
  alive(subscriber: number, nowUs: number): HeldBucket[] {
    return this.of(subscriber).filter(one => one.state !== 'revoked' && nowUs < one.untilUs)
  }

  allot(id: string, subscriber: number, product: Product, nowUs: number): void {
    this.#store.run(
      "INSERT INTO bucket VALUES (?, ?, ?, 'allotted', ?, ?, ?, ?)",
      id,
      subscriber,
      product.id,
      product.priority,
      nowUs,
      this.#until(product, nowUs),
      product.volume,
    )
  }

  /** From now on, and for as long as the product says from now on. */
  open(id: string, product: Product, nowUs: number): void {
    const sql = "UPDATE bucket SET state = 'usable', from_us = ?, until_us = ? WHERE id = ?"
    this.#store.run(sql, nowUs, this.#until(product, nowUs), id)
  }

  #until(product: Product, fromUs: number): number | null {
    const { untilUs } = lifetime(product, fromUs, this.#catalogue.calendar)
    return Number.isFinite(untilUs) ? untilUs : null
  }

  revoke(id: string): void {
    this.#store.run("UPDATE bucket SET state = 'revoked' WHERE id = ?", id)
  }

  prioritise(id: string, priority: number): void {
    this.#store.run('UPDATE bucket SET priority = ? WHERE id = ?', priority, id)
  }

  /** Statistics of a run; the same run again replaces its own figures. */
  count(run: string, bucket: string, used: UsedOctets): void {
    const sql = 'INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?, ?)'
    this.#store.run(sql, run, bucket, used.period, used.up, used.down)
  }

  /** By period: the month of a bucket that is renewed, else ''. */
  used(bucket: string): UsedOctets[] {
    const sql =
      'SELECT period, sum(up) AS up, sum(down) AS down FROM usage WHERE bucket = ? GROUP BY period ORDER BY period'
    return this.#store.all(sql, bucket).map(({ period, up, down }) => ({
      period: String(period),
      up: Number(up),
      down: Number(down),
    }))
  }

  usedOctets(bucket: string): number {
    return this.used(bucket).reduce((sum, { up, down }) => sum + up + down, 0)
  }
}

function bucketOf(row: Row): HeldBucket {
  return {
    id: String(row.id),
    subscriber: Number(row.subscriber),
    product: String(row.product),
    state: row.state as HeldState,
    priority: Number(row.priority),
    fromUs: Number(row.from_us),
    untilUs: row.until_us === null ? Number.POSITIVE_INFINITY : Number(row.until_us),
    volume: Number(row.volume),
  }
}
