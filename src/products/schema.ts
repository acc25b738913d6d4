/** Form of products.yaml, as zod shapes and as the published JSON Schema (`docs/schema/products.json`, draft
 * 2020-12). References are judged by the reader. */

import { z } from 'zod'
import { bucketKinds } from '../rating/bucket.js'

const uint32 = z.int().min(0).max(0xffff_ffff)
const amount = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const text = z.string().min(1).max(128)
const leftover = z.enum(['billed', 'blocked'])

export const volumePattern = /^(\d{1,15}(?:\.\d{1,6})?) ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/
export const hoursPattern = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/

const volumeForm = 'takes octets, or text such as "500 MB" or "1 GiB"'
const volume = z
  .union([amount, z.string().regex(volumePattern, { error: volumeForm })], { error: volumeForm })
  .meta({ description: 'octets, or text with B, kB, MB, GB, TB (decimal), KiB, MiB, GiB, TiB' })

const hours = z
  .string({ error: 'takes "HH:MM-HH:MM"' })
  .regex(hoursPattern, { error: 'takes "HH:MM-HH:MM"' })

export const scopeShape = z.strictObject({
  charges: z.array(uint32).min(1).optional().meta({ description: 'charging ids' }),
  tables: z
    .array(text)
    .min(1)
    .optional()
    .meta({ description: 'level-2 tables of the rule set; beside charges: either is enough' }),
  hours: z
    .union([hours, z.array(hours).min(1)], { error: 'takes "HH:MM-HH:MM" or a list of them' })
    .optional()
    .meta({ description: 'time of day in the file’s time zone; may pass midnight' }),
  place: z
    .enum(['home', 'roaming'])
    .optional()
    .meta({ description: 'a session that does not say where it is served is neither' }),
})

export const productShape = z.strictObject({
  id: text,
  name: text.optional(),
  kind: z.enum(bucketKinds),
  price: amount.meta({ description: 'in the smallest unit of the currency: 5800 is 58.00' }),
  usagePrice: z.strictObject({ price: amount, per: volume }).optional().meta({
    description: 'charged for use when statistics are settled: price for each part begun',
  }),
  volume,
  scope: z
    .union([z.literal('any'), scopeShape], { error: 'takes any, or a mapping of keys' })
    .optional()
    .meta({ description: 'what it pays for; any when left out' }),
  priority: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .meta({ description: 'higher is consumed first; equal ones: what ends sooner' }),
  validity: z
    .union(
      [z.enum(['monthly', 'this-month']), z.strictObject({ days: z.int().min(1).max(36_500) })],
      {
        error: 'takes monthly, this-month or {days: N}',
      },
    )
    .meta({ description: 'monthly: renewed each month; this-month: void when the month ends' }),
  leftover: leftover.optional().meta({
    description: 'what becomes of octets that it covers, when no bucket has any left',
  }),
  excludes: z
    .array(text)
    .optional()
    .meta({ description: 'products that may not be held beside it' }),
  stock: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'how many can be sold; any number without' }),
  onSale: z.boolean().optional(),
})

export const catalogueShape = z.strictObject({
  catalogue: text.meta({ description: 'name of the list of products' }),
  version: text.meta({ description: 'text, so quote what looks like a number' }),
  timezone: text.meta({
    description:
      'of months and hours: UTC, an offset such as "+08:00", or a name such as Asia/Dhaka',
  }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'takes three capital letters (ISO 4217)' })
    .meta({ description: 'ISO 4217' }),
  leftover: leftover.optional().meta({
    description: 'of octets that no bucket covers, and of products that do not say; billed without',
  }),
  products: z.array(z.unknown()).min(1),
})

/** The whole file with its inner shapes, for editors. */
export function productsJsonSchema(): unknown {
  const whole = catalogueShape.extend({ products: z.array(productShape).min(1) })
  return { title: 'Tollgate products', ...z.toJSONSchema(whole) }
}
