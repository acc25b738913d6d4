/** The steps of a scenario that speak WAP 1.x: `wsp`, `wtp`, `wtls` and `push`. */

import { z } from 'zod'
import { expect } from './scenario-expect.js'
import {
  address,
  body,
  count,
  headers,
  mms,
  opaqueData,
  port,
  seconds,
  u8,
  u16,
} from './scenario-values.js'

const wspResponse = z.strictObject({
  status: z.int().min(100).max(599).default(200),
  content_type: z.string().default('text/vnd.wap.wml'),
  headers: headers.default({}),
  body: body.default(''),
  delay: seconds.default(0.08),
})
export type WspResponseSpec = z.infer<typeof wspResponse>

const wspMethod = {
  get: z.string().optional(),
  post: z.string().optional(),
  headers: headers.default({}),
  user_agent: z.string().optional(),
  content_type: z.string().optional(),
  body: body.optional(),
  response: wspResponse.nullable().prefault({}).describe('null: no answer'),
  expect: expect.optional(),
  wait: seconds.optional(),
}

const wspExchange = z.strictObject({ ...wspMethod, tid: u8.optional() })
export type WspExchangeSpec = z.infer<typeof wspExchange>

const udpKeys = { from: z.string(), server: address, ue_port: port.optional() }

/** WSP connectionless. */
export const wspStep = z.strictObject({
  ...udpKeys,
  port: port.default(9200),
  user_agent: z.string().optional(),
  first_tid: u8.default(1),
  exchanges: z.array(wspExchange).min(1),
})
export type WspStep = z.infer<typeof wspStep>

const wtpTransaction = z.strictObject({
  ...wspMethod,
  class: z.int().min(0).max(2).default(2),
  hold_ack: z
    .boolean()
    .default(false)
    .describe('the ack of the result travels with the next PDU, concatenated'),
  with_next: z.boolean().default(false).describe('this request and the next share a datagram'),
  repeat: z.enum(['invoke', 'result']).optional().describe('retransmitted once with RID set'),
  segment: z
    .int()
    .min(100)
    .max(4000)
    .optional()
    .describe('SAR: octets of a segment of the request'),
  response_segment: z.int().min(100).max(4000).optional().describe('SAR: octets of the result'),
  group: count.default(3).describe('SAR: segments of a group, each group is acknowledged'),
  lost_segment: count
    .optional()
    .describe(
      'SAR: this segment of the result is lost behind the capture point and asked for again',
    ),
  abort: u8.optional().describe('the transaction ends with an abort by the UE, for this reason'),
})
export type WtpTransactionSpec = z.infer<typeof wtpTransaction>

/** WTP and WSP connection-oriented. */
export const wtpStep = z.strictObject({
  ...udpKeys,
  port: port.default(9201),
  user_agent: z.string().optional(),
  first_tid: u16.max(0x7fff).default(1),
  connect: z.boolean().default(true),
  verify_tid: z.boolean().default(false).describe('TID verification round before ConnectReply'),
  session: z.int().min(1).default(1),
  suspend: z
    .int()
    .min(0)
    .optional()
    .describe('suspend and resume the session after this many transactions'),
  disconnect: z.boolean().default(true),
  transactions: z.array(wtpTransaction).default([]),
})
export type WtpStep = z.infer<typeof wtpStep>

/** WTLS records around octets that cannot be read. */
export const wtlsStep = z.strictObject({
  ...udpKeys,
  port: port.default(9203),
  handshake: z.boolean().default(true),
  datagram: z.int().min(100).max(4000).default(1380).describe('longest record'),
  data: opaqueData.default([]),
  end: z.enum(['close-notify', 'none']).default('close-notify'),
})
export type WtlsStep = z.infer<typeof wtlsStep>

/** A WAP push with an MMS notification, unit-data on the clear push port. */
export const pushStep = z.strictObject({
  to: z.string().describe('subscriber'),
  server: address.describe('push proxy gateway'),
  server_port: port.default(9200),
  port: port.default(2948),
  tid: u8.default(1),
  application_id: u8.default(4).describe('4 = x-wap-application:mms.ua'),
  mms,
})
export type PushStep = z.infer<typeof pushStep>

export const udpStep = z.strictObject({ ...udpKeys, port, data: opaqueData })
export type UdpStep = z.infer<typeof udpStep>

export const icmpStep = z.strictObject({
  from: z.string(),
  server: address,
  count: count.default(1),
  size: z.int().min(0).max(8000).default(56),
  answered: z.boolean().default(true),
})
export type IcmpStep = z.infer<typeof icmpStep>
