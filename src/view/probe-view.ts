/** A probe as it is seen: takes the records of a run, looks at the run once a second, and answers for overview, rows
 * and reasons. The daemon shows it through its socket; a replay in the dashboard reads it directly. */

import { verdictOrder } from '../record/figures.js'
import type { Verdict } from '../record/flow-record.js'
import type { ProbeRecord, RecordSink, RecordType } from '../record/sink.js'
import type { Explained, FlowRow, Reloaded, RuleRow, TimelineRow } from '../record/snapshot.js'
import type { SessionEvent } from '../record/subscriber-record.js'
import { parseTime } from '../record/time.js'
import { ViewError } from '../record/view-source.js'
import type { AlertBook } from './alert-book.js'
import { DefaultHosts } from './default-hosts.js'
import { EndedFlows } from './ended-flows.js'
import type { LogBook } from './log-book.js'
import {
  type Census,
  noFlows,
  type ProbeState,
  type RunCounters,
  type Turn,
} from './probe-state.js'
import { columns, type Sampled, Series } from './series.js'

/** How the run, its machine and its clients stand, as only whoever runs it can tell. */
export interface Surroundings {
  readonly mode: 'live' | 'file'
  readonly probe: string
  readonly version: string
  readonly startedUs: number
  /** the machine's clock, microseconds since 1970 */
  nowUs(): number
  /** microseconds by a clock that nobody sets */
  steadyUs(): number
  turn: Turn
  /** packets that were lost so far, of all interfaces */
  drops(): number
  reload(): Promise<Reloaded>
}

/** Ended flows that are kept for lists. */
const endedKept = 100_000
const eventsKept = 50_000

const nothing = Object.fromEntries(columns.map(name => [name, 0])) as Record<Sampled, number>

const wanted: ReadonlySet<RecordType> = new Set(['flow', 'transaction', 'session'])

export class ProbeView {
  readonly ended = new EndedFlows(endedKept)
  readonly hosts = new DefaultHosts()
  readonly series = new Series()
  readonly alerts: AlertBook
  readonly log: LogBook
  readonly around: Surroundings
  readonly #state: () => ProbeState
  readonly #events: SessionEvent[] = []
  #census: Census = { verdicts: new Map(), rules: new Map() }
  #counters: RunCounters | undefined
  #lossUs = Number.NEGATIVE_INFINITY
  #drops = 0
  #looking: Promise<void> | undefined
  /** hits of each rule a second ago, and how many a second they grew by */
  #hits = new Map<string, number>()
  #hitsAtUs = 0
  readonly #hitRates = new Map<string, number>()

  constructor(state: () => ProbeState, around: Surroundings, alerts: AlertBook, log: LogBook) {
    this.#state = state
    this.around = around
    this.alerts = alerts
    this.log = log
  }

  get state(): ProbeState {
    return this.#state()
  }

  get census(): Census {
    return this.#census
  }

  get counters(): RunCounters {
    this.#counters ??= this.state.counters()
    return this.#counters
  }

  /** Time that windows are measured by: since the start for live traffic, whatever is done to the machine's
   * clock; the packets' for a file. */
  get clockUs(): number {
    const { mode, startedUs } = this.around
    return mode === 'live' ? startedUs + this.around.steadyUs() : this.counters.packetUs
  }

