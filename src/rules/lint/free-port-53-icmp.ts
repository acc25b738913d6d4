/** FREE-PORT-53/ICMP: names and echo requests that are free towards any server carry tunnels free of charge
 * (Peng et al., "Mobile Data Charging: New Attacks and Countermeasures", CCS 2012). */

import type { Lint } from '../lint.js'
import { protocolNumbers } from '../protocol-number.js'
import { ruleLabel } from '../rule-set.js'
import { meetAll, pickAny } from '../space/box.js'
import { allFlows, flowFacts, flowsTo, serviceNumber, serversOf } from '../space/flow-space.js'
import { difference, type Interval, intervals } from '../space/interval-set.js'
import { ownServices } from '../visible-service.js'

const { tcp, udp, icmp, icmpv6 } = protocolNumbers

function single(protocol: number, port: number): Interval {
  return [serviceNumber(protocol, port), serviceNumber(protocol, port)]
}

const risks = intervals([single(udp, 53), single(tcp, 53), single(icmp, 0), single(icmpv6, 0)])
const everyServer = intervals(allFlows.flatMap(serversOf))
const everyService = ownServices(allFlows)

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
      // a rule for all traffic is no mistake about DNS
      if (difference(everyService, ownServices(anywhere)).length === 0) continue
      const point = pickAny(meetAll(anywhere, flowsTo(everyServer, risks)))
      if (typeof point === 'string') continue
      const flow = flowFacts(point)
      if (subject.engine.level1(flow) !== index) continue
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
