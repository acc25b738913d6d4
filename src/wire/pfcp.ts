/** PFCP header: the protocol between the control and the user plane of a gateway (Sx, N4), UDP port 8805.
 * Read 3GPP TS 29.244 clauses 6.2 (transport), 7.2.2 (header) and 7.3 (message types): Length counts
 * what follows octet 4, the SEID is there only with the S flag, and with the FO flag a second whole
 * message follows in the same datagram. */

import { type Fault, FaultCode, layer } from './fault.js'
import { hex, u16, u24 } from './octets.js'

export const pfcpPort = 8805

/** Message types of table 7.3-1. */
export const PfcpType = {
  HeartbeatRequest: 1,
  HeartbeatResponse: 2,
  AssociationSetupRequest: 5,
  AssociationSetupResponse: 6,
  AssociationReleaseRequest: 9,
  AssociationReleaseResponse: 10,
  NodeReportRequest: 12,
  SessionSetDeletionRequest: 14,
  SessionEstablishmentRequest: 50,
  SessionEstablishmentResponse: 51,
  SessionModificationRequest: 52,
  SessionModificationResponse: 53,
  SessionDeletionRequest: 54,
  SessionDeletionResponse: 55,
  SessionReportRequest: 56,
  SessionReportResponse: 57,
} as const

const names: Readonly<Record<number, string>> = {
  1: 'Heartbeat Request',
  2: 'Heartbeat Response',
  3: 'PFD Management Request',
  4: 'PFD Management Response',
  5: 'Association Setup Request',
  6: 'Association Setup Response',
  7: 'Association Update Request',
  8: 'Association Update Response',
  9: 'Association Release Request',
  10: 'Association Release Response',
  11: 'Version Not Supported Response',
  12: 'Node Report Request',
  13: 'Node Report Response',
  14: 'Session Set Deletion Request',
  15: 'Session Set Deletion Response',
  16: 'Session Set Modification Request',
  17: 'Session Set Modification Response',
  50: 'Session Establishment Request',
  51: 'Session Establishment Response',
  52: 'Session Modification Request',
  53: 'Session Modification Response',
  54: 'Session Deletion Request',
  55: 'Session Deletion Response',
  56: 'Session Report Request',
  57: 'Session Report Response',
}

/** The standard's name of a message type; `message 99` for values that it does not name. */
export function pfcpTypeName(type: number): string {
  return names[type] ?? `message ${type}`
}

const TYPE = 1
const LENGTH = 2
const SEID = 4

const flagS = 0x01
const flagMp = 0x02
const flagFo = 0x04

const self = layer('pfcp')

export class PfcpHeader {
  type = 0
  hasSeid = false
  /** offset of the eight octets of the SEID; -1 without the S flag */
  seidOff = -1
  sequence = 0
  /** 0 (highest) to 15; -1 without the MP flag */
  priority = -1
  /** another message begins at `end` */
  followOn = false
  ieOff = 0
  end = 0

  /** False: no readable header. True with `fault` raised: the message is longer than what was captured,
   * and the elements that are there can still be read. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    fault.clear()
    this.type = 0
    this.hasSeid = false
    this.seidOff = -1
    this.sequence = 0
    this.priority = -1
    this.followOn = false
    this.ieOff = off
    this.end = off
    const have = end - off
    if (have < 8) return fault.raise(FaultCode.Truncated, self, off, 8, have)
    const flags = buf[off]!
    if (flags >> 5 !== 1) return fault.raise(FaultCode.Unsupported, self, off, 0x20, flags)
    this.type = buf[off + TYPE]!
    const total = 4 + u16(buf, off + LENGTH)
    this.hasSeid = (flags & flagS) !== 0
    const headerLength = this.hasSeid ? 16 : 8
    if (total < headerLength) {
      return fault.raise(FaultCode.BadLength, self, off + LENGTH, headerLength, total)
    }
    if (have < headerLength) return fault.raise(FaultCode.Truncated, self, off, headerLength, have)
    if (total > have) fault.raise(FaultCode.Truncated, self, off + LENGTH, total, have)
    if (this.hasSeid) this.seidOff = off + SEID
    this.sequence = u24(buf, off + headerLength - 4)
    if (this.hasSeid && (flags & flagMp) !== 0) this.priority = buf[off + headerLength - 1]! >> 4
    this.ieOff = off + headerLength
    this.end = Math.min(off + total, end)
    this.followOn = (flags & flagFo) !== 0
    return true
  }
}

/** Eight octets of a SEID as `0x00000000000000ff`: a name to join by, never a number to count with. */
export function seidText(buf: Uint8Array, off: number): string {
  return `0x${hex(buf, off, off + 8)}`
}
