/** Connectionless WSP (port 9200, WAP push on 2948): one PDU a datagram, requests and replies paired by
 * their TID octet. Read WAP-230-WSP clause 7.2 and rules.md 2.9 before changing this file. */

import { decodeText } from '../record/text.js'
import { isGetType, isPostType, WspType } from '../wire/wsp.js'
import { up } from './accounts.js'
import type { FlowDetail } from './flow-detail.js'
import type { Segment } from './flow-hooks.js'
import { nextAccount } from './identify.js'
import { Reason } from './reason.js'
import { preIdAccount, repeatAccount } from './slice-account.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'
import type { Transaction } from './transaction.js'
import type { WspMessages } from './wsp-message.js'

export class WspConversation {
  readonly #messages: WspMessages
  readonly #slices: SliceList
  readonly #policy: SlicePolicy

  constructor(messages: WspMessages, slices: SliceList, policy: SlicePolicy) {
    this.#messages = messages
    this.#slices = slices
    this.#policy = policy
  }

  /** Slices one datagram. */
  consume(d: FlowDetail, seg: Segment): void {
    if (!this.#messages.read(seg.buf, seg.off, seg.capEnd, true, seg.capEnd < seg.off + seg.len)) {
      this.#slices.add(d.last() ?? preIdAccount(d, this.#policy), SliceClass.Opaque, seg.len)
      return
    }
    const pdu = this.#messages.pdu
    if (seg.dir === up && (isGetType(pdu.type) || isPostType(pdu.type))) this.#request(d, seg)
    else if (seg.dir !== up && pdu.type === WspType.Reply) this.#reply(d, seg)
    else if (seg.dir !== up && (pdu.type === WspType.Push || pdu.type === WspType.ConfirmedPush)) {
      const txn = nextAccount(d)
      this.#messages.push(d, seg, txn, seg.buf)
      this.#slices.add(txn, SliceClass.Response, seg.len)
    } else {
      this.#slices.add(d.last() ?? preIdAccount(d, this.#policy), SliceClass.Opaque, seg.len)
    }
  }

  #request(d: FlowDetail, seg: Segment): void {
    const pdu = this.#messages.pdu
    const known = byTid(d, pdu.tid, seg.timeUs, this.#policy.wspClMs * 1000)
    if (known !== undefined && known.status === 0 && sameUri(known, seg.buf, pdu)) {
      this.#repeated(d, known, seg.len)
      return
    }
    const txn = nextAccount(d)
    txn.tid = pdu.tid
    this.#messages.request(d, seg, txn, seg.buf)
    this.#slices.add(txn, SliceClass.Request, seg.len)
  }

  #reply(d: FlowDetail, seg: Segment): void {
    const txn = byTid(d, this.#messages.pdu.tid, seg.timeUs, this.#policy.wspClMs * 1000)
    if (txn === undefined) {
      d.reasons |= Reason.OrphanResponse
      this.#slices.add(d.levelOne(), SliceClass.Response, seg.len)
      return
    }
    if (txn.status !== 0) {
      this.#repeated(d, txn, seg.len)
      return
    }
    this.#messages.reply(d, seg, txn, seg.buf)
    txn.responseDone = true
    this.#slices.add(txn, SliceClass.Response, seg.len)
  }

  #repeated(d: FlowDetail, txn: Transaction, octets: number): void {
    const account = repeatAccount(d, this.#policy) ?? txn
    this.#slices.add(account, SliceClass.Retransmission, octets)
  }
}

/** The latest transaction with this TID that is young enough. */
function byTid(d: FlowDetail, tid: number, nowUs: number, ageUs: number): Transaction | undefined {
  for (let i = d.transactions.length - 1; i >= 0; i--) {
    const txn = d.transactions[i]!
    if (txn.tid === tid) return nowUs - txn.lastUs <= ageUs ? txn : undefined
  }
  return undefined
}

function sameUri(
  txn: Transaction,
  buf: Uint8Array,
  pdu: { uriOff: number; uriEnd: number },
): boolean {
  return decodeText(buf.subarray(pdu.uriOff, pdu.uriEnd)).text === txn.target
}
