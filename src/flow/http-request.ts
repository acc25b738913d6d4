/** Requests of an HTTP/1.x conversation: finds each head, also over several segments, and opens its
 * transaction. Read RFC 9112 section 3, rules.md 2.6 and 2.7 (pre-id) first. */

import { type Fault, FaultCode, layer } from '../wire/fault.js'
import { HttpHead, maxHeadOctets } from '../wire/http1.js'
import { requestBody } from '../wire/http1-body.js'
import { startsRequest } from '../wire/http1-start.js'
import { latin1 } from '../wire/octets.js'
import { type Direction, type FlowDetail, MessageState } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import { enterBody, fieldText, lose } from './http-framing.js'
import { HeadFate, HeadRange, readHead } from './http-head-buffer.js'
import { completeAccount, type FaultCount, identify, incompleteAccount } from './identify.js'
import { Reason } from './reason.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'
import { cachedText } from './text-cache.js'
import type { Transaction } from './transaction.js'
import { profileUrl } from './ua-profile.js'

const http1 = layer('http1')
const CR = 0x0d
const LF = 0x0a

export class HttpRequests {
  readonly #hooks: FlowHooks
  readonly #slices: SliceList
  readonly #policy: SlicePolicy
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #head = new HttpHead()
  readonly #range = new HeadRange()

  constructor(
    hooks: FlowHooks,
    slices: SliceList,
    policy: SlicePolicy,
    fault: Fault,
    faults: FaultCount,
  ) {
    this.#hooks = hooks
    this.#slices = slices
    this.#policy = policy
    this.#fault = fault
    this.#faults = faults
  }

  /** Slices from `pos` to the end of the head or of the segment; returns the offset behind. `pos` itself
   * when these octets are no request: the direction is lost then. */
  read(d: FlowDetail, seg: Segment, pos: number): number {
    const direction = d.up
    if (direction.state === MessageState.AwaitTunnel) {
      // RFC 9110 section 9.3.6: what follows a CONNECT before its answer is for the tunnel
      const end = seg.off + seg.len
      this.#slices.add(direction.txn ?? d.levelOne(), SliceClass.Opaque, end - pos)
      return end
    }
    if (pos >= seg.capEnd) return pos
    if (direction.state === MessageState.Start) {
      const octet = seg.buf[pos]!
      const blank = octet === CR || octet === LF
      if (!blank && startsRequest(seg.buf, pos, seg.capEnd) === 0) {
        lose(d, direction)
        return pos
      }
      direction.state = MessageState.Head
      direction.headLen = 0
      direction.txn = incompleteAccount(d, this.#policy)
    }
    return this.#readHead(d, direction, seg, pos)
  }

  #readHead(d: FlowDetail, direction: Direction, seg: Segment, pos: number): number {
    const range = this.#range
    const fate = readHead(direction, seg, pos, range, this.#head, true, this.#fault)
    if (fate === HeadFate.Waiting) {
      const cut = seg.capEnd < seg.off + seg.len
      if (cut || range.end - range.off > maxHeadOctets) {
        return this.#giveUp(d, direction, seg, pos, cut)
      }
      this.#slices.add(direction.txn ?? d.levelOne(), SliceClass.PreId, seg.capEnd - pos)
      return seg.capEnd
    }
    const used = range.end - range.off - range.before
    if (fate === HeadFate.Bad) {
      this.#faults.count(this.#fault.layer, this.#fault.code)
      this.#slices.add(d.levelOne(), SliceClass.Opaque, used)
      lose(d, direction)
      return pos + used
    }
    const txn = this.#open(d, direction, seg, pos, used)
    direction.headLen = 0
    if (txn.isConnect) direction.state = MessageState.AwaitTunnel
    else {
      const kind = requestBody(this.#head)
      enterBody(d, direction, kind, this.#head.contentLength, txn.requestContentType)
    }
    return pos + used
  }

  /** A head that the capture cut, or that is longer than the bound: its whole lines may do. */
  #giveUp(d: FlowDetail, direction: Direction, seg: Segment, pos: number, cut: boolean): number {
    const range = this.#range
    const rest = seg.off + seg.len - pos
    const reason = cut ? Reason.Truncated : Reason.HeadTooLong
    if (!cut) this.#faults.count(http1, FaultCode.Limit)
    d.reasons |= reason
    if (this.#head.decodePartialRequest(range.buf, range.off, range.end, this.#fault)) {
      const txn = this.#open(d, direction, seg, pos, rest)
      txn.reasons |= reason
    } else {
      this.#slices.add(direction.txn ?? d.levelOne(), SliceClass.PreId, rest)
    }
    lose(d, direction)
    return seg.off + seg.len
  }

  /** The head is known: a transaction begins. */
  #open(d: FlowDetail, direction: Direction, seg: Segment, pos: number, used: number): Transaction {
    const head = this.#head
    const { buf, before } = this.#range
    const txn = completeAccount(d, direction.txn)
    txn.app = 'http'
    txn.method = cachedText(buf, head.methodOff, head.methodEnd)
    txn.target = latin1(buf, head.targetOff, head.targetEnd)
    txn.hostHeader = fieldText(buf, head.hostOff, head.hostEnd)
    txn.xOnlineHost = fieldText(buf, head.xOnlineHostOff, head.xOnlineHostEnd)
    txn.userAgent = fieldText(buf, head.userAgentOff, head.userAgentEnd)
    txn.uaProfile = profileUrl(fieldText(buf, head.xWapProfileOff, head.xWapProfileEnd))
    txn.requestContentType = fieldText(buf, head.contentTypeOff, head.contentTypeEnd)
    txn.isHead = head.isHead
    txn.isConnect = head.isConnect
    txn.identifiedFrame = seg.frame
    txn.hasUpSeq = true
    txn.upSeq = (seg.seq + (pos - seg.off) - before) | 0
    direction.txn = txn
    this.#slices.add(txn, SliceClass.Request, used)
    identify(seg.row, d, txn, this.#hooks)
    return txn
  }
}
