/** Which transaction a packet belongs to under the profile `article` (rules.md 2.7, 2.12), as far as
 * the standard cases decide it: whole packets, and no choice between transactions. */

import { type ChargeUnit, type FlowLog, isWhole, type TransactionLog } from './recorder.js'

/** Frame that completes a packet; Infinity when the capture misses a piece of it. */
export function frameOf(unit: ChargeUnit | undefined): number {
  if (unit === undefined) return Number.POSITIVE_INFINITY
  let last = 0
  for (const frame of unit.frames) {
    if (frame.number === 0) return Number.POSITIVE_INFINITY
    last = Math.max(last, frame.number)
  }
  return last
}

/** A request that the capture misses or cuts short makes no transaction. */
export function isSeen({ requestFirst, identifiedBy }: TransactionLog): boolean {
  if (requestFirst === undefined || identifiedBy === undefined) return false
  return isWhole(requestFirst) && isWhole(identifiedBy)
}

function latest(
  flow: FlowLog,
  before: number,
  moment: (transaction: TransactionLog) => ChargeUnit | undefined,
): TransactionLog | undefined {
  let found: TransactionLog | undefined
  for (const transaction of flow.transactions.filter(isSeen)) {
    if (frameOf(moment(transaction)) <= before) found = transaction
  }
  return found
}

/** The three readings of "current" for a bare acknowledgement: the last request read whole, the last
 * request begun, the oldest response still running. They agree unless requests overlap. */
function currentReadings(flow: FlowLog, frame: number): TransactionLog[] {
  // before the first request of a connection whose beginning was missed, nothing is its own
  const first = flow.fromStart ? flow.transactions.find(isSeen) : undefined
  const identified = latest(flow, frame, one => one.identifiedBy) ?? first
  const begun = latest(flow, frame, one => one.requestFirst) ?? first
  const running = flow.transactions.find(
    one => frameOf(one.requestFirst) <= frame && frameOf(one.responseLast) >= frame,
  )
  const readings = new Set<TransactionLog>()
  for (const one of [identified, begun, running]) if (one !== undefined) readings.add(one)
  return [...readings]
}

/** The transactions that a packet may belong to: one when it is decided; none in a flow without, for
 * octets of a message whose beginning the capture missed, and behind a hole in a byte stream, where
 * rules.md 2.7 (ooo-gap) leaves the rest of the flow to policy. */
export function candidates(unit: ChargeUnit): TransactionLog[] {
  const { flow, kind } = unit
  if ((unit.frames[0]?.timeUs ?? 0) >= flow.holeUs) return []
  if (kind === 'data' || kind === 'datagram') return unit.transactions.filter(isSeen)
  const transactions = flow.transactions.filter(isSeen)
  if (transactions.length === 0) return []
  if (kind === 'handshake') return transactions.slice(0, 1)
  if (kind === 'teardown') return transactions.slice(-1)
  return currentReadings(flow, frameOf(unit))
}
