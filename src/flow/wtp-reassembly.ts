/** Messages that WTP sent in segments: WAP-224-WTP clause 7, segmentation and re-assembly (SAR). Invoke or
 * Result is packet 0, Segmented Invoke or Segmented Result are 1, 2, ... ; the one with TTR ends the
 * message. The octets of packets are accounted elsewhere: this only makes the WSP PDU whole. */

import { type Fault, FaultCode, layer } from '../wire/fault.js'

const wtp = layer('wtp')

/** Bounds; a sender that goes over one loses the message, never the probe its memory. */
export interface WtpReassemblyOptions {
  /** messages kept at once, finished ones included; the longest idle gives way */
  maxMessages: number
  /** octets of one message */
  maxOctets: number
  /** octets of all unfinished messages together */
  maxTotalOctets: number
  /** segments of one message that wait for an earlier one */
  maxHeld: number
  /** idle time by the packets' clock after which a message is given up, microseconds */
  maxIdleUs: number
}

export const wtpReassemblyDefaults: WtpReassemblyOptions = {
  maxMessages: 4096,
  maxOctets: 512 * 1024,
  maxTotalOctets: 32 * 1024 * 1024,
  maxHeld: 32,
  maxIdleUs: 120_000_000,
}

/** What became of a segment. */
export const Segment = {
  /** kept; the message is not whole yet */
  Kept: 0,
  /** the message is whole: `octets`, 0 to `length` */
  Complete: 1,
  /** its octets were there already, or the message was finished before */
  Duplicate: 2,
  /** a bound was reached: the message is given up, `fault` has the bound */
  Refused: 3,
} as const
export type Segment = (typeof Segment)[keyof typeof Segment]

/** A TID is 15 bits; direction is the bit below it; the flow's number is above both. */
const keysPerFlow = 65536
const firstCapacity = 4096

class Message {
  octets: Uint8Array = none
  length = 0
  /** packets 0 .. next - 1 are in `octets` */
  next = 0
  /** octets of packet 0 */
  firstLength = 0
  /** number of the packet with TTR; -1 until it came */
  last = -1
  /** finished or given up: only its number is remembered, to know late copies */
  closed = false
  lastUs = 0
  held: Map<number, Uint8Array> = new Map()
  heldOctets = 0
}

const none = new Uint8Array(0)

export class WtpReassembly {
  /** the message that `add` completed: valid until the next `add` */
  octets: Uint8Array = none
  length = 0
  /** messages that were given up because of a bound on all of them */
  evicted = 0
  readonly #options: WtpReassemblyOptions
  /** in order of idleness: a message moves to the end with every segment */
  readonly #messages = new Map<number, Message>()
  #total = 0

  constructor(options: Partial<WtpReassemblyOptions> = {}) {
    this.#options = { ...wtpReassemblyDefaults, ...options }
  }

  /** Messages remembered, finished ones included. */
  get size(): number {
    return this.#messages.size
  }

  /** Octets kept for unfinished messages. */
  get totalOctets(): number {
    return this.#total
  }

  /** Adds packet `psn` (0 for Invoke and Result) of transaction `tid` of flow number `flow` (0 to 2^36),
   * with its user data [off, end). `up` is the direction of the message, `last` its TTR, `repeated` its
   * RID. On Complete the message is `octets`, 0 to `length`. */
  add(
    flow: number,
    tid: number,
    up: boolean,
    psn: number,
    last: boolean,
    repeated: boolean,
    buf: Uint8Array,
    off: number,
    end: number,
    nowUs: number,
    fault: Fault,
  ): Segment {
    const key = keyOf(flow, tid, up)
    const reused = psn === 0 && !repeated && this.#differs(key, buf, off, end)
    const message = this.#message(key, reused, nowUs)
    message.lastUs = nowUs
    if (message.closed || psn < message.next || message.held.has(psn)) return Segment.Duplicate
    if (message.last >= 0 && psn > message.last) return Segment.Duplicate
    const size = message.length + message.heldOctets + end - off
    if (size > this.#options.maxOctets) {
      return this.#refuse(message, off, this.#options.maxOctets, fault)
    }
    if (last) this.#endsAt(message, psn)
    if (psn > message.next) {
      if (message.held.size >= this.#options.maxHeld) {
        return this.#refuse(message, off, this.#options.maxHeld, fault)
      }
      message.held.set(psn, buf.slice(off, end))
      message.heldOctets += end - off
      this.#total += end - off
    } else {
      if (psn === 0) message.firstLength = end - off
      append(message, buf, off, end)
      this.#total += end - off
      this.#drain(message)
    }
    if (message.last >= 0 && message.next > message.last) {
      this.octets = message.octets
      this.length = message.length
      this.#close(message)
      return Segment.Complete
    }
    this.#makeRoom(key)
    return message.closed
      ? this.#refuse(message, off, this.#options.maxTotalOctets, fault)
      : Segment.Kept
  }

