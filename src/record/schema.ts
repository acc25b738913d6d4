/** The shape of every record of machine output, for checking and for the JSON Schema files under
 * docs/schema (JSON Schema draft 2020-12). Keys stand in the order of output. */

import { z } from 'zod'
import { caseMatch, caseSummary } from './case-schema.js'
import { bounds, change, difference } from './change-schema.js'
import { comparison } from './comparison-schema.js'
import { explain, finding } from './explain-schema.js'
import type { FlowRecord, TransactionRecord } from './flow-record.js'
import type { FrameRecord } from './frame-record.js'
import type { LintRecord } from './lint-record.js'
import {
  probeAlert,
  rowsSummary,
  setting,
  stats,
  status,
  subscriberEvent,
  subscriberRow,
} from './probe-schema.js'
import { productSchemas } from './purchase-record.js'
import { activity, alert, control } from './renewal-schema.js'
import {
  comparisonSummary,
  differenceSummary,
  diffSummary,
  importSummary,
  leftOut,
  lintSummary,
  remark,
  rule,
  ruleChange,
  rulesSummary,
} from './rules-schema.js'
import {
  app,
  certainty,
  charge,
  chargeId,
  chargeWay,
  count,
  counters,
  digits,
  flagged,
  frame,
  head,
  masked,
  model,
  port,
  reasons,
  ruleHex,
  tariff,
  teid,
  text,
  time,
  uint32,
  urlSource,
  verdict,
  who,
} from './schema-parts.js'
import { session, subscriber } from './session-schema.js'
import type { OverloadSummary, SummaryRecord, UsageRecord } from './usage-record.js'

const flow = z.strictObject({
  ...head('flow'),
  flow: frame,
  ts: time,
  end: time,
  end_reason: z.enum(['fin', 'rst', 'idle', 'context-deleted', 'reused', 'evicted', 'capture-end']),
  ...who,
  imei: digits.exactOptional(),
  ...masked,
  apn: text.exactOptional(),
  rat: text.exactOptional(),
  teid_up: teid.exactOptional(),
  teid_down: teid.exactOptional(),
  ue: text,
  ue_port: port.exactOptional(),
  server: text,
  server_port: port.exactOptional(),
  protocol: text,
  direction: z.enum(['known', 'unknown']),
  app,
  host: text.exactOptional(),
  url: text.exactOptional(),
  user_agent: text.exactOptional(),
  ua_profile: text.exactOptional(),
  roaming: z.literal(true).exactOptional(),
  dns_names: z.array(text).exactOptional(),
  certificate_names: z.array(text).exactOptional(),
  lossy: z.boolean().exactOptional(),
  transactions: count,
  verdict,
  ...chargeId,
  rule_ids: z.array(uint32).exactOptional(),
  ...chargeWay,
  ...counters,
  certainty,
  reasons,
  ...flagged,
  community_id: text,
}) satisfies z.ZodType<FlowRecord>

const transaction = z.strictObject({
  ...head('transaction'),
  flow: frame,
  n: count,
  ts: time,
  end: time,
  ...who,
  ...masked,
  apn: text.exactOptional(),
  app,
  method: text.exactOptional(),
  host: text.exactOptional(),
  url: text.exactOptional(),
  url_raw: text.exactOptional(),
  url_source: urlSource.exactOptional(),
  status: count.exactOptional(),
  content_type: text.exactOptional(),
  user_agent: text.exactOptional(),
  ua_profile: text.exactOptional(),
  alpn: text.exactOptional(),
  websocket_frames: count.exactOptional(),
  mms_type: text.exactOptional(),
  mms_transaction_id: text.exactOptional(),
  mms_from: text.exactOptional(),
  mms_to: text.exactOptional(),
  mms_subject: text.exactOptional(),
  mms_content_location: text.exactOptional(),
  lossy: z.boolean().exactOptional(),
  ...charge,
  ...counters,
  certainty,
  reasons,
  ...flagged,
}) satisfies z.ZodType<TransactionRecord>

const usage = z.strictObject({
  ...head('usage'),
  ...who,
  ...masked,
  others: z.literal(true).exactOptional(),
  apn: text.exactOptional(),
  rule_id: uint32.exactOptional(),
  rule_id_hex: ruleHex.exactOptional(),
  row: z
    .enum(['unmatched', 'excluded', 'direction-unknown', 'no-session', 'not-sampled'])
    .exactOptional(),
  rating_group: uint32.exactOptional(),
  tariff,
  ...counters,
  first: time,
  last: time,
}) satisfies z.ZodType<UsageRecord>

