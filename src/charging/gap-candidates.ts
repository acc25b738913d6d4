/** What would close a gap between prediction and bill: another choice of the profile, a flow of that size, the
 * same gap the other way round in another rating group, time that only one of both covers. Each is a
 * coincidence until somebody looks; that is why they are called candidates. */

import type { ComparisonCandidate } from '../record/comparison-record.js'
import { endpointText, groupDigits } from '../record/figures.js'
import type { FlowRecord, TransactionRecord } from '../record/flow-record.js'
import { utcTime } from '../record/time.js'
import type { Span } from './actual.js'
import { type ComparedRow, isDifferent } from './compare.js'
import type { Predicted, PredictedSubscriber } from './predicted.js'

/** Flows and transactions that are named for one row. */
const maxSized = 3
/** Bills have seconds: less than that is no time that was not captured. */
const leastOutsideUs = 2_000_000

export class GapCandidates {
  readonly #gaps: readonly ComparedRow[]
  readonly #bySubscriber = new Map<PredictedSubscriber, ComparedRow[]>()
  readonly #sized = new Map<ComparedRow, number>()

  constructor(rows: readonly ComparedRow[], span: Span) {
    this.#gaps = rows.filter(({ record }) => isDifferent(record) || record.status === 'unassigned')
    for (const gap of this.#gaps) {
      const list = this.#bySubscriber.get(gap.subscriber)
      if (list === undefined) this.#bySubscriber.set(gap.subscriber, [gap])
      else list.push(gap)
    }
    for (const gap of this.#gaps) {
      this.#moved(gap)
      outside(gap, span)
      unassigned(gap)
    }
  }

  /** Whether another run could find something. */
  get wanted(): boolean {
    return this.#gaps.some(({ record }) => record.source !== undefined && isDifferent(record))
  }

  /** What the same packets come to under another policy; `candidate` says which. */
  variant(predicted: Predicted, candidate: ComparisonCandidate): void {
    for (const { record, subscriber } of this.#gaps) {
      if (record.source === undefined || record.status === 'unassigned') continue
      const other = predicted.find(subscriber.imsi, subscriber.msisdn)
      const group =
        record.rating_group === undefined ? other?.all : other?.groups.get(record.rating_group)
      const up = group?.up ?? 0
      const down = group?.down ?? 0
      const isSame =
        record.actual_up_bytes === undefined
          ? up + down === record.actual_bytes
          : up === record.actual_up_bytes && down === record.actual_down_bytes
      if (isSame) record.candidates.push(candidate)
    }
  }

  /** A flow or a transaction of the capture; of its flow when that has no other. */
  sized(one: FlowRecord | TransactionRecord, subscriber: PredictedSubscriber): void {
    for (const gap of this.#bySubscriber.get(subscriber) ?? []) {
      const found = this.#sized.get(gap) ?? 0
      if (found >= maxSized || gap.record.status === 'unassigned' || !isSize(gap, one)) continue
      const flow = one.flow
      // a flow with one transaction is told once
      if (gap.record.candidates.some(candidate => candidate.flow === flow)) continue
      this.#sized.set(gap, found + 1)
      gap.record.candidates.push(sizedCandidate(one))
    }
  }

  /** The same octets, too many here and too few there. */
  #moved(gap: ComparedRow): void {
    const { record } = gap
    if (record.rating_group === undefined) return
    for (const { record: other } of this.#bySubscriber.get(gap.subscriber) ?? []) {
      if (other === record || other.source !== record.source) continue
      if (other.rating_group === undefined || record.difference_bytes === 0) continue
      const isOpposite =
        other.difference_bytes === -record.difference_bytes &&
        (record.difference_up_bytes === undefined ||
          other.difference_up_bytes === undefined ||
          other.difference_up_bytes === -record.difference_up_bytes)
      if (!isOpposite) continue
      const more = record.difference_bytes < 0 ? 'more' : 'less'
      record.candidates.push({
        kind: 'rating-group',
        text: `rating group ${other.rating_group} has as many octets ${more}`,
        rating_group: other.rating_group,
      })
    }
  }
}

function outside({ record }: ComparedRow, span: Span): void {
  const first = record.first === undefined ? span.firstUs : Date.parse(record.first) * 1000
  const last = record.last === undefined ? span.lastUs : Date.parse(record.last) * 1000
  const parts: string[] = []
  if (span.firstUs - first >= leastOutsideUs) parts.push(`from ${utcTime(first)}`)
  if (last - span.lastUs >= leastOutsideUs) parts.push(`to ${utcTime(last)}`)
  if (parts.length === 0 || record.difference_bytes <= 0) return
  record.candidates.push({
    kind: 'time',
    text: `the records cover time that the capture does not: ${parts.join(' ')}`,
  })
}

/** A URR of which nobody said the rating group: those with as many octets. */
function unassigned({ record, subscriber }: ComparedRow): void {
  if (record.status !== 'unassigned' || record.urr === undefined) return
  for (const [number, { up, down }] of subscriber.groups) {
    if (up + down !== record.actual_bytes) continue
    record.candidates.push({
      kind: 'rating-group',
      text: `as many octets as rating group ${number}: --map urr.${record.urr}=${number}`,
      rating_group: number,
      urr: record.urr,
    })
  }
}

/** Whether the record would close the gap: too much was billed and it is predicted elsewhere, or too little and
 * it is predicted here. */
function isSize({ record }: ComparedRow, one: FlowRecord | TransactionRecord): boolean {
  const { difference_bytes: gap, difference_up_bytes: up, difference_down_bytes: down } = record
  if (gap === 0 || one.up_bytes + one.down_bytes !== Math.abs(gap)) return false
  if (up !== undefined && Math.abs(up) !== one.up_bytes) return false
  if (down !== undefined && Math.abs(down) !== one.down_bytes) return false
  if (record.rating_group === undefined || one.rating_group === undefined) return true
  return (one.rating_group === record.rating_group) === gap < 0
}

function sizedCandidate(one: FlowRecord | TransactionRecord): ComparisonCandidate {
  const octets = `${groupDigits(one.up_bytes + one.down_bytes)} B`
  if (one.type === 'transaction') {
    const what = one.host === undefined ? '' : ` to ${one.host}`
    const text = `transaction ${one.n} of flow ${one.flow}${what} has ${octets}`
    return { kind: 'transaction', text, flow: one.flow, transaction: one.n }
  }
  const server = one.host ?? endpointText(one.server, one.server_port)
  return { kind: 'flow', text: `flow ${one.flow} to ${server} has ${octets}`, flow: one.flow }
}
