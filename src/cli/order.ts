/** `--sort FIELD` and `--limit N` for lists. */

import { fieldNames } from '../record/filter/all.js'
import { nearestWord } from '../record/filter/nearest.js'
import { fieldOrder, type Order } from '../record/filter/order.js'
import { terminalText } from '../record/text.js'
import { usageFailure } from './fail.js'

/** As `fieldOrder`; an unknown field is a Failure that names the nearest one. */
export function orderBy(text: string): Order {
  const order = fieldOrder(text)
  if (order !== undefined) return order
  const highFirst = text.startsWith('-')
  const name = highFirst ? text.slice(1) : text
  const near = nearestWord(name, fieldNames())
  throw usageFailure(
    `--sort: unknown field "${terminalText(name)}"`,
    near === undefined ? undefined : `--sort ${highFirst ? '-' : ''}${near}`,
  )
}

/** Keeps the first `limit` records in that order; holds at most twice as many while it collects. */
export class OrderedRows<T extends object> {
  private readonly order: Order | undefined
  private readonly limit: number
  private rows: T[] = []
  /** how many were added */
  total = 0

  constructor(order: Order | undefined, limit: number | undefined) {
    this.order = order
    this.limit = limit ?? Number.POSITIVE_INFINITY
  }

  add(row: T): void {
    this.total++
    if (this.order === undefined && this.rows.length >= this.limit) return
    this.rows.push(row)
    if (this.rows.length >= 2 * this.limit + 1000) this.trim()
  }

  sorted(): readonly T[] {
    this.trim()
    return this.rows
  }

  /** The sort is stable: equal rows stay in the order of packet time. */
  private trim(): void {
    if (this.order !== undefined) this.rows.sort(this.order)
    if (this.rows.length > this.limit) this.rows = this.rows.slice(0, this.limit)
  }
}
