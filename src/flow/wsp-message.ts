/** A WSP PDU becomes part of a transaction: what connectionless (9200) and connection-oriented (9201) WSP
 * share. Read WAP-230-WSP clause 8.2 and rules.md 2.9 first. */

import type { Fault } from '../wire/fault.js'
import { latin1 } from '../wire/octets.js'
import { WspPdu, wspMethod } from '../wire/wsp.js'
import { mediaTypeText, wspHeaderFacts } from '../wire/wsp-header.js'
import type { FlowDetail } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import { type FaultCount, identify } from './identify.js'
import { isMmsType } from './mms-body.js'
import { type MmsFacts, mmsFacts, notificationInd } from './mms-facts.js'
import { Reason } from './reason.js'
import type { Transaction } from './transaction.js'
import { profileUrl } from './ua-profile.js'

export class WspMessages {
  /** the PDU last read */
  readonly pdu = new WspPdu()
  readonly #hooks: FlowHooks
  readonly #fault: Fault
  readonly #faults: FaultCount

  constructor(hooks: FlowHooks, fault: Fault, faults: FaultCount) {
    this.#hooks = hooks
    this.#fault = fault
    this.#faults = faults
  }

  /** Reads a PDU into `pdu`; a fault is counted. A cut first segment is no fault (`cutIsFine`). */
  read(
    buf: Uint8Array,
    off: number,
    end: number,
    connectionless: boolean,
    cutIsFine: boolean,
  ): boolean {
    const good = this.pdu.decode(buf, off, end, connectionless, this.#fault)
    if (!good || (!this.pdu.complete && !cutIsFine)) {
      this.#faults.count(this.#fault.layer, this.#fault.code)
    }
    return good
  }

  /** The Connect in `pdu` opens a session: its headers hold for every method (WAP-230 clause 7.1.2), so the
   * handset names itself here and nowhere else. */
  connect(d: FlowDetail, buf: Uint8Array): void {
    const { headersOff, headersEnd } = this.pdu
    const { userAgent, profile } = wspHeaderFacts(buf, headersOff, headersEnd, this.#fault)
    if (userAgent !== '') d.userAgent = userAgent
    if (profile !== '') d.uaProfile = profileUrl(profile)
  }

  /** The method PDU in `pdu` opens `txn`. */
  request(d: FlowDetail, seg: Segment, txn: Transaction, buf: Uint8Array): void {
    const pdu = this.pdu
    txn.app = d.app
    txn.method = wspMethod(pdu.type)
    txn.target = latin1(buf, pdu.uriOff, pdu.uriEnd)
    const headers = wspHeaderFacts(buf, pdu.headersOff, pdu.headersEnd, this.#fault)
    txn.userAgent = headers.userAgent || d.userAgent
    txn.uaProfile = profileUrl(headers.profile) || d.uaProfile
    txn.hostHeader = headers.host
    txn.requestContentType = this.#contentType(buf) || headers.contentType
    txn.identifiedFrame = seg.frame
    if (!pdu.complete) txn.reasons |= Reason.MessageIncomplete
    if (isMmsType(txn.requestContentType)) this.#takeMms(txn, buf)
    identify(seg.row, d, txn, this.#hooks)
  }

  /** The Reply in `pdu` answers `txn`. */
  reply(d: FlowDetail, seg: Segment, txn: Transaction, buf: Uint8Array): void {
    const pdu = this.pdu
    txn.status = pdu.status
    txn.responseContentType = this.#contentType(buf)
    if (pdu.status >= 300 && pdu.status < 400) {
      txn.location = wspHeaderFacts(
        buf,
        pdu.headersOff,
        pdu.headersEnd,
        this.#fault,
      ).contentLocation
    }
    if (isMmsType(txn.responseContentType)) this.#takeMms(txn, buf)
    this.#hooks.enriched(seg.row, d, txn)
  }

  /** The Push in `pdu` is a transaction of its own (rules.md 2.9): its URL is what its headers say. */
  push(d: FlowDetail, seg: Segment, txn: Transaction, buf: Uint8Array): void {
    const pdu = this.pdu
    txn.app = d.app
    txn.method = 'PUSH'
    const headers = wspHeaderFacts(buf, pdu.headersOff, pdu.headersEnd, this.#fault)
    txn.target = headers.contentLocation || headers.contentUri
    txn.responseContentType = this.#contentType(buf)
    txn.identifiedFrame = seg.frame
    txn.responseDone = true
    const mms = isMmsType(txn.responseContentType) ? this.#takeMms(txn, buf) : undefined
    identify(seg.row, d, txn, this.#hooks)
    if (mms !== undefined && mms.type === notificationInd) {
      this.#hooks.notified(seg.row, d, mms, seg.frame, seg.timeUs)
    }
  }

  #contentType(buf: Uint8Array): string {
    const { contentTypeOff, contentTypeEnd } = this.pdu
    return contentTypeEnd > contentTypeOff ? mediaTypeText(buf, contentTypeOff, contentTypeEnd) : ''
  }

  #takeMms(txn: Transaction, buf: Uint8Array): MmsFacts | undefined {
    txn.app = 'mms'
    const mms = mmsFacts(buf, this.pdu.dataOff, this.pdu.dataEnd, this.#fault)
    if (mms !== undefined && (txn.mms === undefined || txn.status === 0)) txn.mms = mms
    return mms
  }
}
