/** Purchases in two phases: pre-authentication, pre-deduction, authentication confirm, deduction confirm. The state is
 * in the store before and after each step, a step that was cut short is done again, and every call to the charging
 * platform has the order's id as its key: whenever the process ends, either all of a purchase comes about or nothing.
 * Whatever fails is undone in reverse order: traffic, then money, then stock. */

import type { Catalogue, Product } from './catalogue.js'
import {
  type ChargingPlatform,
  type PlatformAnswer,
  PlatformUnreachable,
} from './charging-platform.js'
import { HeldBuckets } from './held-buckets.js'
import {
  finalStates,
  isBefore,
  type Order,
  type OrderMessage,
  type OrderOutcome,
  type OrderState,
  orderMessages,
} from './order.js'
import { OrderBook, type OrderChange } from './order-book.js'
import { bucketIdOf, OrderTraffic } from './order-traffic.js'
import { refusalOf, Stock } from './pre-authentication.js'
import type { Store } from './store.js'
import { accountOf, type Subscriber, Subscribers } from './subscribers.js'

export interface PurchaseOptions {
  /** µs since 1970 */
  readonly clock: () => number
  /** an order that is not ACTIVE by then is undone (default 10 min) */
  readonly timeoutUs?: number
  /** calls without an answer, before the order is undone (default 5); giving back has no end */
  readonly attempts?: number
  /** between the first two calls; doubles up to a minute (default 1 s) */
  readonly retryUs?: number
  /** told after each change of state is on the disk */
  readonly onChange?: (order: Order, to: OrderState) => void
}

/** What an order says of another use of its id. */
export class OrderConflict extends Error {}

const longestWaitUs = 60_000_000
const defaults = { timeoutUs: 600_000_000, attempts: 5, retryUs: 1_000_000 }

export class Purchases {
  readonly book: OrderBook
  readonly subscribers: Subscribers
  readonly buckets: HeldBuckets
  readonly stock: Stock
  readonly #store: Store
  readonly #traffic: OrderTraffic
  readonly #catalogue: Catalogue
  readonly #platform: ChargingPlatform
  readonly #options: typeof defaults & PurchaseOptions

  constructor(
    store: Store,
    catalogue: Catalogue,
    platform: ChargingPlatform,
    options: PurchaseOptions,
  ) {
    this.#store = store
    this.#catalogue = catalogue
    this.#platform = platform
    this.#options = { ...defaults, ...options }
    this.book = new OrderBook(store)
    this.subscribers = new Subscribers(store)
    this.buckets = new HeldBuckets(store, catalogue)
    this.stock = new Stock(store)
    this.#traffic = new OrderTraffic(store, catalogue)
  }

