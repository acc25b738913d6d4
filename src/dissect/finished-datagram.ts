/** Remembers the ports of datagrams that were completed or given up, so that a fragment which comes
 * late (a duplicate, or behind an eviction) still goes to its datagram's flow: rules.md 2.4, "non-first
 * fragments inherit the first fragment's flow within 30 s". A direct-mapped cache: a newer datagram
 * takes the place of an older one, and a miss costs the ports of one late fragment. */

import { type DatagramKey, datagramKeyWords, type FragmentGroup } from './fragment-group.js'

const rows = 512
const SRC_PORT = datagramKeyWords
const DST_PORT = datagramKeyWords + 1
const ICMP = datagramKeyWords + 2
const PROTOCOL = datagramKeyWords + 3
const rowWords = datagramKeyWords + 4

export class FinishedDatagrams {
  srcPort = 0
  dstPort = 0
  icmpTypeCode = 0
  /** the final one: behind a Fragment header another extension header may follow */
  protocol = 0

  private table = new Int32Array(0)
  private timesUs = new Float64Array(0)
  private readonly ageUs: number

  constructor(ageUs: number) {
    this.ageUs = ageUs
  }

  /** The datagram of `group`, finished at `timeUs`. */
  remember(
    group: FragmentGroup,
    timeUs: number,
    protocol: number,
    srcPort: number,
    dstPort: number,
    icmpTypeCode: number,
  ): void {
    if (this.table.length === 0) {
      this.table = new Int32Array(rows * rowWords)
      this.timesUs = new Float64Array(rows).fill(-Infinity)
    }
    const row = group.hash & (rows - 1)
    const at = row * rowWords
    for (let i = 0; i < datagramKeyWords; i++) this.table[at + i] = group.words[i]!
    this.table[at + SRC_PORT] = srcPort
    this.table[at + DST_PORT] = dstPort
    this.table[at + ICMP] = icmpTypeCode
    this.table[at + PROTOCOL] = protocol
    this.timesUs[row] = timeUs
  }

  /** True when the datagram was remembered within the age; then the fields are its. */
  find(key: DatagramKey, nowUs: number): boolean {
    if (this.table.length === 0) return false
    const row = key.hash & (rows - 1)
    const at = row * rowWords
    if (nowUs - this.timesUs[row]! > this.ageUs || !key.matches(this.table, at)) return false
    this.srcPort = this.table[at + SRC_PORT]!
    this.dstPort = this.table[at + DST_PORT]!
    this.icmpTypeCode = this.table[at + ICMP]!
    this.protocol = this.table[at + PROTOCOL]!
    return true
  }
}
