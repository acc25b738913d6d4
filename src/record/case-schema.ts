/** Shape of the records of complaint cases (schema.ts). */

import { z } from 'zod'
import { type CaseMatchRecord, type CaseSummary, evidenceKinds, languages } from './case-record.js'
import { count, digits, frame, head, masked, model, reasons, text, who } from './schema-parts.js'

const evidence = z.strictObject({
  of: z.enum(evidenceKinds),
  pattern: text,
  shows: text.exactOptional(),
  flow: frame.exactOptional(),
  n: count.exactOptional(),
  frame: count.exactOptional(),
  fields: z.record(z.string(), z.union([z.string(), z.number()])),
  more: count.exactOptional(),
})

const handset = z.strictObject({
  known: z.boolean(),
  brand: text.exactOptional(),
  model: text.exactOptional(),
  wap: z.enum(['1.x', '2.0']).exactOptional(),
  wap_by: z.enum(['model', 'inferred']).exactOptional(),
  by: z.enum(['user-agent', 'ua-profile', 'tac']).exactOptional(),
  value: text.exactOptional(),
  user_agent: text.exactOptional(),
  ua_profile: text.exactOptional(),
  tac: text.exactOptional(),
  conflicts: z.array(text).exactOptional(),
})

export const caseMatch = z.strictObject({
  ...head('case-match'),
  case: text,
  title: text,
  ...who,
  imei: digits.exactOptional(),
  ...masked,
  flows: z.array(frame),
  flows_left_out: count.exactOptional(),
  bytes: count,
  charged_bytes: count,
  evidence: z.array(evidence),
  handset,
  symptom: text,
  cause: text,
  remedy: text,
  tell: text.exactOptional(),
  steps: z.array(z.strictObject({ kind: text, generic: z.boolean(), text: z.array(text) })),
  advice: text.exactOptional(),
  lang: z.enum(languages),
  ...model,
}) satisfies z.ZodType<CaseMatchRecord>

export const caseSummary = z.strictObject({
  type: z.literal('summary'),
  schema: z.literal('tollgate.case-summary/1'),
  complete: z.boolean(),
  reasons,
  cases: count,
  subscribers: count,
  matches: count,
  unmatched: count,
  left_out: count,
}) satisfies z.ZodType<CaseSummary>
