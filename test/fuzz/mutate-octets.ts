/** Changes to octets: to the places that decide how the rest is read, and blind ones. */

import type { Xorshift32 } from '../../src/synth/xorshift.js'
import { breakSite, type Site } from './site.js'
import { few, pick } from './target.js'

/** What a mutation may use: the message's decisive places, and other messages of its kind. */
export interface Material {
  sites: readonly Site[]
  others: readonly Uint8Array[]
}

type Change = (octets: Uint8Array, random: Xorshift32, material: Material) => Uint8Array

const edges = [0, 1, 0x1f, 0x20, 0x3f, 0x40, 0x7e, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff] as const

/** Changes that leave the length as it is, in place. */
const inPlace: readonly Change[] = [
  (octets, random, { sites }) => {
    if (sites.length > 0) breakSite(octets, pick(random, sites), random)
    return octets
  },
  (octets, random) => {
    const at = random.below(octets.length)
    octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8))
    return octets
  },
  (octets, random) => {
    octets[random.below(octets.length)] = random.next()
    return octets
  },
  (octets, random) => {
    octets[random.below(octets.length)] = pick(random, edges)
    return octets
  },
  (octets, random) => {
    const at = random.below(octets.length)
    octets.fill(pick(random, edges), at, at + 1 + random.below(9))
    return octets
  },
  (octets, random) => {
    const off = random.below(octets.length)
    breakSite(octets, { off, width: pick(random, [1, 2, 3, 4, 8]), length: true }, random)
    return octets
  },
  (octets, random) => {
    const from = random.below(octets.length)
    const to = random.below(octets.length)
    octets.copyWithin(to, from, from + 1 + random.below(16))
    return octets
  },
]

/** The octets with [at, at + remove) replaced. */
export function replaced(
  octets: Uint8Array,
  at: number,
  remove: number,
  insert: Uint8Array,
): Uint8Array {
  const stop = Math.min(at + remove, octets.length)
  const out = new Uint8Array(at + insert.length + octets.length - stop)
  out.set(octets.subarray(0, at))
  out.set(insert, at)
  out.set(octets.subarray(stop), at + insert.length)
  return out
}

function some(octets: Uint8Array, random: Xorshift32, most: number): Uint8Array {
  const at = random.below(octets.length + 1)
  return octets.slice(at, at + 1 + random.below(most))
}

const numbers = [
  '0',
  '1',
  '-1',
  '00',
  '65536',
  '4294967296',
  '9007199254740993',
  'ffffffff',
  '1e3',
  '',
]

/** Another number in text: Content-Length, chunk sizes, status, ports. */
function otherNumber(octets: Uint8Array, random: Xorshift32): Uint8Array {
  const isDigit = (at: number) => (octets[at] ?? 0) >= 0x30 && (octets[at] ?? 0) <= 0x39
  let at = random.below(octets.length)
  for (let n = 0; n < 200 && at < octets.length && !isDigit(at); n++) at++
  let end = at
  while (isDigit(end)) end++
  return replaced(octets, at, end - at, Buffer.from(pick(random, numbers)))
}

/** Changes of length. */
const resizing: readonly Change[] = [
  otherNumber,
  (octets, random) => octets.slice(0, random.below(octets.length + 1)),
  (octets, random) => octets.slice(0, Math.max(0, octets.length - 1 - random.below(8))),
  (octets, random) =>
    replaced(octets, random.below(octets.length), 1 + random.below(16), new Uint8Array(0)),
  (octets, random) =>
    replaced(octets, random.below(octets.length + 1), 0, random.octets(1 + random.below(12))),
  (octets, random) =>
    replaced(octets, random.below(octets.length + 1), 0, some(octets, random, 64)),
  (octets, random) => {
    const unit = some(octets, random, 8)
    const many = new Uint8Array(unit.length * (2 + random.below(60)))
    for (let at = 0; at < many.length; at += unit.length) many.set(unit, at)
    return replaced(octets, random.below(octets.length + 1), 0, many)
  },
  (octets, random, { others }) => {
    if (others.length === 0) return octets
    const other = pick(random, others)
    return replaced(
      octets,
      random.below(octets.length + 1),
      random.below(32),
      some(other, random, 200),
    )
  },
  (octets, random, { others }) => {
    if (others.length === 0) return octets
    const tail = pick(random, others)
    const out = octets.slice(0, random.below(octets.length + 1))
    return replaced(out, out.length, 0, tail.subarray(random.below(tail.length + 1)))
  },
]

/** Several changes, of the same length when `sameLength`. The octets given stay as they are. */
export function mutateOctets(
  octets: Uint8Array,
  random: Xorshift32,
  material: Material,
  sameLength = false,
): Uint8Array {
  // a Buffer would share its octets with what is cut out of it
  let out: Uint8Array = new Uint8Array(octets)
  for (let n = few(random, 8); n > 0; n--) {
    if (out.length === 0) return random.octets(random.below(20))
    const resize = !sameLength && random.chance(0.35)
    // sites belong to the message as it was: after a change of length they are places like any others
    out = pick(random, resize ? resizing : inPlace)(out, random, material)
    if (!resize && random.chance(0.6)) out = inPlace[0]!(out, random, material)
  }
  return out
}
