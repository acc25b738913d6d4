/** Holdings of subscribers, as lines of JSON, to what the rating applies when their time has come. */

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { BucketScope, BucketTerms } from '../rating/bucket.js'
import type { Holding } from '../rating/bucket-rater.js'
import { type HoldingEvent, holdingSchema } from '../record/holding-event.js'
import { parseTime } from '../record/time.js'
import { type Catalogue, lifetime, type Product } from './catalogue.js'

const longestLine = 65_536

/** A line that is no holding, with its place: `holdings.jsonl:3: ...`. */
export class HoldingError extends Error {}

/** What a product is for one holder. */
function termsOf(
  product: Product,
  event: HoldingEvent,
  atUs: number,
  catalogue: Catalogue,
): BucketTerms {
  return {
    id: event.bucket,
    product: product.id,
    kind: product.kind,
    scope: scopeOf(product.scope, event),
    volume: product.volume,
    ...(event.left_bytes !== undefined && { left: event.left_bytes }),
    priority: event.priority ?? product.priority,
    ...lifetime(product, atUs, catalogue.calendar),
    monthly: product.validity.kind === 'monthly',
    leftover: product.leftover,
  }
}

/** The product's hours and place stay; for what traffic it pays may be the holder's. */
function scopeOf(scope: BucketScope, { tables, charges, scope: any }: HoldingEvent): BucketScope {
  if (tables === undefined && charges === undefined && any === undefined) return scope
  const { hours, place } = scope
  return {
    ...(tables && { tables: new Set(tables) }),
    ...(charges && { charges: new Set(charges) }),
    ...(hours && { hours }),
    ...(place && { place }),
  }
}

/** Throws a `HoldingError` when the event names a product that is not in the catalogue. */
export function holdingOf(event: HoldingEvent, catalogue: Catalogue): Holding {
  const { imsi = '', msisdn = '', bucket, op } = event
  const holder = { imsi, msisdn }
  const atUs = parseTime(event.ts) ?? 0
  if (op === 'release') return { holder, change: { op, atUs, bucket } }
  if (op === 'priority') {
    return { holder, change: { op, atUs, bucket, priority: event.priority ?? 0 } }
  }
  const product = catalogue.products.get(event.product ?? '')
  if (product === undefined) {
    throw new HoldingError(`product "${event.product}" is not in ${catalogue.file}`)
  }
  return { holder, change: { op, atUs, bucket, terms: termsOf(product, event, atUs, catalogue) } }
}

/** One line; empty lines are none. Throws a `HoldingError` without a place. */
export function readHolding(line: string, catalogue: Catalogue): Holding | undefined {
  if (line.trim() === '') return undefined
  if (line.length > longestLine) throw new HoldingError(`longer than ${longestLine} characters`)
  const form = holdingSchema.safeParse(jsonOf(line))
  if (form.success) return holdingOf(form.data, catalogue)
  const [issue] = form.error.issues
  const key = issue?.path.join('.') ?? ''
  throw new HoldingError(
    key === '' ? (issue?.message ?? 'no holding') : `${key}: ${issue?.message}`,
  )
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new HoldingError('is not JSON')
  }
}

/** All holdings of a file. Throws a `HoldingError` that names the line, or the system's error. */
export async function readHoldings(file: string, catalogue: Catalogue): Promise<Holding[]> {
  const holdings: Holding[] = []
  const input = createReadStream(file, 'utf8')
  let number = 0
  // without this, an error of the stream before the first line is nobody's
  const opened = new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve())
    input.once('error', reject)
  })
  await opened
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    try {
      const holding = readHolding(line, catalogue)
      if (holding !== undefined) holdings.push(holding)
    } catch (error) {
      if (!(error instanceof HoldingError)) throw error
      throw new HoldingError(`${file}:${number}: ${error.message}`)
    }
  }
  return holdings
}
