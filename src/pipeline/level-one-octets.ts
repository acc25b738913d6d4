/** Of each flow, the octets that stayed on level 1, by rule: what is left of it when the rows of level-2 tables have
 * taken theirs. */

import type { FlowDetail } from '../flow/flow-detail.js'
import type { Transaction } from '../flow/transaction.js'
import { SpecialRow, type UsageRow } from '../rating/ledger.js'
import type { Counters } from '../record/flow-record.js'
import { DEFAULT_RULE, type RuleEngine } from '../rules/engine.js'
import { ruleLabel } from '../rules/rule-set.js'
import type { AccountWatch } from './account-watch.js'

/** Octets by "L1-3" or "default". */
export type ByRule = Map<string, Counters>

export class LevelOneOctets implements AccountWatch {
  readonly #engine: RuleEngine
  readonly #keepsAll: boolean
  readonly #flows = new Map<string, ByRule>()
  #ended = ''

  /** `keepsAll`: flows are asked for after the run; else each when its record is written. */
  constructor(engine: RuleEngine, keepsAll: boolean) {
    this.#engine = engine
    this.#keepsAll = keepsAll
  }

  /** Those of a flow that has ended, by the number of its record. */
  take(flow: string): ByRule {
    const found = this.#flows.get(flow)
    this.#flows.delete(flow)
    return found ?? new Map()
  }

  opened(_row: number, d: FlowDetail): void {
    const label = this.#label(d.level1)
    if (label === undefined) return
    const none = { up_packets: 0, down_packets: 0, up_bytes: 0, down_bytes: 0 }
    this.#flows.set(String(d.frame), new Map([[label, none]]))
  }

  decided(): void {}

  settled(_row: number, d: FlowDetail, account: Transaction, usage: UsageRow): void {
    const decision = account.n > 0 ? account.decision : undefined
    if (usage.special === SpecialRow.Excluded || (decision !== undefined && decision.row >= 0)) {
      return
    }
    const label = this.#label(decision?.level1 ?? d.level1)
    if (label === undefined) return
    const flow = String(d.frame)
    const rules: ByRule = this.#flows.get(flow) ?? new Map()
    this.#flows.set(flow, rules)
    const before = rules.get(label)
    rules.set(label, {
      up_packets: (before?.up_packets ?? 0) + account.upPackets,
      down_packets: (before?.down_packets ?? 0) + account.downPackets,
      up_bytes: (before?.up_bytes ?? 0) + account.upOctets,
      down_bytes: (before?.down_bytes ?? 0) + account.downOctets,
    })
  }

  ended(_row: number, d: FlowDetail): void {
    if (this.#keepsAll) return
    // nobody asked: the filter did not let its record pass
    this.#flows.delete(this.#ended)
    this.#ended = String(d.frame)
  }

  /** Undefined where no rule decides. */
  #label(level1: number): string | undefined {
    const rule = this.#engine.set.level1[level1]
    if (rule !== undefined) return ruleLabel(rule)
    return level1 === DEFAULT_RULE ? 'default' : undefined
  }
}
