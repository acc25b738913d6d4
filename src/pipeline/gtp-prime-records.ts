/** Charging records on their way from a gateway to a Charging Gateway: which of them count. Read 3GPP TS 32.295
 * clauses 5.3 (possibly duplicated packets), 6.2.4.5 (Data Record Transfer Request). */

import { createHash } from 'node:crypto'
import type { RecordIntake } from '../charging/record-intake.js'
import { faultText } from '../charging/record-intake.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { GtpPrimeType } from '../wire/gtp-prime.js'
import {
  type GtpPrimeMessage,
  PacketTransfer,
  RecordFormat,
  readGtpPrime,
} from '../wire/gtp-prime-message.js'

/** Requests that are remembered to know one that is sent again. */
const maxRequests = 1 << 16
/** Longer than a gateway asks again (T3-RESPONSE times N3-REQUESTS); a record that comes later still is known by
 * its own numbers. */
const repeatUs = 60_000_000
/** Possibly duplicated packets that wait for what becomes of them. */
const maxHeld = 4096
const maxHeldOctets = 16 << 20

interface HeldPacket {
  octets: Uint8Array
  frame: number
}

/** Sequence numbers have 16 bits and come round in seconds: a request that was sent again has the same octets. */
interface SeenRequest {
  timeUs: number
  digest: string
}

export class GtpPrimeRecords {
  readonly #intake: RecordIntake
  readonly #tell: (text: string) => void
  readonly #fault = new Fault()
  /** by sender and sequence number */
  readonly #requests = new Map<string, SeenRequest>()
  readonly #held = new Map<string, HeldPacket>()
  #heldOctets = 0

  constructor(intake: RecordIntake, tell: (text: string) => void) {
    this.#intake = intake
    this.#tell = tell
  }

  /** Possibly duplicated packets that were neither released nor cancelled: not counted. */
  get held(): number {
    return this.#held.size
  }

  /** The message [off, end) of a frame; `from` names its sender. */
  message(
    buf: Uint8Array,
    off: number,
    end: number,
    from: string,
    frame: number,
    timeUs: number,
  ): void {
    const message = readGtpPrime(buf, off, end, this.#fault)
    if (this.#fault.code !== FaultCode.None) {
      this.#tell(
        `frame ${frame}: ${faultText(this.#fault)} at octet ${this.#fault.at - off} of GTP'`,
      )
    }
    if (message === undefined || message.type !== GtpPrimeType.DataRecordTransferRequest) return
    const digest = createHash('sha256').update(buf.subarray(off, end)).digest('base64')
    if (this.#isRepeated(`${from} ${message.sequence}`, { timeUs, digest })) {
      this.#intake.sentAgain(message.packet?.records.length ?? 0)
      return
    }
    this.#command(message, buf, off, end, from, frame)
  }

  #command(
    message: GtpPrimeMessage,
    buf: Uint8Array,
    off: number,
    end: number,
    from: string,
    frame: number,
  ): void {
    if (message.command === PacketTransfer.SendPossiblyDuplicated) {
      this.#hold(`${from} ${message.sequence}`, { octets: buf.slice(off, end), frame })
      return
    }
    for (const sequence of message.cancelled) this.#forget(`${from} ${sequence}`)
    for (const sequence of message.released) this.#release(`${from} ${sequence}`)
    this.#records(message, buf, frame)
  }

  #hold(key: string, packet: HeldPacket): void {
    const before = this.#forget(key)
    if (before !== undefined) {
      this.#tell(`frame ${before.frame}: neither released nor cancelled; not counted`)
    }
    const octets = this.#heldOctets + packet.octets.length
    if (this.#held.size >= maxHeld || octets > maxHeldOctets) {
      this.#tell(`frame ${packet.frame}: too many possibly duplicated packets; not counted`)
      return
    }
    this.#held.set(key, packet)
    this.#heldOctets = octets
  }

  #forget(key: string): HeldPacket | undefined {
    const held = this.#held.get(key)
    this.#held.delete(key)
    this.#heldOctets -= held?.octets.length ?? 0
    return held
  }

  #release(key: string): void {
    const held = this.#forget(key)
    if (held === undefined) return
    const message = readGtpPrime(held.octets, 0, held.octets.length, this.#fault)
    if (message !== undefined) this.#records(message, held.octets, held.frame)
  }

  #records(message: GtpPrimeMessage, buf: Uint8Array, frame: number): void {
    const { packet } = message
    if (packet === undefined) return
    if (packet.format !== RecordFormat.Ber) {
      this.#tell(`frame ${frame}: record format ${packet.format} is not read, only BER (1)`)
      return
    }
    packet.records.forEach(({ off, end }, i) => {
      this.#intake.take(buf, off, end, `frame ${frame}: record ${i + 1}`, -off)
    })
  }

  #isRepeated(key: string, request: SeenRequest): boolean {
    const before = this.#requests.get(key)
    this.#requests.delete(key)
    this.#requests.set(key, request)
    if (this.#requests.size > maxRequests) {
      const [oldest] = this.#requests.keys()
      if (oldest !== undefined) this.#requests.delete(oldest)
    }
    return before?.digest === request.digest && request.timeUs - before.timeUs < repeatUs
  }
}
