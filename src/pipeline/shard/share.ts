/** Which flows are whose when several threads share a run. The unit is the context (a subscriber's PDP context
 * or bearer) by its row, which is the same in every thread, or the pair of nodes of flows without session:
 * what one flow learns for another (names of addresses, whether a direction is captured) stays within it. */

/** Threads that may share a run. */
export const mostShards = 64

export class Share {
  readonly index: number
  readonly count: number

  constructor(index: number, count: number) {
    this.index = index
    this.count = count
  }

  /** `ctx` as Col.Ctx of flow-table.ts has it. */
  has(ctx: number): boolean {
    if (this.count === 1) return true
    // rows are given out in turn, perhaps two to each subscriber: neighbours must not go by parity
    return (Math.imul(ctx, 0x9e3779b1) >>> 16) % this.count === this.index
  }
}

export const everything = new Share(0, 1)
