/** Form of a handset file: how handsets of a brand are recognised, which generation of WAP they speak, how
 * their settings are changed. One file a brand; also the published JSON Schema
 * (`rules/cases/handset.schema.json`). */

import { z } from 'zod'
import { languages } from '../record/case-record.js'
import { bilingual, idShape, stepKinds } from './case-file.js'

const line = z.string().trim().min(1)
const globs = z.array(line).min(1).optional()
const wap = z.enum(['1.x', '2.0'])

/** Globs (`*`, `?`, case-insensitive) and prefixes by which a handset is known. */
const marks = {
  user_agent: globs.describe('globs of the User-Agent'),
  ua_profile: globs.describe('globs of the UAProf URL'),
  tac: z
    .array(
      z
        .string({ error: 'takes 4 to 8 digits as text' })
        .regex(/^\d{4,8}$/, { error: 'takes 4 to 8 digits as text' }),
    )
    .min(1)
    .optional()
    .describe('beginnings of the IMEI, quoted'),
}

const model = z.strictObject({ model: line, wap: wap.optional(), ...marks })

const steps = z.strictObject({
  generic: z.boolean().optional().describe('menus differ: not checked on every model'),
  ...Object.fromEntries(languages.map(one => [one, z.array(line).min(1)])),
} as {
  generic: z.ZodOptional<z.ZodBoolean>
  en: z.ZodArray<typeof line>
  zh: z.ZodArray<typeof line>
})
export type StepsShape = z.infer<typeof steps>

export const handsetShape = z.strictObject({
  handset: idShape.describe('generic: what holds when no brand is known'),
  brand: bilingual,
  ...marks,
  models: z.array(model).optional(),
  infer: z
    .array(z.strictObject({ user_agent: line, wap }))
    .optional()
    .describe('generation of WAP by a mark in the User-Agent, where no model tells'),
  steps: z
    .strictObject({
      port: steps.optional(),
      protocol: steps.optional(),
      proxy: steps.optional(),
    })
    .optional(),
  advice: bilingual.optional().describe('replacing the handset'),
  source: line.optional().describe('where the facts come from'),
})
export type HandsetShape = z.infer<typeof handsetShape>
export type ModelShape = z.infer<typeof model>

export const handsetKeys: readonly string[] = [
  ...Object.keys(handsetShape.shape),
  ...Object.keys(model.shape),
  ...Object.keys(steps.shape),
  ...stepKinds,
]

export function handsetJsonSchema(): unknown {
  return { title: 'Tollgate handset data', ...z.toJSONSchema(handsetShape) }
}
