/** How much waits in the kernel's buffer. No capture program tells; but the packets that are handed on are
 * as old as the queue is long, and what came in that time is waiting. */

import type { Backlog, FrameBatch } from '../source.js'

/** The rate is taken over at least so much packet time: a burst is no load. */
const rateUs = 1_000_000
/** Older packets were stamped by another clock, or after a time without any. */
const oldestMs = 60_000
/** Of the kernel for each packet (TPACKET_V3): header, address, alignment. */
const overheadOctets = 96

export class BacklogEstimate {
  readonly backlog: Backlog
  #octets = 0
  #fromUs = Number.POSITIVE_INFINITY
  /** octets in a millisecond */
  #rate = 0

  /** `most`: octets of the buffer. */
  constructor(most: number) {
    this.backlog = { octets: 0, most }
  }

  /** The batch is being handed on at `nowMs` of the clock that stamped it. */
  look(batch: FrameBatch, nowMs: number): void {
    const { count } = batch
    if (count === 0) return
    for (let i = 0; i < count; i++) this.#octets += batch.caplen[i]! + overheadOctets
    const lastUs = batch.timeUs[count - 1]!
    const spanUs = lastUs - this.#fromUs
    if (spanUs < 0 || this.#fromUs === Number.POSITIVE_INFINITY) this.#begin(lastUs)
    else if (spanUs >= rateUs) {
      this.#rate = (this.#octets / spanUs) * 1000
      this.#begin(lastUs)
    }
    const ageMs = nowMs - lastUs / 1000
    const isQueue = ageMs > 0 && ageMs < oldestMs
    this.backlog.octets = isQueue ? Math.min(this.#rate * ageMs, this.backlog.most) : 0
  }

  #begin(fromUs: number): void {
    this.#fromUs = fromUs
    this.#octets = 0
  }
}
