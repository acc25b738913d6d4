/** What the store holds, as records. */

import type {
  CardRecord,
  OrderRecord,
  ProductRecord,
  StatisticsRecord,
} from '../record/purchase-record.js'
import { utcTime } from '../record/time.js'
import type { Card } from './cards.js'
import { type Catalogue, type Product, scopeText } from './catalogue.js'
import type { HeldBucket, HeldBuckets } from './held-buckets.js'
import type { Order } from './order.js'
import type { OrderStep } from './order-book.js'
import type { Stock } from './pre-authentication.js'
import type { Settlements } from './settlement.js'
import { identityOf, type Subscriber, type Subscribers } from './subscribers.js'

function who(subscriber: Subscriber | undefined) {
  return subscriber === undefined ? {} : identityOf(subscriber)
}

export function orderRecord(
  order: Order,
  subscribers: Subscribers,
  steps?: readonly OrderStep[],
): OrderRecord {
  return {
    type: 'order',
    schema: 'tollgate.order/1',
    order: order.id,
    ...who(subscribers.byId(order.subscriber)),
    product: order.product,
    price: order.price,
    state: order.state,
    ...(order.reason !== undefined && { reason: order.reason }),
    attempts: order.attempts,
    created: utcTime(order.createdUs),
    changed: utcTime(order.changedUs),
    ...(steps && {
      steps: steps.map(({ atUs, state, note }) => ({ ts: utcTime(atUs), state, note })),
    }),
  }
}

export function cardRecord(card: Card, subscribers: Subscribers, buckets: HeldBuckets): CardRecord {
  const bucket = card.bucket === undefined ? undefined : buckets.find(card.bucket)
  const { tables, charges } = card.directed ?? {}
  return {
    type: 'card',
    schema: 'tollgate.card/1',
    card: card.id,
    product: card.product,
    ...who(card.subscriber === undefined ? undefined : subscribers.byId(card.subscriber)),
    state: card.state,
    ...(bucket && { bucket: bucket.id, priority: bucket.priority, ...validTo(bucket) }),
    ...(tables && { tables: [...tables] }),
    ...(charges && { charges: [...charges] }),
  }
}

/** One record a bucket and period, or one of nothing used; in the order of consumption. */
export function statisticsRecords(
  subscriber: Subscriber,
  buckets: HeldBuckets,
  settlements: Settlements,
): StatisticsRecord[] {
  return buckets.of(subscriber.id).flatMap(bucket => {
    const used = buckets.used(bucket.id)
    const settled = settlements
      .of(bucket.id)
      .reduce((sum, { state, amount }) => sum + (state === 'DONE' ? amount : 0), 0)
    const periods = used.length > 0 ? used : [{ period: '', up: 0, down: 0 }]
    return periods.map(({ period, up, down }) => ({
      type: 'statistics' as const,
      schema: 'tollgate.statistics/1' as const,
      ...identityOf(subscriber),
      bucket: bucket.id,
      product: bucket.product,
      state: bucket.state,
      priority: bucket.priority,
      ...(period !== '' && { month: period }),
      volume_bytes: bucket.volume,
      up_bytes: up,
      down_bytes: down,
      valid_from: utcTime(bucket.fromUs),
      ...validTo(bucket),
      settled,
    }))
  })
}

export function productRecord(
  product: Product,
  catalogue: Catalogue,
  stock?: Stock,
): ProductRecord {
  const { validity, stock: all } = product
  const left = all === undefined ? undefined : Math.max(0, all - (stock?.taken(product.id) ?? 0))
  return {
    type: 'product',
    schema: 'tollgate.product/1',
    product: product.id,
    ...(product.name !== undefined && { name: product.name }),
    kind: product.kind,
    price: product.price,
    currency: catalogue.currency,
    volume_bytes: product.volume,
    scope: scopeText(product),
    validity: validity.kind === 'days' ? `${validity.days} days` : validity.kind,
    priority: product.priority,
    leftover: product.leftover,
    on_sale: product.onSale,
    ...(left !== undefined && { stock: left }),
    at: product.at,
  }
}

function validTo({ untilUs }: HeldBucket) {
  return Number.isFinite(untilUs) ? { valid_to: utcTime(untilUs) } : {}
}