const overload = z.strictObject({
  times: count,
  seconds: z.number().min(0),
  not_inspected_flows: count,
  sampled_one_in: count.exactOptional(),
  not_sampled_flows: count.exactOptional(),
  not_sampled_packets: count.exactOptional(),
  not_sampled_bytes: count.exactOptional(),
}) satisfies z.ZodType<OverloadSummary>

const interfaceCount = z.strictObject({
  name: text,
  engine: text,
  packets: count,
  kernel_drops: count.exactOptional(),
  interface_drops: count.exactOptional(),
  queue_drops: count,
  gaps: count,
  gap_us: count,
})

const summary = z.strictObject({
  ...head('summary'),
  complete: z.boolean(),
  reasons,
  frames: count,
  charge_units: count,
  bytes: count,
  free_bytes: count,
  charged_bytes: count,
  unknown_bytes: count,
  unmatched_bytes: count,
  excluded_bytes: count,
  direction_unknown_bytes: count,
  sessions: count,
  subscribers: count,
  flows: count,
  transactions: count,
  verdicts: z.record(z.string(), z.strictObject({ flows: count, bytes: count })),
  unknown_teid_packets: count,
  capture_drops: count,
  duplicate_packets: count.exactOptional(),
  duplicate_bytes: count.exactOptional(),
  interfaces: z.array(interfaceCount).exactOptional(),
  first: time.exactOptional(),
  last: time.exactOptional(),
  found: z.record(z.string(), count).exactOptional(),
  overload: overload.exactOptional(),
  evicted: z.record(z.string(), count).exactOptional(),
  faults: z.record(z.string(), count),
  ...model,
}) satisfies z.ZodType<SummaryRecord>

const lint = z.strictObject({
  ...head('lint'),
  id: text,
  severity: z.enum(['error', 'warn', 'info']),
  at: text,
  rules: z.array(text),
  message: text,
  witness: text.exactOptional(),
  hint: text.exactOptional(),
  excerpt: text.exactOptional(),
}) satisfies z.ZodType<LintRecord>

const frameRecord = z.strictObject({
  ...head('frame'),
  frame: count,
  ts: time,
  len: count,
  caplen: count.exactOptional(),
  ...masked,
  layers: z.array(text).readonly(),
  fields: z.record(z.string(), z.array(z.union([z.string(), z.number()])).readonly()),
}) satisfies z.ZodType<FrameRecord>

/** By the name of the schema: `tollgate.<name>/1`, which is the record type, but for summaries. */
export const recordSchemas = {
  flow,
  transaction,
  usage,
  session,
  subscriber,
  finding,
  explain,
  summary,
  lint,
  change,
  difference,
  bounds,
  comparison,
  'case-match': caseMatch,
  'case-summary': caseSummary,
  status,
  stats,
  setting,
  'probe-alert': probeAlert,
  'subscriber-row': subscriberRow,
  event: subscriberEvent,
  'rows-summary': rowsSummary,
  frame: frameRecord,
  rule,
  'rules-summary': rulesSummary,
  'left-out': leftOut,
  remark,
  'import-summary': importSummary,
  'rule-change': ruleChange,
  'lint-summary': lintSummary,
  'diff-summary': diffSummary,
  'difference-summary': differenceSummary,
  'comparison-summary': comparisonSummary,
  activity,
  control,
  alert,
  ...productSchemas,
} as const

export type SchemaName = keyof typeof recordSchemas

/** The shape that a record says it has; undefined when there is none of that name. */
export function schemaOf(record: Readonly<Record<string, unknown>>): z.ZodType | undefined {
  const { schema } = record
  const name = typeof schema === 'string' ? /^tollgate\.(.+)\/1$/.exec(schema)?.[1] : undefined
  return name !== undefined && Object.hasOwn(recordSchemas, name)
    ? recordSchemas[name as SchemaName]
    : undefined
}

/** The published JSON Schema. Unlike the check, it lets keys be added: readers must ignore them. */
export function jsonSchema(name: SchemaName): object {
  return z.toJSONSchema(recordSchemas[name], {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
}
