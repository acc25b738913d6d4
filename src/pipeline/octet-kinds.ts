/** One pass of the bounds: sums the octets of every slice by what its charge depends on, and keeps the largest
 * groups of packets behind each policy. Rules.md 2.12. */

import type { SliceTrace } from '../flow/accounts.js'
import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, type FlowTable, State, stride } from '../flow/flow-table.js'
import { Reason } from '../flow/reason.js'
import { type SliceClass, sliceClassNames } from '../flow/slice-policy.js'
import { isUnanswered, type Transaction } from '../flow/transaction.js'
import type { SwingGroup } from '../record/bounds-record.js'
import type { RuleEngine } from '../rules/engine.js'
import { slicePolicies } from '../rules/policy-choice.js'
import type { AccountWatch } from './account-watch.js'
import type { FlowRater } from './flow-rater.js'
import {
  isFree,
  type OctetKind,
  type PassKey,
  type SliceChoice,
  type SliceKey,
  type SpecialTariffs,
  sliceKeys,
} from './slice-choice.js'

const tcp = 6
/** Groups of packets that are listed for a policy. */
const mostGroups = 20

/** Slices of one account that are alike. */
interface Slices {
  sliceClass: SliceClass
  waiting: boolean
  firstFrame: number
  lastFrame: number
  packets: number
  octets: number
}

/** What a policy moves: all of it, and the largest groups. */
export class SwingList {
  packets = 0
  octets = 0
  readonly groups: SwingGroup[] = []

  add(group: SwingGroup): void {
    this.packets += group.packets
    this.octets += group.bytes
    const smallest = this.groups.at(-1)
    if (this.groups.length === mostGroups && smallest && smallest.bytes >= group.bytes) return
    this.groups.push(group)
    this.groups.sort((a, b) => b.bytes - a.bytes)
    if (this.groups.length > mostGroups) this.groups.pop()
  }
}

export class OctetKinds implements AccountWatch {
  /** octets of each kind */
  readonly sums = new Map<string, { kind: OctetKind; octets: number }>()
  readonly swings = new Map<SliceKey | PassKey, SwingList>()
  readonly #engine: RuleEngine
  readonly #choice: SliceChoice
  readonly #special: SpecialTariffs
  readonly #values: { readonly [K in SliceKey]: readonly string[] }
  readonly #details: FlowDetail[] = []
  readonly #slices = new Map<Transaction, Slices[]>()
  #rater: FlowRater | undefined
  #table: () => FlowTable = () => {
    throw new TypeError('a pipeline attaches its observer before the first packet')
  }

  /** `choice`: the profile's own; `values`: those that the rule set allows. */
  constructor(
    engine: RuleEngine,
    choice: SliceChoice,
    values: { readonly [K in SliceKey]: readonly string[] } = slicePolicies,
  ) {
    this.#engine = engine
    this.#choice = choice
    this.#values = values
    this.#special = specialTariffs(engine)
  }

  attach(rater: FlowRater, table: () => FlowTable): this {
    this.#rater = rater
    this.#table = table
    return this
  }

  readonly trace: SliceTrace = (account, sliceClass, _dir, packets, octets, frame, _us, row) => {
    const waiting = account === this.#details[row]?.first
    let own = this.#slices.get(account)
    if (own === undefined) {
      own = []
      this.#slices.set(account, own)
    }
    let slices = own.find(one => one.sliceClass === sliceClass && one.waiting === waiting)
    if (slices === undefined) {
      slices = { sliceClass, waiting, firstFrame: frame, lastFrame: frame, packets: 0, octets: 0 }
      own.push(slices)
    }
    slices.lastFrame = Math.max(slices.lastFrame, frame)
    slices.firstFrame = Math.min(slices.firstFrame, frame)
    slices.packets += packets
    slices.octets += octets
    // only a later slice of a packet counts none
    if (packets > 0) return
    const d = this.#details[row]
    if (d === undefined) return
    for (const policy of ['split', 'headerShare'] as const)
      this.#note(policy, d, account, {
        ...slices,
        firstFrame: frame,
        lastFrame: frame,
        octets,
        packets: 1,
      })
  }

  opened(row: number, d: FlowDetail): void {
    this.#details[row] = d
  }

  decided(): void {}

  settled(row: number, d: FlowDetail, account: Transaction): void {
    const own = this.#slices.get(account)
    this.#slices.delete(account)
    if (own === undefined) return
    const missed = account.n > 0 && this.#missed(d, account)
    for (const slices of own) {
      const kind = this.#kind(row, d, account, slices)
      const key = Object.values(kind).join()
      const sum = this.sums.get(key)
      if (sum === undefined) this.sums.set(key, { kind, octets: slices.octets })
      else sum.octets += slices.octets
      for (const policy of sliceKeys)
        if (this.#depends(kind, policy)) this.#note(policy, d, account, slices)
      if (missed) this.#note('onL2Miss', d, account, slices)
      if (d.reasons & Reason.CaptureGap) this.#note('oooGap', d, account, slices)
    }
  }

  ended(): void {}

  /** Free octets under a choice. */
  free(choice: SliceChoice): number {
    let free = 0
    for (const { kind, octets } of this.sums.values())
      if (isFree(kind, choice, this.#special)) free += octets
    return free
  }

  #kind(row: number, d: FlowDetail, account: Transaction, slices: Slices): OctetKind {
    const level1 = this.#engine.chargeOf(d.level1, -1)
    const own = account.n > 0 ? (account.decision?.charge ?? level1) : level1
    const rated = this.#isRated(row)
    return {
      sliceClass: slices.sliceClass,
      waiting: slices.waiting,
      isTcp: d.protocol === tcp,
      unanswered: account.n > 0 && isUnanswered(account),
      rated,
      transactionFree: rated && this.#isFree(own),
      level1Free: rated && this.#isFree(level1),
    }
  }

  #isRated(row: number): boolean {
    const state = this.#table().i32[row * stride + Col.State]!
    return (state & State.DirectionUnknown) === 0 && this.#rater?.isSessionless(row) === false
  }

  #isFree(charge: number): boolean {
    return this.#engine.charges[charge]?.tariff === 'free'
  }

  /** Whether the other value of onL2Miss may decide otherwise. */
  #missed(d: FlowDetail, { decision }: Transaction): boolean {
    if (decision === undefined || !this.#engine.hasLevel2(d.level1)) return false
    return decision.row < 0 || decision.level1 !== d.level1
  }

  #depends(kind: OctetKind, policy: SliceKey): boolean {
    const outcomes = this.#values[policy].map(value =>
      isFree(kind, { ...this.#choice, [policy]: value }, this.#special),
    )
    return outcomes.includes(true) && outcomes.includes(false)
  }

  #note(policy: SliceKey | PassKey, d: FlowDetail, account: Transaction, slices: Slices): void {
    let list = this.swings.get(policy)
    if (list === undefined) {
      list = new SwingList()
      this.swings.set(policy, list)
    }
    list.add({
      flow: String(d.frame),
      ...(account.n > 0 ? { transaction: account.n } : {}),
      class: sliceClassNames[slices.sliceClass],
      first_frame: slices.firstFrame,
      last_frame: slices.lastFrame,
      packets: slices.packets,
      bytes: slices.octets,
    })
  }
}

export function specialTariffs({ set, charges }: RuleEngine): SpecialTariffs {
  const free = (index: number | undefined) => charges[index ?? -1]?.tariff === 'free'
  return { signalling: free(set.signalling), retransmissions: free(set.retransmissions) }
}
