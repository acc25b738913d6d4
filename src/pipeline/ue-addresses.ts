/** Whose packet it is on a line without tunnels, from the addresses that the control plane gave out (3GPP
 * TS 29.060 clause 7.7.27, TS 29.274 clause 8.14). Where Gn and Gi are in one capture, both copies of
 * a packet are thereby of the same session, whichever comes first. */

import type { PacketView } from '../dissect/packet-view.js'
import { down, up } from '../flow/accounts.js'
import { parsePrefix } from '../rules/address.js'
import { PairTable } from '../session/pair-table.js'
import type { PdpContext } from '../session/pdp-context.js'
import { int32 } from '../wire/octets.js'

const none = -1

export class UeAddresses {
  /** address, or the upper half of the IPv6 prefix -> context row, when one connection alone has it */
  readonly #v4 = new PairTable()
  readonly #v6 = new PairTable()
  /** address text -> rows; private addresses are given out by several APNs at a time */
  readonly #rows = new Map<string, number[]>()
  readonly #known = new Map<number, { texts: readonly string[]; context: PdpContext }>()

  /** The context was opened, or something about it has changed. */
  learn(row: number, context: PdpContext): void {
    const texts = [context.ueV4, context.ueV6].filter(text => text !== '')
    const known = this.#known.get(row)?.texts ?? []
    if (texts.every((text, i) => text === known[i])) return
    this.forget(row)
    this.#known.set(row, { texts, context })
    for (const text of texts) {
      this.#rows.set(text, [...(this.#rows.get(text) ?? []), row])
      this.#index(text)
    }
  }

  /** The context ends. */
  forget(row: number): void {
    for (const text of this.#known.get(row)?.texts ?? []) {
      const rows = (this.#rows.get(text) ?? []).filter(one => one !== row)
      if (rows.length > 0) this.#rows.set(text, rows)
      else this.#rows.delete(text)
      this.#index(text)
    }
    this.#known.delete(row)
  }

  /** Context row * 2 + direction of a packet outside tunnels, as Sessions.tunnel; -1 when no context, or
   * more than one, has its address. */
  tunnel(view: PacketView): number {
    const from = this.#find(view, view.src, view.srcOff)
    if (from >= 0) return from * 2 + up
    const to = this.#find(view, view.dst, view.dstOff)
    return to < 0 ? none : to * 2 + down
  }

  #find(view: PacketView, word: number, off: number): number {
    if (view.version === 4) return this.#v4.get(word, 0)
    return this.#v6.get(int32(view.buf, off), int32(view.buf, off + 4))
  }

  /** A bearer that hangs on another shares its address: the one that came first stands for both. */
  #index(text: string): void {
    const prefix = parsePrefix(text)
    if ('kind' in prefix) return
    const [table, a, b] =
      prefix.version === 4
        ? ([this.#v4, prefix.w0, 0] as const)
        : ([this.#v6, prefix.w0, prefix.w1] as const)
    const rows = this.#rows.get(text) ?? []
    const [first] = rows
    if (first !== undefined && rows.every(row => this.#isSameConnection(first, row))) {
      table.set(a, b, first)
    } else table.delete(a, b)
  }

  #isSameConnection(a: number, b: number): boolean {
    if (a === b) return true
    const one = this.#known.get(a)?.context
    const other = this.#known.get(b)?.context
    return one?.imsi !== '' && one?.imsi === other?.imsi && one?.apn === other?.apn
  }
}
