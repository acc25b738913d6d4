/** Encapsulated remote SPAN: frames that a switch mirrors over IP. Read draft-foschiano-erspan sections 4.1
 * (type I has no header at all), 4.2 (type II) and 4.3 (type III) before changing this file. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16 } from './octets.js'

const SESSION = 2
const TYPE_TWO_HEADER = 8
const TYPE_THREE_HEADER = 12
/** P, frame type, hardware id, direction, granularity, O: the last two octets of type III */
const TYPE_THREE_FLAGS = 10
const SUBHEADER = 8

/** Version field: the type is one more. */
const versionTwo = 1
const versionThree = 2
const sessionMask = 0x3ff
const vlanMask = 0xfff
const subheaderFlag = 1

/** Values of `frameType`. */
export const ErspanFrame = { Ethernet: 0, Ip: 2 } as const

const self = layer('erspan')

export class Erspan {
  /** 2 or 3 */
  type = 0
  /** of the port that is mirrored; 0 none */
  vlan = 0
  /** 10 bits, chosen by the operator for each mirror */
  session = 0
  /** type III: what the payload is; else ErspanFrame.Ethernet */
  frameType = 0
  payload = 0

  /** The header of type II or III in [off, end). */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    const have = end - off
    if (have < TYPE_TWO_HEADER) {
      return fault.raise(FaultCode.Truncated, self, off, TYPE_TWO_HEADER, have)
    }
    const first = u16(buf, off)
    const version = first >> 12
    this.vlan = first & vlanMask
    this.session = u16(buf, off + SESSION) & sessionMask
    this.type = version + 1
    this.frameType = ErspanFrame.Ethernet
    this.payload = off + TYPE_TWO_HEADER
    if (version === versionTwo) return true
    if (version !== versionThree) {
      return fault.raise(FaultCode.Unsupported, self, off, versionTwo, version)
    }
    if (have < TYPE_THREE_HEADER) {
      return fault.raise(FaultCode.Truncated, self, off, TYPE_THREE_HEADER, have)
    }
    const flags = u16(buf, off + TYPE_THREE_FLAGS)
    this.frameType = (flags >> 10) & 31
    const octets = TYPE_THREE_HEADER + ((flags & subheaderFlag) !== 0 ? SUBHEADER : 0)
    if (have < octets) return fault.raise(FaultCode.Truncated, self, off, octets, have)
    this.payload = off + octets
    return true
  }
}
