/** About how many different things there were, in memory that does not grow: linear counting (Whang,
 * Vander-Zanden, Taylor 1990, ACM TODS 15). 2^20 bits are right to a part in a hundred up to some
 * millions; then the count stays where the last bit was set. */

const bits = 1 << 20

export class DistinctCount {
  /** made when it is needed: most runs leave nothing out */
  #words: Int32Array | undefined
  #set = 0

  /** `hash`: int32, spread over all its bits. */
  add(hash: number): void {
    this.#words ??= new Int32Array(bits / 32)
    const bit = hash & (bits - 1)
    const word = this.#words[bit >> 5]!
    const mask = 1 << (bit & 31)
    if ((word & mask) !== 0) return
    this.#words[bit >> 5] = word | mask
    this.#set++
  }

  /** The same for a text. */
  addText(text: string): void {
    let h = 0x811c9dc5 | 0
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
    this.add(h ^ (h >>> 13))
  }

  /** Exact while it is small: two of few rarely share a bit. */
  get count(): number {
    const free = Math.max(1, bits - this.#set)
    return Math.round(-bits * Math.log(free / bits))
  }
}
