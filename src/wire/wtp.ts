/** One WTP PDU: WAP-224-WTP clause 8. The fixed header, the variable header skipped by its CON flags,
 * and where the user data (a WSP PDU, or a segment of one) lies. `wtp-datagram.ts` cuts
 * concatenated PDUs apart first. */

import { type Fault, FaultCode, layer } from './fault.js'
import { u16 } from './octets.js'

const wtp = layer('wtp')

/** PDU types of clause 8.3. 8 to 15 are unassigned and come out as they are. */
export const WtpType = {
  /** also what an unreadable range of a datagram is given */
  NotAllowed: 0,
  Invoke: 1,
  Result: 2,
  Ack: 3,
  Abort: 4,
  SegmentedInvoke: 5,
  SegmentedResult: 6,
  NegativeAck: 7,
} as const

/** Index = PDU type, in the standard's spelling. */
export const wtpTypeNames = [
  'Not Allowed',
  'Invoke',
  'Result',
  'Ack',
  'Abort',
  'Segmented Invoke',
  'Segmented Result',
  'Negative Ack',
] as const

/** Provider abort reasons of the Abort PDU, clause 8.3 (abort type 0); those of type 1 are WSP's (0xE0..). */
export const wtpAbortReasons = [
  'UNKNOWN',
  'PROTOERR',
  'INVALIDTID',
  'NOTIMPLEMENTEDCL2',
  'NOTIMPLEMENTEDSAR',
  'NOTIMPLEMENTEDUACK',
  'WTPVERSIONONE',
  'CAPTEMPEXCEEDED',
  'NORESPONSE',
  'MESSAGETOOLARGE',
  'NOTIMPLEMENTEDESAR',
] as const

/** Octets of the fixed header by PDU type; a Negative Ack has its list of numbers after them. */
const fixedHeader = new Uint8Array([0, 4, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3])

/** 1 where user data follows the header. */
const carriesData = new Uint8Array([0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])

const offTid = 1
const offClass = 3 // Invoke: version, TIDnew, U/P, TCL
const offReason = 3 // Abort
const offPsn = 3 // Segmented Invoke, Segmented Result
const offCount = 3 // Negative Ack

/** TPI identity of the packet sequence number, clause 8.4: which group an Ack acknowledges. */
const tpiPsn = 3

export class WtpPdu {
  type = 0
  /** RID: the sender has sent this PDU before (rules call the octets a retransmission) */
  rid = false
  /** last packet of its group, last packet of the message; both = segmentation not supported */
  gtr = false
  ttr = false
  /** the TID as sent; the responder sets the top bit (clause 8.2) */
  tidRaw = 0
  /** the transaction's number, 0 to 32767 */
  tid = 0
  fromResponder = false
  /** Invoke only, else 0, false, false, -1 */
  version = 0
  tidNew = false
  userAck = false
  transactionClass = -1
  /** Ack only: Tve/Tok, "is this TID valid?" and its answer */
  tidVerify = false
  /** 0 for Invoke and Result, the number of a segment, of an Ack's TPI; -1 when there is none */
  psn = -1
  /** Abort only, else -1 */
  abortType = -1
  abortReason = -1
  /** Negative Ack only: how many packets are missing; 0 = the end of the group; else -1 */
  missing = -1
  /** end of the fixed and variable headers */
  headerEnd = 0
  payloadOff = 0
  payloadEnd = 0

  /** Reads the PDU that fills [off, end). False leaves `type` NotAllowed and the payload empty. */
  decode(buf: Uint8Array, off: number, end: number, fault: Fault): boolean {
    this.#reset(end)
    if (off >= end) return fault.raise(FaultCode.Truncated, wtp, off, 1, 0)
    const first = buf[off]!
    const type = (first >> 3) & 15
    if (type === WtpType.NotAllowed) return fault.raise(FaultCode.BadValue, wtp, off, 1, 0)
    let at = off + fixedHeader[type]!
    if (at > end) return fault.raise(FaultCode.Truncated, wtp, off, at - off, end - off)
    if (type === WtpType.NegativeAck) {
      at += buf[off + offCount]!
      if (at > end)
        return fault.raise(FaultCode.BadLength, wtp, off + offCount, at - off, end - off)
    }
    if (type === WtpType.Invoke && buf[off + offClass]! >> 6 !== 0) {
      return fault.raise(FaultCode.Unsupported, wtp, off + offClass, 0, buf[off + offClass]! >> 6)
    }
    at = this.#variableHeader(buf, at, end, (first & 0x80) !== 0)
    if (at < 0) {
      this.psn = -1
      return fault.raise(FaultCode.Truncated, wtp, off, end - off + 1, end - off)
    }
    this.type = type
    this.tidRaw = u16(buf, off + offTid)
    this.tid = this.tidRaw & 0x7fff
    this.fromResponder = this.tidRaw > 0x7fff
    this.#fixedFields(buf, off, first)
    this.headerEnd = at
    if (carriesData[type] === 1) this.payloadOff = at
    return true
  }

  /** True for a PDU whose user data is one segment of a longer message (clause 7, SAR). */
  get segment(): boolean {
    if (this.type === WtpType.SegmentedInvoke || this.type === WtpType.SegmentedResult) return true
    return (this.type === WtpType.Invoke || this.type === WtpType.Result) && !this.ttr
  }

  #reset(end: number): void {
    this.type = WtpType.NotAllowed
    this.rid = this.gtr = this.ttr = this.fromResponder = false
    this.tidNew = this.userAck = this.tidVerify = false
    this.tidRaw = this.tid = this.version = 0
    this.transactionClass = this.psn = this.abortType = this.abortReason = this.missing = -1
    this.headerEnd = this.payloadOff = this.payloadEnd = end
  }

  /** Steps over the TPIs (clause 8.4): the end of them, or -1 when they run past the PDU. */
  #variableHeader(buf: Uint8Array, start: number, end: number, con: boolean): number {
    let at = start
    let more = con
    while (more) {
      if (at >= end) return -1
      const tpi = buf[at]!
      let length = tpi & 3
      at += 1
      if ((tpi & 4) !== 0) {
        if (at >= end) return -1
        length = buf[at]!
        at += 1
      }
      if (at + length > end) return -1
      if (((tpi >> 3) & 15) === tpiPsn && length === 1) this.psn = buf[at]!
      at += length
      more = (tpi & 0x80) !== 0
    }
    return at
  }

  #fixedFields(buf: Uint8Array, off: number, first: number): void {
    switch (this.type) {
      case WtpType.Invoke: {
        const octet = buf[off + offClass]!
        this.version = octet >> 6
        this.tidNew = (octet & 0x20) !== 0
        this.userAck = (octet & 0x10) !== 0
        this.transactionClass = octet & 3
        this.psn = 0
        this.#trailer(first)
        break
      }
      case WtpType.Result:
        this.psn = 0
        this.#trailer(first)
        break
      case WtpType.SegmentedInvoke:
      case WtpType.SegmentedResult:
        this.psn = buf[off + offPsn]!
        this.#trailer(first)
        break
      case WtpType.Ack:
        this.tidVerify = (first & 4) !== 0
        this.rid = (first & 1) !== 0
        break
      case WtpType.Abort:
        this.abortType = first & 7
        this.abortReason = buf[off + offReason]!
        break
      case WtpType.NegativeAck:
        this.rid = (first & 1) !== 0
        this.missing = buf[off + offCount]!
        break
    }
  }

  #trailer(first: number): void {
    this.gtr = (first & 4) !== 0
    this.ttr = (first & 2) !== 0
    this.rid = (first & 1) !== 0
  }
}
