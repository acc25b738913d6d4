/** Every step of a laboratory scenario: the charge of each of its requests, or of its flows when it made
 * none, and its octets. */

import type { ChargeFields, FlowRecord, TransactionRecord } from '../../src/record/flow-record.js'
import { type Check, equal, oneOf } from './check.js'
import {
  add,
  effective,
  expectedIds,
  type LabCounters,
  type LabExpected,
  type LabScenario,
  type LabStep,
  noCounters,
  serverOf,
  show,
  sum,
  ueAddress,
} from './lab-scenario.js'
import { counters, type Replayed, seconds } from './replay.js'

/** Steps are 0.4 s apart or more; clocks are the same. */
const slack = 0.2

function inStep(step: LabStep, ts: string): boolean {
  const at = seconds(ts)
  return at >= step.t0 - slack && at <= step.t1 + slack
}

export function compareSteps(lab: LabScenario, replayed: Replayed): Check[] {
  return lab.steps.flatMap((step, index) => {
    if (!step.expected) return []
    const expected = effective(step.expected)
    if (expected.verdict === 'of-connection' || expected.verdict === 'unspecified') return []
    return step.url || step.urls
      ? compareRequests(lab, replayed, index, expected)
      : compareFlows(lab, replayed, step, expected)
  })
}

function charge(record: ChargeFields | undefined): string {
  return record ? `${record.tariff} ${record.rule_id}` : 'not seen'
}

function wantedCharges(step: LabStep, expected: LabExpected): string[] {
  return expectedIds(expected, serverOf(step)).map(id => `${expected.verdict} ${id}`)
}

function compareRequests(
  lab: LabScenario,
  replayed: Replayed,
  index: number,
  expected: LabExpected,
): Check[] {
  const step = lab.steps[index]!
  const urls = step.urls ?? [step.url!]
  const ue = ueAddress(lab, step)
  const free = replayed.transactions.filter(
    transaction => inStep(step, transaction.ts) && (!ue || replayed.flowOf(transaction)?.ue === ue),
  )
  const used: TransactionRecord[] = []
  const checks = urls.map((url, n) => {
    const want = expected.per_request?.[n] ?? expected
    const at = free.findIndex(({ url: seen, url_raw }) => seen === url || url_raw === url)
    const [transaction] = at < 0 ? [] : free.splice(at, 1)
    if (transaction) used.push(transaction)
    const name = `step ${step.n} ${url.slice(0, 60)}`
    return oneOf(name, charge(transaction), wantedCharges(step, effective(want)))
  })
  return [...checks, ...compareRequestOctets(lab, replayed, index, used)]
}

/** A curl or fakewap step is whole connections; a request on a longer connection is one transaction, which
 * the profile may have given the handshake before it or the teardown behind it. */
function compareRequestOctets(
  lab: LabScenario,
  replayed: Replayed,
  index: number,
  used: readonly TransactionRecord[],
): Check[] {
  const step = lab.steps[index]!
  if (!step.tun_delta || used.length === 0) return []
  const name = `step ${step.n} octets and packets`
  if (step.kind === 'http-curl' || step.kind === 'wsp-fakewap') {
    return [equal(name, show(flowTotal(stepFlows(lab, replayed, step))), show(step.tun_delta))]
  }
  const ofConnection = [connectionBefore(lab, index), connectionBehind(lab, index)]
  const allowed = [step.tun_delta]
  for (const extra of ofConnection) {
    if (extra !== noCounters) allowed.push(...allowed.map(base => add(base, extra)))
  }
  return [oneOf(name, show(sum(used.map(counters))), allowed.map(show))]
}

function isOfConnection(step: LabStep | undefined): step is LabStep {
  return step?.expected?.verdict === 'of-connection' && step.tun_delta !== undefined
}

function connectionBefore(lab: LabScenario, index: number): LabCounters {
  let total = noCounters
  for (let i = index - 1; isOfConnection(lab.steps[i]); i--) {
    total = add(total, lab.steps[i]!.tun_delta!)
  }
  return total
}

function connectionBehind(lab: LabScenario, index: number): LabCounters {
  let total = noCounters
  for (let i = index + 1; isOfConnection(lab.steps[i]); i++) {
    total = add(total, lab.steps[i]!.tun_delta!)
  }
  return total
}

/** Flows of the step's UE that were opened during the step. */
function stepFlows(lab: LabScenario, replayed: Replayed, step: LabStep): FlowRecord[] {
  const ue = ueAddress(lab, step)
  return replayed.flows.filter(flow => (!ue || flow.ue === ue) && inStep(step, flow.ts))
}

function flowTotal(flows: readonly FlowRecord[]): LabCounters {
  return sum(flows.map(counters))
}

/** A step without a URL: DNS, ping, opaque UDP, DTLS. */
function compareFlows(
  lab: LabScenario,
  replayed: Replayed,
  step: LabStep,
  expected: LabExpected,
): Check[] {
  const server = serverOf(step)
  const opened = stepFlows(lab, replayed, step)
  const flows = opened.filter(
    flow => flow.server === server?.address && (flow.server_port ?? 0) === server.port,
  )
  const wanted = wantedCharges(step, expected)
  const name = `step ${step.n} ${step.name.slice(0, 60)}`
  const checks = flows.map(flow => oneOf(name, charge(flow), wanted))
  if (flows.length === 0) checks.push(oneOf(name, 'not seen', wanted))
  if (step.tun_delta) {
    const octets = show(flowTotal(opened))
    checks.push(equal(`step ${step.n} octets and packets`, octets, show(step.tun_delta)))
  }
  return checks
}
