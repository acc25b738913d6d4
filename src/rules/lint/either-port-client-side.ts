/** EITHER-PORT-CLIENT-SIDE: `port` is the server's. A rule for ports that handsets choose from was taken over
 * from a gateway whose ports are those of either end, and then also matches other people's servers. Range of
 * dynamic ports: RFC 6335 section 6. */

import type { Lint } from '../lint.js'
import { ruleLabel } from '../rule-set.js'

const FIRST_DYNAMIC = 49152

export const eitherPortClientSide: Lint = {
  id: 'EITHER-PORT-CLIENT-SIDE',
  severity: 'warn',
  doc: 'a rule names only ports that clients choose from, while `port` is that of the server',
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries()) {
      for (const { key, passes, at, expected } of rule.conditions) {
        if (key !== 'port' || passes?.by !== 'ports') continue
        if (passes.ranges.some(({ low }) => low < FIRST_DYNAMIC)) continue
        report({
          at,
          rules: [ruleLabel(rule)],
          message: `${ruleLabel(rule)} names port ${expected}, from which clients choose; port is that of the server, whichever end sent the packet`,
          witness: { flow: subject.flowOf(index) },
        })
      }
    }
  },
}
