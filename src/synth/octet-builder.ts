/** A growing run of octets that the emitters write network-order fields into. */

const utf8 = new TextEncoder()

export class OctetBuilder {
  #octets = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  #room(more: number): void {
    const need = this.#length + more
    if (need <= this.#octets.length) return
    const grown = new Uint8Array(Math.max(need, this.#octets.length * 2))
    grown.set(this.#octets.subarray(0, this.#length))
    this.#octets = grown
  }

  u8(value: number): this {
    this.#room(1)
    this.#octets[this.#length++] = value
    return this
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value)
  }

  u24(value: number): this {
    return this.u8(value >>> 16).u16(value)
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value)
  }

  u16le(value: number): this {
    return this.u8(value).u8(value >>> 8)
  }

  u32le(value: number): this {
    return this.u16le(value).u16le(value >>> 16)
  }

  octets(more: Uint8Array): this {
    this.#room(more.length)
    this.#octets.set(more, this.#length)
    this.#length += more.length
    return this
  }

  /** UTF-8, no terminator. */
  text(value: string): this {
    return this.octets(utf8.encode(value))
  }

  zeros(count: number): this {
    this.#room(count)
    this.#octets.fill(0, this.#length, this.#length + count)
    this.#length += count
    return this
  }

  /** Overwrites two octets written before, for lengths and checksums known only later. */
  patchU16(at: number, value: number): this {
    this.#octets[at] = value >>> 8
    this.#octets[at + 1] = value
    return this
  }

  /** A copy of what was written; the builder may go on. */
  take(): Uint8Array {
    return this.#octets.slice(0, this.#length)
  }
}

/** Text as UTF-8 octets. */
export function octetsOf(text: string): Uint8Array {
  return utf8.encode(text)
}

export function joinOctets(parts: readonly Uint8Array[]): Uint8Array {
  const out = new OctetBuilder()
  for (const part of parts) out.octets(part)
  return out.take()
}
