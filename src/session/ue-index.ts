/** Which context has a UE address now: the join of what names a session by its address alone (Gx and RADIUS
 * by Framed-IP-Address, PFCP by UE IP Address), and of packets outside tunnels. An IPv6 terminal is known
 * by its /64 prefix (3GPP TS 23.060 clause 9.2.1.1: the interface identifier is the terminal's own choice).
 *
 * Several may have one: the bearers of a connection share it, and private addresses are given out by several
 * APNs at a time. */

import { int32, ipv6Text } from '../wire/octets.js'
import { addressOctets } from './address-octets.js'
import { SharedKeyTable } from './shared-key-table.js'

/** what an address is said with: facts of a context, of a policy session, of an account */
export interface UeAddresses {
  ueV4: string
  ueV6: string
}

const none = -1

export class UeIndex {
  readonly #v4 = new SharedKeyTable()
  readonly #v6 = new SharedKeyTable()

  /** The context has these addresses from now on, and no others. */
  set(row: number, ue: UeAddresses): void {
    put(this.#v4, row, words(ue.ueV4))
    put(this.#v6, row, words(ue.ueV6))
  }

  remove(row: number): void {
    this.#v4.remove(row)
    this.#v6.remove(row)
  }

  /** Row of the last one who was given the address and has it still; -1 when nobody has. */
  find(ue: UeAddresses): number {
    const v4 = words(ue.ueV4)
    const row = v4 === undefined ? none : this.#v4.latest(v4[0], v4[1])
    if (row >= 0) return row
    const v6 = words(ue.ueV6)
    return v6 === undefined ? none : this.#v6.latest(v6[0], v6[1])
  }

  /** The same of an address in a packet: `word` is that of IPv4, `off` where IPv6 has its octets. */
  ofPacket(version: number, word: number, buf: Uint8Array, off: number): number {
    if (version === 4) return this.#v4.latest(word, 0)
    return this.#v6.latest(int32(buf, off), int32(buf, off + 4))
  }

  /** Row of the first one who has the address of a packet, when `areOne` says of all who have it that they
   * are bearers of one connection; else -1. */
  soleOfPacket(
    version: number,
    word: number,
    buf: Uint8Array,
    off: number,
    areOne: (row: number, other: number) => boolean,
  ): number {
    const table = version === 4 ? this.#v4 : this.#v6
    let row = this.ofPacket(version, word, buf, off)
    if (row < 0) return none
    for (let older = table.older(row); older >= 0; older = table.older(row)) {
      if (!areOne(older, row)) return none
      row = older
    }
    return row
  }
}

function put(table: SharedKeyTable, row: number, key: readonly [number, number] | undefined): void {
  if (key === undefined) table.remove(row)
  else table.set(row, key[0], key[1])
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
