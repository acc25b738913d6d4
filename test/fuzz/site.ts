/** A place in a message whose value decides how the rest is read: a length, a count, an offset, a number
 * of a segment or fragment, a code; and the values that break careless readers of it. */

import type { Xorshift32 } from '../../src/synth/xorshift.js'
import { pick } from './target.js'

export interface Site {
  off: number
  /** octets, 1 to 8, most significant first */
  width: number
  /** set where the value counts octets from `from` on, so that its neighbours matter most */
  length?: boolean
}

export function site(off: number, width: number): Site {
  return { off, width }
}

export function lengthSite(off: number, width: number): Site {
  return { off, width, length: true }
}

export function valueAt(octets: Uint8Array, { off, width }: Site): number {
  let value = 0
  for (let i = 0; i < width; i++) value = value * 256 + (octets[off + i] ?? 0)
  return value
}

export function setValue(octets: Uint8Array, { off, width }: Site, value: number): void {
  let rest = value < 0 ? value + 256 ** width : value
  for (let i = width - 1; i >= 0; i--) {
    if (off + i < octets.length) octets[off + i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

/** Adds to a length, if that is still one. */
export function addToLength(octets: Uint8Array, at: Site, delta: number): void {
  const value = valueAt(octets, at) + delta
  if (value >= 0 && value < 256 ** at.width) setValue(octets, at, value)
}

const small = [0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 20, 28, 40] as const

/** Writes a value from the edges: none, one more, one less, the largest, the sign bit, all that is left. */
export function breakSite(octets: Uint8Array, at: Site, random: Xorshift32): void {
  const max = 256 ** at.width - 1
  const now = valueAt(octets, at)
  const left = octets.length - at.off - at.width
  const near = [now + 1, now - 1, now + 2, now - 2, now + 4, now - 4, now * 2, Math.floor(now / 2)]
  const ends = [0, 1, max, max - 1, (max + 1) / 2, (max + 1) / 2 - 1, left, left + 1, left - 1]
  const kind = random.below(at.length ? 8 : 6)
  let value: number
  if (kind < 2) value = pick(random, ends)
  else if (kind === 2) value = pick(random, small)
  else if (kind === 3) value = random.next() % (max + 1)
  else if (kind === 4) value = now ^ (1 << random.below(Math.min(31, at.width * 8)))
  else value = pick(random, near)
  setValue(octets, at, Math.min(Math.max(value, -max), max))
}
