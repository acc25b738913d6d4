/** One direction of a TCP connection for `dissect`, over holes. Read tcp-stretch.ts first.
 *
 * A probe loses packets, and two interfaces of one capture get out of step. A segment behind a hole that
 * certainly begins a message is read at once, as Wireshark does; what may still come into the hole is
 * read too, on its own. */

import type { Walk } from './inspector.js'
import { TcpStretch, type Waiting } from './tcp-stretch.js'

/** Holes that may still be filled; the oldest is given up. */
const maxHoles = 8

export class TcpDirection {
  /** in order of sequence numbers; the last one has no end */
  #stretches: TcpStretch[] = [new TcpStretch()]

  /** Octets that are kept. */
  get held(): number {
    return this.#stretches.reduce((sum, stretch) => sum + stretch.held, 0)
  }

  /** Gives up what is kept; reading goes on with the next segment that begins a message. */
  forget(): void {
    this.#stretches = this.#stretches.slice(-1)
    this.#last.forget()
  }

  /** A SYN: octets begin at `seq`. */
  open(seq: number): void {
    if (this.#last.opens(seq)) return
    this.#stretches = [new TcpStretch()]
    this.#last.open(seq)
  }

  /** The payload [off, end) at `seq`; on the wire it went on to `wireEnd`. */
  segment(
    seq: number,
    buf: Uint8Array,
    off: number,
    end: number,
    wireEnd: number,
    walk: Walk,
  ): void {
    if (wireEnd <= off) return
    const filled = this.#stretches.find(stretch => stretch.wants(seq))
    if (filled !== undefined && filled !== this.#last) {
      filled.segment(seq, buf, off, end, wireEnd, walk)
      if (filled.isFull) this.#stretches = this.#stretches.filter(one => one !== filled)
      return
    }
    const waiting = this.#leaps(seq, buf, off, end, walk) ? this.#leap(seq) : []
    this.#last.segment(seq, buf, off, end, wireEnd, walk)
    for (const { seq: at, octets, length } of waiting) {
      this.#last.segment(at, octets, 0, octets.length, length, walk)
    }
  }

  /** A new stretch begins at `seq`: returns what waits for its octets. */
  #leap(seq: number): Waiting[] {
    const waiting = this.#last.end(seq)
    this.#stretches.push(new TcpStretch())
    if (this.#stretches.length > maxHoles + 1) this.#stretches.shift()
    return waiting
  }

  /** Behind a hole, and the beginning of a message all the same. */
  #leaps(seq: number, buf: Uint8Array, off: number, end: number, walk: Walk): boolean {
    const last = this.#last
    return last.ahead(seq) > 0 && last.isBetween && walk.registry.begins(buf, off, end)
  }

  get #last(): TcpStretch {
    return this.#stretches[this.#stretches.length - 1]!
  }
}
