/** Node addresses (SGSN, GGSN, MME, SGW, PGW, eNodeB) as single numbers. IPv4 is its own 32 bits; an IPv6
 * address gets 2^32 plus a running number the first time it is learnt, and is always compared by its
 * sixteen octets. */

import type { PacketView } from '../dissect/packet-view.js'
import { int32, ipv4NumberText, ipv6Text } from '../wire/octets.js'
import { addressOctets } from './address-octets.js'
import { PairTable } from './pair-table.js'

/** 0 to 2^32 - 1: IPv4; 2^32 and up: IPv6; -1: none */
export type Address = number

const firstV6 = 2 ** 32
/** A hostile capture could name a new address in every message. */
const maxV6 = 1 << 20

export class AddressBook {
  #octets = new Uint8Array(16 * 16)
  #count = 0
  /** (fold, 0) -> first number with this fold; `#next` chains the ones that share it */
  readonly #byFold = new PairTable()
  readonly #next: number[] = []

  /** The number of the IPv6 address at `off`, or -1 when it was never learnt. Allocates nothing. */
  findV6(buf: Uint8Array, off: number): number {
    let id = this.#byFold.get(fold(buf, off), 0)
    while (id >= 0) {
      if (this.#same(id, buf, off)) return id
      id = this.#next[id]!
    }
    return -1
  }

  /** Address of `length` 4 or 16 octets at `off`; -1 when the book is full. */
  learn(buf: Uint8Array, off: number, length: number): Address {
    if (length === 4) return int32(buf, off) >>> 0
    const known = this.findV6(buf, off)
    if (known >= 0) return firstV6 + known
    if (this.#count === maxV6) return -1
    const id = this.#count++
    if (id * 16 === this.#octets.length) {
      const larger = new Uint8Array(this.#octets.length * 2)
      larger.set(this.#octets)
      this.#octets = larger
    }
    this.#octets.set(buf.subarray(off, off + 16), id * 16)
    const key = fold(buf, off)
    this.#next.push(this.#byFold.get(key, 0))
    this.#byFold.set(key, 0, id)
    return firstV6 + id
  }

  /** Address of a message as text, as some decoders give it; -1 when it is none. */
  ofText(text: string): Address {
    const octets = addressOctets(text)
    return octets === undefined ? -1 : this.learn(octets, 0, octets.length)
  }

  source(view: PacketView): Address {
    return this.#outer(view, view.outerSrc, view.outerSrcOff)
  }

  destination(view: PacketView): Address {
    return this.#outer(view, view.outerDst, view.outerDstOff)
  }

  text(address: Address): string {
    if (address < firstV6) return ipv4NumberText(address)
    return ipv6Text(this.#octets, (address - firstV6) * 16)
  }

  #outer(view: PacketView, word: number, off: number): Address {
    if (view.outerVersion === 4) return word >>> 0
    return view.outerVersion === 6 ? this.learn(view.buf, off, 16) : -1
  }

  #same(id: number, buf: Uint8Array, off: number): boolean {
    const octets = this.#octets
    for (let i = 0; i < 16; i++) if (octets[id * 16 + i] !== buf[off + i]) return false
    return true
  }
}

export function isV6(address: Address): boolean {
  return address >= firstV6
}

/** The 32 bits that stand for an address in a table of its own IP version. */
export function addressWord(address: Address): number {
  return address | 0
}

function fold(buf: Uint8Array, off: number): number {
  return (
    int32(buf, off) ^
    Math.imul(int32(buf, off + 4), 3) ^
    Math.imul(int32(buf, off + 8), 5) ^
    Math.imul(int32(buf, off + 12), 7)
  )
}
