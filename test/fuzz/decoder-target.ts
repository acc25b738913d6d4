/** A decoder alone on damaged messages: it reads the same octets between zeros and between ones, and all
 * it says must be the same, inside the range, and end. What is outside may not show in the answer. */

import { Fault } from '../../src/wire/fault.js'
import type { FindSites } from './layer-sites.js'
import { type Material, messages } from './material.js'
import { Finding, only, piece, type Target } from './target.js'

/** Reads buf[off, end) and returns all that it found. An object with `ok` false has no ranges. */
export type Reader = (buf: Uint8Array, off: number, end: number, fault: Fault) => unknown

export interface DecoderFuzz {
  name: string
  /** layers whose messages are the examples */
  layers: readonly string[]
  /** examples that no capture has */
  more?: readonly Uint8Array[]
  /** decisive places of the examples when their layer's would be wrong */
  sites?: FindSites
  /** `false`: offsets in the answer are not of the buffer given */
  ranges?: false
  weight?: number
  /** One instance for each wall: a decoder is used again and again, and must forget. */
  make(): Reader
}

const wall = 64

/** A stated end may lie behind what was captured; the others are no places in the buffer. */
const notInRange = new Set(['messageEnd', 'fragOff', 'endToEnd'])

function serialised(found: unknown): string {
  return JSON.stringify(found, (key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    if (ArrayBuffer.isView(value)) {
      return key === 'buf' ? undefined : Buffer.from(value.buffer).toString('hex')
    }
    return value instanceof Set || value instanceof Map ? [...value] : value
  })
}

/** Offsets are -1, 0 or inside [off, end]. */
function outside(found: unknown, off: number, end: number): string {
  if (typeof found !== 'object' || found === null || ArrayBuffer.isView(found)) return ''
  if ('ok' in found && found.ok === false) return ''
  for (const [key, value] of Object.entries(found)) {
    if (typeof value === 'object') {
      const inner = outside(value, off, end)
      if (inner !== '') return inner
    } else if (typeof value === 'number' && /(^|[a-z])(Off|End|off|end)$/.test(key)) {
      const good = value === -1 || value === 0 || (value >= off && value <= end)
      if (!good && !notInRange.has(key)) return `${key} ${value - off} of ${end - off} octets`
    }
  }
  return ''
}

class Walled {
  readonly #read: Reader
  readonly #fill: number
  readonly #ranges: boolean
  #buf = new Uint8Array(0)

  constructor(fuzz: DecoderFuzz, fill: number) {
    this.#read = fuzz.make()
    this.#fill = fill
    this.#ranges = fuzz.ranges ?? true
  }

  say(octets: Uint8Array): string {
    if (this.#buf.length < octets.length + 2 * wall) {
      this.#buf = new Uint8Array(2 * octets.length + 2 * wall)
    }
    const buf = this.#buf
    const end = wall + octets.length
    buf.fill(this.#fill, 0, end + wall)
    buf.set(octets, wall)
    const fault = new Fault()
    const found = this.#read(buf, wall, end, fault)
    const wrong = this.#ranges ? outside(found, wall, end) : ''
    if (wrong !== '') throw new Finding(`points outside: ${wrong}`)
    return serialised([found, fault])
  }
}

export function decoderTarget(fuzz: DecoderFuzz, material: Material): Target {
  const message = messages(material, fuzz.layers, fuzz.more ?? [], fuzz.sites)
  const zeros = new Walled(fuzz, 0x00)
  const ones = new Walled(fuzz, 0xff)
  return {
    name: `wire/${fuzz.name}`,
    weight: fuzz.weight ?? 1,
    make: random => piece(message(random)),
    check(input) {
      const octets = only(input)
      const [a, b] = [zeros.say(octets), ones.say(octets)]
      if (a === b) return
      let at = 0
      while (a[at] === b[at]) at++
      const near = (text: string) => text.slice(Math.max(0, at - 40), at + 40)
      throw new Finding(`reads past its range: ${near(a)} between 00, ${near(b)} between ff`)
    },
  }
}

/** The steps of a walk, each as `one` says; a walk that has more steps than octets does not end. */
export function steps<T>(octets: number, next: () => boolean, one: () => T): T[] {
  const found: T[] = []
  while (next()) {
    found.push(one())
    if (found.length > octets + 1) throw new Finding(`a walk of ${octets} octets does not end`)
  }
  return found
}

/** The public fields of a decoder as they are now. */
export function fields(of: object): Record<string, unknown> {
  return { ...of }
}
