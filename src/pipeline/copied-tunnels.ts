/** Tunnels of no session in which copies of a session's packets were seen: S1-U beside S5, where the messages
 * that make the S1-U tunnel (S1AP) are not read. Once a pair of copies has shown that two tunnels are
 * one bearer's, its packets are the session's whichever copy comes first. Read
 * dissect/duplicate-filter.ts first.
 *
 * TEIDs are given to others while the session lives on, so the UE's address must be that of the pair. */

import type { PacketView } from '../dissect/packet-view.js'
import type { ContextTable } from '../session/context-table.js'
import { PairTable } from '../session/pair-table.js'

/** A hostile capture could make pairs without end. */
const maxTunnels = 65536

interface Learnt {
  /** context row * 2 + direction */
  tunnel: number
  instance: number
  /** word of the UE's address */
  ue: number
}

export class CopiedTunnels {
  readonly #contexts: ContextTable
  /** (outer destination, TEID) -> index in `#learnt` */
  readonly #index = new PairTable()
  #learnt: Learnt[] = []

  constructor(contexts: ContextTable) {
    this.#contexts = contexts
  }

  /** The packet in `view` was in tunnel (dst, teid) too, and `tunnel` is its session's. */
  learn(dst: number, teid: number, tunnel: number, view: PacketView): void {
    if (this.#learnt.length >= maxTunnels) {
      this.#index.clear()
      this.#learnt = []
    }
    const instance = this.#contexts.get(tunnel >> 1).context
    const known = this.#index.get(dst, teid)
    const one = { tunnel, instance, ue: ueOf(view, tunnel) }
    if (known >= 0) {
      this.#learnt[known] = one
      return
    }
    this.#index.set(dst, teid, this.#learnt.length)
    this.#learnt.push(one)
  }

  /** Context row * 2 + direction of a packet in tunnel (dst, teid), as Sessions.tunnel; -1 when no pair of
   * copies told. */
  find(dst: number, teid: number, view: PacketView): number {
    const one = this.#learnt[this.#index.get(dst, teid)]
    if (one === undefined) return -1
    const isLive = this.#contexts.isInstance(one.tunnel >> 1, one.instance)
    return isLive && one.ue === ueOf(view, one.tunnel) ? one.tunnel : -1
  }
}

function ueOf(view: PacketView, tunnel: number): number {
  return (tunnel & 1) === 0 ? view.src : view.dst
}
