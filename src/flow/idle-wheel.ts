/** Finds flows that fell silent without touching any list per packet: a wheel of one-second slots, each a
 * doubly linked list through two columns of the flow table. A row whose time has come but that was
 * active meanwhile is put further round (second chance). Time is the packet clock. */

import { Col, F, type FlowTable, fStride, stride } from './flow-table.js'

const slots = 4096 // seconds; longer than the longest idle time-out
const none = -1
const maxChances = 32

export class IdleWheel {
  readonly #table: FlowTable
  /** first row of each slot */
  readonly #heads = new Int32Array(slots).fill(none)
  /** the second that was last worked off; -1 before the first packet */
  #second = -1

  constructor(table: FlowTable) {
    this.#table = table
  }

  /** Enters a row by its last packet and idle time-out. */
  enter(row: number): void {
    const { i32, f64 } = this.#table
    const due =
      Math.ceil(f64[row * fStride + F.LastUs]! / 1e6 + i32[row * stride + Col.IdleDs]! / 10) + 1
    // a due time beyond the wheel waits at its far end and is looked at again there
    const second = Math.min(Math.max(due, this.#second + 1), this.#second + slots - 1)
    this.#link(row, this.#second < 0 ? due % slots : second % slots)
  }

  remove(row: number): void {
    const { i32 } = this.#table
    const at = row * stride
    const next = i32[at + Col.WheelNext]!
    const prev = i32[at + Col.WheelPrev]!
    if (prev >= 0) i32[prev * stride + Col.WheelNext] = next
    else this.#heads[-prev - 2] = next
    if (next >= 0) i32[next * stride + Col.WheelPrev] = prev
  }

  /** Calls `idle` for every row silent for its time-out at `nowUs`; it must be taken out before the next call. */
  advance(nowUs: number, idle: (row: number) => void): void {
    const now = Math.floor(nowUs / 1e6)
    if (this.#second < 0) this.#second = now - 1
    const last = Math.min(now, this.#second + slots)
    for (let second = this.#second + 1; second <= last; second++) {
      this.#second = second
      this.#workOff(second % slots, nowUs, idle)
    }
    this.#second = Math.max(this.#second, now)
  }

  /** The row that is nearest to its idle time-out, give or take the wheel's grain; -1 when none is in it.
   * Rows that were active since they were entered are put where they belong on the way, at most
   * `maxChances` of them: then any will do. */
  oldest(): number {
    const { i32, f64 } = this.#table
    let chances = maxChances
    for (let n = 1; n <= slots; n++) {
      const slot = (this.#second + n) % slots
      for (let row = this.#heads[slot]!; row >= 0; row = this.#heads[slot]!) {
        const dueUs = f64[row * fStride + F.LastUs]! + i32[row * stride + Col.IdleDs]! * 1e5
        if (chances-- === 0 || dueUs <= (this.#second + n) * 1e6) return row
        this.remove(row)
        this.enter(row)
        if (this.#heads[slot] === row) return row
      }
    }
    return none
  }

  /** Every row in the wheel. */
  rows(): number[] {
    const rows: number[] = []
    for (let row of this.#heads) {
      while (row >= 0) {
        rows.push(row)
        row = this.#table.i32[row * stride + Col.WheelNext]!
      }
    }
    return rows
  }

  #workOff(slot: number, nowUs: number, idle: (row: number) => void): void {
    let row = this.#heads[slot]!
    while (row >= 0) {
      const { i32, f64 } = this.#table
      const next = i32[row * stride + Col.WheelNext]!
      const dueUs = f64[row * fStride + F.LastUs]! + i32[row * stride + Col.IdleDs]! * 1e5
      if (dueUs <= nowUs) {
        idle(row)
      } else {
        this.remove(row)
        this.enter(row)
      }
      row = next
    }
  }

  #link(row: number, slot: number): void {
    const { i32 } = this.#table
    const at = row * stride
    const head = this.#heads[slot]!
    i32[at + Col.WheelNext] = head
    i32[at + Col.WheelPrev] = -slot - 2
    if (head >= 0) i32[head * stride + Col.WheelPrev] = row
    this.#heads[slot] = row
  }
}
