/** Tunnels that carry a subscriber's packets from the old cell to the new one. Read 3GPP TS 23.401 clause
 * 5.5.1.2 (handover over S1), TS 29.274 clauses 7.2.18 and 7.3.2. What goes through them went through a
 * tunnel of the context before and is no charge unit. Direct forwarding between eNodeBs is agreed on X2,
 * which is not read.
 *
 * They live for seconds, and a number that is given to a context means the context: so nobody waits for
 * the message that takes them away. */

import type { PacketView } from '../dissect/packet-view.js'
import { type AddressBook, addressWord, isV6 } from './address-book.js'
import type { Endpoint } from './endpoint-table.js'
import { PairTable } from './pair-table.js'

/** Longer than any handover, shorter than it takes a node to come round to the same TEID. */
const lifeSeconds = 120
/** A hostile capture could name new tunnels in every message. */
const maxTunnels = 65536

export class ForwardingTunnels {
  readonly #book: AddressBook
  /** (address, TEID) -> second of packet time at which it is forgotten, counted from the first one */
  readonly #v4 = new PairTable()
  readonly #v6 = new PairTable()
  #firstSecond = -1

  constructor(book: AddressBook) {
    this.#book = book
  }

  add(endpoints: readonly Endpoint[], timeUs: number): void {
    const until = this.#second(timeUs) + lifeSeconds
    for (const { address, teid } of endpoints) {
      const table = isV6(address) ? this.#v6 : this.#v4
      if (table.size >= maxTunnels) table.clear()
      table.set(addressWord(address), teid, until)
    }
  }

  /** Whether a user packet of no context goes through one of them. */
  has(view: PacketView): boolean {
    if (this.#v4.size === 0 && this.#v6.size === 0) return false
    const until =
      view.outerVersion === 4
        ? this.#v4.get(view.outerDst, view.teid)
        : this.#v6.get(this.#book.findV6(view.buf, view.outerDstOff), view.teid)
    return until >= this.#second(view.timeUs)
  }

  #second(timeUs: number): number {
    const second = Math.floor(timeUs / 1e6)
    if (this.#firstSecond < 0) this.#firstSecond = second
    return Math.max(0, second - this.#firstSecond)
  }
}
