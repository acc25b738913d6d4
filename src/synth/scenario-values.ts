/** Kinds of value that scenario keys share. */

import { z } from 'zod'
import { isAddress } from './address.js'
import { parseLocation, ratTypes } from './emit-gtp-value.js'

const quoted = 'write digits in quotes: YAML drops leading zeros of a number'

export function digits(min: number, max: number) {
  return z
    .string({ error: issue => (typeof issue.input === 'number' ? quoted : undefined) })
    .regex(new RegExp(`^\\d{${min},${max}}$`), `needs ${min} to ${max} digits`)
}

export const address = z.string().refine(isAddress, 'is not an IPv4 or IPv6 address')
export const ipv4 = address.refine(text => !text.includes(':'), 'is not an IPv4 address')
export const ipv6 = address.refine(text => text.includes(':'), 'is not an IPv6 address')
export const port = z.int().min(1).max(65535)
export const u8 = z.int().min(0).max(255)
export const u16 = z.int().min(0).max(65535)
export const u32 = z.int().min(0).max(0xffffffff)
export const seconds = z.number().min(0).max(86_400)
/** Octets of a made-up body. */
export const size = z.int().min(0).max(1_000_000)
export const count = z.int().min(1).max(10_000)
export const share = z.number().min(0).max(1)
export const rat = z.enum(Object.keys(ratTypes) as [keyof typeof ratTypes])
export const location = z
  .string()
  .refine(
    text => parseLocation(text) !== undefined,
    'is not a location such as "cgi 460-01-4660-22136" or "tai 460-01-1 ecgi 460-01-256"',
  )
export const headers = z.record(z.string(), z.string())

/** Octets that nobody shall read, in one direction. */
export const opaqueData = z.array(
  z.strictObject({
    up: size.optional().describe('octets from the UE'),
    down: size.optional().describe('octets to the UE'),
    wait: seconds.optional(),
  }),
)

/** An MMS protocol data unit (OMA-TS-MMS_ENC). */
export const mms = z.strictObject({
  type: z.enum([
    'm-send-req',
    'm-send-conf',
    'm-notification-ind',
    'm-notifyresp-ind',
    'm-retrieve-conf',
    'm-acknowledge-ind',
  ]),
  transaction_id: z.string().optional(),
  message_id: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  subject: z.string().optional(),
  content_location: z.string().optional(),
  text: z.string().optional().describe('text part of the message'),
  image: size.optional().describe('octets of the image part'),
  size: size.optional().describe('message size that a notification announces'),
})

/** A size (made-up octets), a text, or an MMS. */
export const body = z.union([size, z.string(), z.strictObject({ mms })])

export type Body = z.infer<typeof body>
export type MmsSpec = z.infer<typeof mms>
export type OpaqueData = z.infer<typeof opaqueData>
