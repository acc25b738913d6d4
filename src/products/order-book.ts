/** Orders, their steps and the events they give, in the store. A state changes only from the state that the
 * caller has seen: whoever is second finds nothing to do. */

import type { BusinessEvent } from '../record/business-event.js'
import type { HoldingEvent } from '../record/holding-event.js'
import { finalStates, type Order, type OrderOutcome, type OrderState } from './order.js'
import type { Row, Store } from './store.js'

export interface OrderStep {
  readonly atUs: number
  readonly state: OrderState
  readonly note: string
}

export interface OrderChange {
  readonly to: OrderState
  readonly outcome?: OrderOutcome
  readonly reason?: string
  /** what was done, for the log of the order */
  readonly note: string
}

export interface OutboxEvent<E> {
  readonly seq: number
  readonly event: E
}

const isFinal = [...finalStates].map(state => `'${state}'`).join(', ')

export class OrderBook {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  find(id: string): Order | undefined {
    const row = this.#store.get('SELECT * FROM orders WHERE id = ?', id)
    return row && orderOf(row)
  }

  /** Newest first. */
  list(limit: number, subscriber?: number): Order[] {
    const rows =
      subscriber === undefined
        ? this.#store.all('SELECT * FROM orders ORDER BY created_us DESC, id LIMIT ?', limit)
        : this.#store.all(
            'SELECT * FROM orders WHERE subscriber = ? ORDER BY created_us DESC, id LIMIT ?',
            subscriber,
            limit,
          )
    return rows.map(orderOf)
  }

  /** Not ended, and due to be tried. */
  due(nowUs: number): Order[] {
    const sql = `SELECT * FROM orders WHERE state NOT IN (${isFinal}) AND next_us <= ? ORDER BY created_us, id`
    return this.#store.all(sql, nowUs).map(orderOf)
  }

  /** Products that a subscriber is about to get and has no bucket of yet. */
  inFlight(subscriber: number): string[] {
    const sql =
      "SELECT product FROM orders WHERE subscriber = ? AND state IN ('PREAUTH', 'RESERVED')"
    return this.#store.all(sql, subscriber).map(row => String(row.product))
  }

  insert(order: Order): void {
    this.#store.run(
      'INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, 0, ?, ?, ?, ?)',
      order.id,
      order.subscriber,
      order.product,
      order.price,
      order.account,
      order.state,
      order.nextUs,
      order.deadlineUs,
      order.createdUs,
      order.changedUs,
    )
    this.#note(order.id, order.createdUs, order.state, 'order received')
  }

  /** Whether the order still was as seen, and is changed now. */
  change(seen: Order, nowUs: number, { to, outcome, reason, note }: OrderChange): boolean {
    const changed = this.#store.run(
      `UPDATE orders SET state = ?, outcome = ?, reason = coalesce(?, reason), attempts = 0, next_us = ?, changed_us = ?
       WHERE id = ? AND state = ?`,
      to,
      outcome ?? null,
      reason ?? null,
      nowUs,
      nowUs,
      seen.id,
      seen.state,
    )
    if (changed === 0) return false
    this.#note(seen.id, nowUs, to, note)
    return true
  }

  /** No answer: when to ask again. */
  postpone(seen: Order, nowUs: number, nextUs: number, note: string): void {
    this.#store.write(() => {
      this.#store.run(
        'UPDATE orders SET attempts = attempts + 1, next_us = ? WHERE id = ? AND state = ?',
        nextUs,
        seen.id,
        seen.state,
      )
      this.#note(seen.id, nowUs, seen.state, note)
    })
  }

  steps(id: string): OrderStep[] {
    const sql = 'SELECT at_us, state, note FROM order_step WHERE order_id = ? ORDER BY seq'
    return this.#store.all(sql, id).map(row => ({
      atUs: Number(row.at_us),
      state: row.state as OrderState,
      note: String(row.note),
    }))
  }

  #note(id: string, atUs: number, state: OrderState, note: string): void {
    const sql = 'INSERT INTO order_step (order_id, at_us, state, note) VALUES (?, ?, ?, ?)'
    this.#store.run(sql, id, atUs, state, note)
  }

  tell(event: BusinessEvent): void {
    this.#out('business', event.event_id, event)
  }

  /** `id`: of this event, so that it is there once. */
  hold(id: string, event: HoldingEvent): void {
    this.#out('holding', id, event)
  }

  #out(kind: string, id: string, event: object): void {
    const sql = 'INSERT OR IGNORE INTO outbox (kind, id, event) VALUES (?, ?, ?)'
    this.#store.run(sql, kind, id, JSON.stringify(event))
  }

  /** Events after `seq`, for the feed of the detector. */
  businessEvents(seq: number): OutboxEvent<BusinessEvent>[] {
    return this.#events<BusinessEvent>('business', seq)
  }

  /** For the rating of captures. */
  holdings(seq = 0): OutboxEvent<HoldingEvent>[] {
    return this.#events<HoldingEvent>('holding', seq)
  }

  #events<E>(kind: string, seq: number): OutboxEvent<E>[] {
    const sql = 'SELECT seq, event FROM outbox WHERE kind = ? AND seq > ? ORDER BY seq'
    return this.#store.all(sql, kind, seq).map(row => ({
      seq: Number(row.seq),
      event: JSON.parse(String(row.event)) as E,
    }))
  }
}

function orderOf(row: Row): Order {
  return {
    id: String(row.id),
    subscriber: Number(row.subscriber),
    product: String(row.product),
    price: Number(row.price),
    account: String(row.account),
    state: row.state as OrderState,
    outcome: (row.outcome ?? undefined) as OrderOutcome | undefined,
    reason: row.reason === null ? undefined : String(row.reason),
    attempts: Number(row.attempts),
    nextUs: Number(row.next_us),
    deadlineUs: Number(row.deadline_us),
    createdUs: Number(row.created_us),
    changedUs: Number(row.changed_us),
  }
}
