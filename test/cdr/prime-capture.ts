/** A capture of GTP' that carries the records of a file, as a gateway would send them. TS 32.295 clause 6.2.4.5. */

import { context, UdpEnds, Wire } from '../helpers/frame.js'
import { hex } from '../helpers/hex.js'
import type { Frame } from '../helpers/memory-source.js'

/** Octets of the header that `cdr write` writes, and of that of each record. */
const fileHeader = 52
const recordHeader = 4

/** One Data Record Transfer Request a record of `file`, from `timeUs` on. */
export function sentRecords(file: Buffer, timeUs: number): Frame[] {
  const wire = new Wire()
  wire.timeUs = timeUs
  const cgf = { server: '192.0.2.99', port: 3386, uePort: 3386 }
  const ends = new UdpEnds(wire, context(1, '192.0.2.1'), cgf, (way, one) => wire.plain(way, one))
  let sequence = 0
  for (let at = fileHeader; at < file.length; ) {
    const octets = file.readUInt16BE(at)
    const record = file.subarray(at + recordHeader, at + recordHeader + octets)
    const packet = Buffer.concat([hex('01 01 18 06'), file.subarray(at, at + 2), record])
    const head = Buffer.from([0x4e, 0xf0, 0, 0, 0, ++sequence, 0x7e, 1, 0xfc, 0, 0])
    head.writeUInt16BE(5 + packet.length, 2)
    head.writeUInt16BE(packet.length, 9)
    ends.up(Buffer.concat([head, packet]))
    at += recordHeader + octets
  }
  return wire.frames
}

/** A classic pcap of Ethernet frames. */
export function pcapOf(frames: readonly Frame[]): Uint8Array {
  const parts = [hex('a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001')]
  for (const { octets, timeUs } of frames) {
    const header = new DataView(new ArrayBuffer(16))
    header.setUint32(0, Math.floor(timeUs / 1e6))
    header.setUint32(4, timeUs % 1e6)
    header.setUint32(8, octets.length)
    header.setUint32(12, octets.length)
    parts.push(new Uint8Array(header.buffer), octets)
  }
  return Buffer.concat(parts)
}
