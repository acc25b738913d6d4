/** Charging records as they come, from a file or from GTP': read, kept from counting twice, and handed on as
 * usage. A record that cannot be read to its end counts nothing: half a bill is none. */

import { BerValue } from '../wire/ber.js'
import { type ChargingRecord, readChargingRecord } from '../wire/charging-record.js'
import { Fault, FaultCode } from '../wire/fault.js'
import type { UsageSink } from './charged-usage.js'
import { usageOfRecord } from './usage-of-record.js'

export interface IntakeCounts {
  /** read, and counted */
  records: number
  /** the same record once more: sent again, or in two files */
  repeated: number
  /** not readable to the end, or not the whole of what its header or message says */
  damaged: number
  /** of kinds that count no octets of a session (SMS, location, mobility) */
  otherKinds: number
}

/** Records that are remembered to know their copies; the oldest half gives way. */
const maxRemembered = 1 << 20

export class RecordIntake {
  readonly counts: IntakeCounts = { records: 0, repeated: 0, damaged: 0, otherKinds: 0 }
  readonly #sink: UsageSink
  readonly #fault = new Fault()
  readonly #value = new BerValue()
  #recent = new Set<string>()
  #older = new Set<string>()

  constructor(sink: UsageSink) {
    this.#sink = sink
  }

  /** The record [off, end). `place` says where it is; `octet` is the offset there of `buf[0]`. */
  take(buf: Uint8Array, off: number, end: number, place: string, octet: number): void {
    const fault = this.#fault
    const record = readChargingRecord(buf, off, end, fault)
    const isOther = record === undefined && fault.code === FaultCode.Unsupported
    if (!isOther && (record === undefined || fault.code !== FaultCode.None)) {
      this.#damaged(`${place}: ${faultText(fault)} at octet ${octet + fault.at}`)
      return
    }
    const value = this.#value
    if (value.decode(buf, off, end, fault) && value.next < end) {
      const recordEnd = `the record ends at octet ${octet + value.next}`
      this.#damaged(`${place}: ${recordEnd}, ${end - value.next} octets before its frame does`)
      return
    }
    if (record === undefined) {
      this.counts.otherKinds++
      return
    }
    if (this.#isRepeated(record)) {
      this.counts.repeated++
      return
    }
    this.counts.records++
    for (const usage of usageOfRecord(record)) this.#sink.usage(usage)
  }

  #damaged(text: string): void {
    this.counts.damaged++
    this.#sink.damage(`${text}; not counted`)
  }

  /** Records of a request that was sent a second time. */
  sentAgain(records: number): void {
    this.counts.repeated += records
  }

  /** TS 32.298 clause 5.1.2.2.32: the Local Sequence Number is the node's own, and never used twice. */
  #isRepeated(r: ChargingRecord): boolean {
    const number = r.localSequence >= 0 ? `l${r.localSequence}` : `s${r.sequence} ${r.openingS}`
    const key = `${r.kind} ${r.gateway} ${r.nodeId} ${r.chargingId} ${r.imsi} ${number}`
    if (this.#recent.has(key) || this.#older.has(key)) return true
    this.#recent.add(key)
    if (this.#recent.size >= maxRemembered / 2) {
      this.#older = this.#recent
      this.#recent = new Set()
    }
    return false
  }
}

/** `ber/truncated (needs 12 octets, has 3)` */
export function faultText(fault: Fault): string {
  if (fault.code !== FaultCode.Truncated) return fault.key
  return `${fault.key} (needs ${fault.need} octets, has ${fault.have})`
}
