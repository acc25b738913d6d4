/** Form of a complaint case, as zod shapes and as the published JSON Schema (`rules/cases/case.schema.json`,
 * draft 2020-12). Patterns are of the filter language (docs/cli.md); evidence.ts judges them. */

import { z } from 'zod'
import { type Language, languages } from '../record/case-record.js'

const line = z.string().trim().min(1)

/** The same in every language of the library. */
export const bilingual = z.strictObject(
  Object.fromEntries(languages.map(one => [one, line])) as Record<Language, typeof line>,
)
export type Bilingual = z.infer<typeof bilingual>

/** Names of cases and handsets are typed, and are names of files. */
export const idShape = z
  .string({ error: 'takes small letters, digits and hyphens' })
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'takes small letters, digits and hyphens' })

const pattern = line.optional()

const evidence = z.strictObject({
  flow: pattern.describe('of a flow'),
  transaction: pattern.describe('of a request in it'),
  session: pattern.describe('of a session event of the subscriber'),
  subscriber: pattern.describe('of the subscriber'),
  finding: pattern.describe('of a finding about the subscriber'),
  handset: pattern.describe('of the handset: brand, model, wap, known, tac'),
  scope: z
    .enum(['flow', 'subscriber'])
    .optional()
    .describe('flow (default): all of flow and transaction are about one flow'),
  optional: z.boolean().optional().describe('told when it is there, not needed'),
  shows: bilingual.optional().describe('what it shows'),
})
export type EvidenceShape = z.infer<typeof evidence>

/** Kinds of steps on a handset that a remedy can need. */
export const stepKinds = ['port', 'protocol', 'proxy'] as const
export type StepKind = (typeof stepKinds)[number]

export const caseShape = z.strictObject({
  case: idShape,
  title: bilingual,
  symptom: bilingual.describe('what the subscriber says'),
  evidence: z.array(evidence).min(1),
  cause: bilingual,
  remedy: bilingual,
  tell: bilingual.optional().describe('what to tell the subscriber'),
  steps: z.array(z.enum(stepKinds)).optional().describe('steps on the handset that go with it'),
  replace: z.boolean().optional().describe('the advice on replacing the handset goes with it'),
  capture: line.optional().describe('capture of the case, beside the file'),
  source: line.optional().describe('where the case comes from'),
})
export type CaseShape = z.infer<typeof caseShape>

export const caseKeys: readonly string[] = [
  ...Object.keys(caseShape.shape),
  ...Object.keys(evidence.shape),
  ...languages,
]

export function caseJsonSchema(): unknown {
  return { title: 'Tollgate complaint case', ...z.toJSONSchema(caseShape) }
}
