/** Packets of flows that were not opened, because the probe was overloaded: nothing is known of them but
 * whose they are. They are added up for each context and go to its subscriber's row of the ledger that
 * says so; their tariff is unknown, which is not free. */

import type { PacketView } from '../dissect/packet-view.js'
import { type Dir, up } from '../flow/accounts.js'
import { type Ledger, type LedgerOwner, SpecialRow } from '../rating/ledger.js'
import { DistinctCount } from './distinct-count.js'

/** Octets and packets of one context, or of all without one. */
export interface LeftOutAmount {
  upPackets: number
  downPackets: number
  upOctets: number
  downOctets: number
  firstUs: number
  lastUs: number
}

export class LeftOut {
  packets = 0
  octets = 0
  /** about how many flows they were */
  readonly flows = new DistinctCount()
  readonly #ledger: Ledger
  readonly #amounts = new Map<number, LeftOutAmount>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** A packet of context row `ctx`, negative without one; `hash` is that of its flow. */
  packet(v: PacketView, ctx: number, dir: Dir, hash: number): void {
    this.packets += v.packets
    this.octets += v.octets
    this.flows.add(hash)
    const key = Math.max(ctx, -1)
    let amount = this.#amounts.get(key)
    if (amount === undefined) {
      const { timeUs } = v
      amount = {
        upPackets: 0,
        downPackets: 0,
        upOctets: 0,
        downOctets: 0,
        firstUs: timeUs,
        lastUs: timeUs,
      }
      this.#amounts.set(key, amount)
    }
    if (dir === up) {
      amount.upPackets += v.packets
      amount.upOctets += v.octets
    } else {
      amount.downPackets += v.packets
      amount.downOctets += v.octets
    }
    if (v.timeUs > amount.lastUs) amount.lastUs = v.timeUs
    if (v.timeUs < amount.firstUs) amount.firstUs = v.timeUs
  }

  /** Context rows that have something to be settled; -1 for packets without one. */
  get open(): number[] {
    return [...this.#amounts.keys()]
  }

  /** The context ends: what it has goes to its owner. Undefined when it has nothing. */
  settle(ctx: number, owner: () => LedgerOwner): LeftOutAmount | undefined {
    const amount = this.#amounts.get(ctx)
    if (amount === undefined) return undefined
    this.#amounts.delete(ctx)
    this.#ledger.addSpecial(owner(), SpecialRow.NotSampled, amount)
    return amount
  }
}
