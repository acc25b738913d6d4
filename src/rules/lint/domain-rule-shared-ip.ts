/** DOMAIN-RULE-SHARED-IP: a free address serves other names too in the capture. What was meant for one service
 * frees everything that shares its address: a content network, a hosting provider. */

import { parseAddress } from '../address.js'
import type { Lint } from '../lint.js'
import { ruleLabel } from '../rule-set.js'
import { serversOf } from '../space/flow-space.js'
import { addressNumber, includes } from '../space/interval-set.js'

const mostNamed = 4

/** The last two labels stand for the owner: enough to tell two services apart. */
function domainOf(name: string): string {
  return name.split('.').slice(-2).join('.')
}

export const domainRuleSharedIp: Lint = {
  id: 'DOMAIN-RULE-SHARED-IP',
  severity: 'warn',
  doc: 'an address that a rule frees serves several domains in the capture',
  check(subject, report) {
    const { capture } = subject
    if (!capture) return
    for (const [index, rule] of subject.set.level1.entries()) {
      const flows = subject.flows(index)
      const named = rule.conditions.find(({ key }) => key === 'server')
      if (!flows || !named || !subject.isFree(rule)) continue
      for (const [server, names] of capture.names) {
        const address = parseAddress(server)
        if (!address || new Set([...names].map(domainOf)).size < 2) continue
        const number = addressNumber(address)
        if (!flows.some(box => includes(serversOf(box), number))) continue
        if (subject.engine.isProxy(address)) continue
        const shown = [...names].sort().slice(0, mostNamed).join(', ')
        report({
          at: named.at,
          rules: [ruleLabel(rule)],
          message: `${ruleLabel(rule)} frees ${server}, which serves ${names.size} names in the capture: ${shown}`,
        })
      }
    }
  },
}
