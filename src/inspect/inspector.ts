/** What a protocol gives to `dissect`: how its messages are found and which fields they have. A new
 * protocol is a file with one Inspector and a line in all.ts; decoding itself stays in wire/.
 *
 * Inspectors run once a frame that somebody wants to read, so they may make strings and objects; they
 * still never throw and never read at or past `end`. Layers come out in order because an inspector
 * adds its own before it enters the one that it carries. */

import type { FieldKind } from '../record/filter/field.js'
import { type Fault, FaultCode } from '../wire/fault.js'
import type { FieldList } from './field-list.js'
import type { Registry } from './registry.js'

/** What a field holds. The last three are personal numbers: text that is masked unless `--reveal`. */
export type FieldForm = FieldKind | 'imsi' | 'msisdn' | 'imei'

/** A row of docs/protocols.md. */
export interface ProtocolDoc {
  standard: string
  decoded: string
  /** what of the protocol is passed over */
  missing: string
}

export interface Inspector {
  /** the protocol's name in Wireshark; `walk.enter` knows it by this */
  readonly name: string
  readonly doc: ProtocolDoc
  /** every field that this inspector can add */
  readonly fields: Readonly<Record<string, FieldForm>>
  /** fields worth a place in the one line a frame, the most telling first */
  readonly summary?: readonly string[]
  /** ports on which its messages are looked for, either end */
  readonly udpPorts?: readonly number[]
  readonly tcpPorts?: readonly number[]
  readonly sctpPorts?: readonly number[]
  /** payload protocol identifiers of SCTP DATA chunks (RFC 9260 section 14.6), stronger than ports */
  readonly sctpPpids?: readonly number[]
  /** Whether this UDP payload can only be this protocol; asked on ports that nobody claims. */
  readonly recognise?: (buf: Uint8Array, off: number, end: number) => boolean
  /** Whether a TCP connection whose first octets are these is of this protocol: 1 yes, 0 no, -1 too few
   * octets; asked before ports are. */
  readonly starts?: (buf: Uint8Array, off: number, end: number) => 1 | 0 | -1
  /** Reads one direction of a TCP connection; called once a direction. */
  readonly stream?: () => StreamReader
  /** The message in [off, end): a datagram's payload, an SCTP user message, or what `enter` was given.
   * Adds its layer with `walk.layer`. A message that cannot be read ends with `walk.malformed`. */
  inspect(buf: Uint8Array, off: number, end: number, walk: Walk): void
}

/** The octets of one direction of a TCP connection, in order and without repetitions. */
export interface StreamReader {
  /** Reads the messages that are whole in [off, end) and returns the offset behind them; the rest comes
   * again with more behind it. `giveUp`: this is not the protocol (any more); the rest of the
   * direction is passed over. */
  read(buf: Uint8Array, off: number, end: number, walk: Walk): number
  /** Shows what there is of a message in [off, end), which `read` left: its rest was not captured. */
  cut?(buf: Uint8Array, off: number, end: number, walk: Walk): void
}

export const giveUp = -1

/** Who talks to whom, innermost IP and transport. */
export interface Endpoints {
  /** address text */
  src: string
  dst: string
  /** 6 TCP, 17 UDP, 132 SCTP ...; 0 before an IP header was read */
  protocol: number
  srcPort: number
  dstPort: number
}

/** The GTP header around the innermost IP packet: who the subscriber is, as far as a frame tells. */
export interface TunnelEnds {
  /** 0 or 1 */
  version: number
  /** int32 pattern; GTPv0: the flow label */
  teid: number
  /** GTPv0: where the TID lies in the datagram; else -1 */
  tidOff: number
}

/** The walk through one frame. */
export interface Walk {
  /** finds inspectors by port and content */
  readonly registry: Registry
  readonly frame: number
  /** microseconds since 1970 */
  readonly timeUs: number
  readonly out: FieldList
  /** for decoders; nobody reads it afterwards but `malformed` */
  readonly fault: Fault
  ends: Endpoints
  /** set while the walk is inside a T-PDU */
  tunnel: TunnelEnds | undefined
  /** Octets of the packet go on to here on the wire, >= end; for the layer that was entered last. */
  readonly wireEnd: number
  /** Names the layer whose fields follow. */
  layer(name: string): void
  /** Says that the message could not be read to its end, with the fault's layer and reason if there is
   * one. */
  malformed(fault?: Fault): void
  /** Goes on with the protocol of that name; its octets go on to `wireEnd` on the wire. */
  enter(name: string, buf: Uint8Array, off: number, end: number, wireEnd?: number): void
  /** State that `name` keeps for the whole capture. */
  state<T extends object>(name: string, make: () => T): T
  /** State that `name` keeps for the conversation at hand: both directions of one pair of addresses and
   * ports have one. Old conversations are forgotten. */
  conversation<T extends object>(name: string, make: () => T): T
}

/** A stream of messages that tell their own length. `length` gives the octets of the message at `off`:
 * 0 when there are too few octets to tell, `giveUp` when this is no message. */
export function messageStream(
  length: (buf: Uint8Array, off: number, end: number) => number,
  inspect: (buf: Uint8Array, off: number, end: number, walk: Walk) => void,
): StreamReader {
  return {
    read(buf, off, end, walk) {
      let at = off
      while (at < end) {
        const octets = length(buf, at, end)
        if (octets < 0) return giveUp
        if (octets === 0 || octets > end - at) break
        inspect(buf, at, at + octets, walk)
        at += octets
      }
      return at
    },
    cut(buf, off, end, walk) {
      if (length(buf, off, end) <= 0) return
      walk.fault.clear()
      inspect(buf, off, end, walk)
      if (walk.fault.code === FaultCode.None) walk.malformed()
    },
  }
}
