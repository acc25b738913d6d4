/** CATCHALL-NOT-LAST: a rule or row that matches everything stands before others, which then never decide. */

import type { Lint } from '../lint.js'
import { type Place, rowLabel, ruleLabel } from '../rule-set.js'
import { type Box, cutAll, pickAny } from '../space/box.js'
import { packetFlows } from '../space/flow-space.js'
import { allRequests } from '../space/request-space.js'

function matchesAll(own: readonly Box[] | undefined, everything: readonly Box[]): boolean {
  return own !== undefined && pickAny(cutAll(everything, own)) === 'none'
}

function afterText(behind: number): string {
  return behind === 1 ? 'what stands' : `each of the ${behind}`
}

/** The first of them that matches everything although others follow. */
function early(indexes: readonly number[], isAll: (index: number) => boolean): number | undefined {
  return indexes.slice(0, -1).find(isAll)
}

export const catchallNotLast: Lint = {
  id: 'CATCHALL-NOT-LAST',
  severity: 'error',
  doc: 'a rule that matches everything is not the last one',
  check(subject, report) {
    const tell = (at: Place, label: string, behind: string, what: string) =>
      report({
        at,
        rules: [label],
        message: `${label} matches ${what}: ${behind} after it never decides`,
        hint: 'give it the largest precedence',
      })
    const rules = [...subject.set.level1.keys()]
    const rule = early(
      rules,
      index => !subject.letsPass(index) && matchesAll(subject.flows(index), packetFlows),
    )
    if (rule !== undefined) {
      const own = subject.rule(rule)
      tell(own.at, ruleLabel(own), afterText(rules.length - rule - 1), 'every packet')
    }
    for (const table of subject.set.tables.keys()) {
      const rows = subject.rowsOf(table)
      const row = early(rows, index => matchesAll(subject.requests(index), allRequests))
      if (row === undefined) continue
      const own = subject.row(row)
      const behind = rows.length - rows.indexOf(row) - 1
      tell(own.at, rowLabel(subject.set, own), afterText(behind), 'every request')
    }
  },
}
