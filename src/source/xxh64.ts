/** XXH64, the check sum of Zstandard frames, over octets that come in pieces.
 * Read the xxHash specification (version 0.1.1, XXH64) before changing this file. The stripes, which
 * are all but the last octets, are done on pairs of 32-bit words, ten times as fast as BigInt; what is
 * done once a frame is written with BigInt. */

const prime1 = 0x9e3779b185ebca87n
const prime2 = 0xc2b2ae3d27d4eb4fn
const prime3 = 0x165667b19e3779f9n
const prime4 = 0x85ebca77c2b2ae63n
const prime5 = 0x27d4eb2f165667c5n

/** The multipliers of a stripe as words; the low word also as two halves, for 32 x 32 = 64 bits. */
const p1High = 0x9e3779b1 | 0
const p1Low = 0x85ebca87 | 0
const p1Half0 = p1Low & 0xffff
const p1Half1 = p1Low >>> 16
const p2High = 0xc2b2ae3d | 0
const p2Low = 0x27d4eb4f
const p2Half0 = p2Low & 0xffff
const p2Half1 = p2Low >>> 16

const stripeOctets = 32
const mergeRotations = [1n, 7n, 12n, 18n] as const

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits))
}

/** One lane's step: rotl(lane + input * prime2, 31) * prime1. */
function round(lane: bigint, input: bigint): bigint {
  return wrap(rotateLeft(wrap(lane + input * prime2), 31n) * prime1)
}

export class Xxh64 {
  /** the four lanes, as high and low words */
  readonly #high = new Int32Array(4)
  readonly #low = new Int32Array(4)
  /** octets that do not fill a stripe yet */
  readonly #rest = new Uint8Array(stripeOctets)
  #restOctets = 0
  #total = 0

  constructor() {
    this.reset()
  }

  /** Seed 0, which is what Zstandard uses (RFC 8878 section 3.1.1). */
  reset(): void {
    for (const [i, lane] of [prime1 + prime2, prime2, 0n, -prime1].entries()) {
      this.#high[i] = Number(BigInt.asIntN(32, lane >> 32n))
      this.#low[i] = Number(BigInt.asIntN(32, lane))
    }
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
      this.#stripes(this.#rest)
      this.#restOctets = 0
    }
    const whole = buf.length - ((buf.length - at) % stripeOctets)
    this.#stripes(buf.subarray(at, whole))
    this.#rest.set(buf.subarray(whole))
    this.#restOctets = buf.length - whole
  }

  /** The lower 32 bits of the hash, which is what a Zstandard frame carries; unsigned. */
  digestLow(): number {
    const view = new DataView(this.#rest.buffer)
    const octets = this.#restOctets
    let hash = wrap((this.#total >= stripeOctets ? this.#merged() : prime5) + BigInt(this.#total))
    let at = 0
    for (; at + 8 <= octets; at += 8) {
      hash ^= round(0n, view.getBigUint64(at, true))
      hash = wrap(rotateLeft(hash, 27n) * prime1 + prime4)
    }
    if (at + 4 <= octets) {
      hash ^= wrap(BigInt(view.getUint32(at, true)) * prime1)
      hash = wrap(rotateLeft(hash, 23n) * prime2 + prime3)
      at += 4
    }
    for (; at < octets; at++) {
      hash ^= wrap(BigInt(view.getUint8(at)) * prime5)
      hash = wrap(rotateLeft(hash, 11n) * prime1)
    }
    hash = wrap((hash ^ (hash >> 33n)) * prime2)
    hash = wrap((hash ^ (hash >> 29n)) * prime3)
    return Number(BigInt.asUintN(32, hash ^ (hash >> 32n)))
  }

  #merged(): bigint {
    const lanes = mergeRotations.map(
      (_, i) =>
        (BigInt.asUintN(32, BigInt(this.#high[i]!)) << 32n) |
        BigInt.asUintN(32, BigInt(this.#low[i]!)),
    )
    let hash = 0n
    for (const [i, bits] of mergeRotations.entries()) hash += rotateLeft(lanes[i] ?? 0n, bits)
    hash = wrap(hash)
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * prime1 + prime4)
    return hash
  }

  /** `round` for whole stripes. A 64-bit product modulo 2^64 is low * low in full, from halves of 16
   * bits, and the two mixed products in the high word. */
  #stripes(buf: Uint8Array): void {
    const view = new DataView(buf.buffer, buf.byteOffset, buf.length)
    const high = this.#high
    const low = this.#low
    for (let at = 0; at < buf.length; at += stripeOctets) {
      for (let lane = 0; lane < 4; lane++) {
        const inputLow = view.getInt32(at + 8 * lane, true)
        const inputHigh = view.getInt32(at + 8 * lane + 4, true)
        let half0 = inputLow & 0xffff
        let half1 = inputLow >>> 16
        let lowest = Math.imul(half0, p2Half0)
        let cross1 = Math.imul(half1, p2Half0)
        let cross2 = Math.imul(half0, p2Half1)
        let middle = (lowest >>> 16) + (cross1 & 0xffff) + (cross2 & 0xffff)
        const productLow = (middle << 16) | (lowest & 0xffff)
        const carry = (cross1 >>> 16) + (cross2 >>> 16) + (middle >>> 16)
        const mixed = Math.imul(inputHigh, p2Low) + Math.imul(inputLow, p2High)
        const productHigh = (Math.imul(half1, p2Half1) + carry + mixed) | 0
        const sumLow = (low[lane]! + productLow) | 0
        const over = sumLow >>> 0 < productLow >>> 0 ? 1 : 0
        const sumHigh = (high[lane]! + productHigh + over) | 0
        const turnedLow = (sumLow << 31) | (sumHigh >>> 1)
        const turnedHigh = (sumHigh << 31) | (sumLow >>> 1)
        half0 = turnedLow & 0xffff
        half1 = turnedLow >>> 16
        lowest = Math.imul(half0, p1Half0)
        cross1 = Math.imul(half1, p1Half0)
        cross2 = Math.imul(half0, p1Half1)
        middle = (lowest >>> 16) + (cross1 & 0xffff) + (cross2 & 0xffff)
        low[lane] = (middle << 16) | (lowest & 0xffff)
        high[lane] =
          Math.imul(half1, p1Half1) +
          (cross1 >>> 16) +
          (cross2 >>> 16) +
          (middle >>> 16) +
          Math.imul(turnedHigh, p1Low) +
          Math.imul(turnedLow, p1High)
      }
    }
  }
}
