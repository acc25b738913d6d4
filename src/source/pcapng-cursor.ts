/** Frames of a pcapng file: sections, interfaces, packets, drop counts. Read wire/pcapng.ts first. */

import { Fault, FaultCode } from '../wire/fault.js'
import { word } from '../wire/pcap.js'
import {
  BlockType,
  PcapngBlock,
  PcapngInterface,
  PcapngPacket,
  PcapngStatistics,
} from '../wire/pcapng.js'
import { TimeResolution } from '../wire/pcapng-time.js'
import type { BlockReader } from './block-reader.js'
import type { AddInterface, FrameCursor } from './frame-cursor.js'
import { Step, wirelenMax } from './frame-cursor.js'

/** A hostile file can hold an interface in every 20 octets: bounds what is kept of them. */
const interfacesMax = 4096
const nameOctetsMax = 255

function isPacketBlock(type: number): boolean {
  return (
    type === BlockType.EnhancedPacket ||
    type === BlockType.SimplePacket ||
    type === BlockType.ObsoletePacket
  )
}

interface SectionInterface {
  /** index in the source */
  index: number
  linkType: number
  snaplen: number
  time: TimeResolution
  /** lost packets by the last statistics block, and by the packets' own counts */
  statedDrops: number
  countedDrops: number
}

export class PcapngCursor implements FrameCursor {
  off = 0
  caplen = 0
  wirelen = 0
  timeUs = 0
  linkType = 0
  iface = 0
  frames = 0
  damage = ''
  readonly #block = new PcapngBlock()
  readonly #description = new PcapngInterface()
  readonly #packet = new PcapngPacket()
  readonly #statistics = new PcapngStatistics()
  readonly #fault = new Fault()
  readonly #fallbackName: string
  readonly #addInterface: AddInterface
  /** interfaces of the section, and how many there were in the whole file */
  #interfaces: SectionInterface[] = []
  #interfaceCount = 0
  #earlierDrops = 0

  constructor(fallbackName: string, addInterface: AddInterface) {
    this.#fallbackName = fallbackName
    this.#addInterface = addInterface
  }

  /** Both ways of counting tell of the same losses: the larger one holds. */
  get drops(): number {
    let drops = this.#earlierDrops
    for (const one of this.#interfaces) drops += Math.max(one.statedDrops, one.countedDrops)
    return drops
  }

  step(reader: BlockReader): Step {
    const block = this.#block
    for (;;) {
      if (!block.decode(reader.octets, reader.pos, reader.end, this.#fault)) {
        if (this.#fault.code === FaultCode.Truncated) return Step.More
        return this.#stop(reader, this.#blockDamage(), this.#fault.at)
      }
      const isPacket = isPacketBlock(block.type)
      const damage = isPacket ? this.#takePacket(reader.octets) : this.#takeOther(reader.octets)
      if (damage !== '') return this.#stop(reader, damage, reader.pos)
      reader.pos += block.total
      if (isPacket) {
        this.frames++
        return Step.Frame
      }
    }
  }

  place(reader: BlockReader): string {
    const type =
      reader.end - reader.pos >= 4 ? word(reader.octets, reader.pos, this.#block.little) : -1
    return isPacketBlock(type) ? `in packet ${this.frames + 1}` : `after packet ${this.frames}`
  }

  /** Empty, or what is wrong with the packet block. */
  #takePacket(octets: Uint8Array): string {
    const packet = this.#packet
    const snaplen = this.#interfaces[0]?.snaplen ?? 0
    if (!packet.decode(octets, this.#block, snaplen, this.#fault)) {
      return 'bad packet block'
    }
    const from = this.#interfaces[packet.iface]
    if (from === undefined) return `packet of undescribed interface ${packet.iface}`
    from.countedDrops += packet.drops
    // a simple packet has no time: that of the packet before it keeps the order
    if (packet.timeHigh >= 0) {
      this.timeUs = from.time.microseconds(packet.timeHigh, packet.timeLow)
    }
    this.off = packet.frame
    this.caplen = packet.caplen
    this.wirelen = Math.min(packet.wirelen, wirelenMax)
    this.linkType = from.linkType
    this.iface = from.index
    return ''
  }

  #takeOther(octets: Uint8Array): string {
    const block = this.#block
    if (block.type === BlockType.SectionHeader) {
      this.#earlierDrops = this.drops
      this.#interfaces = []
    } else if (block.type === BlockType.InterfaceDescription) {
      return this.#takeInterface(octets)
    } else if (block.type === BlockType.InterfaceStatistics) {
      if (!this.#statistics.decode(octets, block, this.#fault)) return 'bad statistics block'
      const of = this.#interfaces[this.#statistics.iface]
      if (of !== undefined) of.statedDrops = this.#statistics.drops
    }
    return ''
  }

  #takeInterface(octets: Uint8Array): string {
    const description = this.#description
    if (!description.decode(octets, this.#block, this.#fault)) return 'bad interface block'
    if (this.#interfaceCount >= interfacesMax) return `more than ${interfacesMax} interfaces`
    this.#interfaceCount++
    const nameEnd = Math.min(description.nameEnd, description.name + nameOctetsMax)
    const name = new TextDecoder().decode(octets.subarray(description.name, nameEnd))
    const time = new TimeResolution()
    time.set(description.tsresol)
    time.offsetSeconds = description.tsoffsetSeconds
    this.#interfaces.push({
      index: this.#addInterface(name === '' ? this.#fallbackName : name, description.linkType),
      linkType: description.linkType,
      snaplen: description.snaplen,
      time,
      statedDrops: 0,
      countedDrops: 0,
    })
    return ''
  }

  #blockDamage(): string {
    const fault = this.#fault
    if (fault.code === FaultCode.BadLength) return `bad block length ${fault.have}`
    if (fault.code === FaultCode.Unsupported) return `pcapng version ${fault.have} is not supported`
    return 'bad byte-order magic'
  }

  #stop(reader: BlockReader, what: string, at: number): Step {
    this.damage = `${what} at octet ${reader.base + at}, after packet ${this.frames}`
    return Step.Damaged
  }
}
