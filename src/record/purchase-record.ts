/** Orders, traffic cards and statistics as machine output. */

import { z } from 'zod'
import { bucket, rating, ratingSummary } from './bucket-record.js'
import { holdingSchema } from './holding-event.js'
import { count, digits, head, masked, text, time } from './schema-parts.js'

const who = { imsi: digits.exactOptional(), msisdn: digits.exactOptional() }

/** NEW -preauth-> PREAUTH -prededuct-> RESERVED -authconfirm-> GRANTED -deductconfirm-> ACTIVE. What fails
 * after PREAUTH goes through REVERSING, which undoes in reverse order, to the state that names what failed. */
export const orderStates = [
  'NEW',
  'PREAUTH',
  'RESERVED',
  'GRANTED',
  'CAPTURE_PENDING', // no answer to the capture: tried again, then reversed
  'ACTIVE',
  'REVERSING',
  'PREAUTH_FAILED',
  'RESERVE_FAILED',
  'CONFIRM_FAILED',
  'REVERSED',
] as const

/** `price`: in the smallest unit of the currency. */
export const order = z.strictObject({
  ...head('order'),
  order: text,
  ...who,
  ...masked,
  product: text,
  price: count,
  state: z.enum(orderStates),
  reason: text.exactOptional(),
  attempts: count,
  created: time,
  changed: time,
  steps: z.array(z.strictObject({ ts: time, state: text, note: text })).exactOptional(),
})
export type OrderRecord = z.infer<typeof order>

export const card = z.strictObject({
  ...head('card'),
  card: text,
  product: text,
  ...who,
  ...masked,
  state: z.enum(['IDLE', 'BOUND', 'IN_USE', 'EXHAUSTED', 'EXPIRED', 'UNBOUND']),
  bucket: text.exactOptional(),
  priority: count.exactOptional(),
  valid_to: time.exactOptional(),
  tables: z.array(text).exactOptional(),
  charges: z.array(count).exactOptional(),
})
export type CardRecord = z.infer<typeof card>

/** Of one bucket and period; `settled`: deducted for its use, in the smallest unit of the currency. */
export const statistics = z.strictObject({
  ...head('statistics'),
  ...who,
  ...masked,
  bucket: text,
  product: text,
  state: z.enum(['allotted', 'usable', 'revoked']),
  priority: count,
  month: text.exactOptional(),
  volume_bytes: count,
  up_bytes: count,
  down_bytes: count,
  valid_from: time,
  valid_to: time.exactOptional(),
  settled: count,
})
export type StatisticsRecord = z.infer<typeof statistics>

export const product = z.strictObject({
  ...head('product'),
  product: text,
  name: text.exactOptional(),
  kind: z.enum(['base', 'topup', 'directed', 'idle', 'roaming']),
  price: count,
  currency: text,
  volume_bytes: count,
  scope: text,
  validity: text,
  priority: count,
  leftover: z.enum(['billed', 'blocked']),
  on_sale: z.boolean(),
  /** left to sell; absent when any number */
  stock: count.exactOptional(),
  at: text,
})
export type ProductRecord = z.infer<typeof product>

export const settlement = z.strictObject({
  ...head('settlement'),
  key: text,
  bucket: text,
  octets: count,
  amount: count,
  state: z.enum(['PENDING', 'DONE', 'REFUSED']),
  reason: text.exactOptional(),
})

/** By record type, for the list of all (schema.ts). */
export const productSchemas = {
  bucket,
  rating,
  'rating-summary': ratingSummary,
  holding: holdingSchema,
  order,
  card,
  statistics,
  product,
  settlement,
} as const
