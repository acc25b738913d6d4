/** What the flow layer tells the pipeline, and the segment at hand that all conversations share. Calls come
 * in packet order; rows are valid during the call. */

import type { PacketView } from '../dissect/packet-view.js'
import type { FlowEnd } from '../record/flow-record.js'
import type { Dir } from './accounts.js'
import type { FlowDetail } from './flow-detail.js'
import type { HeadBuffers } from './head-buffers.js'
import type { MmsFacts } from './mms-facts.js'
import type { Transaction } from './transaction.js'

export interface FlowHooks {
  /** A flow opened: the pipeline sets `detail.level1` and says whether payload may matter. */
  opened(row: number, detail: FlowDetail): void
  /** A request, ClientHello or method PDU is known: the pipeline decides its charge. */
  identified(row: number, detail: FlowDetail, txn: Transaction): void
  /** More is known of a transaction (response head, MMS fields): rules that ask for it decide again. */
  enriched(row: number, detail: FlowDetail, txn: Transaction): void
  /** A transaction will get no more octets: settle it. */
  finished(row: number, detail: FlowDetail, txn: Transaction): void
  /** An M-Notification.ind reached the UE: `mms.contentLocation` is what it will fetch. */
  notified(row: number, detail: FlowDetail, mms: MmsFacts, frame: number, timeUs: number): void
}

export interface FlowEvents extends FlowHooks {
  /** The row is about to be freed; all its octets are in accounts. */
  ended(row: number, detail: FlowDetail, reason: FlowEnd, nowUs: number): void
  /** A packet of a flow that was not opened (`load`): it is counted by nobody else. `ctx` is negative
   * without a session. */
  leftOut(v: PacketView, ctx: number, dir: Dir): void
}

/** The octets of one packet in stream order; reused. */
export class Segment {
  row = 0
  dir: Dir = 0
  frame = 0
  timeUs = 0
  /** sequence number (int32) of the first octet */
  seq = 0
  buf: Uint8Array = new Uint8Array(0)
  off = 0
  /** end of what was captured; `off + len` is the end of what was sent */
  capEnd = 0
  len = 0
  /** where heads that are cut over segments are collected */
  readonly heads: HeadBuffers

  constructor(heads: HeadBuffers) {
    this.heads = heads
  }
}
