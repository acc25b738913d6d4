/** One GTP' message: which charging records it carries and which requests it answers. The records stay where
 * they are, as ranges. Read 3GPP TS 32.295 clause 6.2 (messages and elements) and TS 32.298 clause 6 (the
 * record format version). */

import { type Fault, FaultCode } from './fault.js'
import { FieldReader } from './field-reader.js'
import { GtpPrimeHeader, layerGtpPrime } from './gtp-prime.js'
import { Gtp1IeCursor, gtp1TvLengths, raiseFirst } from './gtp1-ie.js'

/** Types of TS 32.295 table 2; numbers below 128 are TV, as in GTPv1. */
export const GtpPrimeIe = {
  Cause: 1,
  Recovery: 14,
  PacketTransferCommand: 126,
  ReleasedPackets: 249,
  CancelledPackets: 250,
  ChargingGatewayAddress: 251,
  DataRecordPacket: 252,
  RequestsResponded: 253,
  RecommendedNode: 254,
  PrivateExtension: 255,
} as const

/** Packet Transfer Command, clause 6.2.4.5.2. */
export const PacketTransfer = { Send: 1, SendPossiblyDuplicated: 2, Cancel: 3, Release: 4 } as const

const commandNames = [
  '',
  'Send Data Record Packet',
  'Send possibly duplicated Data Record Packet',
  'Cancel Data Record Packet',
  'Release Data Record Packet',
]

/** `command 9` for values that the standard does not name. */
export function packetTransferName(command: number): string {
  return commandNames[command] || `command ${command}`
}

/** Data Record Format, TS 32.297 clause 6.1.2. */
export const RecordFormat = { Ber: 1, PerUnaligned: 2, PerAligned: 3, Xml: 4 } as const

/** A record is [off, end) of the buffer that was read. */
export interface DataRecord {
  off: number
  end: number
}

/** Data Record Packet, clause 6.2.4.5.3. */
export interface DataRecordPacket {
  /** RecordFormat */
  format: number
  /** which standard: 1 is TS 32.298 */
  application: number
  release: number
  /** the second digit of the standard's version, plus 1 */
  version: number
  /** Number of Data Records as stated */
  stated: number
  records: DataRecord[]
}

export interface GtpPrimeMessage {
  version: number
  /** GtpPrimeType */
  type: number
  sequence: number
  /** what Length states: the octets behind the header */
  statedOctets: number
  /** undefined when absent, here and below */
  cause: number | undefined
  recovery: number | undefined
  /** PacketTransfer */
  command: number | undefined
  packet: DataRecordPacket | undefined
  /** sequence numbers of requests that this response answers */
  responded: number[]
  released: number[]
  cancelled: number[]
  /** address of the node that is alive, or of the one to go to instead */
  node: string | undefined
  recommendedNode: string | undefined
  /** types of the elements, in their order */
  elements: number[]
  /** one past the message */
  end: number
}

const header = new GtpPrimeHeader()
const cursor = new Gtp1IeCursor()
const fields = new FieldReader()

/** Reads the message at `off`. Undefined: there is no readable header. Otherwise what could be read, and
 * `fault` says what could not. */
export function readGtpPrime(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): GtpPrimeMessage | undefined {
  if (!header.decode(buf, off, end, fault)) return undefined
  const message: GtpPrimeMessage = {
    version: header.version,
    type: header.type,
    sequence: header.sequence,
    statedOctets: header.statedOctets,
    cause: undefined,
    recovery: undefined,
    command: undefined,
    packet: undefined,
    responded: [],
    released: [],
    cancelled: [],
    node: undefined,
    recommendedNode: undefined,
    elements: [],
    end: header.end,
  }
  cursor.open(header.ieOff, header.end, gtp1TvLengths, layerGtpPrime)
  while (cursor.next(buf, fault)) {
    message.elements.push(cursor.type)
    fields.open(buf, cursor.off, cursor.end)
    takeElement(message, cursor.type, fields, fault)
    if (fields.short) fields.raise(fault, layerGtpPrime)
  }
  return message
}

function takeElement(message: GtpPrimeMessage, type: number, f: FieldReader, fault: Fault): void {
  switch (type) {
    case GtpPrimeIe.Cause:
      message.cause = f.u8()
      return
    case GtpPrimeIe.Recovery:
      message.recovery = f.u8()
      return
    case GtpPrimeIe.PacketTransferCommand:
      message.command = f.u8()
      return
    case GtpPrimeIe.DataRecordPacket:
      message.packet = readPacket(f, fault) ?? message.packet
      return
    case GtpPrimeIe.RequestsResponded:
      sequenceNumbers(f, message.responded)
      return
    case GtpPrimeIe.ReleasedPackets:
      sequenceNumbers(f, message.released)
      return
    case GtpPrimeIe.CancelledPackets:
      sequenceNumbers(f, message.cancelled)
      return
    case GtpPrimeIe.ChargingGatewayAddress:
      message.node ??= address(f)
      return
    case GtpPrimeIe.RecommendedNode:
      message.recommendedNode ??= address(f)
  }
}

function sequenceNumbers(f: FieldReader, list: number[]): void {
  while (f.left > 0 && !f.short) {
    const sequence = f.u16()
    if (!f.short) list.push(sequence)
  }
}

function address(f: FieldReader): string | undefined {
  const text = f.left >= 16 ? f.ipv6() : f.ipv4()
  return f.short ? undefined : text
}

/** The records that are there. A Number of Data Records that disagrees with the lengths is a fault. */
function readPacket(f: FieldReader, fault: Fault): DataRecordPacket | undefined {
  const stated = f.u8()
  const format = f.u8()
  const first = f.u8()
  const version = f.u8()
  const identifier = first & 15
  // TS 32.298 clause 6.1: releases from 16 do not fit in four bits
  const release = identifier === 0 ? f.u8() : identifier
  if (f.short) return undefined
  const packet: DataRecordPacket = {
    format,
    application: first >> 4,
    release,
    version,
    stated,
    records: [],
  }
  while (packet.records.length < stated && f.left > 0) {
    const octets = f.u16()
    const off = f.range(octets)
    if (off < 0) return packet
    packet.records.push({ off, end: off + octets })
  }
  if (packet.records.length < stated) {
    raiseFirst(fault, FaultCode.BadLength, layerGtpPrime, f.at, stated, packet.records.length)
  }
  return packet
}
