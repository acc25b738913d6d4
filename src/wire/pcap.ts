/** Classic capture files: file header and record header, in either byte order.
 * Read draft-ietf-opsawg-pcap sections 4 and 5 before changing this file. Numbers are in the byte
 * order of the machine that wrote the file; the magic number says which. */

import type { Fault } from './fault.js'
import { FaultCode, layer } from './fault.js'

/** Magic numbers as they stand in a big-endian file. */
const microseconds = 0xa1b2c3d4
const nanoseconds = 0xa1b23c4d
/** Kuznetzov's format: 8 more octets (interface, protocol, packet type) in every record header. */
const modified = 0xa1b2cd34

const MAJOR = 4
const MINOR = 6
const SNAPLEN = 16
const LINK_TYPE = 20
export const pcapHeaderOctets = 24

const SECONDS = 0
const FRACTION = 4
const CAPLEN = 8
const WIRELEN = 12

/** The upper bits of the link type word hold the FCS length and its presence flag (section 4). */
const linkTypeBits = 0x03ffffff

/** No frame is longer than this, whatever the file says: bounds what a wrong length can make us keep. */
export const frameOctetsMax = 64 * 1024 * 1024
/** Files with a wrong snapshot length exist; libpcap takes records up to this nevertheless. */
const usualSnaplenMax = 262144

const capture = layer('capture')

/** Unsigned 32-bit number in the stated byte order. */
export function word(buf: Uint8Array, off: number, little: boolean): number {
  return little
    ? (buf[off]! | (buf[off + 1]! << 8) | (buf[off + 2]! << 16) | (buf[off + 3]! << 24)) >>> 0
    : ((buf[off]! << 24) | (buf[off + 1]! << 16) | (buf[off + 2]! << 8) | buf[off + 3]!) >>> 0
}

/** Unsigned 16-bit number in the stated byte order. */
export function halfWord(buf: Uint8Array, off: number, little: boolean): number {
  return little ? buf[off]! | (buf[off + 1]! << 8) : (buf[off]! << 8) | buf[off + 1]!
}

function isMagic(value: number): boolean {
  return value === microseconds || value === nanoseconds || value === modified
}

/** Whether the four octets at `off` begin a classic capture file. */
export function isPcapMagic(buf: Uint8Array, off: number): boolean {
  return isMagic(word(buf, off, false)) || isMagic(word(buf, off, true))
}

export class PcapHeader {
  little = false
  nanoseconds = false
  /** octets of each record header: 16, or 24 in the modified format */
  recordHeaderOctets = 16
  major = 0
  minor = 0
  /** LINKTYPE_ number without the FCS bits */
  linkType = 0
  /** longest frame that a record of this file may hold */
  frameOctetsMax = frameOctetsMax

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < pcapHeaderOctets) {
      return fault.raise(FaultCode.Truncated, capture, off, pcapHeaderOctets, have)
    }
    this.little = isMagic(word(buf, off, true))
    const magic = word(buf, off, this.little)
    if (!isMagic(magic)) return fault.raise(FaultCode.BadValue, capture, off, microseconds, magic)
    this.nanoseconds = magic === nanoseconds
    this.recordHeaderOctets = magic === modified ? 24 : 16
    this.major = halfWord(buf, off + MAJOR, this.little)
    this.minor = halfWord(buf, off + MINOR, this.little)
    if (this.major !== 2) {
      return fault.raise(FaultCode.Unsupported, capture, off + MAJOR, 2, this.major)
    }
    this.linkType = word(buf, off + LINK_TYPE, this.little) & linkTypeBits
    const snaplen = word(buf, off + SNAPLEN, this.little)
    // 0 is written by tools that mean "no limit"
    this.frameOctetsMax =
      snaplen === 0 ? frameOctetsMax : Math.min(Math.max(snaplen, usualSnaplenMax), frameOctetsMax)
    return true
  }
}

/** One record: header, then `caplen` octets of the frame. */
export class PcapRecord {
  readonly #header: PcapHeader
  /** microseconds since 1970-01-01 UTC; a fraction of a second or more is taken as it is */
  timeUs = 0
  caplen = 0
  wirelen = 0
  /** offset of the frame's first octet */
  frame = 0
  /** offset after the frame: the next record */
  next = 0

  constructor(header: PcapHeader) {
    this.#header = header
  }

  /** False with Truncated when the record goes on after `end` (`need` says how long it is, as far as
   * known), with BadLength when its length cannot be right. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const header = this.#header
    const headerOctets = header.recordHeaderOctets
    const have = end - off
    if (have < headerOctets) {
      return fault.raise(FaultCode.Truncated, capture, off, headerOctets, have)
    }
    const little = header.little
    const caplen = word(buf, off + CAPLEN, little)
    if (caplen > header.frameOctetsMax) {
      return fault.raise(FaultCode.BadLength, capture, off + CAPLEN, caplen, header.frameOctetsMax)
    }
    if (headerOctets + caplen > have) {
      return fault.raise(FaultCode.Truncated, capture, off + CAPLEN, headerOctets + caplen, have)
    }
    const fraction = word(buf, off + FRACTION, little)
    this.timeUs =
      word(buf, off + SECONDS, little) * 1e6 +
      (header.nanoseconds ? Math.floor(fraction / 1000) : fraction)
    const wirelen = word(buf, off + WIRELEN, little)
    this.caplen = caplen
    this.wirelen = Math.max(wirelen, caplen)
    this.frame = off + headerOctets
    this.next = this.frame + caplen
    return true
  }
}
