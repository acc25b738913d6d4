/** DIFFERENTIAL: the same request to the same server is free over one port and charged over another, because
 * the rules of the ports differ or because one of them hides the URL. The published newspaper case. */

import { formatAddress } from '../address.js'
import { waysInRules } from '../alternatives.js'
import type { Lint } from '../lint.js'
import type { LintSubject } from '../lint-subject.js'
import { protocolText } from '../protocol-number.js'
import type { AppFacts, FlowFacts } from '../rule-facts.js'
import { rowLabel, ruleLabel } from '../rule-set.js'
import { type KnownPort, visibleFacts } from '../visible.js'

/** Ways to one server, by what the request costs there. */
interface Prices {
  readonly flow: FlowFacts
  readonly free: readonly KnownPort[]
  readonly charged: readonly KnownPort[]
  /** level-1 rules that charge, by label */
  readonly by: readonly string[]
}

function pricesOf(subject: LintSubject, flow: FlowFacts, request: AppFacts): Prices {
  const { engine } = subject
  const free: KnownPort[] = []
  const charged: KnownPort[] = []
  const by = new Set<string>()
  const seen = new Set<string>()
  for (const way of waysInRules(engine, flow)) {
    const key = `${way.protocol} ${way.port}`
    if (seen.has(key)) continue
    seen.add(key)
    const elsewhere = { ...flow, port: way.port, protocol: way.protocol }
    const { l1, charge } = engine.decide(elsewhere, visibleFacts(way.app, request))
    const tariff = engine.charges[charge]?.tariff
    if (tariff === 'free') free.push(way)
    if (tariff !== 'charged' || l1 < 0) continue
    charged.push(way)
    by.add(ruleLabel(subject.rule(l1)))
  }
  return { flow, free, charged, by: [...by] }
}

/** `tcp 80, udp 9200, 9201` */
function waysText(ways: readonly KnownPort[]): string {
  const byProtocol = new Map<number, number[]>()
  for (const { protocol, port } of ways)
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), port])
  return [...byProtocol]
    .map(
      ([protocol, ports]) => `${protocolText(protocol)} ${ports.sort((a, b) => a - b).join(', ')}`,
    )
    .join(', ')
}

export const differential: Lint = {
  id: 'DIFFERENTIAL',
  severity: 'warn',
  doc: 'the same request is free over one port of a server and charged over another',
  check(subject, report) {
    const { set } = subject
    for (const table of set.tables.keys()) {
      const asking = subject.flowAsking(table)
      if (!asking) continue
      /** rows with the same prices are one finding */
      const found = new Map<string, { prices: Prices; rows: number[]; request: AppFacts }>()
      for (const row of subject.rowsOf(table)) {
        const request = subject.isFree(subject.row(row)) ? subject.requestOf(row) : undefined
        if (!request) continue
        const prices = pricesOf(subject, asking.flow, request)
        if (prices.free.length === 0 || prices.charged.length === 0) continue
        const key = `${waysText(prices.free)} / ${waysText(prices.charged)}`
        const same = found.get(key)
        if (same) same.rows.push(row)
        else found.set(key, { prices, rows: [row], request })
      }
      for (const { prices, rows, request } of found.values()) {
        const [first = 0] = rows
        const labels = rows.map(row => rowLabel(set, subject.row(row)))
        const server = formatAddress(prices.flow.server)
        const [way] = prices.charged
        if (!way) continue
        const { port, protocol, app } = way
        report({
          at: subject.row(first).at,
          rules: [...labels, ...prices.by],
          message: `requests of ${labels.join(', ')} to ${server}, such as ${request.url}, are free on ${waysText(prices.free)} and charged on ${waysText(prices.charged)} by ${prices.by.join(', ')}`,
          // what the gateway sees of the request there
          witness: {
            flow: { ...prices.flow, port, protocol },
            request: visibleFacts(app, request),
          },
          hint: 'the same charge on all ports of the service, or tell subscribers which port is free',
        })
      }
    }
  },
}
