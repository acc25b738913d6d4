/** The form of feed events: the check of every line that comes in, and the published JSON Schema. Texts are
 * bounded: a feed is somebody else's, and what it sends is kept. */

import { z } from 'zod'
import {
  type BusinessEvent,
  businessTypes,
  type FeedEvent,
  type IdentityInterval,
  type NasEvent,
  nasProtocols,
} from './business-event.js'
import { parseTime } from './time.js'

const word = z.string().min(1).max(128)
const imsi = z.string().regex(/^\d{6,15}$/, 'needs 6 to 15 digits')
const msisdn = z.string().regex(/^\d{5,15}$/, 'needs 5 to 15 digits, without +')
const time = z
  .string()
  .max(40)
  .refine(
    text => parseTime(text) !== undefined,
    'needs RFC 3339 with a zone, as 2026-11-21T21:00:25+06:00',
  )
const octets = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const business = z
  .strictObject({
    schema: z.literal('tollgate.business-event/1').exactOptional(),
    event_id: word,
    type: z.enum(businessTypes),
    imsi: imsi.exactOptional(),
    msisdn: msisdn.exactOptional(),
    ts_event: time,
    ts_recv: time.exactOptional(),
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'needs YYYY-MM')
      .exactOptional(),
    package_id: word.exactOptional(),
    limit_bytes: octets.exactOptional(),
    used_bytes: octets.exactOptional(),
    enforce: z
      .string()
      .regex(
        /^(stop|redirect|payg|throttle:\d{1,9})$/,
        'takes stop, redirect, payg or throttle:KBPS',
      )
      .exactOptional(),
    order_id: word.exactOptional(),
    effective_ts: time.exactOptional(),
    status: z.enum(['accepted', 'provisioned', 'failed', 'reversed']).exactOptional(),
    scope: z
      .string()
      .max(512)
      .regex(
        /^(general|directed:.+|roaming|night)$/,
        'takes general, directed:IDS, roaming or night',
      )
      .exactOptional(),
    volume_bytes: octets.exactOptional(),
    target: z.enum(['HSS', 'PCRF', 'OCS', 'PGW']).exactOptional(),
    result: word.exactOptional(),
    source: z.enum(['feed', 'inferred']).exactOptional(),
  })
  .refine(event => event.imsi !== undefined || event.msisdn !== undefined, 'needs imsi or msisdn')

const nas = z
  .strictObject({
    schema: z.literal('tollgate.nas-event/1').exactOptional(),
    type: z.literal('nas'),
    event_id: word.exactOptional(),
    ts: time,
    imsi: imsi.exactOptional(),
    msisdn: msisdn.exactOptional(),
    apn: word.exactOptional(),
    interface: word.exactOptional(),
    procedure: word,
    protocol: z.enum(nasProtocols),
    cause: z.number().int().min(0).max(255).exactOptional(),
    initiator: z.enum(['ue', 'network']).exactOptional(),
  })
  .refine(event => event.imsi !== undefined || event.msisdn !== undefined, 'needs imsi or msisdn')

const identity = z.strictObject({
  schema: z.literal('tollgate.identity/1').exactOptional(),
  type: z.literal('identity'),
  imsi,
  msisdn,
  valid_from: time,
  valid_to: time.exactOptional(),
})

export const feedSchemas = {
  'business-event': business satisfies z.ZodType<BusinessEvent>,
  'nas-event': nas satisfies z.ZodType<NasEvent>,
  identity: identity satisfies z.ZodType<IdentityInterval>,
} as const
export type FeedSchemaName = keyof typeof feedSchemas

export type FeedReading =
  | { readonly ok: true; readonly event: FeedEvent }
  | { readonly ok: false; readonly reason: string }

/** A value as an event, or the first thing that is wrong with it. */
export function readFeedEvent(value: unknown): FeedReading {
  if (typeof value !== 'object' || value === null) return { ok: false, reason: 'is not an object' }
  const type = 'type' in value ? value.type : undefined
  const schema = type === 'nas' ? nas : type === 'identity' ? identity : business
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, event: result.data }
  const [issue] = result.error.issues
  if (issue === undefined) return { ok: false, reason: 'is not an event' }
  if (issue.code === 'unrecognized_keys') {
    return { ok: false, reason: `unknown key "${issue.keys[0] ?? ''}"` }
  }
  const key = issue.path.join('.')
  return { ok: false, reason: key === '' ? issue.message : `${key}: ${issue.message}` }
}

/** The published JSON Schema of one kind of line. */
export function feedJsonSchema(name: FeedSchemaName): object {
  return z.toJSONSchema(feedSchemas[name])
}
