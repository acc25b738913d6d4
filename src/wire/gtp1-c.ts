/** GTPv1 control messages: the header is that of the user plane, the Length may be cut by the capture. Read
 * 3GPP TS 29.060 clauses 6 and 7.1. */

import { type Fault, FaultCode, layer } from './fault.js'
import { Gtp1U } from './gtp1-u.js'

/** Message types of TS 29.060 table 1 that change something here. */
export const Gtp1Type = {
  EchoRequest: 1,
  EchoResponse: 2,
  VersionNotSupported: 3,
  CreatePdpContextRequest: 16,
  CreatePdpContextResponse: 17,
  UpdatePdpContextRequest: 18,
  UpdatePdpContextResponse: 19,
  DeletePdpContextRequest: 20,
  DeletePdpContextResponse: 21,
  ErrorIndication: 26,
  MsInfoChangeRequest: 128,
  MsInfoChangeResponse: 129,
  EndMarker: 254,
  GPdu: 255,
} as const

const layer1c = layer('gtp1-c')

export class Gtp1C {
  type = 0
  /** int32 pattern */
  teid = 0
  /** -1 when the S flag is clear */
  sequence = -1
  /** information elements are [ieOff, end); octets after the stated length are not part of them */
  ieOff = 0
  end = 0
  readonly #header = new Gtp1U()

  /** False: no readable header. True with `fault` raised: the message is longer than what was captured,
   * and the elements that are there can still be read. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    fault.clear()
    const h = this.#header
    if (!h.decode(buf, off, end, fault)) {
      fault.layer = layer1c
      return false
    }
    this.type = h.type
    this.teid = h.teid
    this.sequence = h.sequence
    this.ieOff = h.payload
    this.end = Math.min(h.messageEnd, end)
    if (h.messageEnd > end) {
      fault.raise(FaultCode.Truncated, layer1c, off, h.messageEnd - off, end - off)
    }
    return true
  }
}
