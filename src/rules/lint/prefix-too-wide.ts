/** PREFIX-TOO-WIDE: a free rule for more than two thousand addresses (/21 and wider) frees whatever else is
 * there or comes to be there. For IPv6 what one operator is allocated (/32) counts as wide. */

import { formatPrefix } from '../address.js'
import type { Lint } from '../lint.js'
import { ruleLabel } from '../rule-set.js'

const widest = { 4: 22, 6: 33 } as const

export const prefixTooWide: Lint = {
  id: 'PREFIX-TOO-WIDE',
  severity: 'warn',
  doc: 'a free rule names a server prefix of /21 or wider (IPv6: /32 or wider)',
  check(subject, report) {
    for (const [index, rule] of subject.set.level1.entries()) {
      if (!subject.isFree(rule)) continue
      for (const { key, passes, at } of rule.conditions) {
        if (key !== 'server' || passes?.by !== 'addresses') continue
        const wide = passes.prefixes.filter(({ version, bits }) => bits < widest[version])
        if (wide.length === 0) continue
        report({
          at,
          rules: [ruleLabel(rule)],
          message: `${ruleLabel(rule)} frees all of ${wide.map(formatPrefix).join(', ')}`,
          witness: { flow: subject.flowOf(index) },
        })
      }
    }
  },
}
