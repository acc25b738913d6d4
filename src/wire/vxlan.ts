/** VXLAN, its group policy extension, and the generic protocol extension (GPE). Read RFC 7348 section 5,
 * draft-smith-vxlan-group-policy section 2.1 and draft-ietf-nvo3-vxlan-gpe section 3.
 *
 * Receivers ignore reserved bits; here they must be zero, because a datagram to port 4789 has to prove
 * that it is VXLAN before anybody looks into it. */

import { EtherType } from './ethernet.js'
import { type Fault, FaultCode, layer } from './fault.js'
import { GreProtocol } from './gre.js'
import { u24 } from './octets.js'

export const vxlanPort = 4789
export const vxlanGpePort = 4790

const POLICY_FLAGS = 1
const GROUP_HIGH = 2
const NEXT_PROTOCOL = 3
const VNI = 4
const RESERVED = 7
const HEADER = 8

const instanceFlag = 0x08
const policyFlag = 0x80
/** D (do not learn) and A (policy applied) of the group policy */
const policyBits = 0x48
/** GPE: version 0, I and P set, B (broadcast) may be; O is for maintenance, no frame */
const gpeFlags = 0x0c
const gpeFree = 0x02

/** GPE next protocols, as the EtherType of the same thing. */
const nextProtocols: readonly number[] = [
  0,
  EtherType.Ipv4,
  EtherType.Ipv6,
  GreProtocol.Ethernet,
  0,
  EtherType.Mpls,
]

const self = layer('vxlan')

export class Vxlan {
  /** VXLAN network identifier, 24 bits */
  vni = 0
  /** EtherType of what is carried, or GreProtocol.Ethernet */
  protocol = 0
  payload = 0

  /** A datagram to port 4789. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    if (end - off < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, end - off)
    const flags = buf[off]!
    const policy = (flags & policyFlag) !== 0
    const reserved = policy
      ? buf[off + POLICY_FLAGS]! & ~policyBits
      : buf[off + POLICY_FLAGS]! | buf[off + GROUP_HIGH]! | buf[off + NEXT_PROTOCOL]!
    if ((flags & ~policyFlag) !== instanceFlag || (reserved | buf[off + RESERVED]!) !== 0) {
      return fault.raise(FaultCode.BadValue, self, off, instanceFlag, flags)
    }
    this.protocol = GreProtocol.Ethernet
    return this.found(buf, off)
  }

  /** A datagram to port 4790. */
  decodeGpe(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    if (end - off < HEADER) return fault.raise(FaultCode.Truncated, self, off, HEADER, end - off)
    const flags = buf[off]!
    const reserved = buf[off + POLICY_FLAGS]! | buf[off + GROUP_HIGH]! | buf[off + RESERVED]!
    if ((flags & ~gpeFree) !== gpeFlags || reserved !== 0) {
      return fault.raise(FaultCode.BadValue, self, off, gpeFlags, flags)
    }
    const next = buf[off + NEXT_PROTOCOL]!
    this.protocol = nextProtocols[next] ?? 0
    if (this.protocol === 0) {
      return fault.raise(FaultCode.Unsupported, self, off + NEXT_PROTOCOL, 1, next)
    }
    return this.found(buf, off)
  }

  private found(buf: Uint8Array, off: number): true {
    this.vni = u24(buf, off + VNI)
    this.payload = off + HEADER
    return true
  }
}
