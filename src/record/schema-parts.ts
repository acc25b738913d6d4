/** What several records have in common: numbers, times, identifiers, states (schema.ts). */

import { z } from 'zod'
import { flags } from './flag.js'
import { apps } from './flow-record.js'

export const count = z.number().int().min(0)
export const uint32 = count.max(0xffff_ffff)
export const port = count.max(65_535)
export const text = z.string().min(1)
export const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
export const digits = z.string().regex(/^[0-9*]{1,18}$/)
export const frame = z.string().regex(/^\d+$/)
export const teid = z.string().regex(/^0x[0-9a-f]{8}$/)
export const ruleHex = z.string().regex(/^0x[0-9A-F]{8}$/)
export const tariff = z.enum(['free', 'charged', 'unknown'])
export const certainty = z.enum(['high', 'medium', 'low'])
export const app = z.enum(apps)
export const flag = z.enum(flags)
export const flagged = {
  flags: z.array(flag).exactOptional(),
  at_risk_bytes: count.exactOptional(),
}
export const verdict = z.enum(['FREE', 'CHRG', 'BLCK', 'MIXD', 'PEND', 'UNKN'])
export const urlSource = z.enum([
  'connect',
  'absolute-form',
  'x-online-host',
  'host',
  'origin-address',
  'wsp',
  'sni',
])
export const reasons = z.array(text)

export const counters = {
  up_packets: count,
  down_packets: count,
  up_bytes: count,
  down_bytes: count,
}
export const who = { imsi: digits.exactOptional(), msisdn: digits.exactOptional() }
export const masked = { masked: z.boolean().exactOptional() }
export const chargeId = { rule_id: uint32.exactOptional(), rule_id_hex: ruleHex.exactOptional() }
export const chargeWay = {
  level1: uint32.exactOptional(),
  level2: text.exactOptional(),
  rating_group: uint32.exactOptional(),
  tariff: tariff.exactOptional(),
}
export const charge = { ...chargeId, ...chargeWay }
export const model = {
  rules: z.strictObject({ name: z.string(), version: z.string(), sha256: z.string() }),
  profile: text,
  profile_version: text,
}

export function head<const T extends string>(type: T) {
  return { type: z.literal(type), schema: z.literal(`tollgate.${type}/1`) }
}
