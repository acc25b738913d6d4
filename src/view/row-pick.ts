/** The rows of one page out of very many, without keeping them all: those that a filter lets through, in an order,
 * from an offset on. */

import { fieldNames, recordFields } from '../record/filter/all.js'
import { compileFilter, type RecordTest } from '../record/filter/evaluate.js'
import type { FieldSet } from '../record/filter/field.js'
import { nearestWord } from '../record/filter/nearest.js'
import { fieldOrder, type Order } from '../record/filter/order.js'
import { parseFilter } from '../record/filter/parser.js'
import type { RowPage, RowQuery } from '../record/snapshot.js'
import { ViewError } from '../record/view-source.js'

/** Rows of one answer, and how far from either end they may lie. */
export const mostRows = 10_000
const mostDepth = 100_000
/** From here on it pays to look from the other end. */
const farOffset = 2000

/** A row, or something that is one for a moment and can be kept as one. */
export interface Candidate<T> {
  readonly view: object
  readonly key: string
  keep(): T
}

/** Shows all rows, one after the other. */
export type Visit<T> = (see: (candidate: Candidate<T>) => void) => Promise<void>

/** Throws a ViewError that says which word is wrong. */
export function testOf(filter: string | undefined, fields: FieldSet = recordFields): RecordTest {
  if (filter === undefined || filter.trim() === '') return () => true
  const parsed = parseFilter(filter, fields)
  if (parsed.ok) return compileFilter(parsed.filter, fields)
  const { message, at, end, suggestion } = parsed.error
  throw new ViewError('filter', message, {
    span: [at, end],
    ...(suggestion === undefined ? {} : { hint: suggestion }),
  })
}

/** Throws a ViewError for a field that there is not. */
export function orderOf(sort: string | undefined, usual: Order): Order {
  if (sort === undefined || sort === '') return usual
  const order = fieldOrder(sort)
  if (order !== undefined) return order
  const name = sort.replace(/^-/, '')
  const near = nearestWord(name, fieldNames())
  throw new ViewError('sort', `unknown field "${name}"`, near === undefined ? {} : { hint: near })
}

export function checkBounds({ offset, limit }: RowQuery): void {
  if (limit > mostRows) throw new ViewError('not-possible', `more than ${mostRows} rows at once`)
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(limit) || limit < 0) {
    throw new ViewError('not-possible', 'no such rows')
  }
}

/** `total` is filled in with what was seen. */
export async function pick<T extends object>(
  query: RowQuery,
  usual: Order,
  visit: Visit<T>,
): Promise<RowPage<T>> {
  checkBounds(query)
  const test = testOf(query.filter)
  const order = orderOf(query.sort, usual)
  if (query.offset < farOffset) return await fromStart(query, test, order, visit)
  const shown = (await fromStart({ ...query, offset: 0, limit: 0 }, test, order, visit)).shown
  const fromEnd = Math.max(0, shown - query.offset - query.limit)
  if (query.offset <= fromEnd) return await fromStart(query, test, order, visit)
  const limit = Math.max(0, Math.min(query.limit, shown - query.offset))
  const back: Order = (a, b) => order(b, a)
  const page = await fromStart({ ...query, offset: fromEnd, limit }, test, back, visit)
  page.rows.reverse()
  if (page.key_index !== undefined) page.key_index = page.shown - 1 - page.key_index
  return page
}

async function fromStart<T extends object>(
  query: RowQuery,
  test: RecordTest,
  order: Order,
  visit: Visit<T>,
): Promise<RowPage<T>> {
  const depth = query.limit === 0 ? 0 : query.offset + query.limit
  if (depth > mostDepth) {
    throw new ViewError('not-possible', `rows beyond ${mostDepth} from either end`, {
      hint: 'a filter',
    })
  }
  const best = new Best<T>(depth, order)
  let total = 0
  let shown = 0
  let wanted: T | undefined
  await visit(candidate => {
    total++
    if (!test(candidate.view)) return
    shown++
    best.see(candidate)
    if (query.key !== undefined && candidate.key === query.key) wanted = candidate.keep()
  })
  const page: RowPage<T> = { rows: best.rows().slice(query.offset), shown, total }
  if (wanted !== undefined)
    page.key_index = await placeOf(wanted, query.key ?? '', test, order, visit)
  return page
}

async function placeOf<T extends object>(
  wanted: T,
  key: string,
  test: RecordTest,
  order: Order,
  visit: Visit<T>,
): Promise<number> {
  let before = 0
  let found = false
  await visit(candidate => {
    if (candidate.key === key) found = true
    else if (test(candidate.view)) {
      const compared = order(candidate.view, wanted)
      if (compared < 0 || (compared === 0 && !found)) before++
    }
  })
  return before
}

/** The first `depth` of all that were seen; equal ones in the order in which they came. */
class Best<T extends object> {
  readonly #depth: number
  readonly #order: Order
  #rows: T[] = []
  /** the last that counts, once there are enough */
  #last: T | undefined

  constructor(depth: number, order: Order) {
    this.#depth = depth
    this.#order = order
  }

  see(candidate: Candidate<T>): void {
    if (this.#depth === 0) return
    if (this.#last !== undefined && this.#order(candidate.view, this.#last) >= 0) return
    this.#rows.push(candidate.keep())
    if (this.#rows.length >= this.#depth * 2 + 256) this.#trim()
  }

  rows(): T[] {
    this.#trim()
    return this.#rows
  }

  #trim(): void {
    this.#rows.sort(this.#order)
    if (this.#rows.length <= this.#depth) return
    this.#rows.length = this.#depth
    this.#last = this.#rows.at(-1)
  }
}
