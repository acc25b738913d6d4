/** What follows a head, a body or a loss in one direction of an HTTP/1.x conversation: the changes of state
 * that requests and responses share. Read RFC 9112 section 6.3. */

import { BodyKind } from '../wire/http1-body.js'
import { ChunkedBody } from '../wire/http1-chunked.js'
import { WebSocketFrames } from '../wire/websocket.js'
import { type Direction, type FlowDetail, MessageState } from './flow-detail.js'
import { isMmsType, startMms } from './mms-body.js'
import { cachedText } from './text-cache.js'
import type { Transaction } from './transaction.js'

/** The value of a header range, '' when the field is absent. */
export function fieldText(buf: Uint8Array, off: number, end: number): string {
  return off < 0 ? '' : cachedText(buf, off, end)
}

/** Framing of this direction is gone: everything is on level 1 until a message is recognised. WebSocket
 * frames stay with their transaction, no longer counted: nothing else can come. */
export function lose(d: FlowDetail, direction: Direction): void {
  if (direction.chunked instanceof WebSocketFrames) {
    direction.state = MessageState.Body
    direction.left = Number.POSITIVE_INFINITY
    return
  }
  direction.state = MessageState.Resync
  direction.txn = undefined
  direction.headLen = 0
  direction.left = 0
  direction.mms = undefined
  // without pipelining, the usual case, the next status line answers the request that is the latest then
  if (direction === d.down) {
    d.answering = -1
    d.unanswerable = 0
  }
}

export function messageDone(d: FlowDetail, direction: Direction): void {
  direction.state = MessageState.Start
  direction.left = 0
  if (direction === d.down) {
    if (direction.txn !== undefined) {
      direction.txn.responseDone = true
      d.answering++
    } else if (d.unanswerable > 0) d.unanswerable--
  }
}

/** Enters the body that the head announced. */
export function enterBody(
  d: FlowDetail,
  direction: Direction,
  kind: BodyKind,
  contentLength: number,
  contentType: string,
): void {
  switch (kind) {
    case BodyKind.None:
      messageDone(d, direction)
      return
    case BodyKind.Length:
      direction.state = MessageState.Body
      direction.left = contentLength
      break
    case BodyKind.Chunked:
      direction.state = MessageState.Chunked
      if (!(direction.chunked instanceof ChunkedBody)) direction.chunked = new ChunkedBody()
      direction.chunked.reset()
      return
    case BodyKind.Close:
    case BodyKind.Tunnel:
      direction.state = MessageState.Body
      direction.left = Number.POSITIVE_INFINITY
      break
    default:
      lose(d, direction)
      return
  }
  if (isMmsType(contentType)) {
    if (direction.txn !== undefined) direction.txn.app = 'mms'
    startMms(direction)
  }
}

/** Both directions are no longer HTTP (CONNECT accepted, 101): all octets belong to `txn`. */
export function enterTunnel(d: FlowDetail, txn: Transaction | undefined): void {
  for (const direction of [d.up, d.down]) {
    direction.state = MessageState.Body
    direction.left = Number.POSITIVE_INFINITY
    direction.txn = txn
    direction.mms = undefined
  }
}

/** Both directions are WebSocket frames of `txn` from here on (RFC 6455 section 4.2.2). */
export function enterWebSocket(d: FlowDetail, txn: Transaction | undefined): void {
  enterTunnel(d, txn)
  for (const direction of [d.up, d.down]) {
    direction.state = MessageState.Chunked
    direction.chunked = new WebSocketFrames()
  }
}
