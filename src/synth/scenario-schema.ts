/** The scenario language: every key of a scenario file with its meaning. The JSON Schema of
 * captures/scenario.schema.json is made from it; captures/README.md explains it by example. */

import { z } from 'zod'
import { mirrorKinds } from './emit-mirror.js'
import { browseStep, expectedCase, feedEvent } from './scenario-browse.js'
import { gxStep, gyStep, pfcpStep, s6aStep, syStep } from './scenario-control.js'
import { expect, expectation } from './scenario-expect.js'
import { dnsStep, httpStep, tcpStep, tlsStep } from './scenario-http.js'
import { quicStep } from './scenario-quic.js'
import {
  address,
  count,
  digits,
  ipv4,
  ipv6,
  location,
  rat,
  seconds,
  share,
  u8,
  u16,
  u32,
} from './scenario-values.js'
import { icmpStep, pushStep, udpStep, wspStep, wtlsStep, wtpStep } from './scenario-wap.js'

const vlanStack = z.array(z.int().min(0).max(4095)).default([])

const link = z.strictObject({
  type: z.enum(['ethernet', 'sll', 'sll2', 'raw', 'null']).default('ethernet'),
  vlan_up: vlanStack.describe('VLAN ids of frames to the gateway, outermost first'),
  vlan_down: vlanStack,
  qinq: z.boolean().default(false).describe('802.1ad TPID 0x88a8 on the outermost tag'),
  mpls: z.array(z.int().min(16).max(1_048_575)).default([]).describe('labels, outermost first'),
  pppoe: z.boolean().default(false),
})

const point = z.enum(['gn', 'gn2', 'gi', 's1u', 's5'])
export type PointName = z.infer<typeof point>

const capture = z.strictObject({
  points: z
    .array(point)
    .min(1)
    .default(['gn'])
    .describe(
      'from the access to the core: gn, s1u: the tunnel; gn2: the same behind a router; s5: the tunnel ' +
        'behind the S-GW (GTPv2 on S11); gi: no tunnel',
    ),
  second_vlan: z.boolean().default(true).describe('a VLAN of its own for gn2'),
  directions: z.enum(['both', 'up', 'down']).default('both').describe('of the user plane'),
  control: z.boolean().default(true).describe('false: no GTP-C is captured'),
  mirror: z.enum(mirrorKinds).optional().describe('frames come to the probe in such packets'),
  mirror_mtu: z.int().min(68).max(65535).default(9000),
})

const captureInterface = z.strictObject({
  name: z.string(),
  carries: z
    .enum(['all', 'up', 'down', 'control', 'user', 'gn', 'gn2', 'gi', 's1u', 's5'])
    .default('all'),
  resolution: z.enum(['us', 'ns']).default('us'),
})

const gtpu = z.strictObject({
  sequence: z.boolean().default(true).describe('S flag and sequence numbers'),
  npdu: z.boolean().default(false).describe('PN flag and N-PDU numbers'),
  pdu_session: u8.max(63).optional().describe('PDU Session Container extension header: QFI'),
})

const network = z.strictObject({
  sgsn: address.default('192.0.2.11').describe('SGSN; S-GW or eNB side for GTPv2'),
  ggsn: address.default('192.0.2.1').describe('GGSN; P-GW or S-GW side for GTPv2'),
  sgw: address.default('192.0.2.21').describe('S-GW between the points s1u and s5'),
  tunnel: z.boolean().default(true).describe('false: the inner packets are captured without GTP'),
  gtpu: gtpu.prefault({}),
  mtu: z
    .int()
    .min(68)
    .max(65535)
    .default(9000)
    .describe('outer MTU: longer packets are fragmented'),
  inner_mtu: z.int().min(68).max(65535).default(1500),
  length_zero: z.boolean().default(false).describe('inner IPv4 Total Length 0, as with offload'),
})

const teids = z.strictObject({
  sgsn_control: u32.optional(),
  sgsn_user: u32.optional(),
  ggsn_control: u32.optional(),
  ggsn_user: u32.optional(),
})

/** What a context may also state differently from its subscriber: no defaults here. */
const contextKeys = {
  apn: z.string().max(100).optional(),
  rat: rat.optional(),
  uli: location.optional(),
  charging_characteristics: u16.optional(),
  nsapi: z.int().min(5).max(15).optional().describe('NSAPI; EBI for GTPv2; 5 when absent'),
  ue: ipv4.optional(),
  ue_v6: ipv6.optional(),
  sgsn: address.optional(),
  ggsn: address.optional(),
  teids: teids.optional(),
}

const subscriber = z.strictObject({
  ...contextKeys,
  imsi: digits(6, 15),
  msisdn: digits(5, 15).optional(),
  imeisv: digits(16, 16).optional(),
  apn: contextKeys.apn.default('3gwap'),
  nsapi: contextKeys.nsapi.default(5),
  gtp: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .default(1)
    .describe('GTP version'),
  interface: z.enum(['s5s8', 's11']).default('s5s8').describe('GTPv2 only'),
})
export type SubscriberSpec = z.infer<typeof subscriber>

