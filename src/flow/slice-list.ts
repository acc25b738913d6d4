/** The slices of one packet: which octets of its payload belong to which account, and who bears its IP and
 * transport headers (rules.md 2.7, 2.8). Reused for every packet; nothing is allocated. */

import type { SliceClass, SlicePolicy } from './slice-policy.js'
import type { Transaction } from './transaction.js'

/** More boundaries than this in one packet are given to the last slice. */
const maxSlices = 256

export class SliceList {
  count = 0
  readonly account: Transaction[] = []
  readonly sliceClass = new Uint8Array(maxSlices)
  /** payload octets; after `share` with header octets */
  readonly octets = new Int32Array(maxSlices)

  clear(): void {
    this.count = 0
  }

  /** Appends payload octets; neighbours of one account and class become one slice. */
  add(account: Transaction, sliceClass: SliceClass, octets: number): void {
    const last = this.count - 1
    if (
      last >= 0 &&
      ((this.account[last] === account && this.sliceClass[last] === sliceClass) ||
        this.count === maxSlices)
    ) {
      this.octets[last]! += octets
      return
    }
    this.account[this.count] = account
    this.sliceClass[this.count] = sliceClass
    this.octets[this.count] = octets
    this.count++
  }

  /** Gives the header octets to the slices, so that their sum is B(p). */
  share(header: number, policy: Pick<SlicePolicy, 'headerShare' | 'split'>): void {
    if (policy.split === 'whole-packet-first') this.#joinAll()
    if (this.count === 1 || policy.headerShare === 'first') this.octets[0]! += header
    else if (policy.headerShare === 'last') this.octets[this.count - 1]! += header
    else this.#shareByLength(header)
  }

  /** The packet goes whole with its first slice. */
  #joinAll(): void {
    for (let i = 1; i < this.count; i++) this.octets[0]! += this.octets[i]!
    this.count = Math.min(this.count, 1)
  }

  /** Largest remainder, ties to the earlier slice: the parts are integers and sum up exactly. */
  #shareByLength(header: number): void {
    let total = 0
    for (let i = 0; i < this.count; i++) total += this.octets[i]!
    const remainder: number[] = []
    let given = 0
    for (let i = 0; i < this.count; i++) {
      const own = this.octets[i]! * header
      const part = total === 0 ? 0 : Math.floor(own / total)
      remainder.push(total === 0 ? 0 : own % total)
      this.octets[i]! += part
      given += part
    }
    while (given < header) {
      let best = 0
      for (let i = 1; i < this.count; i++) if (remainder[i]! > remainder[best]!) best = i
      this.octets[best]! += 1
      remainder[best] = -1
      given++
    }
  }
}
