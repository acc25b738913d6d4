/** Tells a capture that holds one direction of a connection from a server that does not answer: an operator
 * must not look for a block where a mirror port is missing. Read RFC 9293 section 3.5: who completes a
 * handshake has had its answer, and acknowledgement numbers move only when octets come. */

import type { PacketView } from '../dissect/packet-view.js'
import { type FlowDetail, noAck } from './flow-detail.js'
import { Col, type FlowTable, State, stride } from './flow-table.js'
import { Reason } from './reason.js'
import { Tcp } from './tcp-sequence.js'

/** A TCP packet of the UE in a flow in which nothing has come down. Returns true when it answers something
 * that the capture does not hold. */
export function answersUnseen(d: FlowDetail, v: PacketView, state: number): boolean {
  if ((v.tcpFlags & (Tcp.Ack | Tcp.Syn | Tcp.Rst)) !== Tcp.Ack) return false
  const isFirst = d.firstAck === noAck
  if (isFirst) d.firstAck = v.tcpAck >>> 0
  const afterSyn = (state & State.SynUp) !== 0
  if (!afterSyn && (isFirst || d.firstAck === v.tcpAck >>> 0)) return false
  d.reasons |= Reason.OneDirection
  return true
}

/** At the end of a flow: whether the UE's direction is missing, of a connection that had a handshake or
 * octets. A lone RST answers what ended before. */
export function lacksUplink(table: FlowTable, row: number, d: FlowDetail): boolean {
  const state = table.i32[row * stride + Col.State]!
  return (state & (State.SynDown | State.Payload)) !== 0 && d.settledUpPackets === 0
}
