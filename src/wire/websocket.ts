/** WebSocket framing, fed with pieces of one direction of a stream as they come. Read RFC 6455 section 5.2
 * before changing this file. Frames are counted and their payload is passed over; it is masked or
 * compressed, and no rule asks for it. */

/** Opcodes (RFC 6455 section 11.8); 3 to 7 and 11 to 15 are not assigned. */
export const WebSocketOpcode = {
  Continuation: 0,
  Text: 1,
  Binary: 2,
  Close: 8,
  Ping: 9,
  Pong: 10,
} as const

/** 1 for the opcodes that exist. */
const assigned = new Uint8Array([1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0])
/** First opcode of the control frames, which have at most 125 octets and are never fragmented. */
const firstControl = 8
const maxControl = 125

const finBit = 0x80
/** RSV2 and RSV3: no extension uses them. RSV1 says that the payload is compressed (RFC 7692). */
const reservedBits = 0x30
const maskBit = 0x80
const length16 = 126
const length64 = 127
const maskOctets = 4

export class WebSocketFrames {
  /** frame headers seen whole */
  frames = 0
  /** of the last one; -1 before the first */
  opcode = -1
  /** the octets are no WebSocket frames: the rest of the direction is not followed */
  failed = false
  /** frames go on until the connection closes */
  readonly done = false
  /** payload octets of the frame at hand that are still to come */
  #left = 0
  readonly #header = new Uint8Array(14)
  #have = 0

  reset(): void {
    this.frames = 0
    this.opcode = -1
    this.failed = false
    this.#left = 0
    this.#have = 0
  }

  /** Payload octets that come next and need not be shown. */
  get skippable(): number {
    return this.#left
  }

  /** Passes over `octets` of payload, at most `skippable`. */
  skip(octets: number): void {
    this.#left -= Math.min(octets, this.#left)
  }

  /** Takes [off, end) and returns `end`, or the offset at which it failed. */
  feed(buf: Uint8Array, off: number, end: number): number {
    let i = off
    while (i < end && !this.failed) {
      if (this.#left > 0) {
        const n = Math.min(this.#left, end - i)
        this.#left -= n
        i += n
        continue
      }
      this.#header[this.#have++] = buf[i]!
      i++
      if (this.#have >= 2 && this.#have === this.#headerOctets()) this.#headerEnd()
    }
    return i
  }

  /** Octets of the header whose first two are there. */
  #headerOctets(): number {
    const second = this.#header[1]!
    const length = second & 0x7f
    const extended = length === length64 ? 8 : length === length16 ? 2 : 0
    return 2 + extended + (second & maskBit ? maskOctets : 0)
  }

  #headerEnd(): void {
    const header = this.#header
    const first = header[0]!
    const opcode = first & 15
    let length = header[1]! & 0x7f
    const control = opcode >= firstControl
    if (control && (length > maxControl || (first & finBit) === 0)) this.failed = true
    if (assigned[opcode] === 0 || (first & reservedBits) !== 0) this.failed = true
    if (length === length16) length = (header[2]! << 8) | header[3]!
    else if (length === length64) {
      length = 0
      for (let i = 2; i < 10; i++) length = length * 256 + header[i]!
    }
    // "the most significant bit MUST be 0"; beyond 2^53 the count would not be exact
    if (length > Number.MAX_SAFE_INTEGER) this.failed = true
    this.#have = 0
    if (this.failed) return
    this.frames++
    this.opcode = opcode
    this.#left = length
  }
}
