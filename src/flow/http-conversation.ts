/** HTTP/1.x on a TCP connection: gives every octet of both directions to its transaction.
 * Read RFC 9112 sections 6 and 9.3 and rules.md 2.6 to 2.8 before changing this file. Bodies are not
 * looked at: the fast path passes over them by counting (see tcp-stream.ts). */

import type { Fault } from '../wire/fault.js'
import { findRequestStart, startsRequest, startsResponse } from '../wire/http1-start.js'
import { WebSocketFrames } from '../wire/websocket.js'
import { up } from './accounts.js'
import { type Direction, type FlowDetail, MessageState } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import { lose, messageDone } from './http-framing.js'
import { HttpRequests } from './http-request.js'
import { HttpResponses } from './http-response.js'
import type { FaultCount } from './identify.js'
import { collectMms, takeMms } from './mms-body.js'
import { Reason } from './reason.js'
import type { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'

export class HttpConversation {
  readonly #hooks: FlowHooks
  readonly #slices: SliceList
  readonly #fault: Fault
  readonly #requests: HttpRequests
  readonly #responses: HttpResponses

  constructor(
    hooks: FlowHooks,
    slices: SliceList,
    policy: SlicePolicy,
    fault: Fault,
    faults: FaultCount,
  ) {
    this.#hooks = hooks
    this.#slices = slices
    this.#fault = fault
    this.#requests = new HttpRequests(hooks, slices, policy, fault, faults)
    this.#responses = new HttpResponses(hooks, slices, fault, faults)
  }

  /** Slices all `seg.len` octets of one in-order segment. */
  consume(d: FlowDetail, seg: Segment): void {
    const direction = seg.dir === up ? d.up : d.down
    const end = seg.off + seg.len
    let pos = seg.off
    while (pos < end) {
      const from = pos
      const state = direction.state
      if (state === MessageState.Body) pos = this.#body(d, direction, seg, pos)
      else if (state === MessageState.Chunked) pos = this.#chunks(d, direction, seg, pos)
      else if (state === MessageState.Resync) pos = this.#resync(d, direction, seg, pos)
      else if (seg.dir === up) pos = this.#requests.read(d, seg, pos)
      else pos = this.#responses.read(d, seg, pos)
      if (pos === from && direction.state === state) pos = this.#uncaptured(d, direction, seg, pos)
    }
  }

  /** The direction closed, or the flow ended: a body that lasts until then is complete. */
  closed(row: number, d: FlowDetail, direction: Direction): void {
    if (direction.mms !== undefined) this.#mmsDone(row, d, direction)
    if (direction === d.down && direction.state === MessageState.Body && direction.txn) {
      direction.txn.responseDone ||= direction.left === Number.POSITIVE_INFINITY
    }
  }

  #body(d: FlowDetail, direction: Direction, seg: Segment, pos: number): number {
    const n = Math.min(direction.left, seg.off + seg.len - pos)
    const account = direction.txn ?? d.levelOne()
    this.#slices.add(account, seg.dir === up ? SliceClass.Request : SliceClass.Response, n)
    direction.left -= n
    if (direction.mms !== undefined) {
      const full = collectMms(direction, seg.buf, pos, Math.min(pos + n, seg.capEnd))
      if (full || direction.left === 0) this.#mmsDone(seg.row, d, direction)
    }
    if (direction.left === 0) messageDone(d, direction)
    return pos + n
  }

  #chunks(d: FlowDetail, direction: Direction, seg: Segment, pos: number): number {
    const chunked = direction.chunked
    if (chunked === undefined || pos >= seg.capEnd) return pos
    const counted = chunked instanceof WebSocketFrames ? chunked.frames : 0
    const next = chunked.feed(seg.buf, pos, seg.capEnd)
    const account = direction.txn ?? d.levelOne()
    if (chunked instanceof WebSocketFrames) account.webSocketFrames += chunked.frames - counted
    this.#slices.add(account, seg.dir === up ? SliceClass.Request : SliceClass.Response, next - pos)
    if (chunked.failed) lose(d, direction)
    else if (chunked.done) messageDone(d, direction)
    return next
  }

  /** Level 1 until something looks like a message again. */
  #resync(d: FlowDetail, direction: Direction, seg: Segment, pos: number): number {
    const end = seg.off + seg.len
    const from = Math.min(pos, seg.capEnd)
    const found =
      seg.dir === up
        ? nextRequest(seg.buf, from, seg.capEnd)
        : startsResponse(seg.buf, from, seg.capEnd) === 1
          ? pos
          : -1
    const lost = d.reasons & Reason.CaptureGap ? SliceClass.Gap : SliceClass.Opaque
    if (found < 0) {
      this.#slices.add(d.levelOne(), lost, end - pos)
      return end
    }
    if (found > pos) this.#slices.add(d.levelOne(), lost, found - pos)
    direction.state = MessageState.Start
    d.reasons |= Reason.Resynchronised
    return found
  }

  /** Octets that were sent but not captured: only a body can be followed over them, and then nothing is
   * missing that anybody would have read. */
  #uncaptured(d: FlowDetail, direction: Direction, seg: Segment, pos: number): number {
    const end = seg.off + seg.len
    const account = direction.txn ?? d.levelOne()
    this.#slices.add(account, seg.dir === up ? SliceClass.Request : SliceClass.Response, end - pos)
    const chunked = direction.chunked
    if (
      direction.state === MessageState.Chunked &&
      chunked !== undefined &&
      chunked.skippable >= end - pos
    ) {
      chunked.skip(end - pos)
      return end
    }
    d.reasons |= Reason.Truncated
    if (direction.txn !== undefined) direction.txn.reasons |= Reason.Truncated
    lose(d, direction)
    return end
  }

  #mmsDone(row: number, d: FlowDetail, direction: Direction): void {
    const mms = takeMms(direction, this.#fault)
    const txn = direction.txn
    if (mms === undefined || txn === undefined) return
    // a request's PDU (m-send-req) says more than its confirmation
    if (txn.mms === undefined || direction === d.up) txn.mms = mms
    txn.app = 'mms'
    this.#hooks.enriched(row, d, txn)
  }
}

/** First line start in [off, end) that both looks like a request line and is one, or -1. */
function nextRequest(buf: Uint8Array, off: number, end: number): number {
  let at = findRequestStart(buf, off, end)
  while (at >= 0 && startsRequest(buf, at, end) === 0) {
    const lf = buf.indexOf(0x0a, at)
    if (lf < 0 || lf + 1 >= end) return -1
    at = findRequestStart(buf, lf + 1, end)
  }
  return at
}
