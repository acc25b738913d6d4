/** IP-LITERAL: a pattern on an address. Clients ask for names, and an address in a URL is there only when
 * somebody wrote it there. */

import type { Lint } from '../lint.js'
import { rowLabel } from '../rule-set.js'

const address = /(?:^|[^\d.])(\d{1,3}(?:\.\d{1,3}){3})(?:$|[^\d.])/

export const ipLiteral: Lint = {
  id: 'IP-LITERAL',
  severity: 'info',
  doc: 'a row looks for an address in the URL, although clients use names',
  check({ set }, report) {
    for (const row of set.rows)
      for (const { key, passes, at } of row.conditions) {
        if ((key !== 'url' && key !== 'host') || passes?.by !== 'text') continue
        const found = passes.patterns
          .filter(({ operator }) => operator !== 'regex')
          .map(({ text }) => address.exec(text)?.[1])
          .find(text => text !== undefined)
        if (found === undefined) continue
        report({
          at,
          rules: [rowLabel(set, row)],
          message: `${rowLabel(set, row)} looks for ${found} in the ${key}: requests that name the server do not match`,
        })
      }
  },
}
