/** The shapes of what commands about rules say: rules and their hits, what an import left out, changes of rules in
 * captured signalling, and the summaries at the end of each. */

import { z } from 'zod'
import type { DiffSummary } from './change-record.js'
import type { ComparisonSummary } from './comparison-record.js'
import type { LintSummary } from './lint-record.js'
import {
  charge,
  chargeId,
  count,
  counters,
  digits,
  frame,
  head,
  model,
  reasons,
  tariff,
  text,
  time,
  uint32,
} from './schema-parts.js'

/** A summary has a shape of its own with each command. */
function summaryHead<const N extends string>(name: N) {
  return { type: z.literal('summary'), schema: z.literal(`tollgate.${name}/1`) }
}

const ruleSet = { name: z.string(), version: z.string() }
const { rules, ...profile } = model

export const rule = z.strictObject({
  ...head('rule'),
  rule: text,
  name: text.exactOptional(),
  level: z.union([z.literal(1), z.literal(2)]),
  precedence: count.exactOptional(),
  match: z.record(text, z.string()),
  table: text.exactOptional(),
  ...chargeId,
  rating_group: uint32.exactOptional(),
  tariff,
  at: text,
  // `rules hits` alone
  hits: count.exactOptional(),
  packets: count.exactOptional(),
  up_bytes: count.exactOptional(),
  down_bytes: count.exactOptional(),
  last: time.exactOptional(),
  note: text.exactOptional(),
})

export const rulesSummary = z.strictObject({
  ...summaryHead('rules-summary'),
  complete: z.boolean(),
  reasons: reasons.exactOptional(),
  count,
  never_hit: count.exactOptional(),
  flows: count.exactOptional(),
  rules,
  profile: text,
  profile_version: text.exactOptional(),
})

export const leftOut = z.strictObject({
  ...head('left-out'),
  at: text,
  text: z.string(),
  why: text,
  precedence: z.number().exactOptional(),
})

export const remark = z.strictObject({ ...head('remark'), at: text, text })

export const importSummary = z.strictObject({
  ...summaryHead('import-summary'),
  dialect: text,
  rules: z.strictObject(ruleSet),
  level1: count,
  level2: count,
  charges: count,
  total: count,
  represented: count,
  left_out: count,
  remarks: count,
})

export const ruleChange = z.strictObject({
  ...head('rule-change'),
  ts: time,
  frame,
  protocol: text,
  action: z.enum(['installed', 'changed', 'removed']),
  imsi: digits.exactOptional(),
  apn: text.exactOptional(),
  ue: z.array(text),
  rule: text,
  precedence: count.exactOptional(),
  flows: z.array(text),
  application: text.exactOptional(),
  rating_group: uint32.exactOptional(),
  service_id: uint32.exactOptional(),
  online: z.boolean().exactOptional(),
  offline: z.boolean().exactOptional(),
  charge: text.exactOptional(),
})

export const lintSummary = z.strictObject({
  ...summaryHead('lint-summary'),
  file: text,
  errors: count,
  warnings: count,
  infos: count,
  rules: z.strictObject({ ...ruleSet, sha256: text, level1: count, level2: count }).exactOptional(),
}) satisfies z.ZodType<LintSummary>

const outcome = z.strictObject({ rule: text, ...charge })

export const diffSummary = z.strictObject({
  ...summaryHead('diff-summary'),
  complete: z.boolean(),
  reasons,
  bytes: count,
  flows: count,
  transactions: count,
  changed_flows: count,
  changed_transactions: count,
  changed_bytes: count,
  moved: z.record(text, count),
  groups: z.array(
    z.strictObject({
      from: outcome,
      to: outcome,
      flows: count,
      transactions: count,
      flow: frame,
      why: text,
      ...counters,
    }),
  ),
  ids: z.array(
    z.strictObject({ rule_id: uint32.exactOptional(), from_bytes: count, to_bytes: count }),
  ),
  from: rules,
  to: rules,
  ...profile,
}) satisfies z.ZodType<DiffSummary>

export const differenceSummary = z.strictObject({
  ...summaryHead('difference-summary'),
  complete: z.boolean(),
  differences: count,
  tried: count,
  from: rules,
  to: rules,
  ...profile,
})

export const comparisonSummary = z.strictObject({
  ...summaryHead('comparison-summary'),
  complete: z.boolean(),
  reasons,
  rows: count,
  different: count,
  predicted_bytes: count,
  actual: z.array(
    z.strictObject({
      source: text,
      counted: z.enum(['rating-groups', 'session', 'unassigned']),
      bytes: count,
    }),
  ),
  unowned_bytes: count,
  ungrouped_bytes: count,
  lines_elsewhere: count,
  lines_other_time: count,
  records: z.strictObject({ counted: count, repeated: count, damaged: count, other_kinds: count }),
  tolerance: text,
  ...model,
}) satisfies z.ZodType<ComparisonSummary>
