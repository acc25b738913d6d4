/** Rows of each kind for a page. Answers that several ask for at about the same time are made once. */

import type { Order } from '../record/filter/order.js'
import { fieldOrder } from '../record/filter/order.js'
import type { RowKind, RowPage, RowQuery, RowsOf, SubscriberRow } from '../record/snapshot.js'
import type { ProbeView } from './probe-view.js'
import { type Candidate, pick, type Visit } from './row-pick.js'

/** An answer this old is given again. */
const freshMs = 500
const mostAnswers = 64
/** A look at all subscribers is made again after so many times what it took. */
const restTimes = 20

type Answer = RowPage<RowsOf[RowKind]>

export class ViewRows {
  readonly #view: ProbeView
  readonly #answers = new Map<string, { atMs: number; page: Promise<Answer> }>()
  #subscribers: { rows: SubscriberRow[]; untilMs: number } | undefined

  constructor(view: ProbeView) {
    this.#view = view
  }

  /** Rows in the clear, shared with others: not to be changed. Rejects with a ViewError. */
  async page<K extends RowKind>(kind: K, query: RowQuery): Promise<RowPage<RowsOf[K]>> {
    // what is quick to make is made anew: an alert that was just acknowledged is shown so
    if (kind !== 'flows' && kind !== 'subscribers') {
      return (await this.#make(kind, query)) as RowPage<RowsOf[K]>
    }
    const key = JSON.stringify([kind, query])
    const nowMs = performance.now()
    const known = this.#answers.get(key)
    if (known !== undefined && nowMs - known.atMs < freshMs) {
      return (await known.page) as RowPage<RowsOf[K]>
    }
    const page = this.#make(kind, query) as Promise<RowPage<RowsOf[K]>>
    this.#answers.delete(key)
    this.#answers.set(key, { atMs: nowMs, page })
    if (this.#answers.size > mostAnswers) {
      for (const [oldest] of this.#answers) {
        this.#answers.delete(oldest)
        break
      }
    }
    return await page
  }

  async #make(kind: RowKind, query: RowQuery): Promise<Answer> {
    const view = this.#view
    switch (kind) {
      case 'flows':
        return await pick(query, orders.newest, this.#flows())
      case 'subscribers':
        return await pick(
          query,
          orders.blocked,
          listed(await this.#allSubscribers(), subscriberKey),
        )
      case 'rules':
        return await pick(
          query,
          orders.asIs,
          listed(view.ruleRows(), row => row.rule),
        )
      case 'alerts':
        return await pick(
          query,
          orders.oldest,
          listed(view.alerts.rows, row => row.id),
        )
      case 'log':
        return await pick(
          query,
          orders.asIs,
          listed(view.log.rows, row => String(row.n)),
        )
    }
  }

  #flows(): Visit<RowsOf['flows']> {
    return async see => {
      const view = this.#view
      const { around, state, ended } = view
      await state.eachOpenFlow(around.turn, flow => {
        see({ view: flow, key: flow.flow, keep: () => flow.row() })
      })
      let seen = 0
      for (const row of ended.inOrder()) {
        if (++seen % pieceRows === 0) await around.turn()
        see({ view: row, key: row.flow, keep: () => view.shown(row) })
      }
    }
  }

  async #allSubscribers(): Promise<SubscriberRow[]> {
    const beginMs = performance.now()
    if (this.#subscribers !== undefined && beginMs < this.#subscribers.untilMs) {
      return this.#subscribers.rows
    }
    const { state, around, alerts } = this.#view
    const rows = await state.subscribers(around.turn)
    const stuck = new Set(
      alerts.rows.flatMap(({ kind, state: now, imsi }) =>
        kind === 'blocked-after-renewal' && now !== 'CLEARED' && imsi !== undefined ? [imsi] : [],
      ),
    )
    for (const row of rows) if (row.imsi !== undefined && stuck.has(row.imsi)) row.state = 'STUCK'
    const tookMs = performance.now() - beginMs
    this.#subscribers = { rows, untilMs: beginMs + Math.max(freshMs, tookMs * restTimes) }
    return rows
  }
}

const pieceRows = 20_000

function listed<T extends object>(rows: readonly T[], key: (row: T) => string): Visit<T> {
  return async see => {
    for (const row of rows) {
      const candidate: Candidate<T> = { view: row, key: key(row), keep: () => row }
      see(candidate)
    }
  }
}

function subscriberKey(row: SubscriberRow): string {
  return row.imsi ?? row.ue ?? ''
}

const asIs: Order = () => 0
const byBlocked = fieldOrder('-blocked') ?? asIs
const byCharged = fieldOrder('-charged_bytes') ?? asIs

const orders = {
  asIs,
  newest: fieldOrder('-flow') ?? asIs,
  oldest: fieldOrder('raised') ?? asIs,
  blocked: (a: object, b: object) => byBlocked(a, b) || byCharged(a, b),
} as const
