/** The last record of a run: what it adds up to, and what makes that less than the whole truth (interface.md
 * sections 0 and 6.7). */

import { PacketKind } from '../dissect/packet-view.js'
import { type Ledger, SpecialRow } from '../rating/ledger.js'
import { groupDigits } from '../record/figures.js'
import { utcTime } from '../record/time.js'
import type { OverloadSummary, SummaryRecord } from '../record/usage-record.js'
import type { RuleEngine } from '../rules/engine.js'
import type { SourceStatus } from '../source/source.js'
import type { RunBounds } from './bounds.js'
import { evictionReasons, subscriberReasons } from './evictions.js'
import { incompleteReasons } from './incomplete.js'
import type { RunCounts } from './run-end.js'
import { tariffOf } from './run-records.js'
import type { RunTotals } from './run-totals.js'

/** A run that has come to its end. */
export interface EndedRun extends RunCounts {
  engine: RuleEngine
  bounds: RunBounds
  totals: RunTotals
  ledger: Ledger
  status: SourceStatus
}

export function summaryOf(run: EndedRun): SummaryRecord {
  const { engine, totals, ledger, overload, evicted, faults } = run
  const reasons = incomplete(run)
  const sums = { free: 0, charged: 0, unknown: 0 }
  const special: Record<SpecialRow, number> = { 0: 0, 1: 0, 2: 0, 3: 0 }
  for (const row of ledger.rows()) {
    const octets = row.up_bytes + row.down_bytes
    if (row.special >= 0) special[row.special as SpecialRow] += octets
    else sums[tariffOf(engine, row)] += octets
  }
  const { set, profile } = engine
  const verdicts: SummaryRecord['verdicts'] = {}
  for (const [verdict, count] of [...totals.verdicts].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
    verdicts[verdict] = count
  return {
    type: 'summary',
    schema: 'tollgate.summary/1',
    complete: reasons.length === 0,
    reasons,
    frames: totals.frames,
    charge_units: totals.chargeUnits,
    bytes: totals.octets,
    free_bytes: sums.free,
    charged_bytes: sums.charged,
    unknown_bytes: sums.unknown + special[SpecialRow.NotSampled],
    unmatched_bytes: special[SpecialRow.Unmatched],
    excluded_bytes: special[SpecialRow.Excluded],
    direction_unknown_bytes: special[SpecialRow.DirectionUnknown],
    sessions: run.sessions,
    subscribers: run.subscribers,
    flows: totals.flows,
    transactions: totals.transactions,
    verdicts,
    unknown_teid_packets: totals.unknownTeidPackets,
    capture_drops: run.status.drops,
    ...(totals.duplicatePackets === 0
      ? {}
      : {
          duplicate_packets: totals.duplicatePackets,
          duplicate_bytes: totals.duplicateOctets,
        }),
    ...(totals.frames === 0
      ? {}
      : { first: utcTime(totals.firstUs), last: utcTime(totals.lastUs) }),
    found: totals.found(),
    ...(overload === undefined ? {} : { overload }),
    ...(Object.keys(evicted).length === 0 ? {} : { evicted }),
    faults,
    rules: { name: set.name, version: set.version, sha256: set.source.sha256 },
    profile: profile.name,
    profile_version: profile.version,
  }
}

function incomplete(run: EndedRun): string[] {
  const reasons = incompleteReasons({
    status: run.status,
    faults: run.faults,
    opaque: run.totals.kinds[PacketKind.Opaque]!,
    stopped: run.stopped,
  })
  return [
    ...reasons,
    ...overloadReasons(run.overload),
    ...evictionReasons(run.evicted),
    ...subscriberReasons(run.subscribers, run.bounds),
  ]
}

/** `overload for 12.5 s: payload of 1,203 flows not inspected; 1 new flow in 8 followed at worst, about 20,000
 * others with 9,876,543 bytes not`. */
function overloadReasons(overload: OverloadSummary | undefined): string[] {
  if (overload === undefined) return []
  const { not_inspected_flows, sampled_one_in, not_sampled_flows, not_sampled_bytes } = overload
  const inspected = `payload of ${groupDigits(not_inspected_flows)} flows not inspected`
  const sampled =
    sampled_one_in === undefined
      ? ''
      : `, 1 new flow in ${groupDigits(sampled_one_in)} followed at worst, about ` +
        `${groupDigits(not_sampled_flows ?? 0)} others with ${groupDigits(not_sampled_bytes ?? 0)} bytes not`
  return [`overload for ${overload.seconds} s: ${inspected}${sampled}`]
}
