/** Puts the CRYPTO frames of Initial packets together: the handshake stream from its beginning. Frames come
 * in any order, twice, and overlapping; a client that wants middleboxes to read its hello whole or not
 * at all cuts it into dozens of them on purpose. Read RFC 9000 sections 7.5 and 19.6 first. */

import { type Fault, FaultCode, layer } from './fault.js'

const quic = layer('quic')

/** Octets of the stream that are kept. RFC 9000 section 7.5 asks for 4096 at least; a ClientHello with
 * post-quantum key shares has 2 kB. */
export const maxCryptoOctets = 16384
const firstCapacity = 4096

export class QuicCryptoStream {
  /** octets 0 to `length` of the stream are here, without a hole */
  octets: Uint8Array = new Uint8Array(firstCapacity)
  length = 0
  /** 1 where an octet came */
  #have: Uint8Array = new Uint8Array(firstCapacity)
  /** one beyond the last octet that came */
  #reach = 0

  reset(): void {
    this.#have.fill(0, 0, this.#reach)
    this.length = 0
    this.#reach = 0
  }

  /** Adds [off, end) of `buf` at `at` of the stream; of octets that came before the first copy stays. False
   * when they lie beyond the bound; nothing is taken then. */
  add(at: number, buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const stop = at + end - off
    if (stop > maxCryptoOctets) {
      return fault.raise(FaultCode.Limit, quic, off, maxCryptoOctets, stop)
    }
    if (stop > this.octets.length) this.#grow()
    const { octets } = this
    const have = this.#have
    for (let i = at; i < stop; i++) {
      if (have[i] === 1) continue
      have[i] = 1
      octets[i] = buf[off + i - at]!
    }
    if (stop > this.#reach) this.#reach = stop
    while (this.length < this.#reach && have[this.length] === 1) this.length++
    return true
  }

  #grow(): void {
    const octets = new Uint8Array(maxCryptoOctets)
    octets.set(this.octets)
    this.octets = octets
    const have = new Uint8Array(maxCryptoOctets)
    have.set(this.#have)
    this.#have = have
  }
}
