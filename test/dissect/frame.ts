/** Packets from fields, for tests: each function returns the octets of its header and payload. */

import { Dissector, type DissectorOptions } from '../../src/dissect/dissector.js'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { FrameBatch } from '../../src/source/source.js'
import { ipText } from '../../src/wire/octets.js'

export type Octets = Uint8Array

export function join(...parts: readonly (Octets | readonly number[])[]): Octets {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** `count` octets that differ from place to place. */
export function filler(count: number, seed = 0): Octets {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7 + seed) & 255)
}

const be16 = (n: number): number[] => [(n >>> 8) & 255, n & 255]
const be32 = (n: number): number[] => [...be16(n >>> 16), ...be16(n & 0xffff)]

export interface Ip4 {
  src?: readonly number[]
  dst?: readonly number[]
  protocol?: number
  id?: number
  /** octets; a multiple of 8 */
  fragOff?: number
  more?: boolean
  /** overrides Total Length */
  total?: number
}

export const ue = [100, 64, 0, 1]
export const server = [10, 0, 0, 172]
const sgsn = [192, 0, 2, 1]
const ggsn = [192, 0, 2, 2]

export function ipv4(payload: Octets, fields: Ip4 = {}): Octets {
  const { src = ue, dst = server, protocol = 17, id = 1, fragOff = 0, more = false } = fields
  const total = fields.total ?? 20 + payload.length
  return join(
    [0x45, 0, ...be16(total), ...be16(id), ...be16((more ? 0x2000 : 0) | (fragOff / 8))],
    [64, protocol, 0, 0, ...src, ...dst],
    payload,
  )
}

/** 2001:db8::`last` */
export function ip6Address(last: number): number[] {
  return [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, ...be32(last)]
}

export function ipv6(payload: Octets, nextHeader: number, src = 1, dst = 0xac): Octets {
  return join(
    [0x60, 0, 0, 0, ...be16(payload.length), nextHeader, 64],
    ip6Address(src),
    ip6Address(dst),
    payload,
  )
}

/** A Fragment header and its part of the datagram; goes into `ipv6` with next header 44. */
export function fragment6(
  part: Octets,
  next: number,
  fragOff: number,
  more: boolean,
  id = 1,
): Octets {
  return join([next, 0, ...be16(fragOff | (more ? 1 : 0)), ...be32(id)], part)
}

export function udp(src: number, dst: number, payload: Octets, length?: number): Octets {
  return join([...be16(src), ...be16(dst), ...be16(length ?? 8 + payload.length), 0, 0], payload)
}

export function tcp(src: number, dst: number, payload: Octets, flags = 0x18): Octets {
  const numbers = [...be32(0x80000001), ...be32(0xfffffffe)]
  return join([...be16(src), ...be16(dst), ...numbers, 0x50, flags, 255, 255, 0, 0, 0, 0], payload)
}

export function gtpu(tPdu: Octets, teid = 0xf0000001, type = 255, length?: number): Octets {
  return join([0x30, type, ...be16(length ?? tPdu.length), ...be32(teid)], tPdu)
}

export function gtp0(tPdu: Octets, type = 255): Octets {
  const tid = [0x64, 0, 0x10, 0, 0, 0, 0, 0x51]
  return join([0x1e, type, ...be16(tPdu.length), 0, 1, 0x80, 2, 255, 255, 255, 255], tid, tPdu)
}

export function ethernet(packet: Octets, etherType?: number): Octets {
  const type = etherType ?? (packet[0]! >> 4 === 6 ? 0x86dd : 0x0800)
  return join([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...be16(type)], packet)
}

/** The outer IP packet of a G-PDU. */
export function tunnelled(tPdu: Octets, teid = 0xf0000001, id = 1): Octets {
  return ipv4(udp(2152, 2152, gtpu(tPdu, teid)), { src: sgsn, dst: ggsn, id })
}

export interface Capture {
  octets: Octets
  timeUs?: number
  /** octets captured, less than all */
  snap?: number
  linkType?: number
}

/** What a view says, with the octets that it points at: comparable, and kept after the next frame. */
export interface Seen {
  kind: number
  frame: number
  timeUs: number
  src: string
  dst: string
  protocol: number
  srcPort: number
  dstPort: number
  octets: number
  packets: number
  flags: number
  fragOff: number
  teid: number
  payload: Octets
  payloadLen: number
}

export function seen(dissector: Dissector): Seen {
  const { view } = dissector
  const ip = view.kind === PacketKind.User || view.kind === PacketKind.Plain
  return {
    kind: view.kind,
    frame: view.frame,
    timeUs: view.timeUs,
    src: ip ? ipText(view.version, view.buf, view.srcOff) : '',
    dst: ip ? ipText(view.version, view.buf, view.dstOff) : '',
    protocol: view.protocol,
    srcPort: view.srcPort,
    dstPort: view.dstPort,
    octets: view.octets,
    packets: view.packets,
    flags: view.flags,
    fragOff: view.fragOff,
    teid: view.teid >>> 0,
    payload: view.buf.slice(view.payloadOff, view.payloadEnd),
    payloadLen: view.payloadLen,
  }
}

export function batchOf(frames: readonly Capture[]): FrameBatch {
  const batch = new FrameBatch()
  batch.block = new Uint8Array(frames.reduce((sum, frame) => sum + frame.octets.length, 0))
  batch.count = frames.length
  let off = 0
  frames.forEach((frame, i) => {
    batch.block.set(frame.octets, off)
    batch.off[i] = off
    batch.caplen[i] = frame.snap ?? frame.octets.length
    batch.wirelen[i] = frame.octets.length
    batch.timeUs[i] = frame.timeUs ?? i
    batch.linkType[i] = frame.linkType ?? 1
    off += frame.octets.length
  })
  return batch
}

export interface Outcome {
  /** what `decode` returned, one for each frame */
  kinds: number[]
  /** views of every frame that is not None, then of what expired at the end */
  views: Seen[]
  faults: Record<string, number>
}

/** Dissects frames in order, then expires all. */
export function dissect(
  frames: readonly Capture[],
  options: DissectorOptions = { plainIp: false },
): Outcome {
  const dissector = new Dissector(options)
  const batch = batchOf(frames)
  const kinds: number[] = []
  const views: Seen[] = []
  for (let i = 0; i < batch.count; i++) {
    const kind = dissector.decode(batch, i)
    kinds.push(kind)
    if (kind !== PacketKind.None) views.push(seen(dissector))
  }
  while (dissector.expired(Infinity) !== PacketKind.None) views.push(seen(dissector))
  return { kinds, views, faults: dissector.faults.toRecord() }
}

/** One frame, alone. */
export function one(octets: Octets, capture: Omit<Capture, 'octets'> = {}): Outcome {
  return dissect([{ octets, ...capture }])
}
