/** Traffic cards: vouchers of a product that are bound to a number. To a designated subscriber undirected, for any
 * traffic; to any other with directed information: the level-2 tables or charging ids that the card may pay for. A
 * card that is bound is consumed before all that was there. */

import type { HoldingEvent } from '../record/holding-event.js'
import { utcTime } from '../record/time.js'
import type { Catalogue, Product } from './catalogue.js'
import { type HeldBucket, HeldBuckets } from './held-buckets.js'
import { OrderBook } from './order-book.js'
import { Stock } from './pre-authentication.js'
import type { Store } from './store.js'
import { identityOf, type Subscriber, Subscribers } from './subscribers.js'

export type CardState = 'IDLE' | 'BOUND' | 'IN_USE' | 'EXHAUSTED' | 'EXPIRED' | 'UNBOUND'

/** What a card may pay for. */
export interface DirectedInformation {
  readonly tables?: readonly string[]
  readonly charges?: readonly number[]
}

export interface Card {
  readonly id: string
  readonly product: string
  readonly state: CardState
  readonly subscriber: number | undefined
  readonly bucket: string | undefined
  /** undefined: any traffic */
  readonly directed: DirectedInformation | undefined
}

/** Why a card is not bound, or its priority not changed. */
export class CardRefused extends Error {}

const highestPriority = 1_000_000

export class Cards {
  readonly #store: Store
  readonly #catalogue: Catalogue
  readonly #clock: () => number
  readonly #buckets: HeldBuckets
  readonly #book: OrderBook
  readonly #stock: Stock
  readonly #subscribers: Subscribers

  constructor(store: Store, catalogue: Catalogue, clock: () => number) {
    this.#store = store
    this.#catalogue = catalogue
    this.#clock = clock
    this.#buckets = new HeldBuckets(store, catalogue)
    this.#book = new OrderBook(store)
    this.#stock = new Stock(store)
    this.#subscribers = new Subscribers(store)
  }

