/** The steps `gx`, `gy`, `sy`, `s6a` and `pfcp` of a scenario: what policy, charging, subscription and N4 say of a
 * subscriber. A request and, unless it is not answered, its answer. */

import { z } from 'zod'
import { count, u32 } from './scenario-values.js'

const octets = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const keys = {
  subscriber: z.string(),
  answered: z.boolean().default(true),
  result: u32.default(2001).describe('Result-Code of the answer'),
}

const rule = z.strictObject({
  name: z.string(),
  status: z.enum(['enabled', 'disabled']).optional(),
  redirect: z.string().optional().describe('URL'),
})

export const gxStep = z.strictObject({
  ...keys,
  message: z.enum(['CCR-I', 'CCR-U', 'CCR-T', 'RAR']),
  install: z.array(rule).default([]),
  remove: z.array(z.string()).default([]),
  inactive: z
    .array(z.string())
    .default([])
    .describe('rules that the gateway reports as not in force'),
  failure: count.optional().describe('Rule-Failure-Code'),
  ambr_kbps: u32.optional(),
})
export type GxStep = z.infer<typeof gxStep>

export const gyStep = z.strictObject({
  ...keys,
  message: z.enum(['CCR-I', 'CCR-U', 'CCR-T', 'RAR']),
  granted: octets.optional(),
  final_unit: z.enum(['terminate', 'redirect', 'restrict']).optional(),
  redirect: z.string().optional().describe('URL'),
  service_result: u32.optional().describe('Result-Code of the service'),
})
export type GyStep = z.infer<typeof gyStep>

export const syStep = z.strictObject({
  ...keys,
  message: z.enum(['SLR', 'SNR']),
  counters: z.record(z.string(), z.string()).default({}),
})
export type SyStep = z.infer<typeof syStep>

export const s6aStep = z.strictObject({
  ...keys,
  message: z.enum(['ULR', 'IDR']),
  barred: z.boolean().optional(),
  experimental: u32
    .optional()
    .describe('Experimental-Result-Code of 3GPP instead of a Result-Code'),
})
export type S6aStep = z.infer<typeof s6aStep>

export const pfcpStep = z.strictObject({
  subscriber: z.string(),
  message: z.enum(['establish', 'modify', 'delete']),
  answered: z.boolean().default(true),
  cause: z.int().min(1).max(255).default(1),
  action: z.enum(['forward', 'drop']).default('forward').describe('of the uplink'),
  redirect: z.string().optional().describe('URL'),
  gate: z.enum(['open', 'closed']).optional(),
  quota: octets.optional(),
})
export type PfcpStep = z.infer<typeof pfcpStep>