const createStep = z.strictObject({
  subscriber: z.string(),
  cause: u8.optional().describe('a rejecting cause: no context comes up'),
  answered: z.boolean().default(true),
  repeats: count.optional().describe('times that the request is retransmitted'),
  ...contextKeys,
})

const updateStep = z.strictObject({
  subscriber: z.string(),
  sgsn: address.optional(),
  rat: rat.optional(),
  uli: location.optional(),
  teids: teids.omit({ ggsn_control: true, ggsn_user: true }).prefault({}),
  cause: u8.optional(),
  answered: z.boolean().default(true),
})

const deleteStep = z.strictObject({
  subscriber: z.string(),
  by: z.enum(['sgsn', 'ggsn']).default('sgsn'),
  answered: z.boolean().default(true),
})

const named = z.strictObject({ subscriber: z.string() })
const byName = z.string().transform(subscriber => ({ subscriber }))

const impairment = z.strictObject({
  packet: count.describe('inner packet of this step, from 1'),
  do: z
    .enum(['hide', 'duplicate', 'delay', 'cut'])
    .describe('hide: not in the capture; cut: captured up to `octets` of the frame'),
  seconds: seconds.default(0.01).describe('delay'),
  octets: count.default(60).describe('cut'),
})
export type Impairment = z.infer<typeof impairment>

/** What a step can be; a step has exactly one of these keys. */
const stepKinds = {
  create: z.union([
    createStep,
    z.string().transform(subscriber => createStep.parse({ subscriber })),
  ]),
  update: updateStep,
  delete: z.union([
    deleteStep,
    z.string().transform(subscriber => deleteStep.parse({ subscriber })),
  ]),
  echo: z.strictObject({
    from: z.enum(['sgsn', 'ggsn']).default('sgsn'),
    sgsn: address.optional(),
  }),
  restart: z.strictObject({ node: address }),
  error_indication: z.strictObject({ subscriber: z.string(), from: z.enum(['sgsn', 'ggsn']) }),
  end_marker: z.union([named, byName]),
  http: httpStep,
  tls: tlsStep,
  quic: quicStep,
  tcp: tcpStep,
  dns: dnsStep,
  wsp: wspStep,
  wtp: wtpStep,
  wtls: wtlsStep,
  push: pushStep,
  udp: udpStep,
  icmp: icmpStep,
  browse: browseStep,
  gx: gxStep,
  gy: gyStep,
  sy: syStep,
  s6a: s6aStep,
  pfcp: pfcpStep,
}
export const stepKindNames = Object.keys(stepKinds) as (keyof typeof stepKinds)[]

const step = z
  .strictObject({
    at: seconds.optional().describe('begin this many seconds after `start`, beside other steps'),
    wait: seconds.default(0.02).describe('seconds after the end of the step before'),
    note: z.string().optional(),
    expect: expect.optional().describe('for packets of the flow that no transaction owns'),
    impair: z.array(impairment).default([]),
    inner_mtu: z.int().min(68).max(65535).optional(),
    length_zero: z.boolean().optional(),
    ...z.object(stepKinds).partial().shape,
  })
  .refine(value => stepKindNames.filter(kind => value[kind] !== undefined).length === 1, {
    error: `a step needs exactly one of: ${stepKindNames.join(', ')}`,
  })
export type Step = z.infer<typeof step>
export type ContextStep = z.infer<typeof createStep>
export type UpdateStep = z.infer<typeof updateStep>
export type DeleteStep = z.infer<typeof deleteStep>

export const scenarioSchema = z.strictObject({
  title: z.string(),
  expected: z.string().optional().describe('one sentence for captures/README.md'),
  start: z.iso.datetime({ offset: true }),
  seed: u32.default(1),
  rules: z.string().optional().describe('rule set that the expectations were written for'),
  link: link.prefault({}),
  capture: capture.prefault({}),
  format: z.enum(['pcap', 'pcap-ns', 'pcap-be', 'pcapng']).default('pcap'),
  interfaces: z.array(captureInterface).default([]).describe('pcapng only'),
  snaplen: z.int().min(40).max(262_144).default(262_144),
  network: network.prefault({}),
  subscribers: z.record(z.string(), subscriber).default({}),
  expectations: z.record(z.string(), expectation).default({}),
  impair: z
    .strictObject({
      hide: share.default(0),
      duplicate: share.default(0),
      delay: share.default(0),
    })
    .prefault({})
    .describe('shares of all inner packets, by chance from the seed'),
  events: z
    .array(feedEvent)
    .default([])
    .describe('of billing and the radio side; written beside it'),
  cases: z.array(expectedCase).default([]).describe('what the detector has to say at the end'),
  steps: z.array(step).min(1),
})
export type Scenario = z.infer<typeof scenarioSchema>
