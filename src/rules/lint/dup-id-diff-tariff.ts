/** DUP-ID-DIFF-TARIFF: charging ids of one rating group with different tariffs. The online charging system
 * sees the rating group (RFC 8506 section 8.29), so it cannot tell free octets from charged ones. */

import type { Lint } from '../lint.js'
import { placeText } from '../rule-set.js'

export const dupIdDiffTariff: Lint = {
  id: 'DUP-ID-DIFF-TARIFF',
  severity: 'error',
  doc: 'two charging ids of one rating group have different tariffs',
  check({ set }, report) {
    const first = new Map<number, (typeof set.charges)[number]>()
    for (const charge of set.charges) {
      const { ratingGroup, id, tariff, at } = charge
      const other = first.get(ratingGroup)
      if (!other) first.set(ratingGroup, charge)
      else if (other.tariff !== tariff)
        report({
          at,
          rules: [],
          message: `charging id ${id} is ${tariff}, and ${other.id} at ${placeText(other.at)} of the same rating group ${ratingGroup} is ${other.tariff}`,
        })
    }
  },
}
