/** Capture files: pcap and pcapng. Read draft-ietf-opsawg-pcap section 4 and
 * draft-ietf-opsawg-pcapng sections 4.1 (SHB), 4.2 (IDB), 4.3 (EPB). */

import { OctetBuilder } from './octet-builder.js'

export type CaptureFormat = 'pcap' | 'pcap-ns' | 'pcap-be' | 'pcapng'

export interface CaptureInterface {
  name: string
  linkType: number
  /** 6 = microseconds, 9 = nanoseconds (pcapng only) */
  resolution: 6 | 9
}

export interface CapturedFrame {
  timeUs: number
  octets: Uint8Array
  /** length on the wire */
  wireLength: number
  iface: number
}

/** Octets of the file's head and of one frame. */
export interface CaptureEmitter {
  head(): Uint8Array
  frame(frame: CapturedFrame): Uint8Array
}

const MAGIC_US = 0xa1b2c3d4
const MAGIC_NS = 0xa1b23c4d
const MICROSECONDS = 1_000_000

function pcapEmitter(format: CaptureFormat, linkType: number, snaplen: number): CaptureEmitter {
  const nano = format === 'pcap-ns'
  const put = (out: OctetBuilder, value: number) =>
    format === 'pcap-be' ? out.u32(value) : out.u32le(value)
  return {
    head() {
      const out = new OctetBuilder()
      put(out, nano ? MAGIC_NS : MAGIC_US)
      if (format === 'pcap-be') out.u16(2).u16(4)
      else out.u16le(2).u16le(4)
      for (const field of [0, 0, snaplen, linkType]) put(out, field)
      return out.take()
    },
    frame(frame) {
      const out = new OctetBuilder()
      const fraction = frame.timeUs % MICROSECONDS
      put(out, Math.floor(frame.timeUs / MICROSECONDS))
      put(out, nano ? fraction * 1000 : fraction)
      put(out, frame.octets.length)
      put(out, frame.wireLength)
      return out.octets(frame.octets).take()
    },
  }
}

const BLOCK_SECTION = 0x0a0d0d0a
const BLOCK_INTERFACE = 1
const BLOCK_ENHANCED_PACKET = 6
const OPTION_IF_NAME = 2
const OPTION_IF_TSRESOL = 9

function pad4(out: OctetBuilder): OctetBuilder {
  return out.zeros(-out.length & 3)
}

function block(type: number, body: Uint8Array): Uint8Array {
  const total = 12 + body.length
  return new OctetBuilder().u32le(type).u32le(total).octets(body).u32le(total).take()
}

function interfaceBlock(iface: CaptureInterface, snaplen: number): Uint8Array {
  const body = new OctetBuilder().u16le(iface.linkType).u16le(0).u32le(snaplen)
  const name = new OctetBuilder().text(iface.name).take()
  pad4(body.u16le(OPTION_IF_NAME).u16le(name.length).octets(name))
  pad4(body.u16le(OPTION_IF_TSRESOL).u16le(1).u8(iface.resolution))
  return block(BLOCK_INTERFACE, body.u32le(0).take())
}

function pcapngEmitter(interfaces: CaptureInterface[], snaplen: number): CaptureEmitter {
  return {
    head() {
      const section = new OctetBuilder().u32le(0x1a2b3c4d).u16le(1).u16le(0)
      section.u32le(-1).u32le(-1) // section length not stated
      const out = new OctetBuilder().octets(block(BLOCK_SECTION, section.take()))
      for (const iface of interfaces) out.octets(interfaceBlock(iface, snaplen))
      return out.take()
    },
    frame(frame) {
      const nano = interfaces[frame.iface]?.resolution === 9
      const ticks = BigInt(frame.timeUs) * (nano ? 1000n : 1n)
      const body = new OctetBuilder()
        .u32le(frame.iface)
        .u32le(Number(ticks >> 32n))
        .u32le(Number(ticks & 0xffff_ffffn))
        .u32le(frame.octets.length)
        .u32le(frame.wireLength)
        .octets(frame.octets)
      return block(BLOCK_ENHANCED_PACKET, pad4(body).take())
    },
  }
}

/** `interfaces` has at least one entry; pcap uses the first. */
export function captureEmitter(
  format: CaptureFormat,
  interfaces: CaptureInterface[],
  snaplen: number,
): CaptureEmitter {
  if (format === 'pcapng') return pcapngEmitter(interfaces, snaplen)
  return pcapEmitter(format, interfaces[0]?.linkType ?? 1, snaplen)
}
