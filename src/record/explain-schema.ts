/** The shapes of explain and finding records. */

import { z } from 'zod'
import type { ExplainRecord, FindingRecord } from './explain-record.js'
import { flags } from './flag.js'
import {
  app,
  certainty,
  charge,
  count,
  counters,
  flag,
  frame,
  head,
  masked,
  model,
  port,
  reasons,
  ruleHex,
  tariff,
  text,
  uint32,
  urlSource,
  verdict,
  who,
} from './schema-parts.js'

const alternative = z.strictObject({
  change: text,
  server_port: port,
  protocol: text,
  rule_id: uint32,
  tariff,
  level1: uint32.exactOptional(),
  level2: text.exactOptional(),
  request: text.exactOptional(),
})

export const finding = z.strictObject({
  ...head('finding'),
  finding: z.enum(['intended-free-but-charged', ...flags]),
  flows: z.array(frame),
  ...who,
  ...masked,
  server: text,
  server_port: port,
  protocol: text,
  rule_id: uint32,
  rule_id_hex: ruleHex,
  level1: uint32.exactOptional(),
  level2: text.exactOptional(),
  at_risk_bytes: count.exactOptional(),
  confidence: certainty,
  evidence: z.array(text),
  text,
  alternatives: z.array(alternative),
  remedy: text.exactOptional(),
  ...counters,
}) satisfies z.ZodType<FindingRecord>

const conditionTest = z.strictObject({
  field: text,
  expected: z.string(),
  actual: z.string(),
  hit: z.boolean(),
  at: text,
})

const decision = z.strictObject({
  ...charge,
  tried: z.array(
    z.strictObject({
      rule: text,
      name: text.exactOptional(),
      level: z.union([z.literal(1), z.literal(2)]),
      result: z.enum(['hit', 'miss', 'shadowed']),
      tests: z.array(conditionTest),
      charge: uint32,
      tariff,
      at: text,
    }),
  ),
  near_miss: z.array(
    z.strictObject({ rule: text, tariff, charge: uint32, failed: conditionTest, at: text }),
  ),
  replaced: z.strictObject({ rule: text, rule_id: uint32 }).exactOptional(),
  charge_name: text.exactOptional(),
  notes: z.array(text),
})

export const explain = z.strictObject({
  ...head('explain'),
  flow: frame.exactOptional(),
  ...who,
  ...masked,
  ue: text.exactOptional(),
  ue_port: port.exactOptional(),
  server: text,
  server_port: port.exactOptional(),
  protocol: text,
  app: app.exactOptional(),
  verdict,
  text,
  facts: z.array(
    z.strictObject({
      name: text,
      value: z.string(),
      source: z.string(),
      frame: count.exactOptional(),
    }),
  ),
  level1: decision,
  transactions: z.array(
    z.strictObject({
      n: count,
      frame: count,
      app,
      method: text.exactOptional(),
      url: text.exactOptional(),
      url_raw: text.exactOptional(),
      url_source: urlSource.exactOptional(),
      url_conflict: z.array(z.strictObject({ source: urlSource, url: z.string() })).exactOptional(),
      status: count.exactOptional(),
      decision,
      certainty,
      reasons,
      ...counters,
    }),
  ),
  slices: z.array(
    z.strictObject({
      class: text,
      transaction: count.exactOptional(),
      first_frame: count,
      last_frame: count,
      rule_id: uint32.exactOptional(),
      tariff,
      policy: z.string(),
      ...counters,
    }),
  ),
  alternatives: z.array(alternative),
  remedy: text.exactOptional(),
  flags: z
    .array(
      z.strictObject({
        flag,
        frame: count,
        evidence: text,
        confidence: certainty,
        at_risk_bytes: count,
      }),
    )
    .exactOptional(),
  up_packets: count.exactOptional(),
  down_packets: count.exactOptional(),
  up_bytes: count.exactOptional(),
  down_bytes: count.exactOptional(),
  certainty,
  reasons,
  ...model,
}) satisfies z.ZodType<ExplainRecord>
