/** `--sort FIELD` and `--limit N` for lists. */

import { fieldNames, findField } from '../record/filter/all.js'
import { nearestWord } from '../record/filter/nearest.js'
import { terminalText } from '../record/text.js'
import { usageFailure } from './fail.js'

export type Order = (a: object, b: object) => number

/** By a filter field; a leading `-` puts the highest first. Records without the field come last. */
export function orderBy(text: string): Order {
  const highFirst = text.startsWith('-')
  const name = highFirst ? text.slice(1) : text
  const field = findField(name)
  if (field === undefined) {
    const near = nearestWord(name, fieldNames())
    throw usageFailure(
      `--sort: unknown field "${terminalText(name)}"`,
      near === undefined ? undefined : `--sort ${highFirst ? '-' : ''}${near}`,
    )
  }
  const read = (record: object) => field.read(record as Readonly<Record<string, unknown>>)[0]
  const sign = highFirst ? -1 : 1
  return (a, b) => {
    const left = read(a)
    const right = read(b)
    if (left === right) return 0
    if (left === undefined) return 1
    if (right === undefined) return -1
    return (left < right ? -1 : 1) * sign
  }
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
