/** A laboratory scenario made by hand, and the records that fit it. */

import type { FlowRecord, TransactionRecord } from '../../src/record/flow-record.js'
import type { SessionEvent, SubscriberRecord } from '../../src/record/subscriber-record.js'
import type { SummaryRecord, UsageRecord } from '../../src/record/usage-record.js'
import type { LabCounters, LabScenario } from './lab-scenario.js'

const imsi = '460011234567890'
const start = 1_795_296_614
/** RFC 3339 time, seconds after the start. */
export const stamp = (at: number) => new Date((start + at) * 1000).toISOString()

const c = (
  up_pkts: number,
  up_bytes: number,
  down_pkts: number,
  down_bytes: number,
): LabCounters => ({
  up_pkts,
  up_bytes,
  down_pkts,
  down_bytes,
})
const connect = c(2, 112, 1, 60)
const free = c(3, 400, 4, 900)
const charged = c(3, 420, 4, 3000)
const close = c(2, 104, 1, 52)
const opaque = c(1, 128, 0, 0)
const total = c(11, 1164, 10, 4012)

export const lab: LabScenario = {
  scenario: 'hand-made',
  pcap: 'hand-made.pcap',
  sessions: [
    {
      ue: 'ue1',
      imsi,
      msisdn: '8613012345678',
      imeisv: '3512345678901201',
      apn: '3gwap',
      nsapi: 5,
      gtp_version: 1,
      sgsn: '172.16.10.11',
      ggsn: '172.16.10.2',
      uli: '1.460.01.4660.22136',
      t_create: start,
      t_delete: start + 9,
      ue_ip: '10.160.0.1',
      accepted: true,
      cause: 128,
      tun_totals: total,
      pdp: { ggsn_usr: ['172.16.10.2', 0x80000001], sgsn_usr: ['172.16.10.11', 1] },
    },
    {
      ue: 'ue2',
      imsi: '460011234567891',
      msisdn: '8613012345679',
      imeisv: '3512345678901201',
      apn: 'nosuchapn',
      nsapi: 5,
      gtp_version: 1,
      sgsn: '172.16.10.12',
      ggsn: '172.16.10.2',
      uli: '1.460.01.4660.22136',
      t_create: start,
      ue_ip: null,
      accepted: false,
      cause: 219,
    },
  ],
  steps: [
    step(1, 'tcp-connect', 1, connect, { verdict: 'of-connection' }),
    {
      ...step(2, 'http-request', 2, free, {
        verdict: 'charged',
        if_x_online_host_counts_as_url: { verdict: 'free', rules_any_of: [168165378, 168165379] },
      }),
      url: 'http://mmsc.example/a',
    },
    {
      ...step(3, 'http-request', 3, charged, { verdict: 'charged', rules_any_of: [] }),
      url: 'http://www.example.com/',
    },
    step(4, 'tcp-close', 4, close, { verdict: 'of-connection' }),
    {
      ...step(5, 'udp-opaque', 6, opaque, { verdict: 'charged', rules_any_of: [4261871614] }),
      server: '10.0.0.172:9203',
    },
  ],
  ue_tun_totals: { ue1: total },
  flows_conntrack: [
    {
      proto: 'tcp',
      src: '10.160.0.1',
      dst: '10.0.0.172',
      sport: 4000,
      dport: 80,
      ...c(10, 1036, 10, 4012),
    },
    { proto: 'udp', src: '10.160.0.1', dst: '10.0.0.172', sport: 4001, dport: 9203, ...opaque },
  ],
  pcap_check: {
    gpdu_up: { pkts: 11, bytes: 1164 },
    gpdu_down: { pkts: 10, bytes: 4012 },
    match: { up_vs_ue_tun: true, down_vs_ue_tun: true },
  },
}

function step(
  n: number,
  kind: string,
  at: number,
  tun_delta: LabCounters,
  expected: LabScenario['steps'][0]['expected'] & object,
): LabScenario['steps'][0] {
  const times = { t0: start + at, t1: start + at + 0.3 }
  const where = { ue: 'ue1', session_of_ue: 1, server: '10.0.0.172:80' }
  return { n, name: kind, kind, ...times, ...where, tun_delta, expected }
}

const counted = (counters: LabCounters) => ({
  up_packets: counters.up_pkts,
  down_packets: counters.down_pkts,
  up_bytes: counters.up_bytes,
  down_bytes: counters.down_bytes,
})

