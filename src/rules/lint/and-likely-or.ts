/** AND-LIKELY-OR: every key of a match has to hold. Two that name the thing asked for, and that no request
 * meets at once, were probably meant as alternatives. */

import { emptyCause } from '../empty-match.js'
import type { Lint } from '../lint.js'
import { rowLabel } from '../rule-set.js'

export const andLikelyOr: Lint = {
  id: 'AND-LIKELY-OR',
  severity: 'error',
  doc: 'conditions that cannot hold together, each of which can: two rows were meant',
  check(subject, report) {
    for (const [index, row] of subject.set.rows.entries()) {
      const cause = emptyCause(subject, index)
      if (cause?.kind !== 'either') continue
      const label = rowLabel(subject.set, row)
      report({
        at: row.at,
        rules: [label],
        message: `${label} matches no request: ${cause.keys.join(' and ')} have to hold together, and cannot`,
        hint: 'one row for each, or a list under one key',
      })
    }
  },
}
