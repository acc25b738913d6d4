/** What a pass with two rule sets adds up to. */

import type { ChangeGroup, DiffSummary } from '../record/change-record.js'
import type { SummaryRecord } from '../record/usage-record.js'
import type { RuleEngine } from '../rules/engine.js'
import type { RuleChanges } from './rule-changes.js'

function octetsOf(group: ChangeGroup): number {
  return group.up_bytes + group.down_bytes
}

/** Groups stand in the order of their octets, most first. */
export function diffSummary(
  first: RuleEngine,
  second: RuleEngine,
  changes: RuleChanges,
  ran: SummaryRecord,
): DiffSummary {
  const groups = [...changes.groups].sort((a, b) => octetsOf(b) - octetsOf(a))
  const moved: Record<string, number> = {}
  for (const group of groups) {
    const key = `${group.from.tariff} -> ${group.to.tariff}`
    moved[key] = (moved[key] ?? 0) + octetsOf(group)
  }
  const ids = [...changes.ids]
    .filter(([, { from, to }]) => from !== to)
    .sort(([a = -1], [b = -1]) => a - b)
  const of = ({ set }: RuleEngine) => ({
    name: set.name,
    version: set.version,
    sha256: set.source.sha256,
  })
  return {
    type: 'summary',
    schema: 'tollgate.diff-summary/1',
    complete: ran.complete,
    reasons: ran.reasons,
    bytes: ran.bytes,
    flows: ran.flows,
    transactions: ran.transactions,
    changed_flows: changes.flows,
    changed_transactions: changes.transactions,
    changed_bytes: groups.reduce((sum, group) => sum + octetsOf(group), 0),
    moved,
    groups,
    ids: ids.map(([id, { from, to }]) => ({
      ...(id === undefined ? {} : { rule_id: id }),
      from_bytes: from,
      to_bytes: to,
    })),
    from: of(first),
    to: of(second),
    profile: first.profile.name,
    profile_version: first.profile.version,
  }
}
