/** pcapng blocks: section header, interface description, packets (enhanced, simple, obsolete) and
 * interface statistics. Read draft-ietf-opsawg-pcapng sections 3 and 4 before changing this file.
 * Each section has its own byte order, and its interfaces are numbered from 0. */

import type { Fault } from './fault.js'
import { FaultCode, layer } from './fault.js'
import { frameOctetsMax, halfWord, word } from './pcap.js'

/** Block types (section 10.1 of the draft); all others are passed over. */
export const BlockType = {
  SectionHeader: 0x0a0d0d0a,
  InterfaceDescription: 1,
  ObsoletePacket: 2,
  SimplePacket: 3,
  InterfaceStatistics: 5,
  EnhancedPacket: 6,
} as const

const TYPE = 0
const TOTAL = 4
const BODY = 8
const BYTE_ORDER_MAGIC = 8
const MAJOR = 12
const byteOrderMagic = 0x1a2b3c4d
/** type, total length, total length again */
const emptyBlockOctets = 12
/** a block around the longest frame, with its options */
const blockOctetsMax = frameOctetsMax + 128 * 1024

const capture = layer('capture')

/** Octets of `n` rounded up to the 32-bit boundary that every field of pcapng starts on. */
function padded(n: number): number {
  return n + ((4 - (n & 3)) & 3)
}

export class PcapngBlock {
  /** byte order of the section; changed by a section header */
  little = true
  type = 0
  /** octets of the whole block */
  total = 0
  /** the block's own fields: [body, bodyEnd) */
  body = 0
  bodyEnd = 0

  /** False with Truncated when the block goes on after `end` (`need` says how long it is, as far as
   * known), otherwise with what is wrong; `at` is the offset of that field. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < emptyBlockOctets) {
      return fault.raise(FaultCode.Truncated, capture, off, emptyBlockOctets, have)
    }
    // reads the same in both byte orders, because it is what says which order follows
    const isSection = word(buf, off + TYPE, true) === BlockType.SectionHeader
    if (isSection && !this.#takeByteOrder(buf, off, fault)) return false
    this.type = word(buf, off + TYPE, this.little)
    const total = word(buf, off + TOTAL, this.little)
    this.total = total
    if (total < emptyBlockOctets || (total & 3) !== 0 || total > blockOctetsMax) {
      return fault.raise(FaultCode.BadLength, capture, off + TOTAL, emptyBlockOctets, total)
    }
    if (total > have) return fault.raise(FaultCode.Truncated, capture, off + TOTAL, total, have)
    const again = word(buf, off + total - 4, this.little)
    if (again !== total) {
      return fault.raise(FaultCode.BadLength, capture, off + total - 4, total, again)
    }
    this.body = off + BODY
    this.bodyEnd = off + total - 4
    if (isSection) {
      if (total < 28) return fault.raise(FaultCode.BadLength, capture, off + TOTAL, 28, total)
      const major = halfWord(buf, off + MAJOR, this.little)
      if (major !== 1) return fault.raise(FaultCode.Unsupported, capture, off + MAJOR, 1, major)
    }
    return true
  }

  #takeByteOrder(buf: Uint8Array, off: number, fault: Fault): boolean {
    const little = word(buf, off + BYTE_ORDER_MAGIC, true) === byteOrderMagic
    const magic = word(buf, off + BYTE_ORDER_MAGIC, little)
    if (magic !== byteOrderMagic) {
      return fault.raise(FaultCode.BadValue, capture, off + BYTE_ORDER_MAGIC, byteOrderMagic, magic)
    }
    this.little = little
    return true
  }
}

/** Walks a list of options: code, length, value padded to 32 bits (section 3.5). */
export class PcapngOption {
  code = 0
  /** the value: [value, valueEnd) */
  value = 0
  valueEnd = 0
  #at = 0
  #end = 0

  start(off: number, end: number): void {
    this.#at = off
    this.#end = end
  }

