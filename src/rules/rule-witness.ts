/** For each rule, each row and the default a flow, and a request in it, that it decides: what a capture would
 * have to hold to show the rule at work. Every fact that a packet always has is given. */

import type { App } from '../record/flow-record.js'
import type { Witness } from './lint.js'
import { type LintSubject, NO_RULE } from './lint-subject.js'
import { protocolNumbers } from './protocol-number.js'
import type { AppFacts } from './rule-facts.js'
import { type Place, rowLabel, ruleLabel } from './rule-set.js'
import { type Box, meetAll, type Point } from './space/box.js'
import { type Coverage, coverage } from './space/cover.js'
import {
  allFlows,
  flowFacts,
  flowsTo,
  knownFlows,
  serversOf,
  serviceNumber,
} from './space/flow-space.js'
import { intervals } from './space/interval-set.js'
import { allRequests, helloSpace, requestFacts } from './space/request-space.js'
import { tcpServices } from './visible-service.js'

const { udp } = protocolNumbers
/** Stands for "no row" among those that are covered. */
const NO_ROW = -1

export interface RuleWitness {
  /** "L1-3", "wapgw/1", "default" */
  readonly label: string
  readonly at: Place
  /** absent when there is none */
  readonly witness?: Witness
  /** why there is none */
  readonly why?: string
}

const everyServer = intervals(allFlows.flatMap(serversOf))

function wspFlows(port: number): readonly Box[] {
  const service = serviceNumber(udp, port)
  return flowsTo(everyServer, intervals([[service, service]]))
}

/** Flows that a request of the protocol runs in. */
const tcpFlows = flowsTo(everyServer, tcpServices)
const carriers: readonly { app: App; flows: readonly Box[] }[] = [
  { app: 'http', flows: tcpFlows },
  { app: 'tls', flows: tcpFlows },
  { app: 'wsp-cl', flows: wspFlows(9200) },
  { app: 'wsp-co', flows: wspFlows(9201) },
]

const whyNot: Record<Exclude<Coverage['state'], 'alive'>, string> = {
  covered: 'earlier rules match all of it',
  empty: 'nothing matches it',
  unknown: 'not decided whether anything matches it',
}

/** Of the flows, with all facts that a packet has, one that the rule decides. */
function decided(subject: LintSubject, rule: number, own: readonly Box[]): Coverage {
  return subject.decidedOf(rule, meetAll(own, knownFlows))
}

/** A request that no row of the table matches. */
function missing(subject: LintSubject, table: number): AppFacts | undefined {
  const found = coverage({
    self: NO_ROW,
    own: allRequests.filter(({ space }) => space !== helloSpace),
    boxesOf: row => subject.requests(row),
    winner: point => subject.rowFor(table, requestFacts(point)),
  })
  return found.state === 'alive' ? requestFacts(found.point) : undefined
}

/** A flow without a request; on the WSP ports, where every datagram is one, with one that no row matches. */
function bareWitness(subject: LintSubject, rule: number, point: Point): Witness | undefined {
  const flow = flowFacts(point)
  const isWsp = flow.protocol === udp && (flow.port === 9200 || flow.port === 9201)
  if (!isWsp) return { flow }
  const request = missing(subject, rule === NO_RULE ? -1 : subject.rule(rule).table)
  return request && { flow, request }
}

function ruleWitness(
  subject: LintSubject,
  rule: number,
  own: readonly Box[],
): Partial<RuleWitness> {
  const found = decided(subject, rule, own)
  if (found.state !== 'alive') return { why: whyNot[found.state] }
  const witness = bareWitness(subject, rule, found.point)
  return witness ? { witness } : { why: 'every request of its flows is decided by a row' }
}

function rowWitness(subject: LintSubject, row: number): Partial<RuleWitness> {
  const found = subject.rowCoverage(row)
  if (found.state !== 'alive') return { why: whyNot[found.state] }
  if (subject.rowReach(row).state === 'covered') return { why: whyNot.covered }
  const shown = requestFacts(found.point)
  const { table } = subject.row(row)
  for (const { app, flows: carried } of carriers) {
    const request = { ...shown, app }
    const isHello = shown.urlSource === 'sni'
    if (isHello !== (app === 'tls') || subject.rowFor(table, request) !== row) continue
    for (const rule of subject.owners(table)) {
      const flows = decided(subject, rule, meetAll(subject.flows(rule) ?? [], carried))
      if (flows.state === 'alive') return { witness: { flow: flowFacts(flows.point), request } }
    }
  }
  return { why: 'no rule asks it where the request can be read' }
}

export function ruleWitnesses(subject: LintSubject): RuleWitness[] {
  const { set } = subject
  const found: RuleWitness[] = []
  for (const [index, rule] of set.level1.entries()) {
    const own = ruleWitness(subject, index, subject.flows(index) ?? [])
    found.push({ label: ruleLabel(rule), at: rule.at, ...own })
  }
  for (const [index, row] of set.rows.entries())
    found.push({ label: rowLabel(set, row), at: row.at, ...rowWitness(subject, index) })
  if (set.default >= 0)
    found.push({
      label: 'default',
      at: set.defaultAt ?? set.at,
      ...ruleWitness(subject, NO_RULE, allFlows),
    })
  return found
}
