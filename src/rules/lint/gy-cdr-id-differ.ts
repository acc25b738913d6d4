/** GY-CDR-ID-DIFFER: a charging id whose rating group is another number: Gy reports the rating group, charging
 * records the charging id, and whoever compares the two has to know. */

import type { Lint } from '../lint.js'

export const gyCdrIdDiffer: Lint = {
  id: 'GY-CDR-ID-DIFFER',
  severity: 'info',
  doc: 'the rating group of a charging id is another number',
  check({ set }, report) {
    for (const { id, ratingGroup, at } of set.charges)
      if (ratingGroup !== id)
        report({
          at,
          rules: [],
          message: `charging id ${id} is rating group ${ratingGroup} on Gy, and ${id} in charging records`,
        })
  },
}
