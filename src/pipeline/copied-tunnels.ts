/** Tunnels of no session in which copies of a session's packets were seen: S1-U beside S5, where the messages
 * that make the S1-U tunnel (S1AP) are not read. Once a pair of copies has shown that two tunnels are
 * one bearer's, its packets are the session's whichever copy comes first. Read
 * dissect/duplicate-filter.ts first.
 *
 * The first packets of such a tunnel wait for their copy, as long as a copy may take to come: rated at once,
 * they would be nobody's, and the session's bill without them. A tunnel whose packets waited in vain is
 * not waited for again.
 *
 * TEIDs are given to others while the session lives on, so the UE's address must be that of the pair. */

import type { DuplicateFilter } from '../dissect/duplicate-filter.js'
import type { PacketView } from '../dissect/packet-view.js'
import { PairTable } from '../session/pair-table.js'
import type { Sessions } from '../session/sessions.js'
import { HeldPackets } from './held-packets.js'

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
  readonly #release: (view: PacketView) => void
  /** (outer destination, TEID) -> index in `#learnt` */
  readonly #index = new PairTable()
  #learnt: Learnt[] = []
  readonly #held = new HeldPackets()
  /** (outer destination, TEID) of tunnels whose packets waited in vain */
  readonly #vain = new PairTable()

  /** `release` is given each packet that waited, once. */
  constructor(
    sessions: Sessions,
    duplicates: DuplicateFilter,
    release: (view: PacketView) => void,
  ) {
    this.#sessions = sessions
    this.#duplicates = duplicates
    this.#release = release
  }

  /** Packet time from which `expire` has something to do. */
  get dueUs(): number {
    return this.#held.dueUs
  }

  /** Context row * 2 + direction of a packet that no known tunnel explains, as Sessions.tunnel; -1 when no
   * pair of copies told. */
  find(view: PacketView): number {
    return this.#learnt.length === 0 ? none : this.#find(view.outerDst, view.teid, view)
  }

  /** Keeps a packet that nobody is known to own, when a copy of it may still tell. False: it is nobody's. */
  hold(view: PacketView): boolean {
    if (!this.#duplicates.watching || this.#sessions.contexts.live === 0) return false
    const isNew = this.#vain.get(view.outerDst, view.teid) < 0
    if (!isNew && !this.#held.hasPair(view)) return false
    this.#held.add(view)
    return true
  }

  /** Learns from the copy in `view`, whose context row * 2 + direction is `own`, or -1. */
  learn(view: PacketView, own: number): void {
    const { firstVersion, firstDst, firstTeid } = this.#duplicates
    if (firstVersion === 0) return
    const first = firstVersion === 4 ? this.#sessions.tunnelAt(firstDst, firstTeid) : none
    if (own >= 0 && first < 0) this.#set(firstDst, firstTeid, own, view)
    else if (own < 0 && first >= 0) this.#set(view.outerDst, view.teid, first, view)
  }

  /** Gives back what has waited long enough. */
  expire(nowUs: number): void {
    for (let view = this.#held.due(nowUs); view !== undefined; view = this.#held.due(nowUs)) {
      if (this.#vain.size >= maxTunnels) this.#vain.clear()
      this.#vain.set(view.outerDst, view.teid, 0)
      this.#release(view)
    }
  }

  #find(dst: number, teid: number, view: PacketView): number {
    const one = this.#learnt[this.#index.get(dst, teid)]
    if (one === undefined) return none
    const isLive = this.#sessions.contexts.isInstance(one.tunnel >> 1, one.instance)
    return isLive && one.ue === ueOf(view, one.tunnel) ? one.tunnel : none
  }

  #set(dst: number, teid: number, tunnel: number, view: PacketView): void {
    if (this.#find(dst, teid, view) === tunnel) return
    if (this.#learnt.length >= maxTunnels) {
      this.#index.clear()
      this.#learnt = []
    }
    const instance = this.#sessions.contexts.get(tunnel >> 1).context
    const one = { tunnel, instance, ue: ueOf(view, tunnel) }
    const known = this.#index.get(dst, teid)
    if (known >= 0) this.#learnt[known] = one
    else {
      this.#index.set(dst, teid, this.#learnt.length)
      this.#learnt.push(one)
    }
    for (const held of this.#held.take(dst, teid)) this.#release(held)
  }
}

function ueOf(view: PacketView, tunnel: number): number {
  return (tunnel & 1) === 0 ? view.src : view.dst
}
