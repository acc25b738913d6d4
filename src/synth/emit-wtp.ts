/** WTP protocol data units. Read WAP-224-WTP clause 8. */

import { OctetBuilder } from './octet-builder.js'

const WtpType = {
  invoke: 1,
  result: 2,
  ack: 3,
  abort: 4,
  segmentedInvoke: 5,
  segmentedResult: 6,
  negativeAck: 7,
} as const

const CONTINUE = 0x80
const GROUP_TRAILER = 0x04
const TRANSMISSION_TRAILER = 0x02
const RETRANSMITTED = 0x01
const TVE_TOK = 0x04
const TID_NEW = 0x20
const USER_ACK = 0x10
/** The direction bit: clear when the initiator sends (8.3.1). */
const RESPONDER = 0x8000
/** TPI: Packet Sequence Number, identity 3, short form, one octet (8.4.4). */
const TPI_PSN = (3 << 3) | 1

/** Where a segment stands in its message (8.2.1, GTR and TTR). */
export type Trailer = 'more' | 'group' | 'last' | 'no-sar'

const trailerBits: Record<Trailer, number> = {
  more: 0,
  group: GROUP_TRAILER,
  last: TRANSMISSION_TRAILER,
  'no-sar': GROUP_TRAILER | TRANSMISSION_TRAILER,
}

function head(type: number, bits: number, tid: number): OctetBuilder {
  return new OctetBuilder().u8((type << 3) | bits).u16(tid)
}

export interface InvokeOptions {
  tid: number
  class: number
  trailer: Trailer
  tidNew?: boolean
  repeated?: boolean
}

export function emitInvoke(options: InvokeOptions, data: Uint8Array): Uint8Array {
  const bits = trailerBits[options.trailer] | (options.repeated ? RETRANSMITTED : 0)
  const flags = (options.tidNew ? TID_NEW : 0) | USER_ACK | options.class
  return head(WtpType.invoke, bits, options.tid).u8(flags).octets(data).take()
}

export function emitResult(
  tid: number,
  trailer: Trailer,
  repeated: boolean,
  data: Uint8Array,
): Uint8Array {
  const bits = trailerBits[trailer] | (repeated ? RETRANSMITTED : 0)
  return head(WtpType.result, bits, tid | RESPONDER)
    .octets(data)
    .take()
}

/** A further segment, PSN from 1; of an invoke when `responder` is false, else of a result. */
export function emitSegment(
  responder: boolean,
  tid: number,
  psn: number,
  trailer: Trailer,
  repeated: boolean,
  data: Uint8Array,
): Uint8Array {
  const type = responder ? WtpType.segmentedResult : WtpType.segmentedInvoke
  const bits = trailerBits[trailer] | (repeated ? RETRANSMITTED : 0)
  return head(type, bits, tid | (responder ? RESPONDER : 0))
    .u8(psn)
    .octets(data)
    .take()
}

export interface AckOptions {
  tid: number
  responder: boolean
  /** asks for (responder) or confirms (initiator) the TID */
  tve?: boolean
  /** last packet of the group that is acknowledged */
  psn?: number
  repeated?: boolean
}

export function emitAck(options: AckOptions): Uint8Array {
  const { psn } = options
  let bits = options.tve ? TVE_TOK : 0
  if (options.repeated) bits |= RETRANSMITTED
  if (psn !== undefined) bits |= CONTINUE
  const out = head(WtpType.ack, bits, options.tid | (options.responder ? RESPONDER : 0))
  return psn === undefined ? out.take() : out.u8(TPI_PSN).u8(psn).take()
}

export function emitNegativeAck(tid: number, responder: boolean, missing: readonly number[]) {
  const out = head(WtpType.negativeAck, 0, tid | (responder ? RESPONDER : 0)).u8(missing.length)
  for (const psn of missing) out.u8(psn)
  return out.take()
}

/** Abort by the user (1) or the provider (0), with a reason (8.3.6). */
export function emitAbort(tid: number, responder: boolean, byUser: boolean, reason: number) {
  return head(WtpType.abort, byUser ? 1 : 0, tid | (responder ? RESPONDER : 0))
    .u8(reason)
    .take()
}

/** Several PDUs in one datagram (8.5): a zero octet, then each with its length. */
export function concatenate(pdus: readonly Uint8Array[]): Uint8Array {
  const [only] = pdus
  if (pdus.length === 1 && only !== undefined) return only
  const out = new OctetBuilder().u8(0)
  for (const pdu of pdus) {
    if (pdu.length < 128) out.u8(pdu.length)
    else out.u16(pdu.length | 0x8000)
    out.octets(pdu)
  }
  return out.take()
}
