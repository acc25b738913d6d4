/** Rated octets in packet order: what buckets of traffic are debited with, once the charging id of a packet is
 * final. Slices whose id may still change wait, and so does what came after them; how many may wait is
 * bounded. A segment that waits behind a hole counts when the hole is filled or given up. */

import { type SliceTrace, up } from '../flow/accounts.js'
import type { FlowDetail } from '../flow/flow-detail.js'
import { Col, type FlowTable, State, stride } from '../flow/flow-table.js'
import type { Transaction } from '../flow/transaction.js'
import { SpecialRow, type UsageRow } from '../rating/ledger.js'
import type { RatedOctets } from '../rating/rated-octets.js'
import type { RuleEngine } from '../rules/engine.js'
import type { AccountWatch } from './account-watch.js'
import type { FlowRater } from './flow-rater.js'

/** Where the subscriber is, which may change from packet to packet. */
type Place = Pick<RatedOctets, 'rat' | 'roaming'>

/** What all octets of an account have in common. */
type Rated = Omit<RatedOctets, 'timeUs' | 'frame' | 'isUp' | 'octets' | keyof Place>

/** Left out of rating by the profile. */
const excluded = Symbol('excluded')

/** An account whose slices have not all been handed on. */
interface Holder {
  readonly row: number
  readonly detail: FlowDetail
  readonly account: Transaction
  /** undefined while it may change */
  rated: Rated | typeof excluded | undefined
  /** that of `servingPlmn` and `place.rat` */
  place: Place
  servingPlmn: string
}

interface Slice {
  readonly holder: Holder
  readonly place: Place
  readonly isUp: boolean
  readonly octets: number
  readonly frame: number
  readonly timeUs: number
}

export interface RatedOrderBounds {
  /** slices that may wait */
  waiting: number
  /** slices between two looks at what can be handed on */
  look: number
}

const defaultBounds: RatedOrderBounds = { waiting: 1 << 20, look: 1 << 14 }

export class RatedOrder implements AccountWatch {
  /** octets that were handed on under an id that might have changed, because too many waited */
  earlyOctets = 0
  /** octets that the profile leaves out of rating */
  excludedOctets = 0
  readonly #engine: RuleEngine
  readonly #take: (octets: RatedOctets) => void
  readonly #bounds: RatedOrderBounds
  readonly #isLate: boolean
  readonly #details: FlowDetail[] = []
  readonly #holders = new Map<Transaction, Holder>()
  #rater: FlowRater | undefined
  #table: (() => FlowTable) | undefined
  /** in the order of arrival */
  #waiting: Slice[] = []
  #sinceLook = 0

  constructor(
    engine: RuleEngine,
    take: (octets: RatedOctets) => void,
    bounds: RatedOrderBounds = defaultBounds,
  ) {
    this.#engine = engine
    this.#take = take
    this.#bounds = bounds
    this.#isLate = engine.asksLate || engine.profile.request === 'response-rule'
  }

  attach(rater: FlowRater, table: () => FlowTable): this {
    this.#rater = rater
    this.#table = table
    return this
  }

  readonly trace: SliceTrace = (account, _class, dir, _packets, octets, frame, timeUs, row) => {
    const holder = this.#holder(row, account)
    if (holder === undefined) return
    const place = this.#place(holder)
    this.#waiting.push({ holder, place, isUp: dir === up, octets, frame, timeUs })
    if (++this.#sinceLook >= this.#bounds.look) this.#look(this.#bounds.waiting)
  }

  opened(row: number, d: FlowDetail): void {
    this.#details[row] = d
  }

  decided(): void {}

  settled(row: number, d: FlowDetail, account: Transaction, usage: UsageRow): void {
    const holder = this.#holders.get(account)
    if (holder === undefined) return
    this.#holders.delete(account)
    holder.rated =
      usage.special === SpecialRow.Excluded
        ? excluded
        : this.#rated(row, d, account, usage.sessionless ? -1 : usage.charge, usage.charge)
  }

  ended(): void {}

  /** After the last packet: everything has been settled. */
  end(): void {
    this.#look(0)
  }

  #holder(row: number, account: Transaction): Holder | undefined {
    const known = this.#holders.get(account)
    if (known !== undefined) return known
    const detail = this.#details[row]
    if (detail === undefined) return undefined
    const place = { rat: '', roaming: undefined }
    const holder = { row, detail, account, rated: undefined, place, servingPlmn: '' }
    this.#holders.set(account, holder)
    return holder
  }

