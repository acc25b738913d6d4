/** Tunnels of no session in which copies of a session's packets were seen: S1-U beside S5, where the messages
 * that make the S1-U tunnel (S1AP) are not read. Once a pair of copies has shown that two tunnels are
 * one bearer's, its packets are the session's whichever copy comes first. Read
 * dissect/duplicate-filter.ts first.
 *
 * TEIDs are given to others while the session lives on, so the UE's address must be that of the pair. */

import type { DuplicateFilter } from '../dissect/duplicate-filter.js'
import { PacketFlag, type PacketView } from '../dissect/packet-view.js'
import { PairTable } from '../session/pair-table.js'
import type { Sessions } from '../session/sessions.js'

/** A hostile capture could make pairs without end. */
const maxTunnels = 65536
const none = -1

interface Learnt {
  /** context row * 2 + direction */
  tunnel: number
  instance: number
  /** word of the UE's address */
  ue: number
}

export class CopiedTunnels {
  readonly #sessions: Sessions
  readonly #duplicates: DuplicateFilter
  /** (outer destination, TEID) -> index in `#learnt` */
  readonly #index = new PairTable()
  #learnt: Learnt[] = []

  constructor(sessions: Sessions, duplicates: DuplicateFilter) {
    this.#sessions = sessions
    this.#duplicates = duplicates
  }

  /** Context row * 2 + direction of a packet that no known tunnel explains, as Sessions.tunnel; -1 when no
   * pair of copies told. */
  find(view: PacketView): number {
    if (this.#learnt.length === 0) return none
    return this.#find(view.outerDst, view.teid, view)
  }

  /** Learns from the copy in `view`. True when it is to be charged all the same: it is a session's, and what
   * was seen first was nobody's. That happens once a tunnel, and is better than a bill without it. */
  charges(view: PacketView): boolean {
    const { firstTunnelled, firstDst, firstTeid } = this.#duplicates
    if (view.outerVersion !== 4 || !firstTunnelled) return false
    const own = this.#sessions.tunnel(view)
    const first = this.#sessions.tunnelAt(firstDst, firstTeid)
    if (own >= 0 === first >= 0) return false
    if (own < 0) {
      this.#learn(view.outerDst, view.teid, first, view)
      return false
    }
    const wasKnown = this.#find(firstDst, firstTeid, view) >= 0
    this.#learn(firstDst, firstTeid, own, view)
    return !wasKnown && (view.flags & PacketFlag.Fragment) === 0
  }

  #find(dst: number, teid: number, view: PacketView): number {
    const one = this.#learnt[this.#index.get(dst, teid)]
    if (one === undefined) return none
    const isLive = this.#sessions.contexts.isInstance(one.tunnel >> 1, one.instance)
    return isLive && one.ue === ueOf(view, one.tunnel) ? one.tunnel : none
  }

  #learn(dst: number, teid: number, tunnel: number, view: PacketView): void {
    if (this.#learnt.length >= maxTunnels) {
      this.#index.clear()
      this.#learnt = []
    }
    const instance = this.#sessions.contexts.get(tunnel >> 1).context
    const one = { tunnel, instance, ue: ueOf(view, tunnel) }
    const known = this.#index.get(dst, teid)
    if (known >= 0) {
      this.#learnt[known] = one
      return
    }
    this.#index.set(dst, teid, this.#learnt.length)
    this.#learnt.push(one)
  }
}

function ueOf(view: PacketView, tunnel: number): number {
  return (tunnel & 1) === 0 ? view.src : view.dst
}
