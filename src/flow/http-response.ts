/** Responses of an HTTP/1.x conversation: pairs each status line with its request, first in first out, and
 * says how long its body is. Read RFC 9112 sections 4, 6.3 and 9.3.2 first. */

import { type Fault, FaultCode, layer } from '../wire/fault.js'
import { HttpHead, maxHeadOctets } from '../wire/http1.js'
import { BodyKind, responseBody } from '../wire/http1-body.js'
import { startsResponse } from '../wire/http1-start.js'
import { type Direction, type FlowDetail, MessageState } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import {
  enterBody,
  enterTunnel,
  enterWebSocket,
  fieldText,
  lose,
  messageDone,
} from './http-framing.js'
import { HeadFate, HeadRange, readHead } from './http-head-buffer.js'
import type { FaultCount } from './identify.js'
import { Reason } from './reason.js'
import type { SliceList } from './slice-list.js'
import { SliceClass } from './slice-policy.js'

const http1 = layer('http1')

export class HttpResponses {
  readonly #hooks: FlowHooks
  readonly #slices: SliceList
  readonly #fault: Fault
  readonly #faults: FaultCount
  readonly #head = new HttpHead()
  readonly #range = new HeadRange()

  constructor(hooks: FlowHooks, slices: SliceList, fault: Fault, faults: FaultCount) {
    this.#hooks = hooks
    this.#slices = slices
    this.#fault = fault
    this.#faults = faults
  }

  /** As HttpRequests.read, for the other direction. */
  read(d: FlowDetail, seg: Segment, pos: number): number {
    const direction = d.down
    if (pos >= seg.capEnd) return pos
    if (direction.state === MessageState.Start) {
      if (startsResponse(seg.buf, pos, seg.capEnd) === 0) {
        lose(d, direction)
        return pos
      }
      this.#start(d, direction, (seg.seq + (pos - seg.off)) | 0)
    }
    return this.#readHead(d, direction, seg, pos)
  }

  #start(d: FlowDetail, direction: Direction, seq: number): void {
    if (d.answering < 0) {
      const last = d.transactions.length - 1
      d.answering = last >= 0 && !d.transactions[last]?.responseDone ? last : last + 1
    }
    const txn = d.unanswerable > 0 ? undefined : d.transactions[d.answering]
    direction.state = MessageState.Head
    direction.headLen = 0
    direction.txn = txn
    if (txn === undefined) {
      d.reasons |= Reason.OrphanResponse
    } else if (!txn.hasDownSeq) {
      txn.hasDownSeq = true
      txn.downSeq = seq
    }
  }

  #readHead(d: FlowDetail, direction: Direction, seg: Segment, pos: number): number {
    const range = this.#range
    const account = direction.txn ?? d.levelOne()
    const fate = readHead(direction, seg, pos, range, this.#head, false, this.#fault)
    if (fate === HeadFate.Waiting) {
      this.#slices.add(account, SliceClass.Response, seg.capEnd - pos)
      if (range.end - range.off > maxHeadOctets) {
        this.#faults.count(http1, FaultCode.Limit)
        d.reasons |= Reason.HeadTooLong
        lose(d, direction)
      }
      return seg.capEnd
    }
    const used = range.end - range.off - range.before
    this.#slices.add(account, SliceClass.Response, used)
    direction.headLen = 0
    if (fate === HeadFate.Read) {
      this.#answer(d, direction, seg)
    } else {
      this.#faults.count(this.#fault.layer, this.#fault.code)
      lose(d, direction)
    }
    return pos + used
  }

  #answer(d: FlowDetail, direction: Direction, seg: Segment): void {
    const head = this.#head
    const txn = direction.txn
    const { buf } = this.#range
    const kind = responseBody(head, txn?.isHead ?? false, txn?.isConnect ?? false)
    if (txn !== undefined) txn.status = head.status
    // RFC 9110 section 15.2: an interim response comes before the final one of the same request
    if (head.status < 200 && kind !== BodyKind.Tunnel) {
      direction.state = MessageState.Start
      return
    }
    const contentType = fieldText(buf, head.contentTypeOff, head.contentTypeEnd)
    if (txn !== undefined) {
      txn.responseContentType = contentType
      txn.location = fieldText(buf, head.locationOff, head.locationEnd)
    }
    if (kind === BodyKind.Tunnel) {
      const upgrade = head.status === 101 ? fieldText(buf, head.upgradeOff, head.upgradeEnd) : ''
      if (upgrade.toLowerCase() === 'websocket') {
        if (txn !== undefined) txn.reasons |= Reason.WebSocket
        enterWebSocket(d, txn)
      } else enterTunnel(d, txn)
    } else {
      // a refused CONNECT leaves an ordinary connection behind
      if (d.up.state === MessageState.AwaitTunnel && txn?.isConnect) messageDone(d, d.up)
      enterBody(d, direction, kind, head.contentLength, contentType)
    }
    if (txn !== undefined) this.#hooks.enriched(seg.row, d, txn)
  }
}
