/** What the live laboratory (osmo-ggsn, sgsnemu, squid, kannel, nginx) wrote beside each of its captures:
 * sessions, steps with the charge that the rules expect, and the interface counters of both ends. */

import { readFileSync } from 'node:fs'

export interface LabCounters {
  up_pkts: number
  up_bytes: number
  down_pkts: number
  down_bytes: number
}

/** free, charged, of-connection (handshake, teardown: no URL), split (several requests), unspecified. */
export interface LabExpected {
  verdict: string
  rules_any_of?: number[]
  per_request?: LabExpected[]
  if_x_online_host_counts_as_url?: LabExpected
}

export interface LabStep {
  n: number
  name: string
  kind: string
  /** seconds since 1970 */
  t0: number
  t1: number
  ue: string
  /** counts the sessions of this UE from 1 */
  session_of_ue: number
  /** 10.0.0.172:80; port 0 for ICMP */
  server?: string
  url?: string
  urls?: string[]
  conn?: string
  tun_delta?: LabCounters
  expected?: LabExpected
}

export interface LabSession {
  ue: string
  imsi: string
  msisdn: string
  imeisv: string
  apn: string
  nsapi: number
  gtp_version: number
  sgsn: string
  ggsn: string
  /** type.mcc.mnc.lac.ci */
  uli: string
  t_create: number
  t_delete?: number
  t_crash?: number
  ue_ip: string | null
  accepted: boolean
  cause: number
  pdp?: { ggsn_usr: [string, number]; sgsn_usr: [string, number] } | null
  update?: { t: number; new_sgsn: string }
  tun_totals?: LabCounters
}

export interface LabFlow extends LabCounters {
  proto: string
  src: string
  dst: string
  sport?: number
  dport?: number
}

interface PacketCount {
  pkts: number
  bytes: number
}

export interface LabScenario {
  scenario: string
  pcap: string
  /** the laboratory itself went wrong: nothing can be said */
  failed?: string
  sessions: LabSession[]
  steps: LabStep[]
  ue_tun_totals: Record<string, LabCounters>
  flows_conntrack: LabFlow[]
  pcap_check: {
    gpdu_up: PacketCount
    gpdu_down: PacketCount
    match: Record<string, boolean>
  }
}

export function readLabScenario(file: string): LabScenario {
  const scenario: LabScenario = JSON.parse(readFileSync(file, 'utf8'))
  return scenario
}

export const gateway = '10.0.0.172'
const dataId = 4261871614
const defaultId = 4294967294

/** The expectation under rules/newspaper.yaml, whose `proxies` make X-Online-Host count. */
export function effective(expected: LabExpected): LabExpected {
  return expected.if_x_online_host_counts_as_url ?? expected
}

/** Charging ids that the step may have. The laboratory says `default` for what the two free rules and the
 * two WTLS rules do not name: under newspaper.yaml that is the gateway's own data id, or the default. */
export function expectedIds(expected: LabExpected, server: LabServer | undefined): number[] {
  if (expected.rules_any_of && expected.rules_any_of.length > 0) return expected.rules_any_of
  const gatewayPort = server && [80, 9200, 9201].includes(server.port)
  return [server?.address === gateway && gatewayPort ? dataId : defaultId]
}

export interface LabServer {
  address: string
  port: number
}

export function serverOf(step: LabStep): LabServer | undefined {
  const colon = step.server?.lastIndexOf(':') ?? -1
  if (!step.server || colon < 0) return undefined
  return {
    address: step.server.slice(0, colon).replace(/[[\]]/g, ''),
    port: Number(step.server.slice(colon + 1)),
  }
}

/** Address of the UE during the step. */
export function ueAddress(lab: LabScenario, step: LabStep): string | undefined {
  const accepted = lab.sessions.filter(session => session.ue === step.ue)
  return accepted[step.session_of_ue - 1]?.ue_ip ?? undefined
}

export const counterNames = ['up_pkts', 'up_bytes', 'down_pkts', 'down_bytes'] as const

export function sum(counters: readonly LabCounters[]): LabCounters {
  const total: LabCounters = { up_pkts: 0, up_bytes: 0, down_pkts: 0, down_bytes: 0 }
  for (const one of counters) for (const name of counterNames) total[name] += one[name]
  return total
}

/** `up 566/7 down 1102/5`: octets and packets. */
export function show(c: LabCounters): string {
  return `up ${c.up_bytes}/${c.up_pkts} down ${c.down_bytes}/${c.down_pkts}`
}
