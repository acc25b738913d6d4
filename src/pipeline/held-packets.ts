/** Packets that wait for a copy of them to tell whose they are: a bounded queue of views with octets of
 * their own. Read copied-tunnels.ts first. */

import { PacketView } from '../dissect/packet-view.js'
import { pairContext } from '../flow/sessionless.js'

/** The window of copies, and how far times go back in a file to which the interfaces write in turn. */
const waitUs = 2_000_000
/** A hostile capture could name a new tunnel in every packet. */
const maxPackets = 4096
const maxOctets = 4 << 20
const ipv6Octets = 16

export class HeldPackets {
  /** packet time from which `due` has something */
  dueUs = Number.POSITIVE_INFINITY
  #queue: PacketView[] = []
  #octets = 0
  /** pair of nodes -> packets between them */
  readonly #pairs = new Map<number, number>()

  /** Whether a packet between these nodes waits: those that come after it must not overtake it. */
  hasPair(view: PacketView): boolean {
    return this.#pairs.size > 0 && this.#pairs.has(pairContext(view))
  }

  add(view: PacketView): void {
    const held = copyOf(view)
    this.#queue.push(held)
    this.#octets += held.buf.length
    const pair = pairContext(held)
    this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1)
    this.#look()
  }

  /** The packet that waits longest, once nobody can tell any more or too many wait. */
  due(nowUs: number): PacketView | undefined {
    if (nowUs < this.dueUs) return undefined
    const held = this.#queue.shift()
    if (held !== undefined) this.#forget(held)
    this.#look()
    return held
  }

  /** The packets of one tunnel, in their order. */
  take(outerDst: number, teid: number): PacketView[] {
    const isOfTunnel = (one: PacketView) => one.outerDst === outerDst && one.teid === teid
    const taken = this.#queue.filter(isOfTunnel)
    if (taken.length === 0) return taken
    this.#queue = this.#queue.filter(one => !isOfTunnel(one))
    for (const held of taken) this.#forget(held)
    this.#look()
    return taken
  }

  #forget(held: PacketView): void {
    this.#octets -= held.buf.length
    const pair = pairContext(held)
    const left = (this.#pairs.get(pair) ?? 0) - 1
    if (left > 0) this.#pairs.set(pair, left)
    else this.#pairs.delete(pair)
  }

  #look(): void {
    const [first] = this.#queue
    if (first === undefined) this.dueUs = Number.POSITIVE_INFINITY
    else if (this.#queue.length > maxPackets || this.#octets > maxOctets) {
      this.dueUs = Number.NEGATIVE_INFINITY
    } else this.dueUs = first.timeUs + waitUs
  }
}

/** The view's own octets are overwritten by the next frame. */
function copyOf(view: PacketView): PacketView {
  const held = Object.assign(new PacketView(), view)
  const from = Math.min(
    view.outerSrcOff,
    view.outerDstOff,
    view.gtpOff,
    view.srcOff,
    view.dstOff,
    view.l4Off,
  )
  const end = Math.max(view.payloadEnd, view.l4Off, view.gtpEnd, view.dstOff + ipv6Octets)
  held.buf = view.buf.slice(from, end)
  held.parts = [...view.parts]
  held.outerSrcOff -= from
  held.outerDstOff -= from
  held.gtpOff -= from
  held.gtpEnd -= from
  if (held.tidOff >= 0) held.tidOff -= from
  held.srcOff -= from
  held.dstOff -= from
  held.l4Off -= from
  held.payloadOff -= from
  held.payloadEnd -= from
  return held
}