  /** Forgets the message of a transaction: an Abort. */
  drop(flow: number, tid: number, up: boolean): void {
    const key = keyOf(flow, tid, up)
    const message = this.#messages.get(key)
    if (message === undefined) return
    this.#close(message)
    this.#messages.delete(key)
  }

  /** Gives up what was idle longer than the bound; returns how many messages had not become whole. */
  expire(nowUs: number): number {
    let incomplete = 0
    for (const [key, message] of this.#messages) {
      if (nowUs - message.lastUs <= this.#options.maxIdleUs) break
      if (!message.closed) incomplete++
      this.#close(message)
      this.#messages.delete(key)
    }
    return incomplete
  }

  /** Whether packet 0 without RID is another one than `key` has had: the TID, which wraps and starts
   * anew with every client, is in use again. */
  #differs(key: number, buf: Uint8Array, off: number, end: number): boolean {
    const message = this.#messages.get(key)
    if (message === undefined || message.next === 0) return message?.closed === true
    if (message.closed || message.firstLength !== end - off) return true
    for (let i = 0; i < message.firstLength; i++) {
      if (message.octets[i] !== buf[off + i]) return true
    }
    return false
  }

  /** The message of `key`, put last in the order of idleness; a new one when there is none. */
  #message(key: number, reused: boolean, nowUs: number): Message {
    let message = this.#messages.get(key)
    if (message !== undefined) {
      this.#messages.delete(key)
      if (reused || nowUs - message.lastUs > this.#options.maxIdleUs) {
        this.#close(message)
        message = undefined
      }
    }
    message ??= new Message()
    this.#messages.set(key, message)
    if (this.#messages.size > this.#options.maxMessages) this.#dropOldest()
    return message
  }

  #endsAt(message: Message, psn: number): void {
    message.last = psn
    for (const [number, octets] of message.held) {
      if (number < psn) continue
      message.held.delete(number)
      message.heldOctets -= octets.length
      this.#total -= octets.length
    }
  }

  /** Moves held segments that have their turn behind the octets. */
  #drain(message: Message): void {
    let segment = message.held.get(message.next)
    while (segment !== undefined) {
      message.held.delete(message.next)
      message.heldOctets -= segment.length
      append(message, segment, 0, segment.length)
      segment = message.held.get(message.next)
    }
  }

  /** Lets the longest idle messages go until the total is within its bound, `key` last of all. */
  #makeRoom(key: number): void {
    for (const [other, message] of this.#messages) {
      if (this.#total <= this.#options.maxTotalOctets) return
      if (!message.closed) this.evicted++
      this.#close(message)
      if (other !== key) this.#messages.delete(other)
    }
  }

  #dropOldest(): void {
    for (const [key, message] of this.#messages) {
      if (!message.closed) this.evicted++
      this.#close(message)
      this.#messages.delete(key)
      return
    }
  }

  #refuse(message: Message, at: number, bound: number, fault: Fault): Segment {
    this.#close(message)
    fault.raise(FaultCode.Limit, wtp, at, bound + 1, bound)
    return Segment.Refused
  }

  #close(message: Message): void {
    this.#total -= message.closed ? 0 : message.length + message.heldOctets
    message.closed = true
    message.octets = none
    message.length = message.heldOctets = 0
    message.held.clear()
  }
}

function keyOf(flow: number, tid: number, up: boolean): number {
  return flow * keysPerFlow + (tid & 0x7fff) * 2 + (up ? 1 : 0)
}

function append(message: Message, buf: Uint8Array, off: number, end: number): void {
  const length = message.length + end - off
  if (length > message.octets.length) {
    const grown = new Uint8Array(Math.max(firstCapacity, length, message.octets.length * 2))
    grown.set(message.octets.subarray(0, message.length))
    message.octets = grown
  }
  message.octets.set(buf.subarray(off, end), message.length)
  message.length = length
  message.next += 1
}
