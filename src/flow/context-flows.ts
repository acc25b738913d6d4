/** The flows of each context, as doubly linked lists through two columns of the flow table, so that the end
 * of a context finds its flows without a search. */

import { Col, type FlowTable, stride } from './flow-table.js'

const firstContexts = 1024

export class ContextFlows {
  readonly #table: FlowTable
  /** context row -> latest flow row, -1 = none */
  #heads = new Int32Array(firstContexts).fill(-1)

  constructor(table: FlowTable) {
    this.#table = table
  }

  first(ctx: number): number {
    return ctx < this.#heads.length ? this.#heads[ctx]! : -1
  }

  enter(ctx: number, row: number): void {
    if (ctx >= this.#heads.length) {
      const larger = new Int32Array(Math.max(ctx + 1, this.#heads.length * 2)).fill(-1)
      larger.set(this.#heads)
      this.#heads = larger
    }
    const { i32 } = this.#table
    const head = this.#heads[ctx]!
    i32[row * stride + Col.CtxNext] = head
    i32[row * stride + Col.CtxPrev] = -1
    if (head >= 0) i32[head * stride + Col.CtxPrev] = row
    this.#heads[ctx] = row
  }

  /** Takes a row out; does nothing for a flow without context. */
  remove(row: number): void {
    const { i32 } = this.#table
    const at = row * stride
    const ctx = i32[at + Col.Ctx]!
    if (ctx < 0) return
    const next = i32[at + Col.CtxNext]!
    const prev = i32[at + Col.CtxPrev]!
    if (prev >= 0) i32[prev * stride + Col.CtxNext] = next
    else this.#heads[ctx] = next
    if (next >= 0) i32[next * stride + Col.CtxPrev] = prev
  }
}
