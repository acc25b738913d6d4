/** Builds the truth file from what the players recorded. Read attribute-packets.ts first. */

import { candidates, frameOf, isSeen } from './attribute-packets.js'
import type {
  ChargeUnit,
  ContextLog,
  FlowLog,
  Frame,
  Recorder,
  TransactionLog,
} from './recorder.js'
import type { Expectation } from './scenario-expect.js'
import type { Scenario } from './scenario-schema.js'
import type {
  Truth,
  TruthContext,
  TruthCounters,
  TruthExpected,
  TruthFlow,
  TruthSubscriber,
  TruthTotal,
  TruthTransaction,
} from './truth.js'

/** RFC 3339 UTC with microseconds. */
export function timeText(timeUs: number): string {
  const whole = new Date(Math.floor(timeUs / 1000)).toISOString().slice(0, -1)
  return `${whole}${String(timeUs % 1000).padStart(3, '0')}Z`
}

function hexId(id: number): string {
  return `0x${id.toString(16).toUpperCase().padStart(8, '0')}`
}

function counters(): TruthCounters {
  return { up_packets: 0, down_packets: 0, up_bytes: 0, down_bytes: 0 }
}

function count(into: TruthCounters, unit: ChargeUnit): void {
  if (unit.up) {
    into.up_packets++
    into.up_bytes += unit.octets
  } else {
    into.down_packets++
    into.down_bytes += unit.octets
  }
}

function sum(units: readonly ChargeUnit[]): TruthCounters {
  const total = counters()
  for (const unit of units) count(total, unit)
  return total
}

function expected(expectation: Expectation | undefined): TruthExpected | undefined {
  if (expectation === undefined) return undefined
  const { id, level1, level2, tariff } = expectation
  return {
    rule_id: id,
    rule_id_hex: hexId(id),
    ...(level1 === undefined ? {} : { level1 }),
    ...(level2 === undefined ? {} : { level2 }),
    tariff,
  }
}

function seen(units: readonly ChargeUnit[]): ChargeUnit[] {
  return units
    .filter(unit => Number.isFinite(frameOf(unit)))
    .sort((a, b) => frameOf(a) - frameOf(b))
}

/** `n` counts the transactions of the flow whose request the capture holds, from 1. */
function transactionTruth(
  log: TransactionLog,
  n: number,
  units: readonly ChargeUnit[],
): TruthTransaction {
  const total = counters()
  let exact = true
  for (const unit of units) {
    const owners = candidates(unit)
    if (owners.length === 0) exact = false // octets without a request: by policy
    if (!owners.includes(log)) continue
    if (owners.length === 1) count(total, unit)
    else exact = false
  }
  const { request, response } = log.mms
  return dropUndefined({
    n,
    method: log.method,
    url: log.url,
    // nobody can know of an answer when the capture lacks its direction
    status: units.some(unit => !unit.up) ? log.status : undefined,
    user_agent: log.userAgent,
    mms: (request ?? response) ? log.mms : undefined,
    frame: frameOf(log.requestFirst),
    ...total,
    exact,
    expected: expected(log.expect),
  })
}

/** JSON leaves out undefined values; so must the object that tests compare. */
function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

function flowTruth(flow: FlowLog): TruthFlow | undefined {
  const units = seen(flow.units)
  const [first] = units
  const last = units.at(-1)
  if (first === undefined || last === undefined) return undefined
  const total = counters()
  for (const unit of units) count(total, unit)
  const transactions = flow.transactions.filter(isSeen)
  const mms = transactions.some(one => one.mms.request ?? one.mms.response)
  // nobody can know of a context whose messages are not in the capture
  const context = (flow.context?.created?.number ?? 0) > 0 ? flow.context : undefined
  const times = units.map(unit => Math.max(...unit.frames.map(frame => frame.timeUs)))
  return dropUndefined({
    flow: String(frameOf(first)),
    ts: timeText(times[0] ?? 0),
    end: timeText(times.at(-1) ?? 0),
    imsi: context?.imsi,
    apn: context?.facts.apn as string | undefined,
    ue: flow.ue,
    ue_port: flow.uePort,
    server: flow.server,
    server_port: flow.serverPort,
    protocol: flow.protocol,
    app: mms ? 'mms' : flow.app,
    carrier: flow.app,
    names: flow.names.length > 0 ? flow.names : undefined,
    ...total,
    frames: units.map(frameOf),
    transactions: transactions.map((one, i) => transactionTruth(one, i + 1, units)),
    expected: transactions.length === 0 ? expected(flow.expect) : undefined,
  }) as TruthFlow
}

