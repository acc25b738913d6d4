/** GTPv0 header. Read 3GPP TS 09.60 clause 6: 20 octets, no TEID, the TID is IMSI and NSAPI. */

import { emitTbcd } from './emit-gtp-value.js'
import { OctetBuilder } from './octet-builder.js'

const FLAGS_V0 = 0x1e // version 0, PT 1, spare 111, SNN 0

export interface Gtp0Header {
  type: number
  seq: number
  flowLabel: number
  imsi: string
  nsapi: number
}

/** TID: 15 digits of the IMSI as BCD, then the NSAPI in the high nibble of octet 8. */
function emitTid(imsi: string, nsapi: number): Uint8Array {
  const tid = emitTbcd(imsi, 8)
  tid[7] = (nsapi << 4) | ((tid[7] ?? 0) & 15)
  return tid
}

export function emitGtp0(header: Gtp0Header, body: Uint8Array): Uint8Array {
  return new OctetBuilder()
    .u8(FLAGS_V0)
    .u8(header.type)
    .u16(body.length)
    .u16(header.seq)
    .u16(header.flowLabel)
    .u8(0xff) // SNDCP N-PDU LLC number, not used
    .u24(0xffffff)
    .octets(emitTid(header.imsi, header.nsapi))
    .octets(body)
    .take()
}
