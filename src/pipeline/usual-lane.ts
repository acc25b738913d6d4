/** The short way of the usual packet: a frame whose layers are the usual ones, of a flow that is there and that
 * asks of it nothing but its octets. Everything else, and whatever comes first or changes something, goes
 * the whole way through Dissector, Sessions and Flows, with the same result.
 *
 * Each stage runs over the whole batch before the next: the look-ups of tunnels and rows are then so close together
 * that the processor waits for many lines of memory at once. What they found may be out of date
 * when the packet's turn comes, because a packet before it changed something; so it is checked again then. */

import type { Dissector, Frames } from '../dissect/dissector.js'
import type { PacketKind, PacketView } from '../dissect/packet-view.js'
import { Usual, UsualFrames, usualStride } from '../dissect/usual-frames.js'
import type { Flows } from '../flow/flows.js'
import { UsualPackets } from '../flow/usual-packets.js'
import type { Sessions } from '../session/sessions.js'
import { batchCapacity } from '../source/source.js'
import type { Share } from './shard/share.js'

export class UsualLane {
  readonly #frames: UsualFrames
  readonly #dissector: Dissector
  readonly #sessions: Sessions
  readonly #packets: UsualPackets
  readonly #share: Share
  /** state of the tunnels when those of the batch were looked up */
  #changes = -1

  /** `share`: whose flows are kept. */
  constructor(dissector: Dissector, sessions: Sessions, flows: Flows, share: Share) {
    this.#frames = new UsualFrames(batchCapacity)
    this.#dissector = dissector
    this.#sessions = sessions
    this.#share = share
    this.#packets = new UsualPackets(flows.table, row => flows.linger(row))
  }

  /** Looks at a batch, before its first frame is taken. While packets are compared with each other none goes this
   * way, and none is looked at. */
  read(batch: Frames, count: number): void {
    if (this.#dissector.duplicates.watching) {
      this.#frames.pass(count)
      return
    }
    this.#frames.read(batch, count)
    this.#changes = this.#sessions.tunnelChanges
    const { words } = this.#frames
    const end = count * usualStride
    for (let at = 0; at < end; at += usualStride) {
      if (words[at] === 1) words[at + Usual.Tunnel] = this.#tunnel(words, at)
    }
    for (let at = 0; at < end; at += usualStride) {
      if (words[at] === 1) words[at + Usual.Row] = this.#row(words, at)
    }
  }

  /** Whether frame `i` is a usual one, and nobody else has to see it. */
  isOpen(i: number): boolean {
    const { words } = this.#frames
    const at = i * usualStride
    return words[at] === 1 && this.#dissector.isIndifferent(words[at + Usual.Vlans]!)
  }

  /** B(p) of usual frame `i` when adding it to its flow was all there was to do, and is done, or when another thread
   * does it; 0 when it has to go the whole way. */
  take(i: number, timeUs: number): number {
    const { words } = this.#frames
    const at = i * usualStride
    if (this.#changes !== this.#sessions.tunnelChanges) {
      words[at + Usual.Tunnel] = this.#tunnel(words, at)
    }
    const tunnel = words[at + Usual.Tunnel]!
    if (tunnel < 0) return 0
    if (!this.#share.has(tunnel >> 1)) return words[at + Usual.Octets]!
    let row = words[at + Usual.Row]!
    // a flow may have opened since
    if (row < 0) row = this.#row(words, at)
    if (row < 0 || !this.#packets.add(row, words, at, tunnel, timeUs)) return 0
    return words[at + Usual.Octets]!
  }

  /** The same frame as Dissector shows it. */
  show(view: PacketView, batch: Frames, i: number): PacketKind {
    return this.#frames.show(view, batch, i)
  }

  #tunnel(words: Int32Array, at: number): number {
    return this.#sessions.tunnelAt(words[at + Usual.OuterDst]!, words[at + Usual.Teid]!)
  }

  #row(words: Int32Array, at: number): number {
    const tunnel = words[at + Usual.Tunnel]!
    if (tunnel < 0 || !this.#share.has(tunnel >> 1)) return -1
    return this.#packets.find(words, at, tunnel)
  }
}