  /** Where the records of flows go that rules of this label decide. */
  sink(rules: string): RecordSink {
    return { wants: wanted, write: record => this.#write(record, rules) }
  }

  #write(record: ProbeRecord, rules: string): void {
    if (record.type === 'flow') {
      const touched = this.#lossUs > 0 && (parseTime(record.end) ?? 0) >= this.#lossUs
      this.ended.flow(record, touched, rules)
      this.hosts.flow(record, this.clockUs / 1e6)
    } else if (record.type === 'transaction') this.ended.transaction(record)
    else if (record.type === 'session') {
      this.#events.push(record)
      if (this.#events.length > eventsKept * 1.1) this.#events.splice(0, eventsKept / 10)
    }
  }

  /** One look at the run, for rates and sums; once a second. A look that is going on is waited for. */
  async look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined
    })
    await this.#looking
  }

  async #lookNow(): Promise<void> {
    const state = this.state
    this.#census = await state.census(this.around.turn)
    const counters = state.counters()
    this.#counters = counters
    const drops = this.around.drops()
    if (drops > this.#drops) this.#lossUs = counters.packetUs
    this.#drops = drops
    if (this.series.isEmpty) this.series.add(this.#beginS(counters), nothing)
    this.series.add(this.clockUs / 1e6, this.#sample(counters, drops))
    this.#rateHits()
  }

  /** Flows and octets of a verdict, ended and open. */
  verdict(verdict: Verdict): { flows: number; up: number; down: number } {
    const ended = this.ended.verdicts.get(verdict) ?? noFlows()
    const open = this.#census.verdicts.get(verdict) ?? noFlows()
    return {
      flows: ended.flows + open.flows,
      up: ended.up + open.up,
      down: ended.down + open.down,
    }
  }

  /** The rules in force with what they decided. */
  ruleRows(): RuleRow[] {
    return this.state.ruleRows().map(rule => {
      const ended = this.ended.rules.get(rule.rule)
      const open = this.#census.rules.get(rule.rule) ?? noFlows()
      const hits = (ended?.flows ?? 0) + open.flows
      const note = rule.note ?? (hits === 0 ? 'NEVER HIT' : undefined)
      return {
        ...rule,
        hits,
        hits_per_s: this.#hitRates.get(rule.rule) ?? 0,
        up_packets: (ended?.upPackets ?? 0) + open.upPackets,
        down_packets: (ended?.downPackets ?? 0) + open.downPackets,
        up_bytes: (ended?.up ?? 0) + open.up,
        down_bytes: (ended?.down ?? 0) + open.down,
        ...(ended === undefined || ended.last === '' ? {} : { last: ended.last }),
        subscribers: ended?.subscribers.size ?? 0,
        blocked_flows: ended?.blockedFlows ?? 0,
        blocked_charged_bytes: ended?.blockedCharged ?? 0,
        ...(note === undefined ? {} : { note }),
      }
    })
  }

  /** Throws a ViewError when the flow is not known any more. */
  why(flow: string): Explained {
    const { state } = this
    const open = state.openFlow(flow)
    const row = open ?? this.ended.find(flow)
    if (row === undefined) {
      throw new ViewError('not-found', `flow ${flow} is not known, or not any more`, {
        hint: 'tollgate flows',
      })
    }
    const explain =
      (open === undefined ? undefined : state.explainOpen(flow)) ??
      state.explainRecord(row, row.rules_version)
    const explained: Explained = { explain, flow: this.shown(row) }
    if (row.touched_by_drops === true) {
      explained.incomplete = 'packets were lost while this flow was open; the verdict may be wrong'
    }
    if (explain.rules.sha256 !== state.rules.sha256) {
      explained.now = state.explainRecord(row, undefined)
    }
    return explained
  }

  /** A flow that ended: the rules that decided it are only named when others are in force now. */
  shown(row: FlowRow): FlowRow {
    if (row.rules_version !== this.state.rules.label) return row
    const { rules_version: _now, ...rest } = row
    return rest
  }

  /** Whose session events and flows are remembered. */
  *subscribers(): Generator<{ imsi?: string; msisdn?: string }> {
    yield* this.#events
    yield* this.ended.inOrder()
  }

  timeline(subscriber: string): TimelineRow[] {
    const isOf = (one: { imsi?: string; msisdn?: string }) =>
      one.imsi === subscriber || one.msisdn === subscriber
    const rows: TimelineRow[] = this.#events.filter(isOf).map(event => ({
      ts: event.ts,
      event: event.event,
      text: [event.apn, event.cause_name, event.detail].filter(Boolean).join('  '),
      frame: event.frame,
    }))
    for (const flow of this.ended.inOrder()) {
      if (!isOf(flow)) continue
      rows.push({
        ts: flow.ts,
        event: 'flow',
        text: `${flow.app} ${flow.host ?? flow.server}`,
        flow: flow.flow,
        verdict: flow.verdict,
      })
    }
    return rows.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0))
  }

  /** Just before anything was counted. */
  #beginS({ firstUs }: RunCounters): number {
    return (this.around.mode === 'live' ? this.around.startedUs : firstUs - 1) / 1e6
  }

  #sample(counters: RunCounters, drops: number): Record<Sampled, number> {
    const sums: Partial<Record<Sampled, number>> = {}
    let up = 0
    let down = 0
    let upPackets = 0
    let downPackets = 0
    for (const verdict of verdictOrder) {
      const ended = this.ended.verdicts.get(verdict) ?? noFlows()
      const open = this.#census.verdicts.get(verdict) ?? noFlows()
      sums[verdict] = ended.up + ended.down + open.up + open.down
      sums[`${verdict} flows`] = ended.flows + open.flows
      up += ended.up + open.up
      down += ended.down + open.down
      upPackets += ended.upPackets + open.upPackets
      downPackets += ended.downPackets + open.downPackets
    }
    return {
      ...(sums as Record<Sampled, number>),
      packets: counters.frames,
      userPackets: counters.userPackets,
      up,
      down,
      upPackets,
      downPackets,
      control: counters.controlMessages,
      created: counters.sessionsCreated,
      closed: counters.sessionsClosed,
      opened: counters.endedFlows + counters.openFlows,
      unknownTeid: counters.unknownTeidPackets,
      decodeErrors: counters.decodeErrors,
      drops,
    }
  }

  #rateHits(): void {
    const spanS = (this.clockUs - this.#hitsAtUs) / 1e6
    if (spanS < 1) return
    const hits = new Map<string, number>()
    for (const sums of [this.ended.rules, this.#census.rules]) {
      for (const [rule, { flows }] of sums) hits.set(rule, (hits.get(rule) ?? 0) + flows)
    }
    if (this.#hitsAtUs > 0) {
      for (const [rule, count] of hits) {
        this.#hitRates.set(rule, Math.max(0, count - (this.#hits.get(rule) ?? 0)) / spanS)
      }
    }
    this.#hits = hits
    this.#hitsAtUs = this.clockUs
  }
}
