/** The two ends of a flow, from its row: as words for the rules, as octets and as text. Which end is the UE
 * is settled when the flow opens (flows.ts). */

import { Col, type FlowTable, State, stride } from '../flow/flow-table.js'
import type { AddressWords } from '../rules/rule-facts.js'
import { ipv4Text, ipv6Text } from '../wire/octets.js'

export class FlowAddress implements AddressWords {
  version: 4 | 6 = 4
  w0 = 0
  w1 = 0
  w2 = 0
  w3 = 0

  set(table: FlowTable, row: number, server: boolean): void {
    const { i32, v6 } = table
    const at = row * stride
    const swapped = (i32[at + Col.State]! & State.Swapped) !== 0
    const second = server !== swapped
    if (i32[at + Col.Proto]! >= 0x600 && v6 !== undefined) {
      const from = row * 8 + (second ? 4 : 0)
      this.version = 6
      this.w0 = v6[from]!
      this.w1 = v6[from + 1]!
      this.w2 = v6[from + 2]!
      this.w3 = v6[from + 3]!
    } else {
      this.version = 4
      this.w0 = i32[at + (second ? Col.Server : Col.Ue)]!
      this.w1 = this.w2 = this.w3 = 0
    }
  }

  octets(): Uint8Array {
    const words = this.version === 4 ? [this.w0] : [this.w0, this.w1, this.w2, this.w3]
    const octets = new Uint8Array(words.length * 4)
    words.forEach((word, i) => {
      octets[i * 4] = word >>> 24
      octets[i * 4 + 1] = word >>> 16
      octets[i * 4 + 2] = word >>> 8
      octets[i * 4 + 3] = word
    })
    return octets
  }

  text(): string {
    const octets = this.octets()
    return this.version === 4 ? ipv4Text(octets, 0) : ipv6Text(octets, 0)
  }
}
