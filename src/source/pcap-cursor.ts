/** Frames of a classic capture file. Read wire/pcap.ts first. */

import { Fault, FaultCode } from '../wire/fault.js'
import type { PcapHeader } from '../wire/pcap.js'
import { PcapRecord } from '../wire/pcap.js'
import type { BlockReader } from './block-reader.js'
import type { FrameCursor } from './frame-cursor.js'
import { Step, wirelenMax } from './frame-cursor.js'

export class PcapCursor implements FrameCursor {
  off = 0
  caplen = 0
  wirelen = 0
  timeUs = 0
  linkType: number
  iface: number
  frames = 0
  readonly drops = 0
  damage = ''
  readonly #record: PcapRecord
  readonly #fault = new Fault()

  constructor(header: PcapHeader, iface: number) {
    this.#record = new PcapRecord(header)
    this.linkType = header.linkType
    this.iface = iface
  }

  step(reader: BlockReader): Step {
    const record = this.#record
    const fault = this.#fault
    if (!record.decode(reader.octets, reader.pos, reader.end, fault)) {
      if (fault.code === FaultCode.Truncated) return Step.More
      const at = reader.base + fault.at
      this.damage = `bad record length ${fault.need} at octet ${at}, after packet ${this.frames}`
      return Step.Damaged
    }
    reader.pos = record.next
    this.off = record.frame
    this.caplen = record.caplen
    this.wirelen = Math.min(record.wirelen, wirelenMax)
    this.timeUs = record.timeUs
    this.frames++
    return Step.Frame
  }

  place(): string {
    return `in packet ${this.frames + 1}`
  }
}
