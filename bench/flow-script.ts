/** A flow as the list of its packets, in order: what is sent, in which direction, and the charging id
 * that its octets belong to under profile article (rules.md 2.7). */

import type { ChargeId } from './capture-truth.js'

export const Flag = { Fin: 1, Syn: 2, Psh: 8, Ack: 16 } as const

export interface Step {
  up: boolean
  /** TCP flags, or -1 for UDP */
  tcpFlags: number
  head: Uint8Array
  filler: number
  charge: ChargeId
}

export interface FlowScript {
  server: number
  serverPort: number
  steps: Step[]
  transactions: number
  cutRequests: number
}

export const nothing = new Uint8Array(0)

/** Octets of IPv4 and TCP header, and of IPv4 and UDP header. */
export const tcpHeaders = 40
export const udpHeaders = 28

/** Segments that follow each other before an acknowledgement: three and four in turn, which gives the
 * share of small packets that performance.md states. */
const segmentsPerAck = [3, 4] as const

/** A TCP connection: handshake, messages, teardown. Handshake octets wait for the first transaction,
 * pure acknowledgements belong to the current one, teardown to the last one. */
export class TcpScript {
  readonly steps: Step[] = []
  readonly #segmentOctets: number
  #charge: ChargeId
  #unacknowledged = 0
  #acknowledgements = 0

  constructor(segmentOctets: number, first: ChargeId) {
    this.#segmentOctets = segmentOctets
    this.#charge = first
    this.#bare(true, Flag.Syn)
    this.#bare(false, Flag.Syn | Flag.Ack)
    this.#bare(true, Flag.Ack)
  }

  /** Octets of all segments of a message of `full` full segments and `rest` octets more. */
  messageOctets(full: number, rest: number): number {
    return full * this.#segmentOctets + rest
  }

  /** A message from the UE; `cutAt` octets of it, when above 0, come in a segment of their own. */
  request(message: Uint8Array, charge: ChargeId, cutAt: number): void {
    this.#charge = charge
    this.#unacknowledged = 0
    if (cutAt > 0) this.#data(true, message.subarray(0, cutAt), 0, Flag.Ack)
    this.#data(true, message.subarray(cutAt), 0, Flag.Ack | Flag.Psh)
  }

  /** A message from the server: `head`, then filler, `octets` in all. */
  response(head: Uint8Array, octets: number): void {
    let left = octets - this.#segment(head, Math.min(octets, this.#segmentOctets))
    while (left > 0) left -= this.#segment(nothing, Math.min(left, this.#segmentOctets))
  }

  /** One segment from the server, `octets` in all, acknowledged now and then. */
  segment(head: Uint8Array, octets: number): void {
    this.#segment(head, octets)
  }

  finish(): Step[] {
    this.#bare(true, Flag.Fin | Flag.Ack)
    this.#bare(false, Flag.Fin | Flag.Ack)
    this.#bare(true, Flag.Ack)
    return this.steps
  }

  #segment(head: Uint8Array, octets: number): number {
    this.#data(false, head, octets - head.length, Flag.Ack | Flag.Psh)
    if (++this.#unacknowledged === segmentsPerAck[this.#acknowledgements & 1]) {
      this.#unacknowledged = 0
      this.#acknowledgements++
      this.#bare(true, Flag.Ack)
    }
    return octets
  }

  #bare(up: boolean, tcpFlags: number): void {
    this.#data(up, nothing, 0, tcpFlags)
  }

  #data(up: boolean, head: Uint8Array, filler: number, tcpFlags: number): void {
    this.steps.push({ up, tcpFlags, head, filler, charge: this.#charge })
  }
}

export function datagram(
  up: boolean,
  head: Uint8Array,
  charge: ChargeId,
  filler: number = 0,
): Step {
  return { up, tcpFlags: -1, head, filler, charge }
}
