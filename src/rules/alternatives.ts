/** The same request sent another way: other ports of the same server, and what each would be charged.
 * Shows whether a charge is one of the service or of the way it was fetched. */

import type { Alternative } from '../record/explain-record.js'
import type { App } from '../record/flow-record.js'
import type { Decision, RuleEngine } from './engine.js'
import { protocolNumbers, protocolText } from './protocol-number.js'
import type { FlowFacts } from './rule-facts.js'
import { type Level2Row, rowLabel } from './rule-set.js'
import {
  isOpaque,
  type KnownPort,
  type KnownRequest,
  knownPort,
  knownPorts,
  visibleFacts,
} from './visible.js'

const MOST_ALTERNATIVES = 16
/** A range of a rule with more ports than this is not a list of services. */
const MOST_PORTS = 8
/** Ways that a WAP handset can be set to, in the order of advice. */
const wapPorts = [80, 9200, 9201]

/** What a request over this port would be; undefined where no request goes, such as DNS. */
function wayOf(port: number, protocol: number): KnownPort | undefined {
  const known = knownPort(port, protocol)
  if (known) return known.app === 'dns' ? undefined : known
  const { tcp } = protocolNumbers
  return protocol === tcp ? { port, protocol, app: 'http', words: 'HTTP' } : undefined
}

/** Ways that the rules name for this server. */
export function waysInRules(engine: RuleEngine, flow: FlowFacts): KnownPort[] {
  const found: KnownPort[] = []
  for (const { conditions } of engine.set.level1) {
    if (conditions.some(one => one.key === 'server' && !one.test(flow))) continue
    const hints = conditions.map(({ hint }) => hint)
    const protocols = hints.flatMap(hint => (hint?.by === 'protocol' ? hint.numbers : []))
    const ranges = hints.flatMap(hint => (hint?.by === 'port' ? hint.ranges : []))
    for (const { low, high } of ranges)
      for (let port = low; port <= high && high - low < MOST_PORTS; port++)
        for (const protocol of protocols) {
          const way = wayOf(port, protocol)
          if (way) found.push(way)
        }
  }
  return found
}

/** The row that some request over this way would hit and be free, when the request itself is unknown. */
function freeRow(engine: RuleEngine, l1: number): Level2Row | undefined {
  const table = engine.set.tables[engine.set.level1[l1]?.table ?? -1]
  if (!table) return undefined
  return engine.set.rows
    .slice(table.first, table.first + table.count)
    .find(row => engine.charges[row.charge]?.tariff === 'free')
}

function alternativeOf(
  engine: RuleEngine,
  decision: Decision,
  way: KnownPort,
  request?: string,
): Alternative | undefined {
  const charge = engine.charges[decision.charge]
  if (!charge) return undefined
  const rule = engine.set.level1[decision.l1]
  const row = engine.set.rows[decision.row]
  return {
    change: `port ${way.port} (${way.words})`,
    server_port: way.port,
    protocol: protocolText(way.protocol),
    rule_id: charge.id,
    tariff: charge.tariff,
    ...(rule ? { level1: rule.id } : {}),
    ...(row ? { level2: rowLabel(engine.set, row) } : {}),
    ...(request === undefined ? {} : { request }),
  }
}

function patternText(row: Level2Row): string {
  return row.conditions.map(({ key, expected }) => `${key} ${expected}`).join(' and ')
}

/** The request over one other way. Where the request is not known, the best that a request could get, and
 * for which requests. */
function over(
  engine: RuleEngine,
  flow: FlowFacts,
  known: KnownRequest | undefined,
  way: KnownPort,
): Alternative | undefined {
  const elsewhere = { ...flow, port: way.port, protocol: way.protocol }
  const seen = known && visibleFacts(way.app, known)
  const decision = engine.decide(elsewhere, seen)
  const row = known ? undefined : freeRow(engine, decision.l1)
  if (!row) return alternativeOf(engine, decision, way)
  const best = { l1: decision.l1, row: engine.set.rows.indexOf(row), charge: row.charge }
  return alternativeOf(engine, best, way, patternText(row))
}

/** Other ways for a request to the same server, WAP ports first. `app` is what carried it, `known` what is
 * known of it, also where the gateway could not see it; undefined when nothing is. Empty when nothing
 * is known of a payload that the gateway can read: then there is no request to compare. */
export function alternatives(
  engine: RuleEngine,
  flow: FlowFacts,
  app: App,
  known: KnownRequest | undefined,
): Alternative[] {
  if (!known && !isOpaque(app)) return []
  const wap = knownPorts.filter(({ port }) => wapPorts.includes(port))
  const seen = new Set([`${flow.protocol} ${flow.port}`])
  const found: Alternative[] = []
  for (const way of [...wap, ...waysInRules(engine, flow)]) {
    const key = `${way.protocol} ${way.port}`
    if (seen.has(key)) continue
    seen.add(key)
    const alternative = over(engine, flow, known, way)
    if (alternative && found.length < MOST_ALTERNATIVES) found.push(alternative)
  }
  return found
}
