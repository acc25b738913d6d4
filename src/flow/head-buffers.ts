/** Bounds the buffers in which heads, ClientHellos and DNS messages of all flows are collected: one direction may
 * take 128 KiB, a million may not. A buffer stays with its direction for the next head; when all
 * together are too large, the one whose collecting began first goes, with what is in it. */

import type { Direction } from './flow-detail.js'

export class HeadBuffers {
  /** heads that were being collected and were given up */
  evicted = 0
  readonly #maxOctets: number
  /** directions with a buffer, in the order in which they began to collect */
  readonly #holders = new Set<Direction>()
  #octets = 0

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets
  }

  /** Octets of all buffers. */
  get octets(): number {
    return this.#octets
  }

  /** `direction` begins to collect: it is the youngest. */
  begins(direction: Direction): void {
    this.#holders.delete(direction)
    this.#holders.add(direction)
  }

  /** The buffer of `direction` becomes larger by so many octets; others make room. */
  grows(direction: Direction, octets: number): void {
    this.#octets += octets
    if (this.#octets <= this.#maxOctets) return
    for (const oldest of this.#holders) {
      if (oldest === direction) continue
      this.#holders.delete(oldest)
      this.#octets -= oldest.head?.length ?? 0
      if (oldest.headLen > 0) this.evicted++
      oldest.head = undefined
      oldest.headLen = 0
      if (this.#octets <= this.#maxOctets) return
    }
  }
}
