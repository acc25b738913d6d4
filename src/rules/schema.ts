/** Form of the rule-set file, as zod shapes and as the published JSON Schema (`rules/ruleset.schema.json`,
 * draft 2020-12). Read rules.md section 1 first; the keys are stable. References, prefixes and
 * patterns are judged by the reader and the conditions. */

import { z } from 'zod'
import type { Tariff } from '../record/flow-record.js'
import { level1Conditions, level2Conditions } from './condition/all.js'
import type { Condition } from './condition.js'

export const HIGHEST_ID = 4294967295

export const tariffs = ['free', 'charged', 'unknown'] as const satisfies readonly Tariff[]

/** Charging ids, rule ids, precedences and rating groups are all unsigned 32-bit numbers. */
const uint32 = z.int().min(0).max(HIGHEST_ID)
const text = z.string().min(1)
const assumed = z
  .union([z.boolean(), text], { error: 'takes true, false, or the reason as text' })
  .meta({ description: 'our assumption, not stated by the source of the rules; why' })

function matchSchema<F>(conditions: readonly Condition<F>[]) {
  return z.strictObject(Object.fromEntries(conditions.map(c => [c.key, c.schema.optional()])))
}

export const level1Match = matchSchema(level1Conditions)
export const level2Match = matchSchema(level2Conditions)

/** Where an imported rule comes from, and what of it could not be carried over. */
const imported = {
  origin: text.optional().meta({ description: 'file:line that an importer read the rule from' }),
  unsupported: text.optional().meta({
    description:
      'part of the condition that has no form here: the rule matches more than its source',
  }),
}

/** Why something is assumed; undefined when it is not. */
export function assumedText(value: string | boolean | undefined): string | undefined {
  if (value === true) return 'not stated by the source of the rules'
  return value === false ? undefined : value
}

export const level1Shape = z.strictObject({
  id: uint32.meta({ description: 'number of the rule, shown as L1-<id>' }),
  precedence: uint32.meta({ description: 'smaller first; the order in the file breaks ties' }),
  name: text.optional(),
  match: z.unknown().optional(),
  charge: uint32.optional().meta({
    description: 'charging id, defined under charges; without it only the level-2 table decides',
  }),
  level2: text.optional().meta({ description: 'table asked when the payload shows a request' }),
  assumed: assumed.optional(),
  ...imported,
})

export const level2Shape = z.strictObject({
  precedence: uint32,
  name: text.optional(),
  match: z.unknown().optional(),
  charge: uint32.meta({ description: 'charging id that replaces that of level 1' }),
  assumed: assumed.optional(),
  ...imported,
})

export const chargeShape = z.strictObject({
  tariff: z.enum(tariffs),
  name: text.optional(),
  ratingGroup: uint32.optional().meta({ description: 'the charging id itself when left out' }),
  serviceId: uint32.optional().meta({ description: 'Service-Identifier (3GPP TS 29.212)' }),
  online: z.boolean().optional().meta({ description: 'reported to the online charging system' }),
  offline: z.boolean().optional().meta({ description: 'reported in charging records' }),
  synthetic: z.boolean().optional().meta({ description: 'made up here, no id of the operator' }),
  assumed: assumed.optional(),
})

export const opaqueShape = z.strictObject({
  at: text.meta({ description: 'file:line of the source' }),
  text: z.string().meta({ description: 'the line as it stands there' }),
  why: text.meta({ description: 'why it has no form here' }),
  precedence: uint32.optional().meta({
    description: 'it could have decided before rules of a larger precedence',
  }),
})

export const setShape = z.strictObject({
  ruleset: text.meta({ description: 'name of the set' }),
  version: text.meta({ description: 'of the rules; text, so quote what looks like a number' }),
  profile: text.meta({ description: 'what a gateway does where standards leave a choice' }),
  proxies: z
    .array(z.string())
    .optional()
    .meta({ description: 'WAP gateways: X-Online-Host is honoured towards these' }),
  portals: z
    .array(z.string())
    .optional()
    .meta({ description: 'hosts, as globs, whose redirect means that the subscriber is blocked' }),
  level1: z.array(z.unknown()),
  level2: z.record(text, z.array(z.unknown())).optional(),
  charges: z.record(z.string(), z.unknown()),
  default: uint32.optional().meta({ description: 'charging id when no level-1 rule matches' }),
  signalling: uint32.optional().meta({
    description: 'charging id of handshakes and closes, for profiles that charge them on their own',
  }),
  retransmissions: uint32.optional().meta({
    description: 'charging id of octets sent again, for profiles that charge them on their own',
  }),
  assumed: text.optional().meta({ description: 'what the set adds to its source' }),
  dialect: text.optional().meta({ description: 'what the set was imported from' }),
  opaque: z
    .array(opaqueShape)
    .optional()
    .meta({ description: 'lines of the source that an importer did not understand' }),
})

/** The whole file with its inner shapes, for editors. */
export function ruleSetJsonSchema(): unknown {
  const whole = setShape.extend({
    level1: z.array(level1Shape.extend({ match: level1Match.optional() })),
    level2: z
      .record(text, z.array(level2Shape.extend({ match: level2Match.optional() })))
      .optional(),
    charges: z.record(z.string().regex(/^(\d+|0[xX][0-9A-Fa-f]+)$/), chargeShape),
  })
  return { title: 'Tollgate rule set', ...z.toJSONSchema(whole) }
}
