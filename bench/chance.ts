/** Chances that all kinds of flow share: sites, sizes, cuts. Seeded, so the capture is reproducible. */

import { Xorshift32 } from '../src/synth/xorshift.js'
import type { CaptureShape } from './capture-shape.js'
import { cutShare, fullPacketOctets } from './capture-shape.js'
import { tcpHeaders, udpHeaders } from './flow-script.js'

/** 198.18.0.0/15 is the network for benchmarks (RFC 2544 appendix C.2.2). */
const firstServer = 0xc6120001

const names = ['news', 'img', 'wap', 'video', 'shop', 'mail', 'game', 'map', 'bbs', 'api'] as const
const domains = ['example.cn', 'example.com', 'test.mobi', 'site.test'] as const

export class Chance {
  readonly small: boolean
  /** payload octets of a full TCP segment and of a full datagram */
  readonly segmentOctets: number
  readonly datagramOctets: number
  readonly #random: Xorshift32

  constructor(shape: CaptureShape) {
    this.small = shape.small
    this.segmentOctets = fullPacketOctets(shape) - tcpHeaders
    this.datagramOctets = fullPacketOctets(shape) - udpHeaders
    this.#random = new Xorshift32(shape.seed)
  }

  get random(): Xorshift32 {
    return this.#random
  }

  below(bound: number): number {
    return this.#random.below(bound)
  }

  between(low: number, high: number): number {
    return low + this.#random.below(high - low + 1)
  }

  chance(share: number): boolean {
    return this.#random.chance(share)
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.#random.below(list.length)] ?? list[0]
  }

  /** A name of a site that no rule knows. */
  host(): string {
    return `${this.pick(names)}${this.below(90)}.${this.pick(domains)}`
  }

  server(): number {
    return firstServer + this.#random.below(2000)
  }

  path(): string {
    return this.small ? `/${this.below(99)}` : `/content/${this.below(9000)}/item${this.below(900)}`
  }

  /** Where a message of `octets` is cut in two: 0 for most. */
  cut(octets: number): number {
    return octets > 20 && this.chance(cutShare) ? this.between(8, octets - 4) : 0
  }

  /** Exponential, squared and halved: mean 1, a long tail. */
  heavy(): number {
    const e = -Math.log((this.#random.next() + 1) / 4294967297)
    return (e * e) / 2
  }
}
