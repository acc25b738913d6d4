/** Opens transactions and keeps their number per flow bounded. */

import type { FaultCode } from '../wire/fault.js'
import { type FlowDetail, maxOpenTransactions, maxUnanswered } from './flow-detail.js'
import type { FlowHooks } from './flow-hooks.js'
import { Reason } from './reason.js'
import { preIdAccount } from './slice-account.js'
import type { SlicePolicy } from './slice-policy.js'
import { type Transaction, takeTransaction } from './transaction.js'

export interface FaultCount {
  count(layer: number, code: FaultCode): void
}

/** The account of the flow's next transaction: the first one takes over what waited for it. */
export function nextAccount(d: FlowDetail): Transaction {
  if (d.nextN > 1 || d.first === undefined) return takeTransaction()
  const txn = d.first
  d.first = undefined
  return txn
}

/** Account of a request that is not complete yet (rules.md 2.7 pre-id): that of a first one follows the
 * policy, a later one gets its own, unless too many were never completed. */
export function incompleteAccount(d: FlowDetail, policy: SlicePolicy): Transaction {
  if (d.nextN === 1) return preIdAccount(d, policy)
  if (d.unnamed.length >= maxOpenTransactions) return d.levelOne()
  const account = takeTransaction()
  d.unnamed = [...d.unnamed, account]
  return account
}

/** The transaction of a request that became complete, whose octets so far are in `account`. */
export function completeAccount(d: FlowDetail, account: Transaction | undefined): Transaction {
  const at = account === undefined ? -1 : d.unnamed.indexOf(account)
  if (account === undefined || at < 0) return nextAccount(d)
  d.unnamed = d.unnamed.filter(one => one !== account)
  return account
}

/** Numbers a transaction, enters it and has it decided. */
export function identify(row: number, d: FlowDetail, txn: Transaction, hooks: FlowHooks): void {
  txn.n = d.nextN++
  txn.reasons |= d.reasons & Reason.Resynchronised
  // most flows have one: a list of its size, not one that push makes for more
  if (d.transactions.length === 0) d.transactions = [txn]
  else d.transactions.push(txn)
  hooks.identified(row, d, txn)
}

/** Settles the oldest transactions of a long connection once they are answered; one that never was goes
 * too when it is far behind, else a peer that never answers would make the list grow. With `retireAt` 0
 * all go but the one at hand: too many are open in the run. To be called between packets, when all slices are in their accounts; `current` is the flow's current account. */
export function retire(
  row: number,
  d: FlowDetail,
  current: Transaction | undefined,
  hooks: FlowHooks,
): void {
  const { transactions, answering } = d
  const kept: Transaction[] = []
  const gone = new Set<Transaction>()
  const crowded = d.retireAt === 0
  const from = transactions.length - (crowded ? 1 : maxOpenTransactions / 2)
  const patient = !crowded && transactions.length <= maxUnanswered
  for (const [i, txn] of transactions.entries()) {
    const inUse = [d.up.txn, d.down.txn, d.payload, current].includes(txn)
    if (i >= from || inUse || (patient && !txn.responseDone)) {
      kept.push(txn)
      continue
    }
    hooks.finished(row, d, txn)
    d.sum(txn)
    gone.add(txn)
    if (i < answering) d.answering--
    else if (answering >= 0) d.unanswerable++
  }
  d.transactions = kept
  d.retireAt = Math.max(maxOpenTransactions, kept.length + maxOpenTransactions / 2)
  for (const [tid, one] of d.tids ?? []) if (gone.has(one.account)) d.tids?.delete(tid)
}
