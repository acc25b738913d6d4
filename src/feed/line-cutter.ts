/** Octets of a feed as lines, in bounded memory: of a line that is too long only the beginning is kept. */

import { longestLine } from './event-text.js'

const newline = 0x0a

export class LineCutter {
  readonly #line: (text: string, cut: boolean) => void
  #parts: Uint8Array[] = []
  #length = 0
  #cut = false

  constructor(line: (text: string, cut: boolean) => void) {
    this.#line = line
  }

  put(octets: Uint8Array): void {
    let from = 0
    for (let at = octets.indexOf(newline); at >= 0; at = octets.indexOf(newline, from)) {
      this.#add(octets.subarray(from, at))
      this.#flush()
      from = at + 1
    }
    this.#add(octets.subarray(from))
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#length > 0) this.#flush()
  }

  #add(part: Uint8Array): void {
    const room = longestLine - this.#length
    if (part.length > room) this.#cut = true
    if (room <= 0 || part.length === 0) return
    // the octets may be overwritten by whoever reads on
    const kept = part.slice(0, room)
    this.#parts.push(kept)
    this.#length += kept.length
  }

  #flush(): void {
    const text = new TextDecoder().decode(Buffer.concat(this.#parts))
    const cut = this.#cut
    this.#parts = []
    this.#length = 0
    this.#cut = false
    this.#line(text.replace(/\r$/, ''), cut)
  }
}
