/** The shapes of what the simulator says: changes and differences between rule sets, bounds of a policy. */

import { z } from 'zod'
import type { BoundsRecord } from './bounds-record.js'
import type { ChangeRecord, RuleDifference } from './change-record.js'
import {
  app,
  charge,
  count,
  counters,
  frame,
  head,
  masked,
  model,
  port,
  text,
  time,
  who,
} from './schema-parts.js'

const outcome = z.strictObject({ rule: text, ...charge })

export const change = z.strictObject({
  ...head('change'),
  flow: frame,
  n: count.exactOptional(),
  ts: time,
  ...who,
  ...masked,
  apn: text.exactOptional(),
  ue: text,
  ue_port: port.exactOptional(),
  server: text,
  server_port: port.exactOptional(),
  protocol: text,
  app,
  method: text.exactOptional(),
  host: text.exactOptional(),
  url: text.exactOptional(),
  from: outcome,
  to: outcome,
  why: text,
  ...counters,
}) satisfies z.ZodType<ChangeRecord>

export const difference = z.strictObject({
  ...head('difference'),
  witness: text,
  server: text,
  server_port: port.exactOptional(),
  protocol: text,
  app,
  url: text.exactOptional(),
  from: outcome,
  to: outcome,
  why: text,
}) satisfies z.ZodType<RuleDifference>

const swing = z.strictObject({
  policy: text,
  value: text,
  free_bytes: z.record(text, count),
  packets: count,
  bytes: count,
  groups: z.array(
    z.strictObject({
      flow: frame,
      transaction: count.exactOptional(),
      class: text,
      first_frame: count,
      last_frame: count,
      packets: count,
      bytes: count,
    }),
  ),
})

export const bounds = z.strictObject({
  ...head('bounds'),
  bytes: count,
  free_bytes: count,
  free_min: count,
  free_max: count,
  min_policy: z.record(text, text),
  max_policy: z.record(text, text),
  combinations: count,
  left_out: z.array(text),
  swings: z.array(swing),
  ...model,
}) satisfies z.ZodType<BoundsRecord>
