/** GTP' header: charging records on their way to the Charging Gateway, over UDP or TCP port 3386. Read 3GPP TS
 * 32.295 clauses 5.1 and 6.1: Length counts what follows the header, which has six octets; version 0
 * has the twenty of GTPv0 unless its lowest bit is set. */

import { type Fault, FaultCode, layer } from './fault.js'
import { gtpProtocolType } from './gtp1-u.js'
import { u16 } from './octets.js'

export const gtpPrimePort = 3386

/** Message types of TS 32.295 table 1. */
export const GtpPrimeType = {
  EchoRequest: 1,
  EchoResponse: 2,
  VersionNotSupported: 3,
  NodeAliveRequest: 4,
  NodeAliveResponse: 5,
  RedirectionRequest: 6,
  RedirectionResponse: 7,
  DataRecordTransferRequest: 240,
  DataRecordTransferResponse: 241,
} as const

const names: Readonly<Record<number, string>> = {
  1: 'Echo Request',
  2: 'Echo Response',
  3: 'Version Not Supported',
  4: 'Node Alive Request',
  5: 'Node Alive Response',
  6: 'Redirection Request',
  7: 'Redirection Response',
  240: 'Data Record Transfer Request',
  241: 'Data Record Transfer Response',
}

/** The standard's name of a message type; `message 99` for values that it does not name. */
export function gtpPrimeTypeName(type: number): string {
  return names[type] ?? `message ${type}`
}

const TYPE = 1
const LENGTH = 2
const SEQUENCE = 4
const shortHeader = 6
const longHeader = 20
/** Bit 1 of octet 1 in version 0: the header has six octets. */
const shortHeaderFlag = 0x01
/** Version 2 is the latest of clause 6.1.1. */
const lastVersion = 2

export const layerGtpPrime = layer('gtp-prime')

export class GtpPrimeHeader {
  version = 0
  type = 0
  /** of the request; its response has the same */
  sequence = 0
  /** what Length states: the octets behind the header */
  statedOctets = 0
  ieOff = 0
  /** one past the message as Length states it, never behind what was captured */
  end = 0

  /** False: no readable header. True with `fault` raised: the message is longer than what was captured,
   * and the elements that are there can still be read. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    fault.clear()
    this.version = 0
    this.type = 0
    this.sequence = 0
    this.statedOctets = 0
    this.ieOff = off
    this.end = off
    const have = end - off
    if (have < shortHeader) {
      return fault.raise(FaultCode.Truncated, layerGtpPrime, off, shortHeader, have)
    }
    const flags = buf[off]!
    const octets = headerOctets(flags)
    if (octets < 0) return fault.raise(FaultCode.Unsupported, layerGtpPrime, off, 0, flags)
    if (have < octets) return fault.raise(FaultCode.Truncated, layerGtpPrime, off, octets, have)
    const total = octets + u16(buf, off + LENGTH)
    if (total > have) fault.raise(FaultCode.Truncated, layerGtpPrime, off + LENGTH, total, have)
    this.version = flags >> 5
    this.type = buf[off + TYPE]!
    this.sequence = u16(buf, off + SEQUENCE)
    this.statedOctets = total - octets
    this.ieOff = off + octets
    this.end = Math.min(off + total, end)
    return true
  }
}

/** Octets of the message at `off`, for a TCP connection: 0 when there are too few to tell, -1 when this is
 * no GTP'. */
export function gtpPrimeOctets(buf: Uint8Array, off: number, end: number): number {
  if (off >= end) return 0
  const octets = headerOctets(buf[off]!)
  if (octets < 0) return -1
  return end - off < SEQUENCE ? 0 : octets + u16(buf, off + LENGTH)
}

/** -1: GTP, or a version that is not known. */
function headerOctets(flags: number): number {
  const version = flags >> 5
  if ((flags & gtpProtocolType) !== 0 || version > lastVersion) return -1
  return version === 0 && (flags & shortHeaderFlag) === 0 ? longHeader : shortHeader
}