/** New records at every call, for a test to change. */
export function fitting() {
  const ends = { ue: '10.160.0.1', server: '10.0.0.172', direction: 'known' } as const
  const common = {
    schema: 'tollgate.flow/1',
    certainty: 'high',
    community_id: '1:x',
    imsi,
  } as const
  const flows: FlowRecord[] = [
    {
      type: 'flow',
      ...common,
      ...ends,
      reasons: [],
      flow: '7',
      ts: stamp(1),
      end: stamp(4.2),
      end_reason: 'fin',
      protocol: 'tcp',
      ue_port: 4000,
      server_port: 80,
      app: 'http',
      transactions: 2,
      verdict: 'MIXD',
      ...counted(c(10, 1036, 10, 4012)),
    },
    {
      type: 'flow',
      ...common,
      ...ends,
      reasons: [],
      flow: '30',
      ts: stamp(6.1),
      end: stamp(6.1),
      end_reason: 'idle',
      protocol: 'udp',
      ue_port: 4001,
      server_port: 9203,
      app: 'wtls',
      transactions: 0,
      verdict: 'CHRG',
      rule_id: 4261871614,
      tariff: 'charged',
      ...counted(opaque),
    },
  ]
  const request = {
    type: 'transaction',
    schema: 'tollgate.transaction/1',
    flow: '7',
    app: 'http',
  } as const
  const sure = { certainty: 'high' } as const
  const transactions: TransactionRecord[] = [
    {
      ...request,
      ...sure,
      reasons: [],
      n: 1,
      ts: stamp(2.1),
      end: stamp(2.2),
      url: 'http://mmsc.example/a',
      rule_id: 168165378,
      tariff: 'free',
      ...counted(c(5, 512, 5, 960)),
    },
    {
      ...request,
      ...sure,
      reasons: [],
      n: 2,
      ts: stamp(3.1),
      end: stamp(3.2),
      url: 'http://www.example.com/',
      rule_id: 4261871614,
      tariff: 'charged',
      ...counted(c(5, 524, 5, 3052)),
    },
  ]
  const row = { type: 'usage', schema: 'tollgate.usage/1', imsi, apn: '3gwap' } as const
  const when = { first: stamp(1), last: stamp(6) }
  const usage: UsageRecord[] = [
    { ...row, ...when, rule_id: 168165378, tariff: 'free', ...counted(c(5, 512, 5, 960)) },
    { ...row, ...when, rule_id: 4261871614, tariff: 'charged', ...counted(c(6, 652, 5, 3052)) },
  ]
  const sessions: SessionEvent[] = [
    {
      type: 'session',
      schema: 'tollgate.session/1',
      ts: stamp(0.1),
      frame: 2,
      event: 'rejected',
      imsi: '460011234567891',
      cause: 219,
    },
  ]
  const subscribers: SubscriberRecord[] = [
    {
      type: 'subscriber',
      schema: 'tollgate.subscriber/1',
      imsi,
      msisdn: '8613012345678',
      imei: '3512345678901201',
      flows: 2,
      up_bytes: 1164,
      down_bytes: 4012,
      free_bytes: 1472,
      charged_bytes: 3704,
      unknown_bytes: 0,
      blocked_flows: 0,
      contexts: [
        {
          context: 1,
          gtp_version: 1,
          apn: '3gwap',
          bearer: 5,
          ue_v4: '10.160.0.1',
          uli: 'sai 460-01-4660-22136',
          sgsn: '172.16.10.11',
          ggsn: '172.16.10.2',
          teid_up: '0x80000001',
          teid_down: '0x00000001',
          created: stamp(0.05),
          created_frame: 2,
          ended: stamp(9),
          end_reason: 'deleted',
        },
      ],
    },
  ]
  const summary: SummaryRecord = {
    type: 'summary',
    schema: 'tollgate.summary/1',
    complete: true,
    reasons: [],
    frames: 30,
    charge_units: 21,
    bytes: 5176,
    free_bytes: 1472,
    charged_bytes: 3704,
    unknown_bytes: 0,
    unmatched_bytes: 0,
    excluded_bytes: 0,
    direction_unknown_bytes: 0,
    sessions: 1,
    subscribers: 1,
    flows: 2,
    transactions: 2,
    verdicts: {},
    unknown_teid_packets: 0,
    capture_drops: 0,
    faults: {},
    rules: { name: 'x', version: '1', sha256: '' },
    profile: 'article',
    profile_version: '1',
  }
  return { flows, transactions, usage, sessions, subscribers, summary }
}
