/** A run that is going on, to be looked at: sums, open flows, subscribers, and why a flow was rated so. */

import { PacketKind } from '../dissect/packet-view.js'
import { certaintyOf } from '../flow/reason.js'
import type { ExplainRecord } from '../record/explain-record.js'
import type { FlowRow, RuleRow, RulesState, SubscriberRow } from '../record/snapshot.js'
import type { RuleEngine } from '../rules/engine.js'
import { ruleLabel } from '../rules/rule-set.js'
import { whatIf } from '../rules/what-if.js'
import {
  type Census,
  type FlowSum,
  noFlows,
  type OpenFlowView,
  type ProbeState,
  type RunCounters,
  type Turn,
} from '../view/probe-state.js'
import { FlowExplainer, SliceGroups } from './explain-flow.js'
import { OpenFlow } from './open-flow.js'
import { explainedRecord, questionOf } from './record-question.js'
import { type RunStages, rulesLabel } from './rules-in-force.js'
import { SubscriberSums } from './subscriber-sums.js'

/** Rows that are looked at before others get a turn: a few milliseconds. */
const pieceRows = 10_000
/** Rule sets of before whose flows can still be explained by them. */
const enginesKept = 4

/** What is said of the rules in force. */
export interface RulesNow {
  state: RulesState
  rows: readonly RuleRow[]
}

export class RunState implements ProbeState {
  readonly #stages: () => RunStages
  readonly #rulesNow: () => RulesNow
  readonly #subscribers: SubscriberSums
  readonly #engines = new Map<string, RuleEngine>()

  constructor(stages: () => RunStages, rulesNow: () => RulesNow) {
    this.#stages = stages
    this.#rulesNow = rulesNow
    this.#subscribers = new SubscriberSums(stages)
  }

  get rules(): RulesState {
    return this.#rulesNow().state
  }

  ruleRows(): readonly RuleRow[] {
    return this.#rulesNow().rows
  }

  counters(): RunCounters {
    const { totals, sessions, flows, dissector, overload, rules } = this.#stages()
    this.#keepEngine(rules.now.engine)
    const { created, closed, subscribers } = sessions.counts
    const kinds = totals.kinds
    return {
      firstUs: totals.firstUs,
      packetUs: totals.lastUs,
      frames: totals.frames,
      userPackets: totals.chargeUnits,
      octets: totals.octets,
      controlMessages: kinds[PacketKind.GtpControl]!,
      unknownTeidPackets: totals.unknownTeidPackets,
      decodeErrors: dissector.faults.total,
      faults: dissector.faults.toRecord(),
      found: totals.found(),
      sessions: sessions.contexts.live,
      sessionsCreated: created,
      sessionsClosed: closed,
      subscribers,
      openFlows: flows.table.size,
      endedFlows: totals.flows,
      flowTableShare: flows.table.size / flows.table.maxRows,
      overload: overload.inspects
        ? undefined
        : overload.oneIn === 1
          ? 'not inspecting'
          : `not inspecting, 1 new flow in ${overload.oneIn}`,
    }
  }

