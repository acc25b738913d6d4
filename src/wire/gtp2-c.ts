/** GTPv2 header. Read 3GPP TS 29.274 clause 5: Length counts what follows octet 4, the TEID is there
 * only with the T flag, and with the P flag a second whole message follows in the same datagram. */

import { type Fault, FaultCode, layer } from './fault.js'
import { int32, u16, u24 } from './octets.js'

/** Message types of TS 29.274 table 6.1-1 that change something here. */
export const Gtp2Type = {
  EchoRequest: 1,
  EchoResponse: 2,
  VersionNotSupported: 3,
  CreateSessionRequest: 32,
  CreateSessionResponse: 33,
  ModifyBearerRequest: 34,
  ModifyBearerResponse: 35,
  DeleteSessionRequest: 36,
  DeleteSessionResponse: 37,
  ChangeNotificationRequest: 38,
  ChangeNotificationResponse: 39,
  CreateBearerRequest: 95,
  CreateBearerResponse: 96,
  UpdateBearerRequest: 97,
  UpdateBearerResponse: 98,
  DeleteBearerRequest: 99,
  DeleteBearerResponse: 100,
  ForwardRelocationResponse: 134,
  CreateIndirectForwardingRequest: 166,
  CreateIndirectForwardingResponse: 167,
  ReleaseAccessBearersRequest: 170,
  ReleaseAccessBearersResponse: 171,
  DownlinkDataNotification: 176,
  DownlinkDataNotificationAck: 177,
  ModifyAccessBearersRequest: 211,
  ModifyAccessBearersResponse: 212,
} as const

const TYPE = 1
const LENGTH = 2
const TEID = 4

const flagT = 0x08
const flagP = 0x10

const layer2c = layer('gtp2-c')

export class Gtp2Header {
  type = 0
  hasTeid = false
  /** int32 pattern; 0 without the T flag */
  teid = 0
  sequence = 0
  /** another message begins at `end` */
  piggybacked = false
  ieOff = 0
  end = 0

  /** Same contract as Gtp1C.decode: true with `fault` raised is a message that the capture cut. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    fault.clear()
    this.type = 0
    this.hasTeid = false
    this.teid = 0
    this.sequence = 0
    this.piggybacked = false
    this.ieOff = off
    this.end = off
    const have = end - off
    if (have < 8) return fault.raise(FaultCode.Truncated, layer2c, off, 8, have)
    const flags = buf[off]!
    if (flags >> 5 !== 2) return fault.raise(FaultCode.Unsupported, layer2c, off, 0x40, flags)
    this.type = buf[off + TYPE]!
    const total = 4 + u16(buf, off + LENGTH)
    const hasTeid = (flags & flagT) !== 0
    const headerLength = hasTeid ? 12 : 8
    if (total < headerLength) {
      return fault.raise(FaultCode.BadLength, layer2c, off + LENGTH, headerLength, total)
    }
    if (have < headerLength) {
      return fault.raise(FaultCode.Truncated, layer2c, off, headerLength, have)
    }
    if (total > have) fault.raise(FaultCode.Truncated, layer2c, off + LENGTH, total, have)
    this.hasTeid = hasTeid
    if (hasTeid) this.teid = int32(buf, off + TEID)
    this.sequence = u24(buf, off + headerLength - 4)
    this.ieOff = off + headerLength
    this.end = Math.min(off + total, end)
    this.piggybacked = (flags & flagP) !== 0
    return true
  }
}