  /** A new card; one that is there stays as it is. Throws a `CardRefused`. */
  issue(id: string, productId: string): Card {
    return this.#store.write(() => {
      const known = this.find(id)
      if (known !== undefined) {
        if (known.product === productId) return known
        throw new CardRefused(`card ${id} is one of ${known.product}`)
      }
      const product = this.#catalogue.products.get(productId)
      if (product === undefined) throw new CardRefused(`no such product: ${productId}`)
      if (!this.#stock.take(product)) throw new CardRefused(`${productId} is sold out`)
      this.#store.run("INSERT INTO card VALUES (?, ?, 'IDLE', NULL, NULL, NULL)", id, productId)
      return this.#known(id)
    })
  }

  find(id: string): Card | undefined {
    const row = this.#store.get('SELECT * FROM card WHERE id = ?', id)
    if (row === undefined) return undefined
    const bucket = row.bucket === null ? undefined : this.#buckets.find(String(row.bucket))
    return {
      id,
      product: String(row.product),
      state: this.#stateOf(row.state as 'IDLE' | 'BOUND' | 'UNBOUND', bucket),
      subscriber: bucket?.subscriber,
      bucket: bucket?.id,
      directed: typeof row.directed === 'string' ? JSON.parse(row.directed) : undefined,
    }
  }

  list(limit: number): Card[] {
    const rows = this.#store.all('SELECT id FROM card ORDER BY id LIMIT ?', limit)
    return rows.map(row => this.#known(String(row.id)))
  }

  #known(id: string): Card {
    const card = this.find(id)
    if (card === undefined) throw new CardRefused(`no such card: ${id}`)
    return card
  }

  #stateOf(stored: 'IDLE' | 'BOUND' | 'UNBOUND', bucket: HeldBucket | undefined): CardState {
    if (stored !== 'BOUND' || bucket === undefined) return stored
    const used = this.#buckets.usedOctets(bucket.id)
    if (used >= bucket.volume) return 'EXHAUSTED'
    if (this.#clock() >= bucket.untilUs) return 'EXPIRED'
    return used > 0 ? 'IN_USE' : 'BOUND'
  }

  /** Binds a card to a number. Binding it again to the same subscriber in the same way changes nothing. Throws a
   * `CardRefused`. */
  bind(id: string, number: string, directed?: DirectedInformation): Card {
    return this.#store.write(() => {
      const card = this.#known(id)
      const subscriber = this.#subscribers.find(number)
      const product = this.#catalogue.products.get(card.product)
      if (product === undefined) throw new CardRefused(`no such product: ${card.product}`)
      if (subscriber === undefined) throw new CardRefused('no such subscriber')
      const info = informationFor(subscriber, product, directed)
      if (card.state !== 'IDLE') {
        const isSame = sameInformation(card.directed, info) && card.subscriber === subscriber.id
        if (isSame && card.state !== 'UNBOUND') return card
        throw new CardRefused(`card ${id} is ${card.state}`)
      }
      if (!subscriber.active) throw new CardRefused('subscriber is not active')
      this.#give(card, subscriber, product, info)
      return this.#known(id)
    })
  }

  #give(
    card: Card,
    subscriber: Subscriber,
    product: Product,
    directed: DirectedInformation | undefined,
  ): void {
    const nowUs = this.#clock()
    const bucket = `card-${card.id}`
    const held = this.#buckets.alive(subscriber.id, nowUs)
    const above = Math.max(-1, ...held.map(one => one.priority)) + 1
    const priority = Math.min(highestPriority, Math.max(product.priority, above))
    this.#buckets.allot(bucket, subscriber.id, product, nowUs)
    this.#buckets.open(bucket, product, nowUs)
    this.#buckets.prioritise(bucket, priority)
    this.#store.run(
      "UPDATE card SET state = 'BOUND', subscriber = ?, bucket = ?, directed = ? WHERE id = ?",
      subscriber.id,
      bucket,
      directed === undefined ? null : JSON.stringify(directed),
      card.id,
    )
    const { tables, charges } = directed ?? {}
    this.#book.hold(`grant ${bucket}`, {
      ...this.#event('grant', subscriber, bucket),
      product: product.id,
      priority,
      ...(tables && { tables: [...tables] }),
      ...(charges && { charges: [...charges] }),
      ...(directed === undefined && { scope: 'any' }),
    })
  }

  /** Takes a card off its number: what is left of it is void. Twice is once. */
  unbind(id: string): Card {
    return this.#store.write(() => {
      const card = this.#known(id)
      if (card.state === 'UNBOUND') return card
      const { bucket, subscriber: holder } = card
      const subscriber = holder === undefined ? undefined : this.#subscribers.byId(holder)
      if (bucket === undefined || subscriber === undefined) {
        throw new CardRefused(`card ${id} is not bound`)
      }
      this.#buckets.revoke(bucket)
      this.#store.run("UPDATE card SET state = 'UNBOUND' WHERE id = ?", id)
      this.#book.hold(`release ${bucket}`, this.#event('release', subscriber, bucket))
      return this.#known(id)
    })
  }

  /** Another place in the order of consumption, from now on. */
  prioritise(bucketId: string, priority: number): void {
    this.#store.write(() => {
      const bucket = this.#buckets.find(bucketId)
      const subscriber = bucket && this.#subscribers.byId(bucket.subscriber)
      if (bucket?.state !== 'usable' || subscriber === undefined) {
        throw new CardRefused(`no usable bucket ${bucketId}`)
      }
      if (!Number.isSafeInteger(priority) || priority < 0 || priority > highestPriority) {
        throw new CardRefused(`a priority is 0 to ${highestPriority}`)
      }
      if (bucket.priority === priority) return
      this.#buckets.prioritise(bucketId, priority)
      const event = this.#event('priority', subscriber, bucketId)
      this.#book.hold(`priority ${bucketId} ${event.ts}`, { ...event, priority })
    })
  }

  #event(op: HoldingEvent['op'], subscriber: Subscriber, bucket: string): HoldingEvent {
    const ts = utcTime(this.#clock())
    const head = { type: 'holding', schema: 'tollgate.holding/1' } as const
    return { ...head, op, ts, ...identityOf(subscriber), bucket }
  }
}

/** Undirected for a designated subscriber; else what is asked for, or what the product says. */
function informationFor(
  subscriber: Subscriber,
  { id, scope }: Product,
  asked: DirectedInformation | undefined,
): DirectedInformation | undefined {
  const isAsked = (asked?.tables?.length ?? 0) + (asked?.charges?.length ?? 0) > 0
  if (subscriber.designated) {
    if (isAsked) throw new CardRefused('a designated subscriber takes no directed information')
    return undefined
  }
  if (isAsked && asked !== undefined) return asked
  const { tables, charges } = scope
  if (tables === undefined && charges === undefined) {
    throw new CardRefused(`directed information is needed: ${id} names no table or charging id`)
  }
  return { ...(tables && { tables: [...tables] }), ...(charges && { charges: [...charges] }) }
}

function sameInformation(
  a: DirectedInformation | undefined,
  b: DirectedInformation | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b
  return sameSet(a.tables, b.tables) && sameSet(a.charges, b.charges)
}

function sameSet<T>(a: readonly T[] = [], b: readonly T[] = []): boolean {
  const [first, second] = [new Set(a), new Set(b)]
  return first.size === second.size && [...first].every(one => second.has(one))
}
