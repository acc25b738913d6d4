/** UDP datagrams out of the shared captures, for comparing decoders with what tshark says: a small
 * reader of its own, so that these tests depend on the decoders under test alone. */

import { existsSync, readFileSync } from 'node:fs'
import type { Test } from 'tap'

export interface Datagram {
  /** number of the frame that completed it, from 1 */
  frame: number
  source: string
  sourcePort: number
  destinationPort: number
  octets: Uint8Array
}

/** Path of a shared file, or '' with a comment when the folder is not beside the project. */
export function shared(t: Test, name: string): string {
  const path = `../shared/captures/${name}`
  if (existsSync(path)) return path
  if (process.env.TOLLGATE_REQUIRE_SHARED === '1') t.fail(`${path} is required`)
  else t.comment('shared captures not here: not compared')
  return ''
}

const u16 = (b: Uint8Array, at: number): number => ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0)

/** Frames of a little-endian pcap or pcapng file with Ethernet link type. */
function frames(path: string): Uint8Array[] {
  const file = readFileSync(path)
  const found: Uint8Array[] = []
  const ng = file.readUInt32LE(0) === 0x0a0d0d0a
  let at = ng ? 0 : 24
  while (at + 12 <= file.length) {
    if (!ng) {
      const length = file.readUInt32LE(at + 8)
      found.push(file.subarray(at + 16, at + 16 + length))
      at += 16 + length
      continue
    }
    if (file.readUInt32LE(at) === 6) {
      found.push(file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20)))
    }
    at += file.readUInt32LE(at + 4)
  }
  return found
}

interface Partial {
  octets: Uint8Array
  /** total length, -1 until the last fragment came */
  length: number
  have: number
}

class IpReassembly {
  readonly #partials = new Map<string, Partial>()

  /** Payload of the IPv4 packet when it is whole, and whether it is UDP. */
  payload(packet: Uint8Array): Uint8Array | undefined {
    if ((packet[0] ?? 0) >> 4 !== 4 || packet[9] !== 17) return undefined
    const header = ((packet[0] ?? 0) & 15) * 4
    const body = packet.subarray(header, u16(packet, 2))
    const fragment = u16(packet, 6)
    if ((fragment & 0x3fff) === 0) return body
    const key = `${packet.subarray(12, 20).join('.')}/${u16(packet, 4)}`
    const partial = this.#partials.get(key) ?? {
      octets: new Uint8Array(65536),
      length: -1,
      have: 0,
    }
    this.#partials.set(key, partial)
    const offset = (fragment & 0x1fff) * 8
    partial.octets.set(body, offset)
    partial.have += body.length
    if ((fragment & 0x2000) === 0) partial.length = offset + body.length
    if (partial.have !== partial.length) return undefined
    this.#partials.delete(key)
    return partial.octets.subarray(0, partial.length)
  }
}

/** The innermost UDP datagrams of a capture: those in GTP-U G-PDUs, and those in no tunnel. */
export function datagrams(path: string): Datagram[] {
  const found: Datagram[] = []
  const outer = new IpReassembly()
  const inner = new IpReassembly()
  const add = (frame: number, packet: Uint8Array, udp: Uint8Array): void => {
    found.push({
      frame,
      source: packet.subarray(12, 16).join('.'),
      sourcePort: u16(udp, 0),
      destinationPort: u16(udp, 2),
      octets: udp.subarray(8, u16(udp, 4)),
    })
  }
  for (const [index, frame] of frames(path).entries()) {
    if (u16(frame, 12) !== 0x0800) continue
    const packet = frame.subarray(14)
    const udp = outer.payload(packet)
    if (udp === undefined) continue
    if (u16(udp, 2) !== 2152) {
      add(index + 1, packet, udp)
      continue
    }
    // G-PDU: eight octets, four more when a flag says so
    if (udp[9] !== 255) continue
    const tunnelled = udp.subarray(8 + (((udp[8] ?? 0) & 7) !== 0 ? 12 : 8))
    const innerUdp = inner.payload(tunnelled)
    if (innerUdp !== undefined) add(index + 1, tunnelled, innerUdp)
  }
  return found
}