/** Totals of expected ids over all packets, and what no expectation decides. */
function expectedTotals(units: readonly ChargeUnit[]) {
  const byId = new Map<number, TruthTotal>()
  const undecided = counters()
  for (const unit of units) {
    const owners = candidates(unit)
    const wanted = owners.length > 0 ? owners.map(one => one.expect) : [unit.flow.expect]
    const [first] = wanted
    if (first === undefined || wanted.some(one => one?.id !== first.id)) {
      count(undecided, unit)
      continue
    }
    let total = byId.get(first.id)
    if (total === undefined) {
      const { id, tariff } = first
      total = { rule_id: id, rule_id_hex: hexId(id), tariff, ...counters() }
      byId.set(id, total)
    }
    count(total, unit)
  }
  return { expected_totals: [...byId.values()].sort((a, b) => a.rule_id - b.rule_id), undecided }
}

function contextTruth(log: ContextLog, n: number): TruthContext | undefined {
  const { created, ended } = log
  if (created === undefined || created.number === 0) return undefined
  return dropUndefined({
    context: n,
    ...log.facts,
    created: timeText(created.timeUs),
    created_frame: created.number,
    ended: ended && timeText(ended.timeUs),
    ended_frame: ended?.number,
    end_reason: log.endReason,
  }) as TruthContext
}

function subscriberTruth(scenario: Scenario, recorder: Recorder): TruthSubscriber[] {
  return Object.entries(scenario.subscribers).map(([name, spec]) => {
    const contexts: TruthContext[] = []
    recorder.contexts.forEach((log, i) => {
      const context = log.subscriber === name ? contextTruth(log, i + 1) : undefined
      if (context !== undefined) contexts.push(context)
    })
    const { imsi, msisdn, imeisv } = spec
    return dropUndefined({ name, imsi, msisdn, imei: imeisv, contexts }) as TruthSubscriber
  })
}

/** `frames` are the captured frames in order. */
export function buildTruth(
  scenario: Scenario,
  fileName: string,
  recorder: Recorder,
  frames: readonly Frame[],
): Truth {
  const units = seen(recorder.units)
  const totals = sum(units)
  const copies = seen(recorder.copies)
  const imsiOf = (name: string | undefined) =>
    name === undefined ? undefined : scenario.subscribers[name]?.imsi
  const flows = recorder.flows
    .map(flowTruth)
    .filter(flow => flow !== undefined)
    .sort((a, b) => Number(a.flow) - Number(b.flow))
  const [first] = frames
  const last = frames.at(-1)
  return dropUndefined({
    schema: 'tollgate.synth-truth/1' as const,
    scenario: fileName,
    title: scenario.title,
    frames: frames.length,
    first: first && timeText(first.timeUs),
    last: last && timeText(last.timeUs),
    charge_units: units.length,
    bytes: totals.up_bytes + totals.down_bytes,
    totals,
    duplicates: copies.length === 0 ? undefined : sum(copies),
    rules: scenario.rules,
    ...expectedTotals(units),
    subscribers: subscriberTruth(scenario, recorder),
    flows,
    events: recorder.events
      .map(({ event, frame, subscriber, cause, detail }) =>
        dropUndefined({
          frame: frame.number,
          ts: timeText(frame.timeUs),
          event,
          imsi: imsiOf(subscriber),
          cause,
          detail,
        }),
      )
      .filter(event => event.frame > 0)
      .sort((a, b) => a.frame - b.frame),
  }) as Truth
}
