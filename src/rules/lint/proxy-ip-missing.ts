/** PROXY-IP-MISSING: rows that name servers, asked only for flows to those servers themselves. A handset that
 * goes through the WAP gateway sends to the gateway's address, so the rows never see its requests. */

import { formatPrefix } from '../address.js'
import type { Lint } from '../lint.js'
import { rowLabel, ruleLabel } from '../rule-set.js'
import { serversOf } from '../space/flow-space.js'
import { intersection, intervals, prefixInterval } from '../space/interval-set.js'

const nameKeys = new Set(['url', 'host', 'path'])

export const proxyIpMissing: Lint = {
  id: 'PROXY-IP-MISSING',
  severity: 'warn',
  doc: 'rows with a URL or host are asked for origin servers and for no WAP gateway',
  check(subject, report) {
    const { set } = subject
    if (set.proxies.length === 0) return
    const gateways = intervals(set.proxies.map(prefixInterval))
    const throughGateway = (rule: number) =>
      (subject.flows(rule) ?? []).some(box => intersection(serversOf(box), gateways).length > 0)
    for (const table of set.tables.keys()) {
      const owners = subject.owners(table)
      const rows = subject.rowsOf(table).map(row => subject.row(row))
      const named = rows.filter(row => row.conditions.some(({ key }) => nameKeys.has(key)))
      if (owners.length === 0 || named.length === 0 || owners.some(throughGateway)) continue
      const [first = 0] = owners
      const labels = owners.map(rule => ruleLabel(subject.rule(rule)))
      report({
        at: subject.rule(first).at,
        rules: [...labels, ...named.map(row => rowLabel(set, row))],
        message: `${labels.join(', ')} ${labels.length === 1 ? 'asks' : 'ask'} for URLs at the origin servers only: requests through the WAP gateway go to ${set.proxies.map(formatPrefix).join(', ')}`,
        witness: { flow: subject.flowOf(first) },
      })
    }
  },
}
