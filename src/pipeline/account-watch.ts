/** Somebody who follows accounts beside the ledger: another rule set, or the bounds of a policy. Calls come in
 * packet order; rows are valid during the call. */

import type { FlowDetail } from '../flow/flow-detail.js'
import type { Transaction } from '../flow/transaction.js'
import type { UsageRow } from '../rating/ledger.js'

export interface AccountWatch {
  /** A flow opened, and the first rules have answered. */
  opened(row: number, d: FlowDetail): void
  /** A request is known, or more of it: the first rules have decided. */
  decided(row: number, d: FlowDetail, txn: Transaction): void
  /** An account with octets gets no more of them; the ledger has added them to this row. */
  settled(row: number, d: FlowDetail, account: Transaction, usage: UsageRow): void
  /** All accounts of the flow were settled. */
  ended(row: number, d: FlowDetail): void
}
