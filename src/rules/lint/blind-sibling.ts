/** BLIND-SIBLING: a charged rule without a level-2 table beside a rule for the same servers that has one with
 * free rows: what is free by its URL there is charged here, unread. */

import type { Lint } from '../lint.js'
import type { LintSubject } from '../lint-subject.js'
import { placeText, ruleLabel } from '../rule-set.js'
import { type Box, cutAll, meetAll } from '../space/box.js'
import { allFlows, flowFacts, flowsTo, serversOf } from '../space/flow-space.js'
import { intervals } from '../space/interval-set.js'
import { ownServices, within, wtlsServices } from '../visible-service.js'

const everyService = ownServices(allFlows)

function namesServer(subject: LintSubject, rule: number): boolean {
  return subject.rule(rule).conditions.some(({ key }) => key === 'server')
}

/** Flows that come to the rule after a miss of the table that the sibling asks. */
function askedBefore(subject: LintSubject, blind: number, sibling: number): readonly Box[] {
  return subject
    .owners(subject.rule(sibling).table)
    .filter(owner => owner < blind && subject.letsPass(owner))
    .flatMap(owner => subject.flows(owner) ?? [])
}

export const blindSibling: Lint = {
  id: 'BLIND-SIBLING',
  severity: 'warn',
  doc: 'a charged rule without level 2 beside one for the same server with free rows',
  check(subject, report) {
    const rules = [...subject.set.level1.keys()].filter(rule => namesServer(subject, rule))
    const seeing = rules.filter(rule =>
      subject.rowsOf(subject.rule(rule).table).some(row => subject.isFree(subject.row(row))),
    )
    for (const blind of rules) {
      const own = subject.rule(blind)
      if (own.table >= 0 || subject.isFree(own)) continue
      if (subject.ruleCoverage(blind).state !== 'alive') continue
      for (const sibling of seeing) {
        const servers = intervals((subject.flows(sibling) ?? []).flatMap(serversOf))
        const shared = meetAll(subject.flows(blind) ?? [], flowsTo(servers, everyService))
        const found = subject.decidedOf(blind, cutAll(shared, askedBefore(subject, blind, sibling)))
        if (found.state !== 'alive') continue
        const other = subject.rule(sibling)
        const table = subject.set.tables[other.table]?.name ?? ''
        report({
          at: own.at,
          rules: [ruleLabel(own), ruleLabel(other)],
          message: `${ruleLabel(own)} reads no URL and charges, while ${ruleLabel(other)} at ${placeText(other.at)} asks table ${table} for the same server, which has free rows`,
          witness: { flow: flowFacts(found.point) },
          hint: within(ownServices(subject.flows(blind) ?? []), wtlsServices)
            ? 'WTLS hides the URL: only the server or the port can make it free'
            : `level2: ${table}`,
        })
        break
      }
    }
  },
}
