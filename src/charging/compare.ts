/** Predicted against actual, row by row (rules.md 2.15): a row for each source, subscriber and rating group, one
 * more where the source counts all rating groups together, and one for what was predicted and nobody counted. */

import type {
  ActualTotal,
  ComparisonRecord,
  ComparisonStatus,
} from '../record/comparison-record.js'
import type { Tariff } from '../record/flow-record.js'
import { utcTime } from '../record/time.js'
import type { ActualSum } from './actual.js'
import type { UsageSource } from './charged-usage.js'
import {
  emptyGroup,
  type Predicted,
  type PredictedGroup,
  type PredictedSubscriber,
} from './predicted.js'

/** How much a row may differ: octets, or a share of the larger figure. */
export interface Tolerance {
  readonly octets: number
  readonly share: number
}

/** A row with what it was made of, for those who look for the cause. */
export interface ComparedRow {
  readonly record: ComparisonRecord
  readonly subscriber: PredictedSubscriber
}

export function compare(
  predicted: Predicted,
  sums: readonly ActualSum[],
  tolerance: Tolerance,
  only?: PredictedSubscriber,
): ComparedRow[] {
  const bySubscriber = new Map<PredictedSubscriber, ActualSum[]>()
  for (const sum of sums) {
    const list = bySubscriber.get(sum.subscriber)
    if (list === undefined) bySubscriber.set(sum.subscriber, [sum])
    else list.push(sum)
  }
  const subscribers = only === undefined ? predicted.subscribers : [only]
  return subscribers.flatMap(subscriber => {
    const own = bySubscriber.get(subscriber) ?? []
    const sources = [...new Set(own.map(sum => sum.source))].sort()
    if (sources.length === 0) return rowsOfNone(subscriber, tolerance)
    return sources.flatMap(source => {
      const counted = own.filter(sum => sum.source === source)
      return rowsOfSource(subscriber, source, counted, tolerance)
    })
  })
}

/** Nobody counted anything for this subscriber. */
function rowsOfNone(subscriber: PredictedSubscriber, tolerance: Tolerance): ComparedRow[] {
  return groupNumbers(subscriber.groups.keys()).map(ratingGroup => {
    const group = subscriber.groups.get(ratingGroup) ?? emptyGroup()
    return row(subscriber, undefined, ratingGroup, group, undefined, tolerance)
  })
}

function rowsOfSource(
  subscriber: PredictedSubscriber,
  source: UsageSource,
  sums: readonly ActualSum[],
  tolerance: Tolerance,
): ComparedRow[] {
  const rows: ComparedRow[] = []
  const grouped = new Map(sums.filter(s => s.ratingGroup >= 0).map(s => [s.ratingGroup, s]))
  if (grouped.size > 0) {
    for (const number of groupNumbers([...subscriber.groups.keys(), ...grouped.keys()])) {
      const group = subscriber.groups.get(number) ?? emptyGroup()
      rows.push(row(subscriber, source, number, group, grouped.get(number), tolerance))
    }
  }
  const reports = sums.filter(sum => sum.urr >= 0)
  // the one URR of a session counts all of it
  const isAll = (sum: ActualSum) =>
    sum.ratingGroup < 0 && (sum.urr < 0 || (reports.length === 1 && grouped.size === 0))
  for (const sum of sums) {
    if (isAll(sum)) rows.push(row(subscriber, source, -1, subscriber.all, sum, tolerance))
    else if (sum.ratingGroup < 0) {
      rows.push(row(subscriber, source, -1, emptyGroup(), sum, tolerance, 'unassigned'))
    }
  }
  return rows
}

function groupNumbers(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b)
}

