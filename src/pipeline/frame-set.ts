/** A set of frame numbers: one bit a frame, so that a capture of a hundred million packets needs 12 MB. */

const wordBits = 32
const firstWords = 1024

export class FrameSet {
  size = 0
  #words = new Int32Array(firstWords)

  add(frame: number): void {
    const word = Math.floor(frame / wordBits)
    if (word >= this.#words.length) {
      const grown = new Int32Array(Math.max(word + 1, this.#words.length * 2))
      grown.set(this.#words)
      this.#words = grown
    }
    const bit = 1 << (frame & (wordBits - 1))
    const before = this.#words[word]!
    if ((before & bit) !== 0) return
    this.#words[word] = before | bit
    this.size++
  }

  has(frame: number): boolean {
    const word = this.#words[Math.floor(frame / wordBits)]
    return word !== undefined && (word & (1 << (frame & (wordBits - 1)))) !== 0
  }
}
