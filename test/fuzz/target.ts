/** What is fuzzed, and what an input is: one or more pieces of octets, which are the frames of a capture
 * where a capture is read, and one piece where a decoder or a text is. */

import { Xorshift32 } from '../../src/synth/xorshift.js'
import type { Frame } from '../helpers/memory-source.js'

export type Input = readonly Frame[]

export interface Target {
  readonly name: string
  /** share of the running time; 0: once is enough, every time is the same */
  readonly weight: number
  /** One input; the same state of `random` gives the same one. */
  make(random: Xorshift32): Input
  /** Throws, or rejects, when the input does harm. */
  check(input: Input): void | Promise<void>
}

/** Harm that is no exception of the program's own. */
export class Finding extends Error {}

export function piece(octets: Uint8Array): Input {
  return [{ octets, timeUs: 0 }]
}

/** The octets of an input of one piece. */
export function only(input: Input): Uint8Array {
  return input[0]?.octets ?? new Uint8Array(0)
}

/** Chance for execution `n` of a target: any one execution can be repeated without those before it. */
export function chanceOf(seed: number, name: string, n: number): Xorshift32 {
  let mixed = seed | 0
  for (const word of [...Buffer.from(name), n]) {
    mixed = Math.imul(mixed ^ word, 0x85ebca6b)
    mixed ^= mixed >>> 13
    mixed = Math.imul(mixed, 0xc2b2ae35)
    mixed ^= mixed >>> 16
  }
  return new Xorshift32(mixed)
}

export function pick<T>(random: Xorshift32, from: readonly T[]): T {
  const one = from[random.below(from.length)]
  if (one === undefined) throw new RangeError('nothing to pick from')
  return one
}

/** 1, seldom more: half as often each. */
export function few(random: Xorshift32, most: number): number {
  let n = 1
  while (n < most && random.chance(0.5)) n++
  return n
}