  async census(turn: Turn): Promise<Census> {
    const census: Census = { verdicts: new Map(), rules: new Map() }
    await this.#each(turn, open => {
      const { up_packets, down_packets, up_bytes, down_bytes } = open
      for (const sum of [
        sumOf(census.verdicts, open.verdict),
        sumOf(census.rules, level1Label(open)),
      ]) {
        sum.flows++
        sum.upPackets += up_packets
        sum.downPackets += down_packets
        sum.up += up_bytes
        sum.down += down_bytes
      }
    })
    return census
  }

  async eachOpenFlow(turn: Turn, visit: (flow: OpenFlowView) => void): Promise<void> {
    await this.#each(turn, visit)
  }

  async subscribers(turn: Turn): Promise<SubscriberRow[]> {
    this.#subscribers.begin()
    await this.#each(turn, open => this.#subscribers.open(open))
    return await this.#subscribers.rows(turn, pieceRows)
  }

  access(): ReturnType<ProbeState['access']> {
    const shares = new Map<string, { apn: string; rat: string; sessions: number }>()
    let withoutImsi = 0
    this.#stages().sessions.contexts.forEach((_, { imsi, apn, rat }) => {
      if (imsi === '') withoutImsi++
      const key = `${apn} ${rat}`
      const share = shares.get(key)
      if (share !== undefined) share.sessions++
      else if (shares.size < mostShares) shares.set(key, { apn, rat, sessions: 1 })
    })
    const sorted = [...shares.values()].sort((a, b) => b.sessions - a.sessions)
    return { shares: sorted.slice(0, sharesTold), withoutImsi }
  }

  openFlow(flow: string): FlowRow | undefined {
    return this.#find(flow)?.open.row()
  }

  explainOpen(flow: string): ExplainRecord | undefined {
    const found = this.#find(flow)
    if (found === undefined) return undefined
    const { row, open } = found
    const { engine, rater, records } = open.rated
    const d = open.detail
    const reasons = d.transactions.reduce((all, txn) => all | txn.reasons, d.reasons)
    const explainer = new FlowExplainer(engine, rater, records, false)
    const record = {
      ...open.row(),
      type: 'flow',
      schema: 'tollgate.flow/1',
      end_reason: 'capture-end',
    } as const
    const explained = explainer.explain(row, d, open.context, record, reasons, new SliceGroups())
    return { ...explained, certainty: certaintyOf(reasons) }
  }

  explainRecord(flow: FlowRow, rules: string | undefined): ExplainRecord {
    const now = this.#stages().rules.now.engine
    const engine = rules === undefined ? now : (this.#engines.get(rules) ?? now)
    return explainedRecord(whatIf(engine, questionOf(flow)), flow)
  }

  nearestFree(flow: FlowRow): { rule: string; why: string } | undefined {
    const explained = whatIf(this.#stages().rules.now.engine, questionOf(flow))
    const misses = [explained.level1, ...explained.transactions.map(one => one.decision)].flatMap(
      decision => decision.near_miss,
    )
    const near = misses.find(miss => miss.tariff === 'free')
    if (near === undefined) return undefined
    const { field, expected, actual } = near.failed
    return { rule: near.rule, why: `${field} ${actual} is not ${expected}` }
  }

  #keepEngine(engine: RuleEngine): void {
    const label = rulesLabel(engine)
    if (this.#engines.get(label) === engine) return
    this.#engines.delete(label)
    this.#engines.set(label, engine)
    for (const [oldest] of this.#engines) {
      if (this.#engines.size <= enginesKept) break
      this.#engines.delete(oldest)
    }
  }

  async #each(turn: Turn, visit: (open: OpenFlow) => void): Promise<void> {
    const { flows, rules, totals } = this.#stages()
    const open = new OpenFlow(flows, rules)
    for (let row = 0; row < flows.details.length; row++) {
      if (row % pieceRows === pieceRows - 1) await turn()
      if (open.at(row, totals.lastUs)) visit(open)
    }
  }

  #find(flow: string): { row: number; open: OpenFlow } | undefined {
    const { flows, rules, totals } = this.#stages()
    const frame = Number(flow)
    const open = new OpenFlow(flows, rules)
    for (let row = 0; row < flows.details.length; row++) {
      if (flows.details[row]?.frame === frame && open.at(row, totals.lastUs)) return { row, open }
    }
    return undefined
  }
}

const mostShares = 1000
const sharesTold = 12

function sumOf<K>(sums: Map<K, FlowSum>, key: K): FlowSum {
  let sum = sums.get(key)
  if (sum === undefined) {
    sum = noFlows()
    sums.set(key, sum)
  }
  return sum
}

function level1Label(open: OpenFlow): string {
  const { engine } = open.rated
  const rule = engine.set.level1[open.level1Index]
  if (rule !== undefined) return ruleLabel(rule)
  return engine.chargeOf(open.level1Index, -1) < 0 ? 'unmatched' : 'default'
}
