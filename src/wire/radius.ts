/** RADIUS header. Read RFC 2865 section 3 (packet format), RFC 2866 section 3 (accounting) and RFC 5176 section
 * 2.3: Length counts the whole packet, and octets behind it are padding. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16 } from './octets.js'

/** 1812 and 1813 (RFC 2865, RFC 2866), 1645 and 1646 before them, 3799 (RFC 5176). */
export const radiusPorts: readonly number[] = [1812, 1813, 1645, 1646, 3799]

export const RadiusCode = {
  AccessRequest: 1,
  AccessAccept: 2,
  AccessReject: 3,
  AccountingRequest: 4,
  AccountingResponse: 5,
  AccessChallenge: 11,
  DisconnectRequest: 40,
  DisconnectAck: 41,
  DisconnectNak: 42,
  CoaRequest: 43,
  CoaAck: 44,
  CoaNak: 45,
} as const

const names: Readonly<Record<number, string>> = {
  1: 'Access-Request',
  2: 'Access-Accept',
  3: 'Access-Reject',
  4: 'Accounting-Request',
  5: 'Accounting-Response',
  11: 'Access-Challenge',
  12: 'Status-Server',
  13: 'Status-Client',
  40: 'Disconnect-Request',
  41: 'Disconnect-ACK',
  42: 'Disconnect-NAK',
  43: 'CoA-Request',
  44: 'CoA-ACK',
  45: 'CoA-NAK',
}

/** The standard's name of a code; `code 99` for values that are not named there. */
export function radiusCodeName(code: number): string {
  return names[code] ?? `code ${code}`
}

const IDENTIFIER = 1
const LENGTH = 2
const HEADER = 20

const self = layer('radius')

export class RadiusHeader {
  code = 0
  identifier = 0
  length = 0
  attributesOff = 0
  end = 0

  /** False: no readable header. True with `fault` raised: Length states more than was captured, and the
   * attributes that are there can still be read. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    fault.clear()
    this.code = 0
    this.identifier = 0
    this.length = 0
    this.attributesOff = off
    this.end = off
    const have = end - off
    if (have < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, have)
    this.code = buf[off]!
    this.identifier = buf[off + IDENTIFIER]!
    this.length = u16(buf, off + LENGTH)
    if (this.length < HEADER) {
      return fault.raise(FaultCode.BadLength, self, off + LENGTH, HEADER, this.length)
    }
    if (this.length > have) {
      fault.raise(FaultCode.Truncated, self, off + LENGTH, this.length, have)
    }
    this.attributesOff = off + HEADER
    this.end = Math.min(off + this.length, end)
    return true
  }
}
