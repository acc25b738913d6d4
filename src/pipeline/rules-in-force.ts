/** The rules that decide now, and those before them that still have open flows: a flow keeps the rules that it
 * was opened under, so that what was said of it stays true while rules are loaded anew. */

import type { PacketView } from '../dissect/packet-view.js'
import type { Dir } from '../flow/accounts.js'
import type { FlowDetail } from '../flow/flow-detail.js'
import type { FlowEvents } from '../flow/flow-hooks.js'
import type { MmsFacts } from '../flow/mms-facts.js'
import type { Transaction } from '../flow/transaction.js'
import type { FlowEnd } from '../record/flow-record.js'
import type { RuleEngine } from '../rules/engine.js'
import type { RatedFlows } from './rated-flows.js'
import type { EndedStages } from './run-end.js'

/** The stages of a run at any time. */
export interface RunStages extends EndedStages {
  rules: RulesInForce
}

/** Version and content in short: `2026-11-21 9f3c1ab`. */
export function rulesLabel({ set }: RuleEngine): string {
  return `${set.version} ${set.source.sha256.slice(0, 7)}`
}

export class RulesInForce implements FlowEvents {
  /** the first ones of the run: they also have what was left out under overload */
  readonly first: RatedFlows
  #now: RatedFlows
  /** flow row -> who rates it; only of a run whose rules may change */
  readonly #of: RatedFlows[] = []
  readonly #open = new Map<RatedFlows, number>()

  constructor(first: RatedFlows) {
    this.first = first
    this.#now = first
  }

  get now(): RatedFlows {
    return this.#now
  }

  /** Who rates the flow in this row. */
  of(row: number): RatedFlows {
    return this.#of[row] ?? this.#now
  }

  use(next: RatedFlows): void {
    this.#now = next
  }

  /** Packet clock, before flows that fell silent end. */
  advance(nowUs: number): void {
    for (const { ends } of this.all) ends.advance(nowUs)
  }

  opened(row: number, d: FlowDetail): void {
    // the pipeline tells the first one alone
    this.#now.rater.rateSessionless = this.first.rater.rateSessionless
    this.#of[row] = this.#now
    this.#open.set(this.#now, (this.#open.get(this.#now) ?? 0) + 1)
    this.#now.rater.opened(row, d)
  }

  identified(row: number, d: FlowDetail, txn: Transaction): void {
    this.of(row).rater.identified(row, d, txn)
  }

  enriched(row: number, d: FlowDetail, txn: Transaction): void {
    this.of(row).rater.enriched(row, d, txn)
  }

  finished(row: number, d: FlowDetail, txn: Transaction): void {
    this.of(row).rater.finished(row, d, txn)
  }

  notified(row: number, d: FlowDetail, mms: MmsFacts, frame: number, timeUs: number): void {
    this.of(row).rater.notified(row, d, mms, frame, timeUs)
  }

  leftOut(v: PacketView, ctx: number, dir: Dir): void {
    this.first.rater.leftOut(v, ctx, dir)
  }

  ended(row: number, d: FlowDetail, reason: FlowEnd, nowUs: number): void {
    const rated = this.of(row)
    rated.rater.ended(row, d, reason, nowUs)
    this.#open.set(rated, (this.#open.get(rated) ?? 1) - 1)
  }

  /** All that rated flows and were not forgotten. */
  get all(): RatedFlows[] {
    return [...new Set([this.first, ...this.#open.keys(), this.#now])]
  }

  /** Those of before whose last flow has ended, once: what they added up to is still theirs. */
  takeFinished(): RatedFlows[] {
    const finished = [...this.#open]
      .filter(([rated, open]) => open === 0 && rated !== this.#now && rated !== this.first)
      .map(([rated]) => rated)
    for (const rated of finished) this.#open.delete(rated)
    return finished
  }
}
