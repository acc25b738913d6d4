/** Octets for tests: text, commented hex, a seeded generator, and the buffer that a reader must not leave. */

/** One octet a character (ISO 8859-1). */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, c => c.charCodeAt(0))
}

/** Hex with `# comments` to the end of the line; whitespace is ignored. */
export function hexOctets(text: string): Uint8Array {
  const digits = text.replace(/#.*$/gm, '').replace(/\s+/g, '')
  const octets = new Uint8Array(digits.length / 2)
  for (let i = 0; i < octets.length; i++) octets[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  return octets
}

/** ISO 8859-1 text of a range; '(absent)' for off < 0. */
export function range(buf: Uint8Array, off: number, end: number): string {
  return off < 0 ? '(absent)' : String.fromCharCode(...buf.subarray(off, end))
}

/** Small repeatable generator (xorshift32): the same numbers in every run. */
export class Xorshift {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0 || 1
  }

  next(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return x >>> 0
  }

  below(limit: number): number {
    return this.next() % limit
  }
}

/** A copy of `octets` with one to four octets changed, cut or doubled. */
export function mutate(octets: Uint8Array, random: Xorshift): Uint8Array {
  const copy = octets.slice()
  for (let n = random.below(4); n >= 0; n--) {
    const at = random.below(copy.length)
    const kind = random.below(4)
    if (kind === 0) copy[at] = random.below(256)
    else if (kind === 1) copy[at]! ^= 1 << random.below(8)
    else if (kind === 2) copy[at] = random.below(2) * 255
    else copy.copyWithin(at, random.below(copy.length))
  }
  return copy.subarray(0, random.below(4) === 0 ? random.below(copy.length) : copy.length)
}

/** `octets` between two walls of 0xaa, so that a read before `off` or past `end` changes a result. The
 * view throws nothing (typed arrays do not): compare with the same octets in other walls. */
export function walled(
  octets: Uint8Array,
  wall: number,
): { buf: Uint8Array; off: number; end: number } {
  const buf = new Uint8Array(octets.length + 64).fill(wall)
  buf.set(octets, 32)
  return { buf, off: 32, end: 32 + octets.length }
}
