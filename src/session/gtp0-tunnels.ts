/** GTPv0 tunnels: a packet names the TID (IMSI and NSAPI, eight octets) instead of a TEID, so the direction
 * must come from the address it is sent to. Read GSM 09.60 (ETSI TS 101 347) clauses 6 and 7.9.26. */

import type { PacketView } from '../dissect/packet-view.js'
import { int32 } from '../wire/octets.js'
import { PairTable } from './pair-table.js'

export class Gtp0Tunnels {
  readonly #byTid = new PairTable()
  /** row -> TID as two words */
  readonly #tids = new Map<number, readonly [number, number]>()

  set(row: number, high: number, low: number): void {
    this.#byTid.set(high, low, row)
    this.#tids.set(row, [high, low])
  }

  /** Row of the TID of this packet or message, or -1. Allocates nothing. */
  find(view: PacketView): number {
    return this.#byTid.get(int32(view.buf, view.tidOff), int32(view.buf, view.tidOff + 4))
  }

  get(high: number, low: number): number {
    return this.#byTid.get(high, low)
  }

  remove(row: number): void {
    const tid = this.#tids.get(row)
    if (tid === undefined) return
    this.#tids.delete(row)
    if (this.#byTid.get(tid[0], tid[1]) === row) this.#byTid.delete(tid[0], tid[1])
  }
}