  /** False after the last option (opt_endofopt, the end, or an option longer than the list). */
  next(buf: Uint8Array, little: boolean): boolean {
    if (this.#end - this.#at < 4) return false
    this.code = halfWord(buf, this.#at, little)
    const length = halfWord(buf, this.#at + 2, little)
    this.value = this.#at + 4
    this.valueEnd = this.value + length
    this.#at = this.value + padded(length)
    return this.code !== 0 && this.valueEnd <= this.#end
  }

  /** The value as an unsigned 64-bit number, or 0 where a double cannot hold it exactly. */
  number64(buf: Uint8Array, little: boolean): number {
    if (this.valueEnd - this.value !== 8) return 0
    const first = word(buf, this.value, little)
    const second = word(buf, this.value + 4, little)
    const value = little ? second * 4294967296 + first : first * 4294967296 + second
    return value <= Number.MAX_SAFE_INTEGER ? value : 0
  }
}

const IF_NAME = 2
const IF_TSRESOL = 9
const IF_TSOFFSET = 14

/** Interface Description Block (section 4.2). */
export class PcapngInterface {
  linkType = 0
  /** 0 = no limit */
  snaplen = 0
  /** if_tsresol as it stands; 6 when the option is not there */
  tsresol = 6
  tsoffsetSeconds = 0
  /** if_name, UTF-8: [name, nameEnd); equal when there is none */
  name = 0
  nameEnd = 0
  readonly #option = new PcapngOption()

  decode(buf: Uint8Array, block: PcapngBlock, fault: Fault): boolean {
    const { body, bodyEnd, little } = block
    const have = bodyEnd - body
    if (have < 8) return fault.raise(FaultCode.BadLength, capture, body, 8, have)
    this.linkType = halfWord(buf, body, little)
    this.snaplen = word(buf, body + 4, little)
    this.tsresol = 6
    this.tsoffsetSeconds = 0
    this.name = 0
    this.nameEnd = 0
    const option = this.#option
    option.start(body + 8, bodyEnd)
    while (option.next(buf, little)) {
      const length = option.valueEnd - option.value
      if (option.code === IF_NAME) {
        this.name = option.value
        this.nameEnd = option.valueEnd
      } else if (option.code === IF_TSRESOL && length === 1) {
        this.tsresol = buf[option.value]!
      } else if (option.code === IF_TSOFFSET && length === 8) {
        const first = word(buf, option.value, little)
        const second = word(buf, option.value + 4, little)
        // signed 64 bits: the high word carries the sign
        this.tsoffsetSeconds = little
          ? (second | 0) * 4294967296 + first
          : (first | 0) * 4294967296 + second
      }
    }
    return true
  }
}

const EPB_DROPCOUNT = 4

/** Enhanced, simple and obsolete packet blocks (sections 4.3, 4.4 and appendix A). */
export class PcapngPacket {
  iface = 0
  /** time stamp words; -1 in `timeHigh` when the block has none (simple packet) */
  timeHigh = 0
  timeLow = 0
  caplen = 0
  wirelen = 0
  /** offset of the frame's first octet */
  frame = 0
  /** packets lost before this one, as the block says; 0 when it does not */
  drops = 0
  readonly #option = new PcapngOption()

  /** `snaplen` is that of interface 0, which a simple packet belongs to (0 = no limit). */
  decode(buf: Uint8Array, block: PcapngBlock, snaplen: number, fault: Fault): boolean {
    if (block.type === BlockType.SimplePacket) return this.#simple(buf, block, snaplen, fault)
    const { body, bodyEnd, little } = block
    const room = bodyEnd - body - 20
    if (room < 0) return fault.raise(FaultCode.BadLength, capture, body, 20, room + 20)
    this.drops = 0
    if (block.type === BlockType.EnhancedPacket) {
      this.iface = word(buf, body, little)
    } else {
      this.iface = halfWord(buf, body, little)
      const drops = halfWord(buf, body + 2, little)
      // 0xffff means that the count is not known
      if (drops !== 0xffff) this.drops = drops
    }
    this.timeHigh = word(buf, body + 4, little)
    this.timeLow = word(buf, body + 8, little)
    const caplen = word(buf, body + 12, little)
    if (caplen > room) return fault.raise(FaultCode.BadLength, capture, body + 12, caplen, room)
    const wirelen = word(buf, body + 16, little)
    this.caplen = caplen
    this.wirelen = Math.max(wirelen, caplen)
    this.frame = body + 20
    const options = this.frame + padded(caplen)
    if (block.type === BlockType.EnhancedPacket && bodyEnd - options > 4) {
      this.#options(buf, options, bodyEnd, little)
    }
    return true
  }

  #simple(buf: Uint8Array, block: PcapngBlock, snaplen: number, fault: Fault): boolean {
    const { body, bodyEnd, little } = block
    const room = bodyEnd - body - 4
    if (room < 0) return fault.raise(FaultCode.BadLength, capture, body, 4, room + 4)
    this.iface = 0
    this.timeHigh = -1
    this.timeLow = 0
    this.drops = 0
    const wirelen = word(buf, body, little)
    // the block does not say how much was captured: all, or as much as the interface takes
    const caplen = snaplen !== 0 && snaplen < wirelen ? snaplen : wirelen
    if (caplen > room) return fault.raise(FaultCode.BadLength, capture, body, caplen, room)
    this.caplen = caplen
    this.wirelen = wirelen
    this.frame = body + 4
    return true
  }

  #options(buf: Uint8Array, off: number, end: number, little: boolean): void {
    const option = this.#option
    option.start(off, end)
    while (option.next(buf, little)) {
      if (option.code === EPB_DROPCOUNT) this.drops = option.number64(buf, little)
    }
  }
}

const ISB_IFDROP = 5
const ISB_OSDROP = 7

/** Interface Statistics Block (section 4.6): counts since the start of the capture. */
export class PcapngStatistics {
  iface = 0
  /** packets lost by the interface and by the operating system; 0 when not stated */
  drops = 0
  readonly #option = new PcapngOption()

  decode(buf: Uint8Array, block: PcapngBlock, fault: Fault): boolean {
    const { body, bodyEnd, little } = block
    const have = bodyEnd - body
    if (have < 12) return fault.raise(FaultCode.BadLength, capture, body, 12, have)
    this.iface = word(buf, body, little)
    this.drops = 0
    const option = this.#option
    option.start(body + 12, bodyEnd)
    while (option.next(buf, little)) {
      if (option.code === ISB_IFDROP || option.code === ISB_OSDROP) {
        this.drops += option.number64(buf, little)
      }
    }
    return true
  }
}
