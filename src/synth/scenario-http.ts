/** The `http`, `tls` and `tcp` steps of a scenario: everything that runs over TCP. */

import { z } from 'zod'
import { expect } from './scenario-expect.js'
import {
  address,
  body,
  count,
  headers,
  ipv4,
  ipv6,
  opaqueData,
  port,
  seconds,
  size,
  u16,
} from './scenario-values.js'

const response = z.strictObject({
  status: z.int().min(100).max(599).default(200),
  reason: z.string().optional(),
  headers: headers.default({}),
  content_type: z.string().optional(),
  body: body.optional(),
  chunked: z.int().min(1).max(100_000).optional().describe('chunk size in octets'),
  close: z.boolean().default(false).describe('no length: the body ends with the connection'),
  delay: seconds.default(0.04),
})

const methods = {
  get: z.string(),
  head: z.string(),
  post: z.string(),
  put: z.string(),
  delete: z.string(),
  options: z.string(),
  connect: z.string(),
}
export const httpMethodKeys = Object.keys(methods) as (keyof typeof methods)[]

export const httpRequest = z.strictObject({
  ...z.object(methods).partial().shape,
  form: z.enum(['origin', 'absolute']).optional(),
  host: z.string().nullable().optional().describe('Host header; null leaves it out'),
  x_online_host: z.string().optional(),
  user_agent: z.string().optional(),
  headers: headers.default({}),
  content_type: z.string().optional(),
  body: body.optional(),
  split: z
    .array(z.int().min(1))
    .default([])
    .describe('octet offsets at which a new segment begins'),
  expect_continue: z.boolean().default(false),
  upgrade: z.string().optional().describe('protocol to upgrade to; the response is 101'),
  opaque: opaqueData.default([]).describe('octets after CONNECT or an upgrade'),
  response: response.nullable().optional().describe('null: no answer'),
  expect: expect.optional(),
  wait: seconds.optional().describe('pause before the request'),
})
export type HttpRequestSpec = z.infer<typeof httpRequest>
export type HttpResponseSpec = z.infer<typeof response>

const fate = z.strictObject({
  segment: count.describe('data segment of this direction, from 1'),
  from: z.enum(['ue', 'server']),
  do: z
    .enum(['lose-before', 'lose-after', 'hide', 'swap', 'repeat', 'repeat-other'])
    .describe(
      'lose-before, lose-after: the network loses it before or after the capture point and TCP ' +
        'retransmits; hide: only the capture misses it; swap: arrives after the next one; repeat: ' +
        'sent twice; repeat-other: sent again with other octets',
    ),
  times: z.int().min(1).max(1000).default(1).describe('of repeat and repeat-other'),
})
export type SegmentFate = z.infer<typeof fate>

/** Keys of every step that opens a TCP connection. */
export const tcpKeys = {
  from: z.string().describe('subscriber'),
  server: address,
  ue_port: port.optional(),
  mss: z.int().min(64).max(8960).default(1360),
  syn: z.boolean().default(true).describe('false: the capture begins after the handshake'),
  end: z.enum(['fin', 'server-fin', 'rst', 'server-rst', 'none']).default('fin'),
  isn_ue: z.int().min(0).optional(),
  isn_server: z.int().min(0).optional(),
  segments: z.array(fate).default([]),
}

export const httpStep = z.strictObject({
  ...tcpKeys,
  port: port.default(80),
  form: z.enum(['origin', 'absolute']).default('origin'),
  user_agent: z.string().optional(),
  pipelined: z.boolean().default(false).describe('all requests first, then all responses'),
  leftover: size
    .optional()
    .describe('octets of the response to a request before the capture began'),
  requests: z.array(httpRequest).min(1),
})
export type HttpStep = z.infer<typeof httpStep>

export const tlsStep = z.strictObject({
  ...tcpKeys,
  port: port.default(443),
  sni: z.string().optional(),
  ech: z.boolean().default(false).describe('encrypted_client_hello extension'),
  split: z.array(z.int().min(1)).default([]).describe('offsets in the ClientHello for segments'),
  record_size: z.int().min(16).max(16384).optional().describe('cut the ClientHello into records'),
  data: opaqueData.default([{ up: 400 }, { down: 3000 }]),
})
export type TlsStep = z.infer<typeof tlsStep>

export const tcpStep = z.strictObject({
  ...tcpKeys,
  port,
  data: opaqueData.default([]),
  unanswered: z
    .array(seconds)
    .optional()
    .describe('times of repeated SYNs, in seconds from the first, that get no answer'),
})
export type TcpStep = z.infer<typeof tcpStep>

const dnsQuery = z
  .strictObject({
    name: z.string(),
    type: z.enum(['A', 'AAAA', 'CNAME', 'TXT', 'MX']).default('A'),
    id: u16.optional(),
    rcode: z.int().min(0).max(15).default(0),
    truncated: z.boolean().default(false),
    answers: z.array(z.union([z.string(), z.strictObject({ text: size })])).default([]),
    answered: z.boolean().default(true),
  })
  .superRefine(({ type, answers }, context) => {
    const wanted = type === 'A' ? ipv4 : type === 'AAAA' ? ipv6 : undefined
    for (const [i, answer] of answers.entries()) {
      if (typeof answer !== 'string') continue
      const [issue] = wanted?.safeParse(answer).error?.issues ?? []
      if (issue) context.addIssue({ ...issue, path: ['answers', i] })
    }
  })

export const dnsStep = z.strictObject({
  from: z.string(),
  server: address,
  port: port.default(53),
  ue_port: port.optional(),
  over: z.enum(['udp', 'tcp']).default('udp'),
  queries: z.array(dnsQuery).min(1),
})
export type DnsStep = z.infer<typeof dnsStep>
