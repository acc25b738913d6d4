/** Where two rule sets differ, without a capture: both engines are asked for flows and requests at the edges of
 * all their conditions, and for requests that a row of one matches and the other's rows do not. What is found is
 * a difference; that nothing is found is no proof of none. */

import type { RuleDifference } from '../record/change-record.js'
import { formatAddress } from './address.js'
import { dividingRequests } from './dividing-requests.js'
import type { RuleEngine } from './engine.js'
import { chargesAlike, differenceText, outcomeOf } from './outcome.js'
import { hasPorts, protocolText } from './protocol-number.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import type { Level2Row, RuleSet } from './rule-set.js'
import { appOver, sampleFlows, sampleRequests, seenOver } from './sample-facts.js'
import type { KnownRequest } from './visible.js'

/** Questions to both engines, at most: two thousand rules of one condition each ask about a tenth of it. */
export const mostQuestions = 2_000_000

export interface Comparison {
  /** one for each pair of rules, the first that was found */
  differences: RuleDifference[]
  /** flows and requests that were tried */
  tried: number
  /** whether all were tried */
  complete: boolean
}

export function compareRules(first: RuleEngine, second: RuleEngine): Comparison {
  const found = new Map<string, RuleDifference>()
  const requests = new Requests(first, second)
  let tried = 0
  for (const flow of sampleFlows([first.set, second.set])) {
    for (const request of [undefined, ...requests.of(flow)]) {
      const app = request && seenOver(flow, request)
      if (request && !app) continue
      if (tried++ >= mostQuestions) {
        return { differences: [...found.values()], tried: mostQuestions, complete: false }
      }
      const before = first.decide(flow, app)
      const after = second.decide(flow, app)
      const from = outcomeOf(first, before.l1, before.row)
      const to = outcomeOf(second, after.l1, after.row)
      const key = `${from.rule}|${to.rule}`
      if (chargesAlike(from, to) || found.has(key)) continue
      const why = differenceText(first, second, before, after, flow, app)
      found.set(key, { ...shown(flow, app), from, to, why })
    }
  }
  return { differences: [...found.values()], tried, complete: true }
}

/** Requests to try over a flow: those of the tables that either set asks for it. */
class Requests {
  readonly #engines: readonly RuleEngine[]
  readonly #known = new Map<string, readonly KnownRequest[]>()

  constructor(...engines: RuleEngine[]) {
    this.#engines = engines
  }

  of(flow: FlowFacts): readonly KnownRequest[] {
    const tables = this.#engines.map(engine => tablesFor(engine, flow))
    const key = tables.map(own => own.join()).join('|')
    let requests = this.#known.get(key)
    if (requests === undefined) {
      const [first = [], second = []] = this.#engines.map(({ set }, i) =>
        (tables[i] ?? []).flatMap(table => rowsOf(set, table)),
      )
      const rows = [...first, ...second]
      const samples = rows.length === 0 ? [] : sampleRequests(rows)
      requests = [...samples, ...dividingRequests(first, second)]
      this.#known.set(key, requests)
    }
    return requests
  }
}

/** Tables of the rule that decides level 1, and under fall-through of those after it. */
function tablesFor(engine: RuleEngine, flow: FlowFacts): number[] {
  const tables: number[] = []
  let l1 = engine.level1(flow)
  while (engine.hasLevel2(l1)) {
    tables.push(engine.set.level1[l1]?.table ?? -1)
    if (engine.profile.onL2Miss === 'keep-level1') break
    l1 = engine.level1After(l1, flow)
  }
  return tables
}

function rowsOf(set: RuleSet, index: number): readonly Level2Row[] {
  const table = set.tables[index]
  return table ? set.rows.slice(table.first, table.first + table.count) : []
}

function shown(flow: FlowFacts, app: AppFacts | undefined) {
  const server = formatAddress(flow.server)
  const protocol = protocolText(flow.protocol)
  const port = hasPorts(flow.protocol) ? flow.port : undefined
  const url = app?.sni ?? app?.url
  const context = [
    ...(flow.apn === undefined ? [] : [`APN ${flow.apn}`]),
    ...(flow.rat === undefined ? [] : [`RAT ${flow.rat}`]),
    ...(flow.ue === undefined ? [] : [`from ${formatAddress(flow.ue)}`]),
    ...(flow.roaming === undefined ? [] : [flow.roaming ? 'roaming' : 'at home']),
    ...(flow.timeUs === undefined
      ? []
      : [`at ${new Date(flow.timeUs / 1000).toISOString().slice(11, 16)} UTC`]),
  ]
  const extra = [app?.method, app?.contentType, app?.userAgent, app?.mmsFrom, app?.mmsSubject]
  const end = flow.server.version === 6 && port !== undefined ? `[${server}]` : server
  const where = port === undefined ? server : `${end}:${port}`
  return {
    type: 'difference',
    schema: 'tollgate.difference/1',
    witness: [`${where} ${protocol}`, ...context, url, ...extra].filter(Boolean).join(', '),
    server,
    ...(port === undefined ? {} : { server_port: port }),
    protocol,
    app: app?.app ?? appOver(flow),
    ...(url === undefined ? {} : { url }),
  } as const
}
