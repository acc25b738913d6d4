/** The shape of comparison records (schema.ts). */

import { z } from 'zod'
import type { ComparisonRecord } from './comparison-record.js'
import {
  count,
  frame,
  head,
  masked,
  ruleHex,
  tariff,
  text,
  time,
  uint32,
  who,
} from './schema-parts.js'

const difference = z.number().int()

const candidate = z.strictObject({
  kind: z.enum(['policy', 'profile', 'rating-group', 'flow', 'transaction', 'time']),
  text,
  policy: text.exactOptional(),
  value: text.exactOptional(),
  profile: text.exactOptional(),
  rating_group: uint32.exactOptional(),
  urr: uint32.exactOptional(),
  flow: frame.exactOptional(),
  transaction: count.exactOptional(),
})

const rule = z.strictObject({
  rule_id: uint32,
  rule_id_hex: ruleHex,
  up_bytes: count,
  down_bytes: count,
})

export const comparison = z.strictObject({
  ...head('comparison'),
  ...who,
  ...masked,
  source: text.exactOptional(),
  rating_group: uint32.exactOptional(),
  urr: uint32.exactOptional(),
  service_ids: z.array(uint32).exactOptional(),
  tariff: tariff.exactOptional(),
  status: z.enum([
    'equal',
    'within-tolerance',
    'differs',
    'no-record',
    'no-prediction',
    'unassigned',
  ]),
  predicted_up_bytes: count,
  predicted_down_bytes: count,
  predicted_bytes: count,
  actual_up_bytes: count.exactOptional(),
  actual_down_bytes: count.exactOptional(),
  actual_bytes: count,
  difference_up_bytes: difference.exactOptional(),
  difference_down_bytes: difference.exactOptional(),
  difference_bytes: difference,
  rules: z.array(rule),
  lines: count,
  first: time.exactOptional(),
  last: time.exactOptional(),
  candidates: z.array(candidate),
}) satisfies z.ZodType<ComparisonRecord>
