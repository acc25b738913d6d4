/** The chunked transfer coding, fed with pieces of a stream as they come.
 * Read RFC 9112 section 7.1 before changing this file. Data octets are never looked at: a caller that
 * holds a whole segment of data (`skippable` >= its length) can `skip` it. */

import { CR, HTAB, LF, SP } from './http1-octet.js'

/** What the next octet belongs to. */
const State = {
  SizeStart: 0,
  Size: 1,
  /** chunk extensions and whitespace, passed over up to the LF */
  Extension: 2,
  Data: 3,
  /** the CR LF behind the data */
  DataEnd: 4,
  DataLf: 5,
  /** first octet of a trailer line, or of the empty line that ends the message */
  TrailerStart: 6,
  Trailer: 7,
  FinalLf: 8,
  Done: 9,
  Failed: 10,
} as const
type State = (typeof State)[keyof typeof State]

/** Octets of one size line with its extensions. RFC 9112 section 7.1.1 asks for a limit, since a sender
 * could let a reader crawl through extensions for ever. */
const maxSizeLine = 16384
/** Octets of all trailer lines. */
const maxTrailers = 65536

export class ChunkedBody {
  /** data octets of the current chunk that are still to come; grows while its size line is read */
  remaining = 0
  /** data octets of all chunks so far */
  dataOctets = 0
  #state: State = State.SizeStart
  #line = 0

  /** Starts a new body. */
  reset(): void {
    this.remaining = 0
    this.dataOctets = 0
    this.#line = 0
    this.#state = State.SizeStart
  }

  /** The last chunk, the trailers and the empty line were seen. */
  get done(): boolean {
    return this.#state === State.Done
  }

  /** Data octets that come next: 0 while a size line or a trailer is being read. */
  get skippable(): number {
    return this.#state === State.Data ? this.remaining : 0
  }

  /** The octets break the coding: the end of this message is not known. */
  get failed(): boolean {
    return this.#state === State.Failed
  }

  /** Passes over `octets` of data, at most `skippable`, that the caller need not show (or lost). */
  skip(octets: number): void {
    if (this.#state !== State.Data) return
    const n = Math.min(octets, this.remaining)
    this.remaining -= n
    this.dataOctets += n
    if (this.remaining === 0) this.#state = State.DataEnd
  }

  /** Takes [off, end) and returns the offset of the first octet that is not part of the body: `end`, or
   * less when the message ended before (`done`) or broke (`failed`). */
  feed(buf: Uint8Array, off: number, end: number): number {
    let i = off
    while (i < end && this.#state < State.Done) {
      if (this.#state === State.Data) {
        const n = Math.min(this.remaining, end - i)
        this.skip(n)
        i += n
        continue
      }
      this.#step(buf[i]!)
      if (this.#state === State.Failed) return i
      i++
    }
    return i
  }

  #step(octet: number): void {
    switch (this.#state) {
      case State.SizeStart:
      case State.Size:
        this.#size(octet)
        return
      case State.Extension:
        if (octet === LF) this.#sizeEnd()
        else if (++this.#line > maxSizeLine) this.#state = State.Failed
        return
      case State.DataEnd:
        if (octet === CR) this.#state = State.DataLf
        else this.#state = octet === LF ? State.SizeStart : State.Failed
        return
      case State.DataLf:
        this.#state = octet === LF ? State.SizeStart : State.Failed
        return
      case State.TrailerStart:
        if (octet === CR) this.#state = State.FinalLf
        else if (octet === LF) this.#state = State.Done
        else this.#trailer()
        return
      case State.Trailer:
        if (octet === LF) this.#state = State.TrailerStart
        else this.#trailer()
        return
      case State.FinalLf:
        this.#state = octet === LF ? State.Done : State.Failed
        return
      default:
    }
  }

  #trailer(): void {
    this.#state = ++this.#line > maxTrailers ? State.Failed : State.Trailer
  }

  #size(octet: number): void {
    const digit = hexDigit(octet)
    if (digit >= 0) {
      if (this.#state === State.SizeStart) this.#line = 0
      this.#state = State.Size
      this.remaining = this.remaining * 16 + digit
      if (this.remaining > Number.MAX_SAFE_INTEGER || ++this.#line > maxSizeLine) {
        this.#state = State.Failed
      }
      return
    }
    if (this.#state === State.SizeStart) this.#state = State.Failed
    else if (octet === LF) this.#sizeEnd()
    else if (octet === CR || octet === SP || octet === HTAB || octet === 0x3b) {
      this.#state = State.Extension
    } else this.#state = State.Failed
  }

  #sizeEnd(): void {
    this.#line = 0
    this.#state = this.remaining === 0 ? State.TrailerStart : State.Data
  }
}

function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const letter = octet | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
