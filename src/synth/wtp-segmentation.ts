/** A WTP message in segments with the acknowledgements of its groups. Read WAP-224-WTP clause 7.14. */

import {
  emitAck,
  emitInvoke,
  emitNegativeAck,
  emitResult,
  emitSegment,
  type Trailer,
} from './emit-wtp.js'
import type { TransactionLog } from './recorder.js'
import type { StepRun } from './step-run.js'
import type { UdpConversation } from './udp-conversation.js'

const ROUND_TRIP = 0.1
const SEGMENT_GAP = 0.012

export interface SegmentedMessage {
  tid: number
  transaction: TransactionLog
  pdu: Uint8Array
  up: boolean
  class: number
  /** octets of a segment */
  size: number
  /** segments of a group */
  group: number
  /** number (from 0: PSN) of a segment that does not arrive at the first try */
  lost: number | undefined
}

function emitPart(message: SegmentedMessage, psn: number, trailer: Trailer, repeated: boolean) {
  const { tid, up, pdu, size } = message
  const data = pdu.subarray(psn * size, (psn + 1) * size)
  if (psn > 0) return emitSegment(!up, tid, psn, trailer, repeated, data)
  if (up) return emitInvoke({ tid, class: message.class, trailer, repeated }, data)
  return emitResult(tid, trailer, repeated, data)
}

export function sendSegmented(
  run: StepRun,
  talk: UdpConversation,
  message: SegmentedMessage,
): void {
  const { tid, up, group, lost } = message
  const transactions = [message.transaction]
  const total = Math.max(1, Math.ceil(message.pdu.length / message.size))
  for (let psn = 0; psn < total; psn++) {
    const last = psn === total - 1
    const groupEnd = (psn + 1) % group === 0
    const trailer: Trailer = last ? 'last' : groupEnd ? 'group' : 'more'
    talk.send(up, emitPart(message, psn, trailer, false), { transactions })
    run.wait(SEGMENT_GAP)
    if (!last && !groupEnd) continue
    const groupStart = psn - (psn % group)
    if (lost !== undefined && lost >= groupStart && lost < psn) {
      run.wait(ROUND_TRIP)
      talk.send(!up, emitNegativeAck(tid, up, [lost]), { transactions })
      run.wait(ROUND_TRIP)
      talk.send(up, emitPart(message, lost, 'more', true), { transactions })
    }
    // the result of an invoke acknowledges its last group by itself (clause 7.14.2)
    if (last && up) continue
    run.wait(ROUND_TRIP)
    talk.send(!up, emitAck({ tid, responder: up, psn }), { transactions })
    run.wait(SEGMENT_GAP)
  }
}
