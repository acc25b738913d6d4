/** GTP' messages out of TCP connections to port 3386. Read 3GPP TS 32.295 clause 5.1, and ordered-octets.ts
 * first. A direction in which octets are missing is in step again with the first segment that begins
 * like a message. */

import { gtpPrimeOctets, gtpPrimePort } from '../wire/gtp-prime.js'
import { ipText } from '../wire/octets.js'
import { type OctetSink, OrderedOctets } from './ordered-octets.js'
import type { PacketView } from './packet-view.js'
import { Protocol } from './transport.js'

/** Takes a message [off, end), valid during the call. `from` names the sender. */
export type TakeGtpPrime = (
  buf: Uint8Array,
  off: number,
  end: number,
  from: string,
  view: PacketView,
) => void

/** Directions that are remembered; the longest idle gives way. */
const maxDirections = 256
const tcpSyn = 2
const tcpReset = 4
/** Length has 16 bits, the longest header 20 octets. */
const maxMessage = 0xffff + 20

/** `192.0.2.1:3386` */
function senderOf(view: PacketView): string {
  return `${ipText(view.version, view.buf, view.srcOff)}:${view.srcPort}`
}

export class GtpPrimeStreams {
  readonly #take: TakeGtpPrime
  readonly #lost: () => void
  /** in order of idleness */
  readonly #directions = new Map<string, GtpPrimeOctets>()

  /** `lost` is called where octets are missing, or came that are no message. */
  constructor(take: TakeGtpPrime, lost: () => void) {
    this.#take = take
    this.#lost = lost
  }

  /** Reads a packet outside tunnels (PacketKind.Plain). */
  add(view: PacketView): void {
    if (view.protocol !== Protocol.Tcp) return
    if (view.srcPort !== gtpPrimePort && view.dstPort !== gtpPrimePort) return
    const from = senderOf(view)
    const key = `${from} ${ipText(view.version, view.buf, view.dstOff)}:${view.dstPort}`
    if ((view.tcpFlags & tcpReset) !== 0) {
      this.#directions.delete(key)
      return
    }
    const direction = this.#direction(key, from)
    direction.view = view
    let seq = view.tcpSeq
    if ((view.tcpFlags & tcpSyn) !== 0) {
      seq = (seq + 1) | 0
      direction.ordered.open(seq)
    }
    const { buf, payloadOff, payloadEnd, payloadLen, timeUs } = view
    direction.ordered.segment(seq, buf, payloadOff, payloadEnd, payloadLen, timeUs)
  }

  #direction(key: string, from: string): GtpPrimeOctets {
    const known = this.#directions.get(key)
    this.#directions.delete(key)
    const direction = known ?? new GtpPrimeOctets(from, this.#take, this.#lost)
    this.#directions.set(key, direction)
    if (this.#directions.size > maxDirections) {
      const [longest] = this.#directions.keys()
      if (longest !== undefined) this.#directions.delete(longest)
    }
    return direction
  }
}

/** One direction, cut into messages. */
class GtpPrimeOctets implements OctetSink {
  readonly ordered = new OrderedOctets(this)
  /** the packet that is being read */
  view: PacketView | undefined
  readonly #from: string
  readonly #take: TakeGtpPrime
  readonly #lost: () => void
  #inStep = true
  /** the beginning of a message that is not whole: [0, #length) */
  #kept = new Uint8Array(0)
  #length = 0

  constructor(from: string, take: TakeGtpPrime, lost: () => void) {
    this.#from = from
    this.#take = take
    this.#lost = lost
  }

  octets(buf: Uint8Array, off: number, end: number): void {
    this.#inStep ||= gtpPrimeOctets(buf, off, end) > 0
    if (!this.#inStep) return
    if (this.#length === 0) {
      const done = this.#read(buf, off, end)
      this.#keep(buf, done, end)
      return
    }
    this.#keep(buf, off, end)
    const done = this.#read(this.#kept, 0, this.#length)
    this.#kept.copyWithin(0, done, this.#length)
    this.#length -= done
  }

  gap(): void {
    if (this.#inStep) this.#lost()
    this.#inStep = false
    this.#length = 0
  }

  /** Reads whole messages; returns the offset behind them, or `end` when the rest is none. */
  #read(buf: Uint8Array, off: number, end: number): number {
    let at = off
    for (;;) {
      const length = gtpPrimeOctets(buf, at, end)
      if (length < 0) {
        this.#lost()
        this.#inStep = false
        return end
      }
      if (length === 0 || length > end - at) return at
      if (this.view !== undefined) this.#take(buf, at, at + length, this.#from, this.view)
      at += length
    }
  }

  /** `#read` leaves less than one message, so that this is bounded. */
  #keep(buf: Uint8Array, off: number, end: number): void {
    const length = this.#length + end - off
    if (length > this.#kept.length) {
      const grown = new Uint8Array(Math.min(2 * maxMessage, Math.max(length, 4096)) + end - off)
      grown.set(this.#kept.subarray(0, this.#length))
      this.#kept = grown
    }
    this.#kept.set(buf.subarray(off, end), this.#length)
    this.#length = length
  }
}
