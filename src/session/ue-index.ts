/** Which context has a UE address now: the join of what names a session by its address alone (Gx and RADIUS
 * by Framed-IP-Address, PFCP by UE IP Address). An IPv6 terminal is known by its /64 prefix (3GPP TS
 * 23.060 clause 9.2.1.1: the interface identifier is the terminal's own choice). */

import { int32, ipv6Text } from '../wire/octets.js'
import { addressOctets } from './address-octets.js'
import { PairTable } from './pair-table.js'

/** what an address is said with: facts of a context, of a policy session, of an account */
export interface UeAddresses {
  ueV4: string
  ueV6: string
}

export class UeIndex {
  readonly #v4 = new PairTable()
  readonly #v6 = new PairTable()

  /** The last one who was given an address has it. */
  set(row: number, ue: UeAddresses): void {
    const v4 = words(ue.ueV4)
    if (v4 !== undefined) this.#v4.set(v4[0], v4[1], row)
    const v6 = words(ue.ueV6)
    if (v6 !== undefined) this.#v6.set(v6[0], v6[1], row)
  }

  remove(row: number, ue: UeAddresses): void {
    const v4 = words(ue.ueV4)
    if (v4 !== undefined && this.#v4.get(v4[0], v4[1]) === row) this.#v4.delete(v4[0], v4[1])
    const v6 = words(ue.ueV6)
    if (v6 !== undefined && this.#v6.get(v6[0], v6[1]) === row) this.#v6.delete(v6[0], v6[1])
  }

  find(ue: UeAddresses): number {
    const v4 = words(ue.ueV4)
    const row = v4 === undefined ? -1 : this.#v4.get(v4[0], v4[1])
    if (row >= 0) return row
    const v6 = words(ue.ueV6)
    return v6 === undefined ? -1 : this.#v6.get(v6[0], v6[1])
  }

  /** Row of an address in a packet, or -1: `word` is that of IPv4, `off` where IPv6 has its octets. */
  ofPacket(version: number, word: number, buf: Uint8Array, off: number): number {
    if (version === 4) return this.#v4.get(word, 0)
    return this.#v6.get(int32(buf, off), int32(buf, off + 4))
  }
}

/** The address as one word, or the first 64 bits as two. */
function words(text: string): readonly [number, number] | undefined {
  const octets = addressOctets(text)
  if (octets === undefined) return undefined
  return octets.length === 4 ? [int32(octets, 0), 0] : [int32(octets, 0), int32(octets, 4)]
}

/** `2001:db8:46::7` -> `2001:db8:46::/64`, which is how contexts name what a terminal was given. */
export function prefixText(address: string): string {
  const octets = addressOctets(address)
  if (octets === undefined) return ''
  octets.fill(0, 8)
  return `${ipv6Text(octets, 0)}/64`
}
