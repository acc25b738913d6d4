/** What rating against buckets gives: one record a bucket and period, one a subscriber, one of the whole run. */

import { z } from 'zod'
import { count, digits, frame, head, masked, reasons, text, time, who } from './schema-parts.js'

export interface BucketRecord {
  type: 'bucket'
  schema: 'tollgate.bucket/1'
  imsi?: string
  msisdn?: string
  masked?: boolean
  bucket: string
  product: string
  kind: 'base' | 'topup' | 'directed' | 'idle' | 'roaming'
  /** month of a bucket that is renewed monthly */
  month?: string
  state: 'open' | 'exhausted' | 'expired' | 'released' | 'pending'
  priority: number
  /** of the product; what was there when this period began; what was used of it; what is left */
  volume_bytes: number
  opening_bytes: number
  up_bytes: number
  down_bytes: number
  left_bytes: number
  valid_from: string
  /** absent when it does not end */
  valid_to?: string
  first?: string
  last?: string
  /** the packet that took the last octet */
  depleted?: string
  depleted_frame?: number
  depleted_flow?: string
}

/** debited + billed + blocked + free + unknown = rated */
export interface RatedOctetSums {
  rated_bytes: number
  debited_bytes: number
  billed_bytes: number
  blocked_bytes: number
  free_bytes: number
  unknown_bytes: number
}

export interface RatingRecord extends RatedOctetSums {
  type: 'rating'
  schema: 'tollgate.rating/1'
  imsi?: string
  msisdn?: string
  masked?: boolean
  /** of several subscribers together: those above the bound on subscribers */
  others?: true
}

export interface RatingSummary extends RatedOctetSums {
  type: 'summary'
  schema: 'tollgate.rating-summary/1'
  complete: boolean
  reasons: string[]
  subscribers: number
  buckets: number
  exhausted: number
  caps: number
  /** holders without traffic */
  absent_holders: number
  catalogue: { name: string; version: string; sha256: string }
  timezone: string
}

const sums = {
  rated_bytes: count,
  debited_bytes: count,
  billed_bytes: count,
  blocked_bytes: count,
  free_bytes: count,
  unknown_bytes: count,
}

export const bucket = z.strictObject({
  ...head('bucket'),
  ...who,
  ...masked,
  bucket: text,
  product: text,
  kind: z.enum(['base', 'topup', 'directed', 'idle', 'roaming']),
  month: z
    .string()
    .regex(/^\d{4}-\d\d$/)
    .exactOptional(),
  state: z.enum(['open', 'exhausted', 'expired', 'released', 'pending']),
  priority: count,
  volume_bytes: count,
  opening_bytes: count,
  up_bytes: count,
  down_bytes: count,
  left_bytes: count,
  valid_from: time,
  valid_to: time.exactOptional(),
  first: time.exactOptional(),
  last: time.exactOptional(),
  depleted: time.exactOptional(),
  depleted_frame: count.exactOptional(),
  depleted_flow: frame.exactOptional(),
}) satisfies z.ZodType<BucketRecord>

export const rating = z.strictObject({
  ...head('rating'),
  imsi: digits.exactOptional(),
  msisdn: digits.exactOptional(),
  ...masked,
  others: z.literal(true).exactOptional(),
  ...sums,
}) satisfies z.ZodType<RatingRecord>

export const ratingSummary = z.strictObject({
  type: z.literal('summary'),
  schema: z.literal('tollgate.rating-summary/1'),
  complete: z.boolean(),
  reasons,
  subscribers: count,
  buckets: count,
  exhausted: count,
  caps: count,
  absent_holders: count,
  ...sums,
  catalogue: z.strictObject({ name: text, version: text, sha256: text }),
  timezone: text,
}) satisfies z.ZodType<RatingSummary>
