/** The transaction of a TLS connection, over TCP or QUIC: what its ClientHello says of the server.
 * Read rules.md 2.6 and draft-ietf-tls-esni section 5 first. */

import type { ClientHello } from '../wire/tls-client-hello.js'
import type { FlowDetail } from './flow-detail.js'
import { nextAccount } from './identify.js'
import { Reason } from './reason.js'
import type { Transaction } from './transaction.js'

/** A new transaction, not numbered yet; `reasons` go to it. */
export function helloTransaction(
  d: FlowDetail,
  hello: ClientHello,
  app: 'tls' | 'quic',
  frame: number,
  reasons: number,
): Transaction {
  const txn = nextAccount(d)
  txn.app = app
  txn.sni = hello.serverName
  txn.alpn = hello.protocols.length === 1 ? hello.protocols[0]! : hello.protocols.join(' ')
  txn.identifiedFrame = frame
  txn.reasons |= reasons
  if (hello.ech || hello.esni) txn.reasons |= Reason.EncryptedHello
  return txn
}
