/** Sums as they were at each second of the last hour: what rates, shares of a window and its graph are made of.
 * Seconds are those of the probe's clock for live traffic and of the packets for a file. */

/** What is sampled. */
export const columns = [
  'packets',
  'userPackets',
  'up',
  'down',
  'upPackets',
  'downPackets',
  'control',
  'created',
  'closed',
  'opened',
  'unknownTeid',
  'decodeErrors',
  'drops',
  'FREE',
  'CHRG',
  'BLCK',
  'MIXD',
  'UNKN',
  'PEND',
  'FREE flows',
  'CHRG flows',
  'BLCK flows',
  'MIXD flows',
  'UNKN flows',
  'PEND flows',
] as const
export type Sampled = (typeof columns)[number]

const seconds = 3601
const indexOf = new Map<Sampled, number>(columns.map((name, i) => [name, i]))

export class Series {
  readonly #values = new Float64Array(seconds * columns.length)
  readonly #at = new Float64Array(seconds)
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** `atS` never goes back: a clock that was set back adds nothing until it has caught up. */
  add(atS: number, sample: Readonly<Record<Sampled, number>>): void {
    if (this.#count > 0 && atS <= this.#at[(this.#count - 1) % seconds]!) return
    const slot = this.#count++ % seconds
    this.#at[slot] = atS
    for (const [i, name] of columns.entries()) {
      this.#values[slot * columns.length + i] = sample[name]
    }
  }

  /** Seconds between the oldest sample in the window and the latest. */
  span(windowS: number): number {
    if (this.#count < 2) return 0
    return this.#atOf(this.#count - 1) - this.#atOf(this.#first(windowS))
  }

  /** What was added within the window; what was taken back does not count. */
  growth(name: Sampled, windowS: number): number {
    if (this.#count < 2) return 0
    const grown = this.#value(name, this.#count - 1) - this.#value(name, this.#first(windowS))
    return Math.max(0, grown)
  }

  rate(name: Sampled, windowS: number): number {
    const span = this.span(windowS)
    return span > 0 ? this.growth(name, windowS) / span : 0
  }

  /** A second's growth, in at most `steps` equal parts of the window, oldest first. */
  history(names: readonly Sampled[], windowS: number, steps: number): number[] {
    const first = this.#first(windowS)
    const last = this.#count - 1
    const count = Math.min(steps, last - first)
    const parts: number[] = []
    for (let i = 0; i < count; i++) {
      const from = first + Math.floor(((last - first) * i) / count)
      const to = first + Math.floor(((last - first) * (i + 1)) / count)
      const span = this.#atOf(to) - this.#atOf(from)
      const grown = names.reduce(
        (sum, name) => sum + Math.max(0, this.#value(name, to) - this.#value(name, from)),
        0,
      )
      parts.push(span > 0 ? grown / span : 0)
    }
    return parts
  }

  /** The highest growth of a second in the window, and when. */
  peak(names: readonly Sampled[], windowS: number): { rate: number; atS: number } {
    let best = { rate: 0, atS: 0 }
    for (let i = this.#first(windowS) + 1; i < this.#count; i++) {
      const span = this.#atOf(i) - this.#atOf(i - 1)
      const grown = names.reduce(
        (sum, name) => sum + Math.max(0, this.#value(name, i) - this.#value(name, i - 1)),
        0,
      )
      if (grown / span > best.rate) best = { rate: grown / span, atS: this.#atOf(i) }
    }
    return best
  }

  #first(windowS: number): number {
    const oldest = Math.max(0, this.#count - seconds)
    const from = this.#atOf(this.#count - 1) - windowS
    let low = oldest
    let high = Math.max(oldest, this.#count - 1)
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#atOf(middle) < from) low = middle + 1
      else high = middle
    }
    return low
  }

  #atOf(i: number): number {
    return this.#at[((i % seconds) + seconds) % seconds]!
  }

  #value(name: Sampled, i: number): number {
    return this.#values[(i % seconds) * columns.length + (indexOf.get(name) ?? 0)]!
  }
}
