/** The ledger of a laboratory scenario against counters that have nothing to do with this project: the
 * interfaces at both ends of the tunnel, conntrack, and a recount of the capture by tshark. */

import type { UsageRecord } from '../../src/record/usage-record.js'
import { between, type Check, equal } from './check.js'
import {
  effective,
  type LabFlow,
  type LabScenario,
  type LabSession,
  show,
  sum,
} from './lab-scenario.js'
import { counters, type Replayed } from './replay.js'

export function compareOctets(lab: LabScenario, replayed: Replayed): Check[] {
  return [
    ...compareTotals(lab, replayed),
    ...compareSubscribers(lab, replayed),
    ...compareTariffs(lab, replayed),
    ...compareConntrack(lab, replayed),
  ]
}

function both(c: { up_bytes: number; down_bytes: number }): number {
  return c.up_bytes + c.down_bytes
}

function matches(lab: LabScenario, ...names: string[]): boolean {
  return names.every(name => lab.pcap_check.match[name] === true)
}

function compareTotals(lab: LabScenario, replayed: Replayed): Check[] {
  const ledger = sum(replayed.usage.map(counters))
  const { gpdu_up, gpdu_down } = lab.pcap_check
  const checks = [
    equal('ledger up, octets', ledger.up_bytes, gpdu_up.bytes),
    equal('ledger up, packets', ledger.up_pkts, gpdu_up.pkts),
    equal('ledger down, octets', ledger.down_bytes, gpdu_down.bytes),
    equal('ledger down, packets', ledger.down_pkts, gpdu_down.pkts),
    equal('summary octets = ledger', replayed.summary?.bytes ?? -1, both(ledger)),
    equal('summary complete', String(replayed.summary?.complete), 'true'),
  ]
  const handsets = sum(Object.values(lab.ue_tun_totals))
  if (matches(lab, 'up_vs_ue_tun')) {
    checks.push(equal('up = interface of the UE', ledger.up_bytes, handsets.up_bytes))
  }
  if (matches(lab, 'down_vs_ue_tun')) {
    checks.push(equal('down = interface of the UE', ledger.down_bytes, handsets.down_bytes))
  }
  return checks
}

function key(imsi: string | undefined, apn: string | undefined): string {
  return `${imsi} ${apn}`
}

/** Per subscriber and APN, where every session of the pair was counted. */
function compareSubscribers(lab: LabScenario, replayed: Replayed): Check[] {
  if (!matches(lab, 'up_vs_ue_tun', 'down_vs_ue_tun')) return []
  const accepted = lab.sessions.filter(session => session.accepted)
  const byKey = new Map<string, LabSession[]>()
  for (const session of accepted) {
    const name = key(session.imsi, session.apn)
    byKey.set(name, [...(byKey.get(name) ?? []), session])
  }
  const checks: Check[] = []
  for (const [name, sessions] of byKey) {
    const totals = sessions.flatMap(session => session.tun_totals ?? [])
    if (totals.length !== sessions.length) continue
    const rows = replayed.usage.filter(row => key(row.imsi, row.apn) === name)
    checks.push(equal(`ledger of ${name}`, show(sum(rows.map(counters))), show(sum(totals))))
  }
  return checks
}

/** Free octets are those of the free steps; handshakes and steps of several requests go where the
 * profile says, so they bound the rest. */
function compareTariffs(lab: LabScenario, replayed: Replayed): Check[] {
  const steps = lab.steps.filter(step => step.tun_delta)
  const all = sum(steps.map(step => step.tun_delta!))
  if (show(all) !== show(sum(Object.values(lab.ue_tun_totals)))) return []
  const octets = (verdict: string) =>
    steps
      .filter(step => (step.expected ? effective(step.expected).verdict : '') === verdict)
      .reduce((total, step) => total + both(step.tun_delta!), 0)
  const free = octets('free')
  const charged = octets('charged')
  const open = both(all) - free - charged
  const ledger = (tariff: string) => replayed.usage.filter(row => row.tariff === tariff)
  const total = (rows: readonly UsageRecord[]) => both(sum(rows.map(counters)))
  return [
    between('free octets', total(ledger('free')), free, free + open),
    between('charged octets', total(ledger('charged')), charged, charged + open),
    equal('summary: free', replayed.summary?.free_bytes ?? -1, total(ledger('free'))),
    equal('summary: charged', replayed.summary?.charged_bytes ?? -1, total(ledger('charged'))),
  ]
}

function flowName(flow: LabFlow): string {
  return `${flow.proto} ${flow.src}:${flow.sport ?? ''} ${flow.dst}:${flow.dport ?? ''}`
}

/** conntrack counts after reassembly, and not what is dropped before it: only where its total is the
 * capture's can its flows be compared. */
function compareConntrack(lab: LabScenario, replayed: Replayed): Check[] {
  const total = sum(lab.flows_conntrack)
  const { gpdu_up, gpdu_down } = lab.pcap_check
  if (total.up_bytes !== gpdu_up.bytes || total.down_bytes !== gpdu_down.bytes) return []
  const wanted = new Map<string, LabFlow[]>()
  for (const flow of lab.flows_conntrack) {
    wanted.set(flowName(flow), [...(wanted.get(flowName(flow)) ?? []), flow])
  }
  const ports = (protocol: string) => protocol === 'tcp' || protocol === 'udp'
  const found = new Map<string, ReturnType<typeof counters>[]>()
  for (const flow of replayed.flows) {
    const end = (address: string, port: number | undefined) =>
      `${address}:${ports(flow.protocol) ? (port ?? '') : ''}`
    const name = `${flow.protocol} ${end(flow.ue, flow.ue_port)} ${end(flow.server, flow.server_port)}`
    found.set(name, [...(found.get(name) ?? []), counters(flow)])
  }
  const names = new Set([...wanted.keys(), ...found.keys()])
  return [...names].map(name =>
    equal(`flow ${name}`, show(sum(found.get(name) ?? [])), show(sum(wanted.get(name) ?? []))),
  )
}
