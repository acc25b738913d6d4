/** Seeded chance for the generator: the same scenario gives the same octets on every machine.
 * Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), triple (13, 17, 5). */

export class Xorshift32 {
  #state: number

  /** A zero state would stay zero for ever, so 0 becomes another fixed seed. */
  constructor(seed: number) {
    this.#state = seed | 0 || 0x6d2b79f5
  }

  /** Next unsigned 32-bit value, never 0. */
  next(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return x >>> 0
  }

  /** Integer in [0, bound). */
  below(bound: number): number {
    return this.next() % bound
  }

  /** True in `share` of the calls (0 to 1). */
  chance(share: number): boolean {
    return this.next() / 0x1_0000_0000 < share
  }

  octets(count: number): Uint8Array {
    const out = new Uint8Array(count)
    for (let i = 0; i < count; i++) out[i] = this.next() >>> 24
    return out
  }
}
