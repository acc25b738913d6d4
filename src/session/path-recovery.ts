/** Restart counters of the nodes. Read 3GPP TS 23.007 clause 18 and TS 29.060 clauses 7.2.2 and 7.7.11: a
 * node counts its restarts and tells the number in Echo Response and in the first messages afterwards;
 * when it has gone up, the node has lost its contexts. */

import type { Address } from './address-book.js'

/** A hostile capture could name a new node in every message. */
const maxNodes = 1 << 16

export class PathRecovery {
  readonly #counters = new Map<number, number>()

  /** Takes the counter that a node has just told. Returns the one before when the node has restarted,
   * else -1. `version`: GTPv2 counts apart from GTPv0 and GTPv1.
   *
   * 23.007 clause 18: a value that is smaller than the stored one, round-over considered, "shall be
   * discarded": it is late, or from a second instance at the same address. Taking it for a restart
   * would end contexts that are alive. */
  restarted(node: Address, version: number, counter: number): number {
    const key = node * 2 + (version === 2 ? 1 : 0)
    const before = this.#counters.get(key)
    if (before === undefined) {
      if (this.#counters.size >= maxNodes) this.#dropOldest()
      this.#counters.set(key, counter)
      return -1
    }
    const step = (counter - before) & 255
    if (step === 0 || step >= 128) return -1
    this.#counters.set(key, counter)
    return before
  }

  #dropOldest(): void {
    for (const key of this.#counters.keys()) {
      this.#counters.delete(key)
      return
    }
  }
}
