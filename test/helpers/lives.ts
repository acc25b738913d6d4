/** A source of subscribers' lives that overlap, as many as wanted, in the memory of one: each life is the
 * same frames with other numbers in them. What a run holds on to shows after thousands of them. */

import {
  batchCapacity,
  type FrameBatch,
  type Source,
  type SourceStatus,
} from '../../src/source/source.js'
import type { ContextState } from '../../src/synth/world.js'
import { context, startUs, Wire } from './frame.js'

const blockOctets = 1 << 20
const longestFrame = 2048
/** Sequence number of a GTPv1 message behind Ethernet, IPv4 and UDP; its port. */
const sequenceOff = 50
const controlPort = 2123

/** Numbers that occur nowhere else in a template, and in a life are its own. */
const marker = {
  ue: '10.201.202.203',
  imsi: '460017777777777',
  teids: [0xe1a2_b301, 0xe1a2_b302, 0xe1a2_b303, 0xe1a2_b304],
} as const
const ueOctets = [10, 201, 202, 203]

export interface LifePart {
  /** so many lives after its own began */
  lag: number
  /** lives that have this part; all when absent */
  when?: (life: number) => boolean
  make: (wire: Wire, ctx: ContextState) => void
}

interface Place {
  off: number
  what: 'ue' | 'imsi' | 'sequence' | number
}

interface Template {
  octets: Uint8Array
  places: readonly Place[]
}

interface Part {
  lag: number
  when: (life: number) => boolean
  frames: readonly Template[]
}

export interface LivesOptions {
  lives: number
  /** packet time from one life to the next */
  intervalUs: number
}

export class Lives implements Source {
  readonly status: SourceStatus = {
    name: 'lives',
    octetsRead: 0,
    octetsTotal: 0,
    frames: 0,
    interfaces: [],
    damage: [],
    drops: 0,
  }
  /** life that begins now */
  life = 0
  readonly #parts: readonly Part[]
  readonly #options: LivesOptions
  readonly #last: number
  readonly #block = new Uint8Array(blockOctets)
  readonly #view = new DataView(this.#block.buffer)
  #part = 0
  #frame = 0
  #sequence = 0

  constructor(parts: readonly LifePart[], options: LivesOptions) {
    this.#options = options
    this.#parts = parts.map(partOf)
    this.#last = options.lives + Math.max(...parts.map(part => part.lag))
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async next(batch: FrameBatch): Promise<number> {
    const { status } = this
    batch.block = this.#block
    batch.firstFrame = status.frames + 1
    batch.count = 0
    let at = 0
    while (batch.count < batchCapacity && at < blockOctets - longestFrame) {
      const template = this.#template()
      if (template === undefined) break
      const i = batch.count++
      this.#write(template, at)
      batch.off[i] = at
      batch.caplen[i] = batch.wirelen[i] = template.octets.length
      batch.timeUs[i] = startUs + this.life * this.#options.intervalUs
      batch.linkType[i] = 1
      batch.iface[i] = 0
      at += template.octets.length
      this.#frame++
    }
    status.frames += batch.count
    return batch.count
  }

  /** The frame that comes next, of the part that `#part` says; undefined at the end. */
  #template(): Template | undefined {
    for (;;) {
      const part = this.#parts[this.#part]
      if (part === undefined) {
        this.life++
        this.#part = 0
        if (this.life >= this.#last) return undefined
        continue
      }
      const life = this.life - part.lag
      const frame = part.frames[this.#frame]
      const has = life >= 0 && life < this.#options.lives && part.when(life)
      if (frame !== undefined && has) return frame
      this.#part++
      this.#frame = 0
    }
  }

  #write({ octets, places }: Template, at: number): void {
    const life = this.life - (this.#parts[this.#part]?.lag ?? 0)
    this.#block.set(octets, at)
    for (const { off, what } of places) {
      if (what === 'ue') this.#view.setUint32(at + off, 0x0a00_0001 + life)
      else if (what === 'imsi') this.#block.set(imsiOctets(life), at + off)
      else if (what === 'sequence') this.#view.setUint16(at + off, this.#number(octets))
      else this.#view.setUint32(at + off, (life + 1) * 4 + what)
    }
  }

  /** A request takes a new number, its response the same one. */
  #number(octets: Uint8Array): number {
    const type = octets[43] ?? 0
    const isRequest = type % 2 === 0
    if (isRequest) this.#sequence = (this.#sequence + 1) & 0xffff
    return this.#sequence
  }
}

function partOf(part: LifePart): Part {
  const wire = new Wire()
  const base = context(1, marker.ue)
  const [sgsnControl, sgsnUser, ggsnControl, ggsnUser] = marker.teids
  part.make(wire, {
    ...base,
    spec: { ...base.spec, imsi: marker.imsi },
    teid: { sgsnControl, sgsnUser, ggsnControl, ggsnUser },
  })
  return {
    lag: part.lag,
    when: part.when ?? (() => true),
    frames: wire.frames.map(({ octets }) => ({ octets, places: placesOf(octets) })),
  }
}

function placesOf(octets: Uint8Array): Place[] {
  const places: Place[] = []
  const find = (what: Place['what'], searched: readonly number[]) => {
    for (let off = 0; off + searched.length <= octets.length; off++) {
      if (searched.every((octet, i) => octets[off + i] === octet)) places.push({ off, what })
    }
  }
  find('ue', ueOctets)
  find('imsi', tbcd(marker.imsi))
  for (const [n, teid] of marker.teids.entries()) {
    find(
      n,
      [24, 16, 8, 0].map(shift => (teid >>> shift) & 255),
    )
  }
  if ((((octets[36] ?? 0) << 8) | (octets[37] ?? 0)) === controlPort) {
    places.push({ off: sequenceOff, what: 'sequence' })
  }
  return places
}

function imsiOctets(life: number): number[] {
  return tbcd(`46001${String(life).padStart(10, '0')}`)
}

/** 3GPP TS 29.060 clause 7.7.2: two digits an octet, the first one low, a filler at the end. */
function tbcd(digits: string): number[] {
  const nibbles = [...digits].map(Number).concat(15)
  return Array.from(
    { length: 8 },
    (_, i) => (nibbles[2 * i] ?? 15) | ((nibbles[2 * i + 1] ?? 15) << 4),
  )
}
