/** The alternatives of a ruledef, narrowed to the flows that its analysers see. Importers.md 1.5 item 1: routing rules
 * choose the analyser of a flow, and without a route no line about a payload ever matches. */

import type { App } from '../../record/flow-record.js'
import type { FlowMatch, PayloadMatch } from '../rule-draft.js'
import { bothTerms, type FlowTerm, flowMatch, isEmpty } from './flow-term.js'
import { asksPayload, bothPayloads, mergedMatches, type PayloadTerm } from './payload-term.js'
import type { Term } from './staros-ruledef.js'

export interface Route extends Term {
  readonly analyzer: string
}

/** What a flow that an analyser reads shows as. */
const analyzerApps: Readonly<Record<string, readonly App[]>> = {
  http: ['http', 'mms'],
  'wsp-connection-less': ['wsp-cl', 'mms'],
  'wsp-connection-oriented': ['wsp-co', 'mms'],
  mms: ['mms'],
  'secure-http': ['tls'],
}

const analyzerOf: Readonly<Partial<Record<App, string>>> = {
  http: 'http',
  'wsp-cl': 'wsp-connection-less',
  'wsp-co': 'wsp-connection-oriented',
  mms: 'mms',
}

export function knownAnalyzer(name: string): boolean {
  return name in analyzerApps
}

/** Analysers that the lines of a term need; none for server names, which are read of every TLS flow. */
export function analyzersFor({ app = [] }: PayloadTerm): string[] {
  const carriers = app.filter(one => one !== 'mms')
  const needed = carriers.length > 0 ? carriers : app
  return [...new Set(needed.flatMap(one => analyzerOf[one] ?? []))]
}

/** One rule of the set: a flow, and the payloads of which one must show. */
export interface Selected {
  readonly flow: FlowMatch
  readonly payloads: PayloadMatch[] | undefined
}

interface Group {
  flow: FlowTerm
  payloads: PayloadTerm[]
}

/** The flow without its ports: what alternatives must share to be one rule with a list of ports. */
function portless({ port: _port, ...rest }: FlowTerm): string {
  return JSON.stringify(rest)
}

function merge(groups: Group[], flow: FlowTerm, payload: PayloadTerm): void {
  const texts = JSON.stringify(payload.texts)
  const same = groups.find(
    group =>
      portless(group.flow) === portless(flow) &&
      group.payloads.length === 1 &&
      JSON.stringify(group.payloads[0]?.texts) === texts &&
      (group.flow.port === undefined) === (flow.port === undefined),
  )
  const [own] = same?.payloads ?? []
  if (!same || !own) {
    groups.push({ flow, payloads: [payload] })
    return
  }
  const ports = [...(same.flow.port ?? []), ...(flow.port ?? [])]
  const unique = [...new Map(ports.map(range => [`${range.low}-${range.high}`, range])).values()]
  if (same.flow.port) same.flow = { ...same.flow, port: unique }
  const app = own.app && payload.app ? [...new Set([...own.app, ...payload.app])] : own.app
  same.payloads = [{ ...own, app }]
}

function groupsOf(term: Term, routes: readonly Route[]): Group[] {
  const analyzers = analyzersFor(term.payload)
  if (!asksPayload(term.payload))
    return isEmpty(term.flow) ? [] : [{ flow: term.flow, payloads: [] }]
  if (analyzers.length === 0)
    return isEmpty(term.flow) ? [] : [{ flow: term.flow, payloads: [term.payload] }]
  const groups: Group[] = []
  for (const route of routes) {
    if (!analyzers.includes(route.analyzer)) continue
    const flow = bothTerms(term.flow, route.flow)
    const seen: PayloadTerm = { app: analyzerApps[route.analyzer], texts: route.payload.texts }
    if (!isEmpty(flow)) merge(groups, flow, bothPayloads(term.payload, seen))
  }
  return groups
}

/** Alternatives over addresses alone are one list. */
function joinServers(flows: FlowTerm[]): FlowTerm[] {
  const only = flows.filter(flow => flow.server && !flow.ue && !flow.protocol && !flow.port)
  if (only.length < 2) return flows
  const servers = only.flatMap(flow => flow.server ?? [])
  return [{ server: servers }, ...flows.filter(flow => !only.includes(flow))]
}

/** The rules that a ruledef becomes: one for each flow. Empty when none of its terms ever matches. */
export function selectedBy(terms: readonly Term[], routes: readonly Route[]): Selected[] {
  const byFlow = new Map<string, Group>()
  const plain: FlowTerm[] = []
  for (const group of terms.flatMap(term => groupsOf(term, routes))) {
    if (group.payloads.length === 0) {
      plain.push(group.flow)
      continue
    }
    const key = JSON.stringify(group.flow)
    const known = byFlow.get(key)
    if (known) known.payloads.push(...group.payloads)
    else byFlow.set(key, group)
  }
  return [
    ...joinServers(plain).map(flow => ({ flow: flowMatch(flow), payloads: undefined })),
    ...[...byFlow.values()].map(({ flow, payloads }) => ({
      flow: flowMatch(flow),
      payloads: mergedMatches(payloads),
    })),
  ]
}
