/** SCTP packets for tests, written from RFC 9260 section 3. */

import { joined } from './diameter-builder.js'

export interface Association {
  srcPort: number
  dstPort: number
  tag: number
}

export interface DataOptions {
  tsn: number
  /** B and E both when absent */
  beginning?: boolean
  ending?: boolean
  unordered?: boolean
  stream?: number
  sequence?: number
  ppid?: number
  /** Length field, when it is to lie */
  length?: number
}

function padded(octets: Uint8Array): Uint8Array {
  const room = new Uint8Array((octets.length + 3) & ~3)
  room.set(octets)
  return room
}

export function chunk(type: number, flags: number, value: Uint8Array, length?: number): Uint8Array {
  const octets = new Uint8Array(4 + value.length)
  const view = new DataView(octets.buffer)
  octets[0] = type
  octets[1] = flags
  view.setUint16(2, length ?? octets.length)
  octets.set(value, 4)
  return padded(octets)
}

/** A DATA chunk. */
export function data(options: DataOptions, user: Uint8Array): Uint8Array {
  const value = new Uint8Array(12 + user.length)
  const view = new DataView(value.buffer)
  view.setUint32(0, options.tsn)
  view.setUint16(4, options.stream ?? 0)
  view.setUint16(6, options.sequence ?? 0)
  view.setUint32(8, options.ppid ?? 46)
  value.set(user, 12)
  const beginning = options.beginning === false ? 0 : 2
  const ending = options.ending === false ? 0 : 1
  const unordered = options.unordered === true ? 4 : 0
  return chunk(0, beginning | ending | unordered, value, options.length)
}

export function packet(of: Association, chunks: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(12)
  const view = new DataView(header.buffer)
  view.setUint16(0, of.srcPort)
  view.setUint16(2, of.dstPort)
  view.setUint32(4, of.tag)
  return joined([header, ...chunks])
}

/** The fragments of `user`, each of `size` octets, from `tsn` on. */
export function fragments(options: DataOptions, user: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let off = 0; off < user.length; off += size) {
    const part = {
      ...options,
      tsn: (options.tsn + parts.length) >>> 0,
      beginning: off === 0,
      ending: off + size >= user.length,
    }
    parts.push(data(part, user.subarray(off, off + size)))
  }
  return parts
}
