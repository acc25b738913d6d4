/** Makes a failing input smaller while it fails in the same way. */

import { execute, signature } from './execute.js'
import { replaced } from './mutate-octets.js'
import type { Input, Target } from './target.js'

/** Nobody waits longer than this for a smaller one. */
const patienceMs = 20_000

/** Frames first, then octets of each: halves, quarters ... single ones; then octets to zero. */
export async function minimise(target: Target, input: Input, failure: unknown): Promise<Input> {
  const wanted = signature(failure)
  const until = performance.now() + patienceMs
  let best: Input = input
  const better = async (candidate: Input): Promise<boolean> => {
    if (performance.now() > until) return false
    try {
      await execute(target, candidate)
    } catch (error) {
      if (signature(error) !== wanted) return false
      best = candidate
      return true
    }
    return false
  }
  for (let size = Math.ceil(best.length / 2); size > 0 && best.length > 1; ) {
    let at = 0
    while (at < best.length) {
      const candidate = best.filter((_, i) => i < at || i >= at + size)
      if (candidate.length === 0 || !(await better(candidate))) at += size
    }
    size = size === 1 ? 0 : Math.ceil(size / 2)
  }
  for (let i = 0; i < best.length; i++) await smallerPiece(i)
  return best

  async function smallerPiece(i: number): Promise<void> {
    const octets = () => best[i]?.octets ?? new Uint8Array(0)
    const withOctets = (changed: Uint8Array): Input =>
      best.map((frame, k) => (k === i ? { ...frame, octets: changed } : frame))
    for (let size = Math.ceil(octets().length / 2); size > 0; ) {
      for (let at = octets().length - size; at >= 0; at -= size) {
        await better(withOctets(replaced(octets(), at, size, new Uint8Array(0))))
      }
      size = size === 1 ? 0 : Math.ceil(size / 2)
    }
    for (let at = 0; at < octets().length; at++) {
      if (octets()[at] === 0) continue
      const changed = octets().slice()
      changed[at] = 0
      await better(withOctets(changed))
    }
  }
}
