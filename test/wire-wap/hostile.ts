/** Cut, mutated and overlong octets for every decoder here: none may throw, hang, read past its end or
 * give a range outside. */

import type { Test } from 'tap'

/** Reads buf[off, end) and says all that it found, offsets relative to `off`. */
export type Reader = (buf: Uint8Array, off: number, end: number) => string

const margin = 8
const mutations = 400

/** xorshift32, so that a failure comes back. */
export function random(seed: number): () => number {
  let state = seed | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Reads every truncation of `good`, and 400 mutations of it, between zeros and between ones: what is
 * outside may not show in the answer. */
export function hostile(t: Test, name: string, good: Uint8Array, read: Reader): void {
  let looked = 0
  const outside: number[] = []
  const look = (octets: Uint8Array): void => {
    looked++
    if (readBetween(octets, 0x00, read) !== readBetween(octets, 0xff, read)) {
      outside.push(looked)
    }
  }
  for (let n = 0; n <= good.length; n++) look(good.slice(0, n))
  const next = random(good.length + 7)
  for (let n = 0; n < mutations; n++) look(mutated(good, next))
  t.same(outside, [], `${name}: ${looked} readings do not depend on the octets outside`)
}

function readBetween(octets: Uint8Array, filler: number, read: Reader): string {
  const buf = new Uint8Array(octets.length + 2 * margin).fill(filler)
  buf.set(octets, margin)
  return read(buf, margin, margin + octets.length)
}

function mutated(good: Uint8Array, next: () => number): Uint8Array {
  const octets = good.slice(0, next() % 4 === 0 ? (next() % good.length) + 1 : good.length)
  const changes = 1 + (next() % 3)
  for (let i = 0; i < changes; i++) {
    const at = next() % octets.length
    // ones make the longest lengths and uintvars that do not end
    const run = next() % 3 === 0 ? 2 + (next() % 5) : 0
    if (run === 0) octets[at] = next() & 255
    else octets.fill(0xff, at, at + run)
  }
  return octets
}

/** Fails the test run when a range is not inside [off, end). */
export function inside(off: number, end: number, from: number, to: number, what: string): void {
  if (from < off || to > end || from > to) {
    throw new RangeError(`${what}: [${from}, ${to}) is not in [${off}, ${end})`)
  }
}