function row(
  subscriber: PredictedSubscriber,
  source: UsageSource | undefined,
  ratingGroup: number,
  group: PredictedGroup,
  actual: ActualSum | undefined,
  tolerance: Tolerance,
  status?: ComparisonStatus,
): ComparedRow {
  const tariff = soleTariff(group)
  const predicted = group.up + group.down
  const octets = actual?.octets ?? 0
  const up = actual?.up ?? 0
  const down = actual?.down ?? 0
  const divided = actual?.undivided !== true
  const gaps = divided ? [up - group.up, down - group.down] : []
  const record: ComparisonRecord = {
    type: 'comparison',
    schema: 'tollgate.comparison/1',
    ...(subscriber.imsi === '' ? {} : { imsi: subscriber.imsi }),
    ...(subscriber.msisdn === '' ? {} : { msisdn: subscriber.msisdn }),
    ...(source === undefined ? {} : { source }),
    ...(ratingGroup < 0 ? {} : { rating_group: ratingGroup }),
    ...(actual !== undefined && actual.urr >= 0 ? { urr: actual.urr } : {}),
    ...(actual !== undefined && actual.services.size > 0
      ? { service_ids: groupNumbers(actual.services) }
      : {}),
    ...(tariff === undefined ? {} : { tariff }),
    status: status ?? statusOf(predicted, actual, [octets - predicted, ...gaps], tolerance),
    predicted_up_bytes: group.up,
    predicted_down_bytes: group.down,
    predicted_bytes: predicted,
    ...(divided ? { actual_up_bytes: up, actual_down_bytes: down } : {}),
    actual_bytes: octets,
    ...(divided
      ? { difference_up_bytes: up - group.up, difference_down_bytes: down - group.down }
      : {}),
    difference_bytes: octets - predicted,
    rules: [...group.rules.values()]
      .sort((a, b) => a.ruleId - b.ruleId)
      .map(rule => ({
        rule_id: rule.ruleId,
        rule_id_hex: rule.ruleIdHex,
        up_bytes: rule.up,
        down_bytes: rule.down,
      })),
    lines: actual?.lines ?? 0,
    ...(actual !== undefined && actual.firstUs >= 0 ? { first: utcTime(actual.firstUs) } : {}),
    ...(actual !== undefined && actual.lastUs >= 0 ? { last: utcTime(actual.lastUs) } : {}),
    candidates: [],
  }
  return { record, subscriber }
}

function soleTariff(group: PredictedGroup): Tariff | undefined {
  const [only, another] = group.tariffs
  return another === undefined ? only : undefined
}

function statusOf(
  predicted: number,
  actual: ActualSum | undefined,
  gaps: readonly number[],
  tolerance: Tolerance,
): ComparisonStatus {
  if (gaps.every(gap => gap === 0)) return 'equal'
  const larger = Math.max(predicted, actual?.octets ?? 0)
  const most = Math.max(tolerance.octets, tolerance.share * larger)
  if (gaps.every(gap => Math.abs(gap) <= most)) return 'within-tolerance'
  if (actual === undefined) return 'no-record'
  return predicted === 0 ? 'no-prediction' : 'differs'
}

const different: ReadonlySet<ComparisonStatus> = new Set(['differs', 'no-record', 'no-prediction'])

export function isDifferent(record: ComparisonRecord): boolean {
  return different.has(record.status)
}

/** A total for each source, rating groups apart from whole sessions: a record may hold the same octets as both
 * (TS 32.298 listOfTrafficVolumes and listOfServiceData). */
export function actualTotals(rows: readonly ComparedRow[]): ActualTotal[] {
  const totals = new Map<string, ActualTotal>()
  for (const { record } of rows) {
    const { source } = record
    if (source === undefined) continue
    const counted = countedAs(record)
    const total = totals.get(`${source} ${counted}`) ?? { source, counted, bytes: 0 }
    totals.set(`${source} ${counted}`, total)
    total.bytes += record.actual_bytes
  }
  return [...totals.values()]
}

function countedAs({ rating_group, status }: ComparisonRecord): ActualTotal['counted'] {
  if (rating_group !== undefined) return 'rating-groups'
  return status === 'unassigned' ? 'unassigned' : 'session'
}
