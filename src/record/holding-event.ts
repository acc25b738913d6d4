/** What subscribers hold, as events, one JSON object a line: buckets that are granted, get another priority,
 * or are taken away. Written by purchases, read by the rating of captures. */

import { z } from 'zod'
import { parseTime } from './time.js'

export interface HoldingEvent {
  schema?: 'tollgate.holding/1'
  type: 'holding'
  op: 'grant' | 'priority' | 'release'
  /** RFC 3339 with zone */
  ts: string
  /** one of imsi and msisdn is there */
  imsi?: string
  msisdn?: string
  /** names the bucket; a second grant of the same one changes nothing */
  bucket: string
  /** of a grant */
  product?: string
  /** what was left of the volume at `ts`; all of it when absent */
  left_bytes?: number
  /** of a grant, instead of the product's; or the new one */
  priority?: number
  /** directed information: level-2 tables and charging ids, instead of the product's */
  tables?: string[]
  charges?: number[]
  /** of any traffic, whatever the product says */
  scope?: 'any'
}

const word = z.string().min(1).max(128)
const octets = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

export const holdingSchema = z
  .strictObject({
    schema: z.literal('tollgate.holding/1').exactOptional(),
    type: z.literal('holding'),
    op: z.enum(['grant', 'priority', 'release']),
    ts: z
      .string()
      .max(40)
      .refine(text => parseTime(text) !== undefined, 'needs RFC 3339 with a zone'),
    imsi: z
      .string()
      .regex(/^\d{6,15}$/, 'needs 6 to 15 digits')
      .exactOptional(),
    msisdn: z
      .string()
      .regex(/^\d{5,15}$/, 'needs 5 to 15 digits, without +')
      .exactOptional(),
    bucket: word,
    product: word.exactOptional(),
    left_bytes: octets.exactOptional(),
    priority: z.int().min(0).max(1_000_000).exactOptional(),
    tables: z.array(word).min(1).max(256).exactOptional(),
    charges: z.array(z.int().min(0).max(0xffff_ffff)).min(1).max(256).exactOptional(),
    scope: z.literal('any').exactOptional(),
  })
  .refine(event => event.imsi !== undefined || event.msisdn !== undefined, 'needs imsi or msisdn')
  .refine(event => event.op !== 'grant' || event.product !== undefined, 'a grant needs product')
  .refine(
    event => event.op !== 'priority' || event.priority !== undefined,
    'a change of priority needs priority',
  ) satisfies z.ZodType<HoldingEvent>
