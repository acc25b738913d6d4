/** The traffic of an order: allotted and not usable yet, usable when it is paid, taken back; and what is told of each to
 * the billing feed and to the rating. Called inside the transaction that changes the order's state. */

import type { HoldingEvent } from '../record/holding-event.js'
import { utcTime } from '../record/time.js'
import type { Catalogue, Product } from './catalogue.js'
import { HeldBuckets } from './held-buckets.js'
import type { Order } from './order.js'
import { OrderBook } from './order-book.js'
import { orderEvent } from './order-event.js'
import type { Store } from './store.js'
import { identityOf, type Subscriber } from './subscribers.js'

/** Bucket that an order gives. */
export function bucketIdOf(orderId: string): string {
  return `order-${orderId}`
}

export class OrderTraffic {
  readonly #catalogue: Catalogue
  readonly #buckets: HeldBuckets
  readonly #book: OrderBook

  constructor(store: Store, catalogue: Catalogue) {
    this.#catalogue = catalogue
    this.#buckets = new HeldBuckets(store, catalogue)
    this.#book = new OrderBook(store)
  }

  allot(order: Order, subscriber: Subscriber, product: Product, nowUs: number): void {
    this.#buckets.allot(bucketIdOf(order.id), subscriber.id, product, nowUs)
    this.#book.tell(orderEvent(order, subscriber, product, 'accepted', nowUs, this.#catalogue))
  }

  open(order: Order, subscriber: Subscriber, product: Product, nowUs: number): void {
    const bucket = bucketIdOf(order.id)
    this.#buckets.open(bucket, product, nowUs)
    this.#book.tell(orderEvent(order, subscriber, product, 'provisioned', nowUs, this.#catalogue))
    const grant = holding('grant', subscriber, bucket, nowUs)
    this.#book.hold(`grant ${bucket}`, { ...grant, product: product.id })
  }

  /** Whether there was any. */
  takeBack(order: Order, subscriber: Subscriber | undefined, nowUs: number): boolean {
    const id = bucketIdOf(order.id)
    const bucket = this.#buckets.find(id)
    if (bucket === undefined || subscriber === undefined) return false
    const product = this.#catalogue.products.get(order.product)
    this.#buckets.revoke(id)
    this.#book.tell(orderEvent(order, subscriber, product, 'reversed', nowUs, this.#catalogue))
    if (bucket.state === 'usable') {
      this.#book.hold(`release ${id}`, holding('release', subscriber, id, nowUs))
    }
    return true
  }
}

function holding(
  op: 'grant' | 'release',
  subscriber: Subscriber,
  bucket: string,
  nowUs: number,
): HoldingEvent {
  const ts = utcTime(nowUs)
  const head = { type: 'holding', schema: 'tollgate.holding/1' } as const
  return { ...head, op, ts, ...identityOf(subscriber), bucket }
}
