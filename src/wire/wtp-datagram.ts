/** The WTP PDUs of one datagram: WAP-224-WTP clause 8.5, concatenated PDUs. A first
 * octet of zero says that PDUs follow, each behind its length. Also the test whether a datagram is
 * WTP at all. Read `wtp.ts` for the PDU. */

import { Fault, FaultCode, layer } from './fault.js'
import { isWspRequest, isWspResponse } from './wsp.js'
import { WtpPdu, WtpType, wtpAbortReasons } from './wtp.js'

const wtp = layer('wtp')

/** Iterates without allocating. Every octet of the datagram is in exactly one range: the leading zero
 * and each length octet belong to the PDU behind them, and what cannot be read is a range of its
 * own with `pdu.type` NotAllowed, so the ranges add up to the datagram and nothing is charged twice
 * or lost. */
export class WtpDatagram {
  readonly pdu = new WtpPdu()
  /** octets of the datagram that the present PDU stands for */
  off = 0
  end = 0
  concatenated = false
  #buf: Uint8Array = new Uint8Array(0)
  #at = 0
  #start = 0
  #stop = 0

  start(buf: Uint8Array, off: number, end: number): void {
    this.#buf = buf
    this.#at = this.#start = this.off = this.end = off
    this.#stop = end
    this.concatenated = off < end && buf[off] === 0
  }

  /** Goes to the next PDU; false after the last. With `pdu.type` NotAllowed, `fault` says why; else it
   * is clear. */
  next(fault: Fault): boolean {
    fault.clear()
    const stop = this.#stop
    let at = this.#at
    if (at >= stop) return false
    this.off = at
    let pduEnd = stop
    if (this.concatenated) {
      if (at === this.#start) at += 1
      const prefix = at < stop && this.#buf[at]! > 0x7f ? 2 : 1
      if (at + prefix > stop) return this.#rest(fault, FaultCode.Truncated, at, prefix)
      let length = this.#buf[at]!
      if (prefix === 2) length = ((length & 0x7f) << 8) | this.#buf[at + 1]!
      at += prefix
      pduEnd = at + length
      if (pduEnd > stop) return this.#rest(fault, FaultCode.BadLength, at, length)
    }
    this.end = this.#at = pduEnd
    this.pdu.decode(this.#buf, at, pduEnd, fault)
    return true
  }

  /** The rest of the datagram as one unreadable range. */
  #rest(fault: Fault, code: FaultCode, at: number, need: number): true {
    this.pdu.type = WtpType.NotAllowed
    this.pdu.payloadOff = this.pdu.payloadEnd = this.#stop
    this.end = this.#at = this.#stop
    fault.raise(code, wtp, at, need, this.#stop - at)
    return true
  }
}

const scratch = new WtpDatagram()
const scratchFault = new Fault()

/** Whether the datagram [off, end) can only be WTP carrying WSP: every PDU readable, reserved bits zero,
 * Ack, Abort and Negative Ack of their exact length, Invoke and Result carrying a WSP PDU that may be
 * there. A segment has nothing to know it by and does not count, so a flow must be known before its
 * segments come; the test passes about one random datagram in a thousand, and no DTLS. */
export function looksLikeWtp(buf: Uint8Array, off: number, end: number): boolean {
  let known = 0
  scratch.start(buf, off, end)
  while (scratch.next(scratchFault)) {
    const segment = scratch.pdu.psn > 0 && scratch.pdu.type >= WtpType.SegmentedInvoke
    if (!segment && !plausible(buf, scratch)) return false
    if (!segment) known++
  }
  return known > 0
}

function plausible(buf: Uint8Array, datagram: WtpDatagram): boolean {
  const pdu = datagram.pdu
  const size = pdu.payloadEnd - pdu.payloadOff
  switch (pdu.type) {
    case WtpType.Invoke: {
      if (pdu.transactionClass > 2 || pdu.fromResponder || size === 0) return false
      return isWspRequest(buf[pdu.payloadOff]!)
    }
    case WtpType.Result:
      return size === 0 || isWspResponse(buf[pdu.payloadOff]!)
    case WtpType.Ack:
      return pdu.headerEnd === datagram.end
    case WtpType.Abort:
      if (pdu.headerEnd !== datagram.end) return false
      if (pdu.abortType === 0) return pdu.abortReason < wtpAbortReasons.length
      return pdu.abortType === 1 && pdu.abortReason >= 0xe0 && pdu.abortReason <= 0xf0
    case WtpType.NegativeAck:
      return pdu.headerEnd === datagram.end
    default:
      return false
  }
}