  #place(holder: Holder): Place {
    const { rat = '', servingPlmn = '' } = this.#rater?.contextOf[holder.row] ?? {}
    if (rat !== holder.place.rat || servingPlmn !== holder.servingPlmn) {
      const facts = this.#rater?.flowFacts(holder.row, holder.detail)
      holder.place = { rat, roaming: facts?.roaming }
      holder.servingPlmn = servingPlmn
    }
    return holder.place
  }

  /** Hands on from the oldest to the first that may still change; leaves at most `most`. */
  #look(most: number): void {
    this.#sinceLook = 0
    const waiting = this.#waiting
    let done = 0
    for (; done < waiting.length; done++) {
      const slice = waiting[done]!
      const { holder } = slice
      const final = holder.rated ?? this.#unchanging(holder)
      if (final === undefined && waiting.length - done <= most) break
      if (final === undefined) this.earlyOctets += slice.octets
      this.#hand(slice, final ?? this.#asItIs(holder))
    }
    if (done > 0) this.#waiting = waiting.slice(done)
  }

  #hand(slice: Slice, rated: Rated | typeof excluded): void {
    const { place, isUp, octets, frame, timeUs } = slice
    if (rated === excluded) this.excludedOctets += octets
    else this.#take({ ...rated, ...place, isUp, octets, frame, timeUs })
  }

  /** The id of an account that is open, when nothing can change it. */
  #unchanging(holder: Holder): Rated | typeof excluded | undefined {
    const { detail: d, account } = holder
    const isOwn = account === d.base || account === d.signalling || account === d.repeated
    const isDecided = account.n > 0 && account.decision !== undefined && !this.#isLate
    if (!isOwn && !isDecided && account !== d.excluded) return undefined
    holder.rated = this.#asItIs(holder)
    return holder.rated
  }

  /** What the rules say of it now. */
  #asItIs({ row, detail: d, account }: Holder): Rated | typeof excluded {
    if (account === d.excluded) return excluded
    const { signalling = -1, retransmissions = -1 } = this.#engine.set
    let charge = this.#engine.chargeOf(d.level1, -1)
    if (account === d.signalling) charge = signalling
    else if (account === d.repeated) charge = retransmissions
    else if (account.n > 0 && account.decision !== undefined) charge = account.decision.charge
    const state = this.#table?.().i32[row * stride + Col.State] ?? 0
    if (state & State.DirectionUnknown) charge = -1
    const isSessionless = this.#rater?.isSessionless(row) === true
    return this.#rated(row, d, account, isSessionless ? -1 : charge, charge)
  }

  /** `tariffed`: the charge whose tariff holds, -1 for unknown; `charge`: the one whose id is told. */
  #rated(
    row: number,
    d: FlowDetail,
    account: Transaction,
    tariffed: number,
    charge: number,
  ): Rated {
    const { set, charges } = this.#engine
    const { imsi = '', msisdn = '', apn = '' } = this.#rater?.contextOf[row] ?? {}
    const decided = account.n > 0 ? set.rows[account.decision?.row ?? -1] : undefined
    return {
      imsi,
      msisdn,
      apn,
      ruleId: charges[charge]?.id ?? -1,
      tariff: charges[tariffed]?.tariff ?? 'unknown',
      table: decided === undefined ? '' : (set.tables[decided.table]?.name ?? ''),
      flow: d.frame,
    }
  }
}
