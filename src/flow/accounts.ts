/** Adds packets and octets to accounts. The account that a flow used last is its current one: its counters
 * are columns of the flow's row, so that the usual packet costs two additions, and are carried over
 * to the account when another one takes its place. Rules.md 2.7, 2.13. */

import { Col, F, type FlowTable, fStride, State, stride } from './flow-table.js'
import type { SliceClass } from './slice-policy.js'
import type { Transaction } from './transaction.js'

/** 0 = from the UE. */
export const up = 0
export const down = 1
export type Dir = 0 | 1

/** Told of every slice of a flow that is being explained, or of all flows. */
export type SliceTrace = (
  account: Transaction,
  sliceClass: SliceClass,
  dir: number,
  packets: number,
  octets: number,
  frame: number,
  timeUs: number,
  row: number,
) => void

export class Accounts {
  readonly #table: FlowTable
  /** current account of each row */
  readonly current: (Transaction | undefined)[] = []
  trace: SliceTrace | undefined = undefined

  constructor(table: FlowTable) {
    this.#table = table
  }

  /** Adds one slice; the account becomes the flow's current one. */
  put(
    row: number,
    account: Transaction,
    sliceClass: SliceClass,
    dir: number,
    packets: number,
    octets: number,
    frame: number,
    timeUs: number,
  ): void {
    const { i32, f64 } = this.#table
    const at = row * stride
    if (this.current[row] !== account) {
      this.flush(row)
      this.current[row] = account
    }
    if (account.firstFrame === 0) {
      account.firstFrame = frame
      account.firstUs = timeUs
    }
    if (timeUs > account.lastUs) account.lastUs = timeUs
    addToRow(i32, f64, row, dir, packets, octets)
    if (i32[at + Col.State]! & State.Traced) {
      this.trace?.(account, sliceClass, dir, packets, octets, frame, timeUs, row)
    }
  }

  /** Carries the row's counters over to the current account. */
  flush(row: number): void {
    const account = this.current[row]
    if (account === undefined) return
    const { i32, f64 } = this.#table
    const at = row * stride
    const fAt = row * fStride
    account.upPackets += i32[at + Col.PacketsUp]!
    account.downPackets += i32[at + Col.PacketsDown]!
    account.upOctets += f64[fAt + F.OctetsUp]!
    account.downOctets += f64[fAt + F.OctetsDown]!
    // the fast path only notes the time of the row: its packets were the current account's
    if (f64[fAt + F.LastUs]! > account.lastUs) account.lastUs = f64[fAt + F.LastUs]!
    i32[at + Col.PacketsUp] = 0
    i32[at + Col.PacketsDown] = 0
    f64[fAt + F.OctetsUp] = 0
    f64[fAt + F.OctetsDown] = 0
  }
}

/** HOT. Adds to the counters of the row's current account. */
export function addToRow(
  i32: Int32Array,
  f64: Float64Array,
  row: number,
  dir: number,
  packets: number,
  octets: number,
): void {
  if (dir === up) {
    i32[row * stride + Col.PacketsUp]! += packets
    f64[row * fStride + F.OctetsUp]! += octets
  } else {
    i32[row * stride + Col.PacketsDown]! += packets
    f64[row * fStride + F.OctetsDown]! += octets
  }
}
