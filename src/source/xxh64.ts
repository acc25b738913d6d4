/** XXH64, the check sum of Zstandard frames, over octets that come in pieces.
 * Read the xxHash specification (version 0.1.1, XXH64) before changing this file. 64-bit numbers are
 * pairs of 32-bit words, because BigInt would be slower than the decompression that it checks. */

/** A 64-bit number modulo 2^64, changed in place. */
class Word64 {
  high = 0
  low = 0

  set(high: number, low: number): void {
    this.high = high | 0
    this.low = low | 0
  }

  copy(other: Word64): void {
    this.high = other.high
    this.low = other.low
  }

  add(high: number, low: number): void {
    const sum = (this.low >>> 0) + (low >>> 0)
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0
    this.low = sum | 0
  }

  multiply(high: number, low: number): void {
    const ourLow = this.low & 0xffff
    const ourHigh = this.low >>> 16
    const theirLow = low & 0xffff
    const theirHigh = low >>> 16
    const lowest = Math.imul(ourLow, theirLow) >>> 0
    const middle = (Math.imul(ourHigh, theirLow) >>> 0) + (lowest >>> 16)
    const other = (Math.imul(ourLow, theirHigh) >>> 0) + (middle % 65536)
    const carry = Math.floor(middle / 65536) + Math.floor(other / 65536)
    const product = Math.imul(ourHigh, theirHigh) + carry
    this.high = (product + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0
    this.low = (other << 16) | (lowest & 0xffff)
  }

  xor(high: number, low: number): void {
    this.high ^= high
    this.low ^= low
  }

  rotateLeft(bits: number): void {
    const { high, low } = this
    if (bits < 32) {
      this.high = (high << bits) | (low >>> (32 - bits))
      this.low = (low << bits) | (high >>> (32 - bits))
    } else {
      this.high = low
      this.low = high
      if (bits > 32) this.rotateLeft(bits - 32)
    }
  }

  xorShiftRight(bits: number): void {
    if (bits < 32) {
      this.low ^= (this.low >>> bits) | (this.high << (32 - bits))
      this.high ^= this.high >>> bits
    } else {
      this.low ^= this.high >>> (bits - 32)
    }
  }
}

const p1High = 0x9e3779b1
const p1Low = 0x85ebca87
const p2High = 0xc2b2ae3d
const p2Low = 0x27d4eb4f
const p3High = 0x165667b1
const p3Low = 0x9e3779f9
const p4High = 0x85ebca77
const p4Low = 0xc2b2ae63
const p5High = 0x27d4eb2f
const p5Low = 0x165667c5

const stripeOctets = 32

function littleWord(buf: Uint8Array, off: number): number {
  return buf[off]! | (buf[off + 1]! << 8) | (buf[off + 2]! << 16) | (buf[off + 3]! << 24)
}

/** One lane's step: acc = rotl(acc + input * p2, 31) * p1. */
function round(acc: Word64, input: Word64): void {
  input.multiply(p2High, p2Low)
  acc.add(input.high, input.low)
  acc.rotateLeft(31)
  acc.multiply(p1High, p1Low)
}

export class Xxh64 {
  readonly #lanes = [new Word64(), new Word64(), new Word64(), new Word64()] as const
  readonly #input = new Word64()
  readonly #rest = new Uint8Array(stripeOctets)
  #restOctets = 0
  #total = 0

  constructor() {
    this.reset()
  }

  /** Seed 0, which is what Zstandard uses (RFC 8878 section 3.1.1). */
  reset(): void {
    this.#lanes[0].set(p1High, p1Low)
    this.#lanes[0].add(p2High, p2Low)
    this.#lanes[1].set(p2High, p2Low)
    this.#lanes[2].set(0, 0)
    this.#lanes[3].set(~p1High, ~p1Low)
    this.#lanes[3].add(0, 1)
    this.#restOctets = 0
    this.#total = 0
  }

  update(buf: Uint8Array): void {
    this.#total += buf.length
    let at = 0
    if (this.#restOctets > 0) {
      at = Math.min(stripeOctets - this.#restOctets, buf.length)
      this.#rest.set(buf.subarray(0, at), this.#restOctets)
      this.#restOctets += at
      if (this.#restOctets < stripeOctets) return
      this.#stripe(this.#rest, 0)
      this.#restOctets = 0
    }
    for (; at + stripeOctets <= buf.length; at += stripeOctets) this.#stripe(buf, at)
    this.#rest.set(buf.subarray(at))
    this.#restOctets = buf.length - at
  }

  /** The lower 32 bits of the hash, which is what a Zstandard frame carries; unsigned. */
  digestLow(): number {
    const hash = new Word64()
    const input = this.#input
    if (this.#total >= stripeOctets) this.#merge(hash)
    else hash.set(p5High, p5Low)
    hash.add(Math.floor(this.#total / 4294967296), this.#total % 4294967296)
    let at = 0
    for (; at + 8 <= this.#restOctets; at += 8) {
      input.set(0, 0)
      const lane = this.#word(at)
      round(input, lane)
      hash.xor(input.high, input.low)
      hash.rotateLeft(27)
      hash.multiply(p1High, p1Low)
      hash.add(p4High, p4Low)
    }
    if (at + 4 <= this.#restOctets) {
      input.set(0, littleWord(this.#rest, at))
      input.multiply(p1High, p1Low)
      hash.xor(input.high, input.low)
      hash.rotateLeft(23)
      hash.multiply(p2High, p2Low)
      hash.add(p3High, p3Low)
      at += 4
    }
    for (; at < this.#restOctets; at++) {
      input.set(0, this.#rest[at]!)
      input.multiply(p5High, p5Low)
      hash.xor(input.high, input.low)
      hash.rotateLeft(11)
      hash.multiply(p1High, p1Low)
    }
    hash.xorShiftRight(33)
    hash.multiply(p2High, p2Low)
    hash.xorShiftRight(29)
    hash.multiply(p3High, p3Low)
    hash.xorShiftRight(32)
    return hash.low >>> 0
  }

  #word(at: number): Word64 {
    const lane = new Word64()
    lane.set(littleWord(this.#rest, at + 4), littleWord(this.#rest, at))
    return lane
  }

  #stripe(buf: Uint8Array, at: number): void {
    const input = this.#input
    for (let lane = 0; lane < 4; lane++) {
      input.high = littleWord(buf, at + 8 * lane + 4)
      input.low = littleWord(buf, at + 8 * lane)
      round(this.#lanes[lane]!, input)
    }
  }

  #merge(hash: Word64): void {
    const rotations = [1, 7, 12, 18] as const
    const turned = new Word64()
    hash.set(0, 0)
    for (const [i, lane] of this.#lanes.entries()) {
      turned.copy(lane)
      turned.rotateLeft(rotations[i] ?? 0)
      hash.add(turned.high, turned.low)
    }
    const input = this.#input
    for (const lane of this.#lanes) {
      input.set(0, 0)
      turned.copy(lane)
      round(input, turned)
      hash.xor(input.high, input.low)
      hash.multiply(p1High, p1Low)
      hash.add(p4High, p4Low)
    }
  }
}
