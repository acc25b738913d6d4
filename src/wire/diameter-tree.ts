/** The AVPs of one message as a tree, looked up by name. For the control plane's few messages: this makes
 * objects. Read diameter-avp.ts (the walk) and diameter-dictionary.ts (the names) first. */

import { AvpCursor, layerAvp } from './diameter-avp.js'
import { type AvpDefinition, type AvpName, avpDefinition } from './diameter-dictionary.js'
import { avpText, avpTime, avpUnsigned32, avpUnsigned64 } from './diameter-value.js'
import { type Fault, FaultCode } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'

/** RFC 6733 gives no bounds. The deepest groups of the standards are six deep; a message of nothing but
 * empty AVPs would be 32768 objects. */
const maxDepth = 12
const maxAvps = 8192

export interface Avp {
  code: number
  vendor: number
  flags: number
  /** what the tables say of it, if they do */
  definition: AvpDefinition | undefined
  off: number
  end: number
  /** of a grouped AVP; else empty */
  children: readonly Avp[]
}

const none: readonly Avp[] = []

class TreeReader {
  readonly #buf: Uint8Array
  readonly #fault: Fault
  #count = 0

  constructor(buf: Uint8Array, fault: Fault) {
    this.#buf = buf
    this.#fault = fault
  }

  read(off: number, end: number, depth: number): Avp[] {
    const avps: Avp[] = []
    const cursor = new AvpCursor()
    cursor.open(off, end)
    while (cursor.next(this.#buf, this.#fault)) {
      if (this.#count++ >= maxAvps) {
        raiseFirst(this.#fault, FaultCode.Limit, layerAvp, cursor.off, this.#count, maxAvps)
        break
      }
      const definition = avpDefinition(cursor.vendor, cursor.code)
      const avp: Avp = {
        code: cursor.code,
        vendor: cursor.vendor,
        flags: cursor.flags,
        definition,
        off: cursor.off,
        end: cursor.end,
        children: none,
      }
      if (definition?.type === 'Grouped') avp.children = this.#group(avp, depth)
      avps.push(avp)
    }
    return avps
  }

  #group(avp: Avp, depth: number): readonly Avp[] {
    if (depth < maxDepth) return this.read(avp.off, avp.end, depth + 1)
    raiseFirst(this.#fault, FaultCode.Limit, layerAvp, avp.off, depth + 1, maxDepth)
    return none
  }
}

/** The AVPs of [off, end). What could be read is there also when `fault` is raised. */
export function readAvps(buf: Uint8Array, off: number, end: number, fault: Fault): Avp[] {
  return new TreeReader(buf, fault).read(off, end, 1)
}

/** The AVPs of a message or of a group, asked by name. Absent is '' or -1. */
export class AvpGroup {
  readonly buf: Uint8Array
  readonly avps: readonly Avp[]

  constructor(buf: Uint8Array, avps: readonly Avp[]) {
    this.buf = buf
    this.avps = avps
  }

  first(name: AvpName): Avp | undefined {
    return this.avps.find(avp => avp.definition?.name === name)
  }

  all(name: AvpName): Avp[] {
    return this.avps.filter(avp => avp.definition?.name === name)
  }

  text(name: AvpName): string {
    const avp = this.first(name)
    return avp === undefined ? '' : this.#textOf(avp)
  }

  texts(name: AvpName): string[] {
    return this.all(name).map(avp => this.#textOf(avp))
  }

  /** Unsigned32 or Enumerated. */
  number(name: AvpName): number {
    const avp = this.first(name)
    return avp === undefined ? -1 : avpUnsigned32(this.buf, avp.off, avp.end)
  }

  numbers(name: AvpName): number[] {
    return this.all(name).map(avp => avpUnsigned32(this.buf, avp.off, avp.end))
  }

  /** Unsigned64, exact to 2^53: counts of octets. */
  count(name: AvpName): number {
    const avp = this.first(name)
    return avp === undefined ? -1 : avpUnsigned64(this.buf, avp.off, avp.end)
  }

  /** Seconds since 1970. */
  time(name: AvpName): number {
    const avp = this.first(name)
    return avp === undefined ? -1 : avpTime(this.buf, avp.off, avp.end)
  }

  group(name: AvpName): AvpGroup | undefined {
    const avp = this.first(name)
    return avp === undefined ? undefined : new AvpGroup(this.buf, avp.children)
  }

  groups(name: AvpName): AvpGroup[] {
    return this.all(name).map(avp => new AvpGroup(this.buf, avp.children))
  }

  #textOf(avp: Avp): string {
    const type = avp.definition?.type ?? 'OctetString'
    return avpText(type, this.buf, avp.off, avp.end)
  }
}
