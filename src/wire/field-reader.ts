/** Takes the fields of one value from the left: the reader that information elements and attributes share
 * where a message is read once an event, not once a packet. Read the clause of the value itself.
 *
 * A field that does not fit in the value is 0 or '' and sets `short`, and so does all that follows:
 * nothing is ever read at or past `end`. */

import { type Fault, FaultCode, type Layer } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'
import { hex, int32, ipv4Text, ipv6Text, latin1, u16, u24, u32, u64 } from './octets.js'

export class FieldReader {
  buf: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  /** a field was asked for that is not there, or `refuse` was called: the value is none */
  short = false
  /** octets of the value that would have been needed; 0 when it was refused */
  need = 0
  #off = 0

  open(buf: Uint8Array, off: number, end: number): void {
    this.buf = buf
    this.at = off
    this.end = end
    this.short = false
    this.need = 0
    this.#off = off
  }

  /** Octets that are left. */
  get left(): number {
    return this.end - this.at
  }

  u8(): number {
    const at = this.#take(1)
    return at < 0 ? 0 : this.buf[at]!
  }

  u16(): number {
    const at = this.#take(2)
    return at < 0 ? 0 : u16(this.buf, at)
  }

  u24(): number {
    const at = this.#take(3)
    return at < 0 ? 0 : u24(this.buf, at)
  }

  u32(): number {
    const at = this.#take(4)
    return at < 0 ? 0 : u32(this.buf, at)
  }

  /** A TEID: see octets.ts. */
  int32(): number {
    const at = this.#take(4)
    return at < 0 ? 0 : int32(this.buf, at)
  }

  /** A bit rate in kbit/s: below 2^40, so a plain number holds it. */
  u40(): number {
    const at = this.#take(5)
    return at < 0 ? 0 : this.buf[at]! * 0x1_0000_0000 + u32(this.buf, at + 1)
  }

  u64(): bigint {
    const at = this.#take(8)
    return at < 0 ? 0n : u64(this.buf, at)
  }

  ipv4(): string {
    const at = this.#take(4)
    return at < 0 ? '' : ipv4Text(this.buf, at)
  }

  ipv6(): string {
    const at = this.#take(16)
    return at < 0 ? '' : ipv6Text(this.buf, at)
  }

  text(octets: number): string {
    const at = this.#take(octets)
    return at < 0 ? '' : latin1(this.buf, at, at + octets)
  }

  hex(octets: number): string {
    const at = this.#take(octets)
    return at < 0 ? '' : hex(this.buf, at, at + octets)
  }

  /** The offset of `octets` octets, for readers of octets.ts; -1 when they are not there. */
  range(octets: number): number {
    return this.#take(octets)
  }

  /** For a reader that finds what its standard forbids. */
  refuse(): void {
    if (this.short) return
    this.short = true
    this.need = 0
  }

  /** Says what is wrong with the value, unless something was wrong before. */
  raise(fault: Fault, layer: Layer): void {
    const code = this.need === 0 ? FaultCode.BadValue : FaultCode.BadLength
    raiseFirst(fault, code, layer, this.#off, this.need, this.end - this.#off)
  }

  #take(octets: number): number {
    const at = this.at
    if (octets > this.end - at || this.short) {
      if (!this.short) this.need = at - this.#off + octets
      this.short = true
      return -1
    }
    this.at = at + octets
    return at
  }
}