  /** Receives a purchase request. The same id again is the same order; for another subscriber or product it throws
   * an `OrderConflict`. `number`: IMSI or MSISDN. */
  submit(id: string, number: string, productId: string): Order {
    return this.#store.write(() => {
      const subscriber = this.subscribers.find(number)
      const known = this.book.find(id)
      if (known !== undefined) {
        if (known.product === productId && known.subscriber === (subscriber?.id ?? 0)) return known
        throw new OrderConflict(`order ${id} is for another subscriber or product`)
      }
      const nowUs = this.#options.clock()
      this.book.insert({
        id,
        subscriber: subscriber?.id ?? 0,
        product: productId,
        price: this.#catalogue.products.get(productId)?.price ?? 0,
        account: subscriber === undefined ? '' : accountOf(subscriber),
        state: 'NEW',
        outcome: undefined,
        reason: undefined,
        attempts: 0,
        nextUs: nowUs,
        deadlineUs: nowUs + this.#options.timeoutUs,
        createdUs: nowUs,
        changedUs: nowUs,
      })
      return this.order(id)
    })
  }

  order(id: string): Order {
    const order = this.book.find(id)
    if (order === undefined) throw new RangeError(`no order ${id}`)
    return order
  }

  /** A message of the purchase. One that came before does nothing; one that comes too early does nothing
   * either, and says so. */
  async receive(id: string, message: OrderMessage): Promise<'done' | 'repeated' | 'out-of-order'> {
    const { state } = this.order(id)
    const own: readonly OrderState[] = orderMessages[message]
    if (own.includes(state)) {
      await this.step(id)
      return 'done'
    }
    return isBefore(state, message) ? 'out-of-order' : 'repeated'
  }

  /** Does what the order waits for, once. */
  async step(id: string): Promise<Order> {
    const order = this.order(id)
    const isLate = this.#options.clock() >= order.deadlineUs
    switch (order.state) {
      case 'NEW':
        this.#preAuthenticate(order, isLate)
        break
      case 'PREAUTH':
        if (isLate) this.#undo(order, 'RESERVE_FAILED', 'timeout')
        else await this.#preDeduct(order)
        break
      case 'RESERVED':
        if (isLate) this.#undo(order, 'CONFIRM_FAILED', 'timeout')
        else this.#confirmAuthentication(order)
        break
      case 'GRANTED':
      case 'CAPTURE_PENDING':
        if (isLate) this.#undo(order, 'REVERSED', 'timeout')
        else await this.#confirmDeduction(order)
        break
      case 'REVERSING':
        await this.#giveBack(order)
        break
      default:
        break
    }
    return this.order(id)
  }

  /** Steps until the order has ended, or has to wait for an answer. */
  async run(id: string): Promise<Order> {
    let order = this.order(id)
    while (!finalStates.has(order.state)) {
      const next = await this.step(id)
      if (next.state === order.state && next.nextUs > this.#options.clock()) return next
      order = next
    }
    return order
  }

  /** Goes on with every order that is due: after a restart, and from time to time. */
  async recover(): Promise<Order[]> {
    const orders: Order[] = []
    for (const { id } of this.book.due(this.#options.clock())) orders.push(await this.run(id))
    return orders
  }

  /** Takes an order back. Throws an `OrderConflict` when traffic of it was used. */
  async reverse(id: string): Promise<Order> {
    const order = this.order(id)
    if (order.state === 'ACTIVE') {
      const used = this.buckets.usedOctets(bucketIdOf(id))
      if (used > 0) throw new OrderConflict(`order ${id}: ${used} octets of it are used`)
      this.#undo(order, 'REVERSED', 'taken back')
    } else if (order.state === 'NEW') {
      this.#change(order, { to: 'PREAUTH_FAILED', reason: 'taken back', note: 'taken back' })
    } else if (!finalStates.has(order.state) && order.state !== 'REVERSING') {
      this.#undo(order, 'REVERSED', 'taken back')
    }
    return await this.run(id)
  }

  #preAuthenticate(order: Order, isLate: boolean): void {
    const product = this.#catalogue.products.get(order.product)
    const nowUs = this.#options.clock()
    this.#change(order, () => {
      const subscriber = this.subscribers.byId(order.subscriber)
      const refusal = isLate ? 'timeout' : this.#refusal(subscriber, product, nowUs)
      if (refusal !== undefined) return failedFirst(refusal)
      if (product !== undefined && !this.stock.take(product)) return failedFirst('sold out')
      return { to: 'PREAUTH', note: 'pre-authentication succeeded' }
    })
  }

  #refusal(subscriber: Subscriber | undefined, product: Product | undefined, nowUs: number) {
    if (subscriber === undefined) return 'no such subscriber'
    const held = this.buckets.alive(subscriber.id, nowUs).map(one => one.product)
    const products = [...held, ...this.book.inFlight(subscriber.id)]
    return refusalOf(subscriber, product, products, this.#catalogue)
  }

  async #preDeduct(order: Order): Promise<void> {
    const { id, account, price } = order
    const answer = await ask(() => this.#platform.reserve(id, account, price))
    if (answer === undefined) {
      this.#wait(order, 'RESERVE_FAILED', 'no answer to pre-deduction')
    } else if (answer.ok) {
      this.#change(order, { to: 'RESERVED', note: `pre-deduction of ${price} succeeded` })
    } else {
      const { reason } = answer
      this.#change(order, () => {
        this.stock.giveBack(order.product)
        const note = `pre-deduction refused: ${reason}; stock given back`
        return { to: 'RESERVE_FAILED', reason, note }
      })
    }
  }

  #confirmAuthentication(order: Order): void {
    const product = this.#catalogue.products.get(order.product)
    const subscriber = this.subscribers.byId(order.subscriber)
    if (product === undefined || subscriber?.active !== true) {
      const why = product === undefined ? 'no such product' : 'subscriber is not active'
      this.#undo(order, 'CONFIRM_FAILED', why)
      return
    }
    const nowUs = this.#options.clock()
    this.#change(order, () => {
      this.#traffic.allot(order, subscriber, product, nowUs)
      return { to: 'GRANTED', note: `${product.volume} octets allotted, not usable yet` }
    })
  }

  async #confirmDeduction(order: Order): Promise<void> {
    const answer = await ask(() => this.#platform.capture(order.id))
    if (answer === undefined) {
      if (order.state === 'GRANTED') {
        this.#change(order, { to: 'CAPTURE_PENDING', note: 'no answer to deduction confirm' })
        this.#postpone(this.order(order.id), 'will ask again')
      } else this.#wait(order, 'REVERSED', 'no answer to deduction confirm')
    } else if (answer.ok) this.#activate(order)
    else this.#undo(order, 'REVERSED', answer.reason)
  }

  #activate(order: Order): void {
    const product = this.#catalogue.products.get(order.product)
    const subscriber = this.subscribers.byId(order.subscriber)
    if (product === undefined || subscriber === undefined) {
      this.#undo(order, 'REVERSED', 'no such product')
      return
    }
    const nowUs = this.#options.clock()
    this.#change(order, () => {
      this.#traffic.open(order, subscriber, product, nowUs)
      return { to: 'ACTIVE', note: `deduction of ${order.price} confirmed, traffic usable` }
    })
  }

  /** First half of undoing, in one transaction with the change of state: no traffic any more. */
  #undo(order: Order, outcome: OrderOutcome, reason: string): void {
    const nowUs = this.#options.clock()
    this.#change(order, () => {
      const subscriber = this.subscribers.byId(order.subscriber)
      const hadTraffic = this.#traffic.takeBack(order, subscriber, nowUs)
      const note = hadTraffic ? `${reason}; traffic taken back` : reason
      return { to: 'REVERSING', outcome, reason, note }
    })
  }

  /** Second half: money, then stock. Repeated until the platform has answered. */
  async #giveBack(order: Order): Promise<void> {
    const answer = await ask(() => this.#platform.refund(order.id))
    if (answer === undefined || !answer.ok) {
      this.#postpone(
        order,
        answer === undefined ? 'no answer to refund' : `refund: ${answer.reason}`,
      )
      return
    }
    this.#change(order, () => {
      this.stock.giveBack(order.product)
      const note = 'money given back, stock given back'
      return { to: order.outcome ?? 'REVERSED', note }
    })
  }

  #wait(order: Order, outcome: OrderOutcome, note: string): void {
    if (order.attempts + 1 >= this.#options.attempts) this.#undo(order, outcome, note)
    else this.#postpone(order, note)
  }

  #postpone(order: Order, note: string): void {
    const nowUs = this.#options.clock()
    const waitUs = Math.min(
      this.#options.retryUs * 2 ** Math.min(order.attempts, 30),
      longestWaitUs,
    )
    this.book.postpone(order, nowUs, nowUs + waitUs, note)
  }

  /** What a step changes, with the state, in one transaction; nothing when somebody else was first. */
  #change(order: Order, change: OrderChange | (() => OrderChange)): void {
    const nowUs = this.#options.clock()
    const changed = this.#store.write(() => {
      if (this.book.find(order.id)?.state !== order.state) return undefined
      const made = typeof change === 'function' ? change() : change
      this.book.change(order, nowUs, made)
      return made.to
    })
    if (changed !== undefined) this.#options.onChange?.(order, changed)
  }
}

async function ask(call: () => Promise<PlatformAnswer>): Promise<PlatformAnswer | undefined> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof PlatformUnreachable)) throw error
    return undefined
  }
}

function failedFirst(reason: string): OrderChange {
  return { to: 'PREAUTH_FAILED', reason, note: `pre-authentication failed: ${reason}` }
}
