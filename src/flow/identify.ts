/** Opens transactions and keeps their number per flow bounded. */

import type { FaultCode } from '../wire/fault.js'
import { type FlowDetail, maxOpenTransactions } from './flow-detail.js'
import type { FlowHooks } from './flow-hooks.js'
import { Reason } from './reason.js'
import type { SlicePolicy } from './slice-policy.js'
import { Transaction } from './transaction.js'

export interface FaultCount {
  count(layer: number, code: FaultCode): void
}

/** The account of the flow's next transaction: the first one takes over what waited for it. */
export function nextAccount(d: FlowDetail): Transaction {
  if (d.nextN > 1 || d.first === undefined) return new Transaction()
  const txn = d.first
  d.first = undefined
  return txn
}

/** Account of a request that is not complete yet (rules.md 2.7 pre-id): that of a first one follows the
 * policy, a later one gets its own. */
export function incompleteAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  if (d.nextN === 1) return policy.preId === 'first-transaction' ? d.deferred() : d.levelOne()
  const account = new Transaction()
  d.unnamed.push(account)
  return account
}

/** The transaction of a request that became complete, whose octets so far are in `account`. */
export function completeAccount(d: FlowDetail, account: Transaction | undefined): Transaction {
  const at = account === undefined ? -1 : d.unnamed.indexOf(account)
  if (account === undefined || at < 0) return nextAccount(d)
  d.unnamed.splice(at, 1)
  return account
}

/** Numbers a transaction, enters it and has it decided. */
export function identify(row: number, d: FlowDetail, txn: Transaction, hooks: FlowHooks): void {
  txn.n = d.nextN++
  txn.reasons |= d.reasons & Reason.Resynchronised
  if (d.transactions.length >= maxOpenTransactions) retire(row, d, hooks)
  d.transactions.push(txn)
  hooks.identified(row, d, txn)
}

/** Settles the oldest transactions of a long connection once they are answered; one that never was goes
 * too when it is far behind, else a peer that never answers would make the list grow. */
function retire(row: number, d: FlowDetail, hooks: FlowHooks): void {
  const keep = maxOpenTransactions / 2
  const kept: Transaction[] = []
  const from = d.transactions.length - keep
  let gone = 0
  for (const [i, txn] of d.transactions.entries()) {
    const open = txn === d.up.txn || txn === d.down.txn
    if (i >= from || open) kept.push(txn)
    else {
      hooks.finished(row, d, txn)
      if (i < d.answering) gone++
    }
  }
  d.answering -= gone
  d.transactions = kept
}
