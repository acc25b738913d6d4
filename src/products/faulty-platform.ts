/** A charging platform that fails as networks do, by a seed: requests and answers that are lost, requests that arrive
 * twice, requests that arrive when nobody waits for them any more, and refusals. For tests and rehearsals. */

import {
  type ChargingPlatform,
  type PlatformAnswer,
  PlatformUnreachable,
  refused,
} from './charging-platform.js'

/** Chances, 0 to 1; what is left of 1 goes well. */
export interface FaultChances {
  /** the request does not arrive */
  readonly lost?: number
  /** it arrives, its answer does not */
  readonly unanswered?: number
  /** it arrives twice */
  readonly duplicated?: number
  /** it arrives after later ones */
  readonly late?: number
  /** a reserve is refused */
  readonly refused?: number
}

type Call = () => Promise<PlatformAnswer>

export class FaultyPlatform implements ChargingPlatform {
  readonly #platform: ChargingPlatform
  readonly #chances: FaultChances
  readonly #delayed: Call[] = []
  readonly #seed: number
  #state: number

  constructor(platform: ChargingPlatform, chances: FaultChances, seed: number) {
    this.#platform = platform
    this.#chances = chances
    this.#seed = seed
    this.#state = seed
  }

  async reserve(key: string, account: string, amount: number): Promise<PlatformAnswer> {
    // a platform that refuses a key refuses it each time
    if (chanceOf(hashOf(key) ^ this.#seed) < (this.#chances.refused ?? 0)) {
      return refused('insufficient-funds')
    }
    return await this.#send(() => this.#platform.reserve(key, account, amount))
  }

  async capture(key: string): Promise<PlatformAnswer> {
    return await this.#send(() => this.#platform.capture(key))
  }

  async refund(key: string): Promise<PlatformAnswer> {
    return await this.#send(() => this.#platform.refund(key))
  }

  /** Lets all that was late arrive. */
  async deliver(): Promise<void> {
    for (const call of this.#delayed.splice(0)) await call()
  }

  async #send(call: Call): Promise<PlatformAnswer> {
    const { lost = 0, unanswered = 0, duplicated = 0, late = 0 } = this.#chances
    const chance = this.#next()
    if (chance < lost) throw new PlatformUnreachable('lost')
    if (chance < lost + late) {
      this.#delayed.push(call)
      throw new PlatformUnreachable('late')
    }
    const answer = await call()
    if (chance < lost + late + duplicated) return await call()
    if (chance < lost + late + duplicated + unanswered) throw new PlatformUnreachable('unanswered')
    // what was late comes in some time, after others
    if (this.#next() < 0.5) await this.deliver()
    return answer
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    return chanceOf(this.#state)
  }
}

/** 0 to 1, as mulberry32 mixes its state. */
function chanceOf(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
