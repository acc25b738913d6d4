/** L7-ON-OPAQUE: rows that need a URL under a rule whose ports carry encrypted payload: WTLS shows nothing,
 * TLS and QUIC a server name at most. */

import type { Lint } from '../lint.js'
import { rowLabel, ruleLabel } from '../rule-set.js'
import { intervals } from '../space/interval-set.js'
import { encryptedServices, ownServices, within, wtlsServices } from '../visible-service.js'

const opaque = intervals([...encryptedServices, ...wtlsServices])

export const l7OnOpaque: Lint = {
  id: 'L7-ON-OPAQUE',
  severity: 'warn',
  doc: 'rows that need a URL are asked for on ports whose payload is encrypted',
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries()) {
      const services = ownServices(subject.flows(index) ?? [])
      if (rule.table < 0 || !within(services, opaque)) continue
      const wtls = within(services, wtlsServices)
      const blind = subject
        .rowsOf(rule.table)
        .filter(row => wtls || !subject.matchesNames(row))
        .map(row => rowLabel(subject.set, subject.row(row)))
      if (blind.length === 0) continue
      const shown = wtls ? 'WTLS hides the URL' : 'TLS and QUIC show a server name at most'
      report({
        at: rule.at,
        rules: [ruleLabel(rule), ...blind],
        message: `${ruleLabel(rule)} asks rows that cannot match there: ${shown} (${blind.join(', ')})`,
        witness: { flow: subject.flowOf(index) },
      })
    }
  },
}
