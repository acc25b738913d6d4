/** FREE-PORT-53/ICMP: names and echo requests that are free towards any server carry tunnels free of charge
 * (Peng et al., "Mobile Data Charging: New Attacks and Countermeasures", CCS 2012). */

import type { Lint } from '../lint.js'
import { protocolNumbers } from '../protocol-number.js'
import { type Level1Rule, ruleLabel } from '../rule-set.js'
import { meetAll } from '../space/box.js'
import { allFlows, flowFacts, flowsTo, serversOf, serviceNumber } from '../space/flow-space.js'
import { difference, type Interval, intervals } from '../space/interval-set.js'

const { tcp, udp, icmp, icmpv6 } = protocolNumbers

function single(protocol: number, port: number): Interval {
  return [serviceNumber(protocol, port), serviceNumber(protocol, port)]
}

const risks = intervals([single(udp, 53), single(tcp, 53), single(icmp, 0), single(icmpv6, 0)])
const everyServer = intervals(allFlows.flatMap(serversOf))

function names53OrIcmp({ passes }: Level1Rule['conditions'][number]): boolean {
  if (passes?.by === 'ports') return passes.ranges.some(({ low, high }) => low <= 53 && 53 <= high)
  return passes?.by === 'protocols' && [icmp, icmpv6].some(one => passes.numbers.includes(one))
}

export const freePort53: Lint = {
  id: 'FREE-PORT-53/ICMP',
  severity: 'warn',
  doc: 'DNS or ICMP is free towards any server: a way for tunnels',
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries()) {
      const flows = subject.flows(index)
      if (!flows || !subject.isFree(rule)) continue
      const anywhere = flows.filter(box =>
        allFlows.some(all => difference(serversOf(all), serversOf(box)).length === 0),
      )
      // a rule for all of TCP or of an APN is no mistake about DNS
      if (!rule.conditions.some(names53OrIcmp)) continue
      const found = subject.decidedOf(index, meetAll(anywhere, flowsTo(everyServer, risks)))
      if (found.state !== 'alive') continue
      const flow = flowFacts(found.point)
      const what = flow.port === 53 ? 'port 53' : 'ICMP'
      report({
        at: rule.at,
        rules: [ruleLabel(rule)],
        message: `${ruleLabel(rule)} frees ${what} towards any server: what is tunnelled in it is free too`,
        witness: { flow },
        hint: "server: the operator's own resolvers",
      })
    }
  },
}
