/** Brings what several threads tell into the order of the run: each tells in order, and the next to be taken is
 * the one with the lowest place, once no thread can still tell something before it. Two threads never
 * tell at one place (capture-order.ts). */

interface Batch<T> {
  at: readonly number[]
  told: readonly T[]
  next: number
}

export class OrderedMerge<T> {
  readonly #queues: Batch<T>[][]
  /** nothing that a thread tells later comes before this place */
  readonly #upTo: number[]
  readonly #take: (one: T) => void
  readonly #consumed: (index: number) => void

  /** `take` gets everything in order, `consumed` the thread of each batch that was taken as a whole. */
  constructor(count: number, take: (one: T) => void, consumed: (index: number) => void) {
    this.#queues = Array.from({ length: count }, () => [])
    this.#upTo = new Array<number>(count).fill(0)
    this.#take = take
    this.#consumed = consumed
  }

  /** What thread `index` tells next, with the place of each; `upTo`: see the head of this class. */
  add(index: number, at: readonly number[], told: readonly T[], upTo: number): void {
    this.#upTo[index] = upTo
    if (told.length === 0) this.#consumed(index)
    else this.#queues[index]!.push({ at, told, next: 0 })
    this.#drain()
  }

  /** Thread `index` has told everything. */
  end(index: number): void {
    this.#upTo[index] = Number.POSITIVE_INFINITY
    this.#drain()
  }

  #drain(): void {
    for (;;) {
      let first = -1
      let lowest = Number.POSITIVE_INFINITY
      let bound = Number.POSITIVE_INFINITY
      for (let i = 0; i < this.#queues.length; i++) {
        const batch = this.#queues[i]![0]
        const place = batch === undefined ? this.#upTo[i]! : batch.at[batch.next]!
        if (batch !== undefined && (first < 0 || place < lowest)) {
          if (first >= 0) bound = Math.min(bound, lowest)
          first = i
          lowest = place
        } else bound = Math.min(bound, place)
      }
      if (first < 0 || lowest > bound) return
      this.#takeUpTo(first, bound)
    }
  }

  #takeUpTo(index: number, bound: number): void {
    const queue = this.#queues[index]!
    const batch = queue[0]!
    while (batch.next < batch.told.length && batch.at[batch.next]! <= bound) {
      this.#take(batch.told[batch.next]!)
      batch.next++
    }
    if (batch.next < batch.told.length) return
    queue.shift()
    this.#consumed(index)
  }
}
