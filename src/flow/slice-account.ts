/** The account of a class of octets by the policy of the profile (rules.md 2.7). Asked at the events of a flow,
 * never for the usual packet. */

import type { FlowDetail } from './flow-detail.js'
import type { SlicePolicy } from './slice-policy.js'
import type { Transaction } from './transaction.js'

/** SYN, SYN-ACK and the ACK that completes it. */
export function handshakeAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  return policy.handshake === 'first-transaction' ? d.deferred() : setUpAccount(d, policy)
}

/** The same where the policy does not wait for a transaction. */
export function setUpAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  if (policy.handshake === 'signalling-id') return d.signals()
  return policy.handshake === 'none' ? d.leftOut() : d.levelOne()
}

/** Payload before the first identification. */
export function preIdAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  return policy.preId === 'first-transaction' ? d.deferred() : d.levelOne()
}

/** FIN, RST and their acknowledgements; WSP Disconnect. */
export function teardownAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  if (policy.teardown === 'signalling-id') return d.signals()
  if (policy.teardown === 'level1') return d.levelOne()
  return d.last() ?? unidentifiedAccount(d, policy)
}

/** Octets that no transaction explains yet. */
export function unidentifiedAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  return policy.handshake === 'first-transaction' ? d.waiting() : d.levelOne()
}

/** Octets that were sent before and are not counted as their original; undefined when they are. */
export function repeatAccount(d: FlowDetail, policy: SlicePolicy): Transaction | undefined {
  if (policy.retransmission === 'exclude') return d.leftOut()
  return policy.retransmission === 'separate-id' ? d.repeats() : undefined
}
