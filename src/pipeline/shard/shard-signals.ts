/** Memory that the threads of a run share: how far each has read, where all are to stop, and how many messages
 * of each were taken. A thread may wait here, since it has nothing else to do; the main thread never
 * does. */

/** Messages of a thread that may lie unread: with what one holds, this bounds the memory of a run. */
const mostUnread = 8

const Stop = { No: 0, Deciding: 1, Decided: 2 } as const

export class ShardSignals {
  readonly memory: SharedArrayBuffer
  /** last frame that each thread has begun with or will next; then the frame to stop after */
  readonly #frames: BigInt64Array
  /** messages taken of each thread; then the state of the stop */
  readonly #words: Int32Array
  readonly #count: number

  /** Of a run of `count` threads; `memory` is that of the main thread's. */
  constructor(count: number, memory = new SharedArrayBuffer((count + 1) * 12)) {
    this.memory = memory
    this.#count = count
    this.#frames = new BigInt64Array(memory, 0, count + 1)
    this.#words = new Int32Array(memory, (count + 1) * 8, count + 1)
  }

  /** Says that a thread goes on to a frame; returns the frame after which it has to stop. Whoever stops the run
   * sees this frame, or this thread sees that the run is being stopped. */
  reach(index: number, frame: number): number {
    Atomics.store(this.#frames, index, BigInt(frame))
    while (Atomics.load(this.#words, this.#count) === Stop.Deciding) {
      Atomics.wait(this.#words, this.#count, Stop.Deciding)
    }
    return Atomics.load(this.#words, this.#count) === Stop.Decided
      ? Number(Atomics.load(this.#frames, this.#count))
      : Number.POSITIVE_INFINITY
  }

  /** Has all threads stop after the same frame: the furthest that one of them has begun with. */
  stop(): void {
    const words = this.#words
    if (Atomics.compareExchange(words, this.#count, Stop.No, Stop.Deciding) !== Stop.No) return
    let furthest = 0n
    for (let i = 0; i < this.#count; i++) {
      const frame = Atomics.load(this.#frames, i)
      if (frame > furthest) furthest = frame
    }
    Atomics.store(this.#frames, this.#count, furthest)
    Atomics.store(words, this.#count, Stop.Decided)
    Atomics.notify(words, this.#count)
  }

  /** Waits until few enough of the `sent` messages of a thread lie unread. */
  awaitRoom(index: number, sent: number): void {
    for (;;) {
      const taken = Atomics.load(this.#words, index)
      if (((sent - taken) | 0) < mostUnread) return
      Atomics.wait(this.#words, index, taken)
    }
  }

  /** The main thread is done with a message. */
  taken(index: number): void {
    Atomics.add(this.#words, index, 1)
    Atomics.notify(this.#words, index)
  }
}
