/** L7-WITHOUT-ROUTE: a rule asks a table for flows whose payload no analyser reads: neither TCP nor the UDP
 * ports of WSP, WTLS and QUIC. */

import type { Lint } from '../lint.js'
import { ruleLabel } from '../rule-set.js'
import {
  helloServices,
  isReadable,
  overlaps,
  ownServices,
  wtlsServices,
} from '../visible-service.js'

export const l7WithoutRoute: Lint = {
  id: 'L7-WITHOUT-ROUTE',
  severity: 'warn',
  doc: 'a rule with a table matches no protocol and port whose requests are recognised',
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries()) {
      const services = ownServices(subject.flows(index) ?? [])
      const table = subject.set.tables[rule.table]
      if (!table || services.length === 0) continue
      const read = isReadable(services) || overlaps(services, helloServices)
      if (read || overlaps(services, wtlsServices)) continue
      report({
        at: rule.at,
        rules: [ruleLabel(rule)],
        message: `${ruleLabel(rule)} asks table ${table.name}, but no request is recognised on its protocols and ports: the rows are never tried`,
        witness: { flow: subject.flowOf(index) },
        hint: 'tcp, or udp 9200, 9201 or 443',
      })
    }
  },
}
