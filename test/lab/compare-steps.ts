/** Every step of a laboratory scenario: the charge of each of its requests, or of its flows when it made
 * none, and its octets. */

import type { ChargeFields, FlowRecord, TransactionRecord } from '../../src/record/flow-record.js'
import { type Check, equal, oneOf } from './check.js'
import {
  counterNames,
  effective,
  expectedIds,
  gateway,
  type LabCounters,
  type LabExpected,
  type LabScenario,
  type LabStep,
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

/** The laboratory names an origin-form request by its connection (http://10.0.0.172/path) when the header
 * that tells its host is the point of the step. */
function shows(transaction: TransactionRecord, url: string): boolean {
  if (transaction.url === url || transaction.url_raw === url) return true
  const { host, pathname } = new URL(url)
  return (
    host === gateway &&
    transaction.url !== undefined &&
    new URL(transaction.url).pathname === pathname
  )
}

/** A transaction begins with its handshake, when the profile gives it that. */
function duringStep(step: LabStep, { ts, end }: { ts: string; end: string }): boolean {
  return seconds(ts) <= step.t1 + slack && seconds(end) >= step.t0 - slack
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
  const overlapping = replayed.transactions.filter(
    transaction =>
      duringStep(step, transaction) && (!ue || replayed.flowOf(transaction)?.ue === ue),
  )
  const candidates = [
    ...overlapping.filter(transaction => inStep(step, transaction.ts)),
    ...overlapping.filter(transaction => !inStep(step, transaction.ts)),
  ]
  const used: TransactionRecord[] = []
  const checks = urls.map((url, n) => {
    const want = expected.per_request?.[n] ?? expected
    const at = candidates.findIndex(transaction => shows(transaction, url))
    const [transaction] = at < 0 ? [] : candidates.splice(at, 1)
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
  const most = sum([step.tun_delta, ofConnection(lab, step)])
  const found = sum(used.map(counters))
  const ok = counterNames.every(c => found[c] >= step.tun_delta![c] && found[c] <= most[c])
  return [{ ok, name, wanted: `${show(step.tun_delta)} to ${show(most)}`, found: show(found) }]
}

/** All handshakes and teardowns on the step's connection: which request gets them is the profile's. */
function ofConnection(lab: LabScenario, { server, conn }: LabStep): LabCounters {
  return sum(
    lab.steps
      .filter(step => step.expected?.verdict === 'of-connection')
      .filter(step => step.server === server && step.conn === conn)
      .flatMap(step => step.tun_delta ?? []),
  )
}

/** Flows of the step's UE that were opened during the step. */
function stepFlows(lab: LabScenario, replayed: Replayed, step: LabStep): FlowRecord[] {
  const ue = ueAddress(lab, step)
  return replayed.flows.filter(flow => (!ue || flow.ue === ue) && inStep(step, flow.ts))
}

function flowTotal(flows: readonly FlowRecord[]): LabCounters {
  return sum(flows.map(counters))
}

/** A step without a URL: DNS, ping, opaque UDP, DTLS. Two pings in a row are one flow: its octets are
 * compared only when it is the step's own. */
function compareFlows(
  lab: LabScenario,
  replayed: Replayed,
  step: LabStep,
  expected: LabExpected,
): Check[] {
  const server = serverOf(step)
  const ue = ueAddress(lab, step)
  const flows = replayed.flows.filter(
    flow =>
      (!ue || flow.ue === ue) &&
      flow.server === server?.address &&
      (flow.server_port ?? 0) === server.port &&
      duringStep(step, flow),
  )
  const wanted = wantedCharges(step, expected)
  const name = `step ${step.n} ${step.name.slice(0, 60)}`
  const checks = flows.map(flow => oneOf(name, charge(flow), wanted))
  if (flows.length === 0) checks.push(oneOf(name, 'not seen', wanted))
  const own = flows.every(flow => inStep(step, flow.ts) && inStep(step, flow.end))
  if (step.tun_delta && own) {
    const octets = show(flowTotal(stepFlows(lab, replayed, step)))
    checks.push(equal(`step ${step.n} octets and packets`, octets, show(step.tun_delta)))
  }
  return checks
}
