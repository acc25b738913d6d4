/** Somebody who follows accounts beside the ledger: another rule set, or the bounds of a policy. Calls come in
 * packet order; rows are valid during the call. */

import type { FlowDetail } from '../flow/flow-detail.js'
import type { Transaction } from '../flow/transaction.js'

export interface AccountWatch {
  /** A flow opened, and the first rules have answered. */
  opened(row: number, d: FlowDetail): void
  /** A request is known, or more of it: the first rules have decided. */
  decided(row: number, d: FlowDetail, txn: Transaction): void
  /** An account with octets gets no more of them. */
  settled(row: number, d: FlowDetail, account: Transaction): void
  /** All accounts of the flow were settled. */
  ended(row: number, d: FlowDetail): void
}
