/** WTP with WSP (port 9201): cuts datagrams into PDUs and gives each to its transaction by TID, also when it
 * is a segment, an acknowledgement or a repetition. Read WAP-224-WTP clauses 7 and 8, WAP-230-WSP
 * clause 7.1 and rules.md 2.9 before changing this file. */

import type { Fault } from '../wire/fault.js'
import { isGetType, isPostType, WspType } from '../wire/wsp.js'
import { type WtpPdu, WtpType } from '../wire/wtp.js'
import { WtpDatagram } from '../wire/wtp-datagram.js'
import { up } from './accounts.js'
import type { FlowDetail } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'
import { completeAccount, type FaultCount, incompleteAccount, nextAccount } from './identify.js'
import { Reason } from './reason.js'
import { preIdAccount, repeatAccount, setUpAccount, teardownAccount } from './slice-account.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'
import type { Transaction } from './transaction.js'
import type { WspMessages } from './wsp-message.js'
import { Segment as SegmentFate, type WtpReassembly } from './wtp-reassembly.js'

/** TIDs of one flow that are remembered; the oldest gives way. */
const maxTids = 256

/** What a TID stands for. */
export interface WtpTransaction {
  account: Transaction
  /** waits for the rest of its segmented request before it has a URL */
  undecided: boolean
  /** class of all its octets when it sets up or ends the session instead of asking for something */
  session: SliceClass | undefined
  lastUs: number
  requestLen: number
}

export class WtpConversation {
  readonly #messages: WspMessages
  readonly #slices: SliceList
  readonly #policy: SlicePolicy
  readonly #reassembly: WtpReassembly
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #datagram = new WtpDatagram()

  constructor(
    messages: WspMessages,
    slices: SliceList,
    policy: SlicePolicy,
    reassembly: WtpReassembly,
    fault: Fault,
    faults: FaultCount,
  ) {
    this.#messages = messages
    this.#slices = slices
    this.#policy = policy
    this.#reassembly = reassembly
    this.#fault = fault
    this.#faults = faults
  }

  /** Slices one datagram. */
  consume(d: FlowDetail, seg: Segment): void {
    const datagram = this.#datagram
    datagram.start(seg.buf, seg.off, seg.capEnd)
    let sliced = 0
    while (datagram.next(this.#fault)) {
      const len = datagram.end - datagram.off
      if (datagram.pdu.type === WtpType.NotAllowed) {
        this.#faults.count(this.#fault.layer, this.#fault.code)
        this.#slices.add(d.last() ?? preIdAccount(d, this.#policy), SliceClass.Opaque, len)
      } else {
        this.#pdu(d, seg, datagram.pdu, len)
      }
      sliced += len
    }
    if (sliced < seg.len) {
      d.reasons |= Reason.Truncated
      this.#slices.add(
        d.last() ?? preIdAccount(d, this.#policy),
        SliceClass.Opaque,
        seg.len - sliced,
      )
    }
  }

  #pdu(d: FlowDetail, seg: Segment, pdu: WtpPdu, len: number): void {
    const fromUe = seg.dir === up
    // clause 8.2: the responder sets the top bit of the TID
    const byUe = fromUe !== pdu.fromResponder
    const key = pdu.tid | (byUe ? 0 : 0x8000)
    d.tids ??= new Map()
    let known = d.tids.get(key)
    if (known !== undefined && seg.timeUs - known.lastUs > this.#policy.wspClMs * 1000)
      known = undefined
    if (pdu.type === WtpType.Invoke) {
      const size = pdu.payloadEnd - pdu.payloadOff
      const repeated =
        known !== undefined &&
        (pdu.rid || (known.requestLen === size && known.account.status === 0))
      if (!repeated || known === undefined) {
        known = this.#invoke(d, seg, pdu, key, size)
        this.#add(d, known, SliceClass.Request, len)
        known.lastUs = seg.timeUs
        return
      }
      this.#add(d, known, SliceClass.Retransmission, len)
    } else if (known === undefined) {
      this.#unknown(d, pdu, len)
      return
    } else {
      this.#known(d, seg, pdu, known, len)
    }
    known.lastUs = seg.timeUs
  }

  #add(d: FlowDetail, known: WtpTransaction, sliceClass: SliceClass, len: number): void {
    const policy = this.#policy
    if (known.session !== undefined) this.#slices.add(known.account, known.session, len)
    else if (sliceClass === SliceClass.Retransmission) {
      this.#slices.add(repeatAccount(d, policy) ?? known.account, sliceClass, len)
    } else if (known.undecided) this.#slices.add(known.account, SliceClass.PreId, len)
    else if (sliceClass === SliceClass.Teardown && policy.teardown !== 'last-transaction') {
      this.#slices.add(teardownAccount(d, policy), sliceClass, len)
    } else this.#slices.add(known.account, sliceClass, len)
  }

