/** What answered requests do to contexts, for every GTP version. Read 3GPP TS 29.060 clause 7.2.3 and TS
 * 29.274 clause 7.1.3 for Version Not Supported. */

import type { Exchange, GtpTransactions, Transaction } from './gtp-transaction.js'
import type { At, SessionStore } from './session-store.js'

/** Create PDP Context Request, Create Session Request. */
const createTypes = [16, 32]

/** "Version Not Supported" answers a request of any version by its sequence number; it has no cause of
 * its own, so the number of cause "Version not supported" of 29.060 is told. */
export function refuseVersion(
  store: SessionStore,
  transactions: GtpTransactions,
  e: Exchange,
): void {
  for (const version of [0, 1, 2]) {
    for (const type of createTypes) {
      const asked = { ...e, version }
      if (!transactions.isWaiting(asked, type)) continue
      const t = transactions.finish(asked, type)
      if (t === undefined || t === 'repeated') continue
      const facts = t.request.drafts[0]?.facts
      store.tell('rejected', facts, e, version === 2 ? 66 : 198, 'version not supported')
    }
  }
}

/** An accepted create points at what it opened from now on. */
export function remember(t: Transaction, row: number, store: SessionStore): void {
  t.request.row = row
  t.request.instance = store.contexts.get(row).context
}

/** A create that was answered, and whose context has ended since: the same octets ask for a new one. */
export function isOver(t: Transaction, store: SessionStore): boolean {
  const { row, instance } = t.request
  return t.done && instance > 0 && !store.contexts.isInstance(row, instance)
}

/** Closes what an accepted delete named. */
export function closeRequested(t: Transaction, store: SessionStore, at: At): void {
  const { row, bearers } = t.request
  for (const other of store.contexts.connection(row)) {
    if (bearers.length > 0 && !bearers.includes(store.contexts.get(other).bearer)) continue
    store.close(other, 'deleted', at, '')
  }
}
