/** Whether a row decides anything behind the tables that are asked before its own: importers give each rule a table,
 * and a request that a rule without a charge misses goes on to the next. */

import type { LintSubject } from './lint-subject.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import type { Box } from './space/box.js'
import { coverage } from './space/cover.js'
import { decisionFacts, requestsIn } from './space/decision-space.js'
import { allRequests } from './space/request-space.js'

export type RowReach =
  /** also where its own table has more to say: see `rowCoverage` */
  | { readonly state: 'alive' }
  | {
      readonly state: 'covered'
      /** rows, and rules that decide without one, that match all of it before it is asked */
      readonly rows: readonly number[]
      readonly rules: readonly number[]
      readonly flow: FlowFacts
      readonly request: AppFacts
    }
  | { readonly state: 'unknown' }

const alive: RowReach = { state: 'alive' }

/** Whether a rule before this one may ask a table and pass on what it misses. */
function isBehindTables(subject: LintSubject, rule: number): boolean {
  for (let earlier = 0; earlier < rule; earlier++) if (subject.letsPass(earlier)) return true
  return false
}

/** A rule and the row of its table that decides, -1 for none, as one number. */
function deciderNumber(subject: LintSubject, rule: number, row: number): number {
  return rule * (subject.set.rows.length + 1) + row + 1
}

function deciderOf(subject: LintSubject, number: number): { rule: number; row: number } {
  const width = subject.set.rows.length + 1
  return { rule: Math.floor(number / width), row: (number % width) - 1 }
}

/** What the decider matches: of a rule that decides without a row, every request. */
function boxesOf(subject: LintSubject, number: number): readonly Box[] | undefined {
  const { rule, row } = deciderOf(subject, number)
  if (rule < 0) return undefined
  const flows = subject.flows(rule)
  const requests = row < 0 ? allRequests : subject.requests(row)
  return flows && requests && requestsIn(flows, requests)
}

/** For a row that its own table leaves something of. */
export function rowReach(subject: LintSubject, row: number): RowReach {
  if (subject.engine.profile.level2 === 'ignored') return alive
  const requests = subject.requests(row)
  const owners = subject
    .owners(subject.row(row).table)
    .filter(rule => subject.ruleCoverage(rule).state === 'alive')
  // of a table that no rule asks, other lints speak
  if (!requests || owners.some(rule => !isBehindTables(subject, rule))) return alive
  const rows = new Set<number>()
  const rules = new Set<number>()
  let shown: { flow: FlowFacts; request: AppFacts } | undefined
  for (const rule of owners) {
    const self = deciderNumber(subject, rule, row)
    const found = coverage({
      self,
      own: requestsIn(subject.packetsOf(rule), requests),
      boxesOf: number => boxesOf(subject, number),
      winner(point) {
        const { flow, request } = decisionFacts(point)
        const decision = subject.engine.decide(flow, request)
        return deciderNumber(subject, decision.l1, decision.row)
      },
    })
    if (found.state !== 'covered') return found.state === 'unknown' ? found : alive
    shown ??= decisionFacts(found.point)
    for (const number of found.by) {
      const by = deciderOf(subject, number)
      if (by.row >= 0) rows.add(by.row)
      else rules.add(by.rule)
    }
  }
  const ascending = (numbers: Set<number>) => [...numbers].sort((a, b) => a - b)
  if (!shown) return alive
  return { state: 'covered', rows: ascending(rows), rules: ascending(rules), ...shown }
}
