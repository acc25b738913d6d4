/** PARTIAL-OVERLAP-DIFF-TARIFF: two rules match something in common, each also something of its own, and the
 * one is free where the other is not: a change of order changes money. */

import type { Lint } from '../lint.js'
import { overlappingRows, overlappingRules } from '../overlap.js'
import { placeText, rowLabel, ruleLabel } from '../rule-set.js'
import { flowFacts } from '../space/flow-space.js'
import { requestFacts } from '../space/request-space.js'

export const partialOverlap: Lint = {
  id: 'PARTIAL-OVERLAP-DIFF-TARIFF',
  severity: 'warn',
  doc: 'two rules of different tariffs overlap, and neither contains the other',
  check(subject, report) {
    const { set } = subject
    const tariff = (of: { charge: number }) => subject.charge(of.charge)?.tariff ?? 'unknown'
    const text = (earlier: string, place: string, own: string, tariffs: [string, string]) =>
      `${own} (${tariffs[1]}) overlaps ${earlier} (${tariffs[0]}) at ${place}: the order decides`
    const rulesDiffer = (a: number, b: number) =>
      tariff(subject.rule(a)) !== tariff(subject.rule(b))
    for (const { earlier, later, point } of overlappingRules(subject, rulesDiffer)) {
      const [a, b] = [subject.rule(earlier), subject.rule(later)]
      report({
        at: b.at,
        rules: [ruleLabel(b), ruleLabel(a)],
        message: text(ruleLabel(a), placeText(a.at), ruleLabel(b), [tariff(a), tariff(b)]),
        witness: { flow: flowFacts(point) },
      })
    }
    const rowsDiffer = (a: number, b: number) => tariff(subject.row(a)) !== tariff(subject.row(b))
    for (const { earlier, later, point } of overlappingRows(subject, rowsDiffer)) {
      const [a, b] = [subject.row(earlier), subject.row(later)]
      const labels = [rowLabel(set, a), rowLabel(set, b)] as const
      report({
        at: b.at,
        rules: [labels[1], labels[0]],
        message: text(labels[0], placeText(a.at), labels[1], [tariff(a), tariff(b)]),
        witness: { flow: subject.flowAsking(b.table)?.flow, request: requestFacts(point) },
      })
    }
  },
}
