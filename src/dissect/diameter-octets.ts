/** Cuts the octets of one direction of a TCP connection into Diameter messages, by the length in each header.
 * Read RFC 6733 sections 2.1 and 3, and wire/diameter.ts first.
 *
 * A direction that the capture joins in the middle, or in which octets are missing, is in step again
 * with the first segment that begins like a message: peers write whole messages, so most do. */

import { diameterHeader, diameterLength, looksLikeDiameter } from '../wire/diameter.js'
import type { OctetSink } from './ordered-octets.js'

/** Takes a message [off, end), valid during the call. */
export type TakeMessage = (buf: Uint8Array, off: number, end: number) => void

const firstCapacity = 4096
/** Header and first AVP: below this it cannot be told whether a segment begins with a message. */
const enoughToTell = diameterHeader + 8
const none = new Uint8Array(0)

export class DiameterOctets implements OctetSink {
  readonly #take: TakeMessage
  readonly #lost: () => void
  #inStep = false
  /** the beginning of a message that is not whole: [0, #length) */
  #kept: Uint8Array = none
  #length = 0

  /** `lost` is called where octets came that are no message. */
  constructor(take: TakeMessage, lost: () => void) {
    this.#take = take
    this.#lost = lost
  }

  /** Octets that wait for the rest of their message. */
  get waiting(): number {
    return this.#length
  }

  /** The connection begins here, and so does a message. */
  begin(): void {
    this.#inStep = true
    this.#length = 0
  }

  octets(buf: Uint8Array, off: number, end: number): void {
    if (this.#length === 0) {
      const done = this.#read(buf, off, end)
      if (done < end) this.#keep(buf, done, end)
      return
    }
    this.#keep(buf, off, end)
    const done = this.#read(this.#kept, 0, this.#length)
    this.#kept.copyWithin(0, done, this.#length)
    this.#length -= done
  }

  /** What there is of the message in which octets are missing is a message that was cut. */
  gap(): void {
    if (this.#inStep && this.#length >= diameterHeader) this.#take(this.#kept, 0, this.#length)
    this.#inStep = false
    this.#length = 0
    this.#kept = none
  }

  /** Reads whole messages; returns the offset behind them, or `end` when the rest is none. */
  #read(buf: Uint8Array, off: number, end: number): number {
    let at = off
    while (at < end) {
      if (!this.#inStep && end - at >= enoughToTell) this.#inStep = looksLikeDiameter(buf, at, end)
      const length = diameterLength(buf, at, end)
      if (length < 0 || (!this.#inStep && end - at >= enoughToTell)) {
        if (this.#inStep) this.#lost()
        this.#inStep = false
        return end
      }
      if (length === 0 || length > end - at) return at
      this.#take(buf, at, at + length)
      at += length
    }
    return at
  }

  #keep(buf: Uint8Array, off: number, end: number): void {
    const length = this.#length + end - off
    if (length > this.#kept.length) {
      const grown = new Uint8Array(Math.max(firstCapacity, length, this.#kept.length * 2))
      grown.set(this.#kept.subarray(0, this.#length))
      this.#kept = grown
    }
    this.#kept.set(buf.subarray(off, end), this.#length)
    this.#length = length
  }
}