  /** A transaction whose Invoke was not seen. */
  #unknown(d: FlowDetail, pdu: WtpPdu, len: number): void {
    const answer = pdu.type === WtpType.Result || pdu.type === WtpType.SegmentedResult
    if (answer) d.reasons |= Reason.OrphanResponse
    const account = answer ? d.levelOne() : (d.last() ?? preIdAccount(d, this.#policy))
    this.#slices.add(account, answer ? SliceClass.Response : SliceClass.PureAck, len)
  }

  #known(d: FlowDetail, seg: Segment, pdu: WtpPdu, known: WtpTransaction, len: number): void {
    let sliceClass: SliceClass = SliceClass.PureAck
    if (pdu.type === WtpType.Result || pdu.type === WtpType.SegmentedResult) {
      sliceClass = this.#result(d, seg, pdu, known)
    } else if (pdu.type === WtpType.SegmentedInvoke) {
      sliceClass = this.#segment(d, seg, pdu, known)
    } else if (pdu.type === WtpType.Abort) {
      sliceClass = SliceClass.Teardown
      // whichever side aborts, neither message goes on
      this.#reassembly.drop(d.frame, pdu.tid, true)
      this.#reassembly.drop(d.frame, pdu.tid, false)
    }
    this.#add(d, known, sliceClass, len)
  }

  #invoke(d: FlowDetail, seg: Segment, pdu: WtpPdu, key: number, size: number): WtpTransaction {
    const known: WtpTransaction = {
      account: this.#handshake(d),
      undecided: false,
      session: SliceClass.Handshake,
      lastUs: seg.timeUs,
      requestLen: size,
    }
    this.#remember(d, key, known)
    if (pdu.segment) this.#collect(d, seg, pdu)
    const { buf } = seg
    if (!this.#messages.read(buf, pdu.payloadOff, pdu.payloadEnd, false, pdu.segment)) {
      if (pdu.segment) this.#awaitRest(d, known)
      return known
    }
    const wsp = this.#messages.pdu
    if (isGetType(wsp.type) || isPostType(wsp.type)) {
      if (wsp.uriWhole) {
        known.account = nextAccount(d)
        known.session = undefined
        known.account.tid = pdu.tid
        this.#messages.request(d, seg, known.account, buf)
      } else this.#awaitRest(d, known)
    } else if (wsp.type === WspType.Connect) {
      this.#messages.connect(d, buf)
    } else if (wsp.type === WspType.Push || wsp.type === WspType.ConfirmedPush) {
      known.account = nextAccount(d)
      known.session = undefined
      this.#messages.push(d, seg, known.account, buf)
    } else if (wsp.type === WspType.Disconnect || wsp.type === WspType.Suspend) {
      known.account = teardownAccount(d, this.#policy)
      known.session = SliceClass.Teardown
    }
    return known
  }

  /** The first segment does not hold the whole URI. */
  #awaitRest(d: FlowDetail, known: WtpTransaction): void {
    known.account = incompleteAccount(d, this.#policy)
    known.session = undefined
    known.undecided = true
  }

  #segment(d: FlowDetail, seg: Segment, pdu: WtpPdu, known: WtpTransaction): SliceClass {
    const fate = this.#collect(d, seg, pdu)
    if (fate === SegmentFate.Duplicate) return SliceClass.Retransmission
    if (fate === SegmentFate.Complete && known.undecided) {
      const { octets, length } = this.#reassembly
      const { pdu: wsp } = this.#messages
      const good = this.#messages.read(octets, 0, length, false, false)
      if (good && (isGetType(wsp.type) || isPostType(wsp.type))) {
        known.account = completeAccount(d, known.account)
        known.account.tid = pdu.tid
        this.#messages.request(d, seg, known.account, octets)
      }
      known.undecided = false
    }
    return SliceClass.Request
  }

  #result(d: FlowDetail, seg: Segment, pdu: WtpPdu, known: WtpTransaction): SliceClass {
    const segmented = pdu.segment
    if (segmented && this.#collect(d, seg, pdu) === SegmentFate.Duplicate) {
      return SliceClass.Retransmission
    }
    if (pdu.type === WtpType.SegmentedResult) return SliceClass.Response
    if (known.account.status !== 0) return SliceClass.Retransmission
    const { buf } = seg
    if (
      known.account.n > 0 &&
      this.#messages.read(buf, pdu.payloadOff, pdu.payloadEnd, false, segmented)
    ) {
      if (this.#messages.pdu.type === WspType.Reply) {
        this.#messages.reply(d, seg, known.account, buf)
        known.account.responseDone = true
      }
    }
    return SliceClass.Response
  }

  #collect(d: FlowDetail, seg: Segment, pdu: WtpPdu): SegmentFate {
    const fate = this.#reassembly.add(
      d.frame,
      pdu.tid,
      seg.dir === up,
      Math.max(0, pdu.psn),
      pdu.ttr,
      pdu.rid,
      seg.buf,
      pdu.payloadOff,
      pdu.payloadEnd,
      seg.timeUs,
      this.#fault,
    )
    if (fate === SegmentFate.Refused) this.#faults.count(this.#fault.layer, this.#fault.code)
    return fate
  }

  /** Account of what sets up a session: a session that is resumed goes on with its last transaction. */
  #handshake(d: FlowDetail): Transaction {
    const { handshake } = this.#policy
    if (handshake !== 'first-transaction') return setUpAccount(d, this.#policy)
    return d.last() ?? d.deferred()
  }

  #remember(d: FlowDetail, key: number, known: WtpTransaction): void {
    const tids = d.tids
    if (tids === undefined) return
    tids.delete(key)
    if (tids.size >= maxTids) {
      for (const oldest of tids.keys()) {
        tids.delete(oldest)
        break
      }
    }
    tids.set(key, known)
  }
}
