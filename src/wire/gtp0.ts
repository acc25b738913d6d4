/** GTPv0 header: 20 octets with the Tunnel Identifier in it, for both signalling and T-PDUs.
 * Read 3GPP TS 09.60 clauses 6 and 8 (Length counts what follows octet 20). The same UDP port 3386
 * carries GTP' (TS 32.295), told apart by the Protocol Type bit. */

import { type Fault, FaultCode, layer } from './fault.js'
import { gtpProtocolType } from './gtp1-u.js'
import { u16 } from './octets.js'

const TYPE = 1
const LENGTH = 2
const SEQUENCE = 4
const FLOW_LABEL = 6
const TID = 12
const HEADER = 20

/** Octet 2 of a T-PDU, TS 09.60 clause 7.1. */
export const tPdu = 255

const self = layer('gtp0')

export class Gtp0 {
  type = 0
  sequence = 0
  flowLabel = 0
  /** eight octets: IMSI in TBCD with the NSAPI in the last nibble (clause 6, figure 5) */
  tidOff = 0
  payload = 0
  /** one past the message as Length states it; may lie behind `end`, see Gtp1U */
  messageEnd = 0

  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, have)
    const flags = buf[off]!
    if (flags >> 5 !== 0 || (flags & gtpProtocolType) === 0) {
      return fault.raise(FaultCode.Unsupported, self, off, 0, flags >> 5)
    }
    this.type = buf[off + TYPE]!
    this.sequence = u16(buf, off + SEQUENCE)
    this.flowLabel = u16(buf, off + FLOW_LABEL)
    this.tidOff = off + TID
    this.payload = off + HEADER
    this.messageEnd = off + HEADER + u16(buf, off + LENGTH)
    return true
  }
}
