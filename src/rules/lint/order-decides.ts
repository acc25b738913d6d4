/** ORDER-DECIDES: a URL that two rows match, with the same tariff but other charging ids: the bill is the
 * same, the record of what it was for is a matter of order. */

import type { Lint } from '../lint.js'
import { overlappingRows } from '../overlap.js'
import { placeText, rowLabel } from '../rule-set.js'
import { requestFacts } from '../space/request-space.js'

export const orderDecides: Lint = {
  id: 'ORDER-DECIDES',
  severity: 'info',
  doc: 'two rows of one tariff and different charging ids match the same request',
  check(subject, report) {
    const { set } = subject
    const differs = (a: number, b: number) => {
      const [one, two] = [subject.row(a).charge, subject.row(b).charge]
      return one !== two && subject.charge(one)?.tariff === subject.charge(two)?.tariff
    }
    for (const { earlier, later, point } of overlappingRows(subject, differs)) {
      const [a, b] = [subject.row(earlier), subject.row(later)]
      const label = rowLabel(set, a)
      report({
        at: b.at,
        rules: [rowLabel(set, b), label],
        message: `${rowLabel(set, b)} and ${label} at ${placeText(a.at)} match the same request: ${label} decides because it is first`,
        witness: { flow: subject.flowAsking(b.table)?.flow, request: requestFacts(point) },
      })
    }
  },
}
