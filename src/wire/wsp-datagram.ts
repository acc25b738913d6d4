/** Whether a datagram is connectionless WSP: WAP-230-WSP clauses 8.1 and 8.2, for telling it from other
 * traffic by its octets. Read `wsp.ts` for the PDU. */

import { Fault } from './fault.js'
import { isGetType, isPostType, WspPdu, WspType } from './wsp.js'

const scratch = new WspPdu()
const scratchFault = new Fault()

/** Longest URI believed; clause 8.2 sets no bound, gateways of the time took 512 to 2,048 octets. */
const maxUri = 4096

/** Whether the datagram [off, end) can only be connectionless WSP: a method with a whole URI that reads
 * like one, a Reply with an assigned status, or a Push; lengths that agree with the datagram. */
export function looksLikeWsp(buf: Uint8Array, off: number, end: number): boolean {
  if (!scratch.decode(buf, off, end, true, scratchFault) || !scratch.complete) return false
  if (isGetType(scratch.type))
    return uriLike(buf, scratch.uriOff, scratch.uriEnd) && headersLike(buf)
  if (isPostType(scratch.type)) {
    return uriLike(buf, scratch.uriOff, scratch.uriEnd) && hasContentType()
  }
  if (scratch.type === WspType.Reply) {
    return scratch.status !== 0 && hasContentType() && headersLike(buf)
  }
  return scratch.type === WspType.Push && hasContentType() && headersLike(buf)
}

function hasContentType(): boolean {
  return scratch.contentTypeEnd > scratch.contentTypeOff
}

/** No header block begins with a zero octet (clause 8.4.1.1). */
function headersLike(buf: Uint8Array): boolean {
  return scratch.headersOff === scratch.headersEnd || buf[scratch.headersOff] !== 0
}

/** A scheme with its colon, or a path; no spaces and no control octets. */
function uriLike(buf: Uint8Array, off: number, end: number): boolean {
  if (end === off || end - off > maxUri) return false
  let colon = buf[off] === 0x2f
  for (let i = off; i < end; i++) {
    const octet = buf[i]!
    if (octet <= 0x20 || octet === 0x7f) return false
    if (octet === 0x3a) colon = true
  }
  return colon
}
