/** The overview of a probe for one window: rates, shares, states, and what needs attention first. */

import { verdictOrder } from '../record/figures.js'
import type { AlertRow, FileState, InterfaceState, Overview } from '../record/snapshot.js'
import type { ProbeView } from './probe-view.js'

/** What is known of the machine and of the input. */
export interface Machine {
  interfaces(windowS: number): InterfaceState[]
  file(): FileState | undefined
  /** of what may wait, 0 to 1 */
  queueShare(): number
  lagS(): number
  cpuPercent(): number
  cores: number
  rssOctets(): number
  memoryOctets: number
  clients(): { connected: number; dropped: number }
  troubles(): string[]
}

/** A snapshot this old is given again. */
const freshMs = 200
const historySteps = 60
const topRules = 12
const topHosts = 20
const topAlerts = 8
/** An hour is what is remembered. */
const mostWindowS = 3600

export class Overviews {
  readonly #view: ProbeView
  readonly #machine: Machine
  readonly #made = new Map<number, { atMs: number; overview: Overview }>()
  #sequence = 0

  constructor(view: ProbeView, machine: Machine) {
    this.#view = view
    this.#machine = machine
  }

  /** What was made is out of date: the rules are others, or are refused. */
  forget(): void {
    this.#made.clear()
  }

  /** Several who ask for the same at about the same time get the same. */
  make(wishedS: number): Overview {
    const nowMs = performance.now()
    const known = this.#made.get(wishedS)
    if (known !== undefined && nowMs - known.atMs < freshMs) return known.overview
    for (const [windowS, { atMs }] of this.#made) {
      if (nowMs - atMs >= freshMs) this.#made.delete(windowS)
    }
    const overview = this.#make(wishedS)
    this.#made.set(wishedS, { atMs: nowMs, overview })
    return overview
  }

  #make(wishedS: number): Overview {
    const view = this.#view
    const machine = this.#machine
    const { series, counters, around, state } = view
    const { access, withoutImsi } = named(state.access())
    const windowS = Math.min(mostWindowS, Math.max(1, wishedS))
    const both = ['up', 'down'] as const
    const peak = series.peak(both, windowS)
    const drops = series.growth('drops', windowS)
    const packets = series.growth('packets', windowS)
    const users = series.growth('userPackets', windowS)
    const file = machine.file()
    const rules = view.ruleRows()
    const dead = rules.filter(({ hits }) => hits === 0).length
    const clients = machine.clients()
    return {
      mode: around.mode,
      probe: around.probe,
      version: around.version,
      sequence: ++this.#sequence,
      now_us: around.nowUs(),
      packet_us: counters.packetUs,
      started_us: around.startedUs,
      window_s: Math.min(windowS, series.span(windowS)),
      interfaces: machine.interfaces(windowS),
      ...(file === undefined ? {} : { file }),
      rules: { ...state.rules, never_hit: dead },
      drop_share: drops === 0 ? 0 : drops / (drops + packets),
      lag_s: machine.lagS(),
      ...(counters.overload === undefined ? {} : { overload: counters.overload }),
      up_bits_per_s: series.rate('up', windowS) * 8,
      down_bits_per_s: series.rate('down', windowS) * 8,
      up_packets_per_s: series.rate('upPackets', windowS),
      down_packets_per_s: series.rate('downPackets', windowS),
      control_per_s: series.rate('control', windowS),
      history: series.history(both, windowS, historySteps).map(octets => octets * 8),
      peak_bits_per_s: peak.rate * 8,
      peak_us: Math.round(peak.atS * 1e6),
      verdicts: verdictOrder.map(verdict => ({
        verdict,
        flows: series.growth(`${verdict} flows`, windowS),
        bytes: series.growth(verdict, windowS),
      })),
      sessions: counters.sessions,
      created_per_s: series.rate('created', windowS),
      deleted_per_s: series.rate('closed', windowS),
      subscribers: counters.subscribers,
      without_imsi: withoutImsi,
      flows: counters.openFlows,
      new_flows_per_s: series.rate('opened', windowS),
      unknown_teid_share: users === 0 ? 0 : series.growth('unknownTeid', windowS) / users,
      access,
      packets: counters.frames,
      user_packets: counters.userPackets,
      control_messages: counters.controlMessages,
      decode_errors: counters.decodeErrors,
      decode_errors_per_s: series.rate('decodeErrors', windowS),
      found: counters.found,
      queue_share: machine.queueShare(),
      flow_table_share: counters.flowTableShare,
      cpu_percent: machine.cpuPercent(),
      cores: machine.cores,
      rss_octets: machine.rssOctets(),
      memory_octets: machine.memoryOctets,
      clients: clients.connected,
      clients_dropped: clients.dropped,
      top_rules: rules
        .filter(({ level, hits }) => level === 1 && hits > 0)
        .sort((a, b) => b.hits_per_s - a.hits_per_s || b.hits - a.hits)
        .slice(0, topRules)
        .map(({ rule, name, tariff, hits_per_s, up_bytes, down_bytes }) => ({
          rule,
          ...(name === undefined ? {} : { name }),
          tariff,
          hits_per_s,
          bytes: up_bytes + down_bytes,
        })),
      default_hosts: view.hosts.top(windowS, view.clockUs / 1e6, topHosts, flow =>
        state.nearestFree(flow),
      ),
      alerts: view.alerts.counts(around.nowUs()),
      top_alerts: mostUrgent(view.alerts.rows),
      troubles: machine.troubles(),
      revealed: true,
    }
  }
}

function named({ shares, withoutImsi }: ReturnType<ProbeView['state']['access']>) {
  return { access: shares, withoutImsi }
}

const stateOrder = { NEW: 0, ACK: 1, CLEARED: 2 } as const
const severityOrder = { error: 0, warn: 1, info: 2 } as const

function mostUrgent(alerts: readonly AlertRow[]): AlertRow[] {
  return alerts
    .filter(({ state }) => state !== 'CLEARED')
    .sort(
      (a, b) =>
        stateOrder[a.state] - stateOrder[b.state] ||
        severityOrder[a.severity] - severityOrder[b.severity] ||
        (a.raised < b.raised ? -1 : 1),
    )
    .slice(0, topAlerts)
}
