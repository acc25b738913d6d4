/** pcapng blocks as octets: section header, interface description, enhanced packet, interface statistics.
 * Read draft-ietf-opsawg-pcapng sections 4.1, 4.2, 4.3 and 4.6. Little-endian, times in microseconds. */

import { BlockType } from './pcapng.js'

const byteOrderMagic = 0x1a2b3c4d
/** type, total length, total length again */
const blockOctets = 12
const packetFieldOctets = 20

const SHB_USERAPPL = 4
const IF_NAME = 2
const IF_TSRESOL = 9
const ISB_IFRECV = 4
const ISB_IFDROP = 5
const ISB_OSDROP = 7

function padded(octets: number): number {
  return (octets + 3) & ~3
}

function option(code: number, value: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + padded(value.length))
  const view = new DataView(out.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, value.length, true)
  out.set(value, 4)
  return out
}

/** A count as an unsigned 64-bit option; nothing when it is not known. */
function count64(code: number, count: number | undefined): Uint8Array[] {
  if (count === undefined) return []
  const value = new Uint8Array(8)
  new DataView(value.buffer).setBigUint64(0, BigInt(count), true)
  return [option(code, value)]
}

/** A block around `fields` and options, which end with opt_endofopt. */
function block(type: number, fields: Uint8Array, options: readonly Uint8Array[]): Uint8Array {
  const listOctets = options.reduce((sum, one) => sum + one.length, 4)
  const total = blockOctets + fields.length + listOctets
  const out = new Uint8Array(total)
  const view = new DataView(out.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, total, true)
  out.set(fields, 8)
  let at = 8 + fields.length
  for (const one of options) {
    out.set(one, at)
    at += one.length
  }
  view.setUint32(total - 4, total, true)
  return out
}

/** `application` wrote the section. */
export function sectionBlock(application: string): Uint8Array {
  const fields = new Uint8Array(16)
  const view = new DataView(fields.buffer)
  view.setUint32(0, byteOrderMagic, true)
  view.setUint16(4, 1, true)
  // section length: not stated
  view.setBigInt64(8, -1n, true)
  return block(BlockType.SectionHeader, fields, [
    option(SHB_USERAPPL, new TextEncoder().encode(application)),
  ])
}

/** `snaplen` 0: no limit. */
export function interfaceBlock(name: string, linkType: number, snaplen: number): Uint8Array {
  const fields = new Uint8Array(8)
  const view = new DataView(fields.buffer)
  view.setUint16(0, linkType, true)
  view.setUint32(4, snaplen, true)
  const microseconds = Uint8Array.of(6)
  return block(BlockType.InterfaceDescription, fields, [
    option(IF_NAME, new TextEncoder().encode(name)),
    option(IF_TSRESOL, microseconds),
  ])
}

/** Counts of one interface from the beginning of the section. */
export interface InterfaceCounts {
  received: number
  interfaceDrops: number | undefined
  systemDrops: number | undefined
}

/** `timeUs`: when the counts were taken. */
export function statisticsBlock(
  iface: number,
  timeUs: number,
  counts: InterfaceCounts,
): Uint8Array {
  const fields = new Uint8Array(12)
  const view = new DataView(fields.buffer)
  view.setUint32(0, iface, true)
  putTime(view, 4, timeUs)
  return block(BlockType.InterfaceStatistics, fields, [
    ...count64(ISB_IFRECV, counts.received),
    ...count64(ISB_IFDROP, counts.interfaceDrops),
    ...count64(ISB_OSDROP, counts.systemDrops),
  ])
}

function putTime(view: DataView, at: number, timeUs: number): void {
  view.setUint32(at, Math.floor(timeUs / 4294967296), true)
  view.setUint32(at + 4, timeUs % 4294967296, true)
}

/** Octets of the block of a packet of which `caplen` octets were captured. */
export function packetBlockOctets(caplen: number): number {
  return blockOctets + packetFieldOctets + padded(caplen)
}

/** One packet as it is to be written. */
export interface PacketFields {
  iface: number
  timeUs: number
  wirelen: number
}

/** Writes the block of `frame` to `out` from `at` on, which has room for it; returns its octets. */
export function putPacketBlock(
  out: Uint8Array,
  view: DataView,
  at: number,
  fields: PacketFields,
  frame: Uint8Array,
): number {
  const caplen = frame.length
  const total = packetBlockOctets(caplen)
  view.setUint32(at, BlockType.EnhancedPacket, true)
  view.setUint32(at + 4, total, true)
  view.setUint32(at + 8, fields.iface, true)
  putTime(view, at + 12, fields.timeUs)
  view.setUint32(at + 20, caplen, true)
  view.setUint32(at + 24, fields.wirelen, true)
  out.set(frame, at + 28)
  out.fill(0, at + 28 + caplen, at + total - 4)
  view.setUint32(at + total - 4, total, true)
  return total
}
