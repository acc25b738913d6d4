/** A second rule set behind the same flows: asked at the same events as the first, so that one pass over a
 * capture compares the two. Rules.md 2.5, 2.6, 2.13 (6). */

import type { FlowDetail } from '../flow/flow-detail.js'
import type { FlowTable } from '../flow/flow-table.js'
import { Transaction } from '../flow/transaction.js'
import { formatPrefix } from '../rules/address.js'
import type { Decision, RuleEngine } from '../rules/engine.js'
import type { AppFacts } from '../rules/rule-facts.js'
import type { FlowRater } from './flow-rater.js'
import { TransactionUrls } from './transaction-url.js'

export class SecondRules {
  readonly engine: RuleEngine
  readonly #rater: FlowRater
  /** level-1 rule of each flow row */
  readonly #level1: number[] = []
  readonly #decisions = new WeakMap<Transaction, Decision>()
  /** with other proxies a request has another URL */
  readonly #urls: TransactionUrls | undefined
  readonly #asked = new Transaction()

  constructor(first: RuleEngine, engine: RuleEngine, rater: FlowRater, table: () => FlowTable) {
    this.engine = engine
    this.#rater = rater
    const sameUrls = proxiesOf(first) === proxiesOf(engine)
    this.#urls = sameUrls ? undefined : new TransactionUrls(engine, table)
  }

  opened(row: number, d: FlowDetail): void {
    this.#level1[row] = this.engine.level1(this.#rater.fillFacts(row, d))
  }

  decided(row: number, d: FlowDetail, txn: Transaction): void {
    const facts = this.#rater.fillFacts(row, d)
    this.#decisions.set(txn, this.engine.decide(facts, this.appFacts(row, d, txn)))
  }

  /** Level 1 of a flow: what is charged without a transaction. */
  level1(row: number): Decision {
    const l1 = this.#level1[row] ?? -1
    return { l1, row: -1, charge: this.engine.chargeOf(l1, -1) }
  }

  /** Of a transaction; a recycled account has that of its last one. */
  decision(row: number, txn: Transaction): Decision {
    return (txn.n > 0 ? this.#decisions.get(txn) : undefined) ?? this.level1(row)
  }

  /** Facts of level 2 as these rules see them, valid until the next call. */
  appFacts(row: number, d: FlowDetail, txn: Transaction): AppFacts {
    if (this.#urls === undefined) return this.#rater.fillAppFacts(txn)
    const asked = this.#asked
    const { app, method, target, hostHeader, xOnlineHost, userAgent, sni, mms } = txn
    const { requestContentType, responseContentType } = txn
    asked.reset()
    Object.assign(asked, { app, method, target, hostHeader, xOnlineHost, userAgent, sni, mms })
    Object.assign(asked, { requestContentType, responseContentType })
    this.#urls.read(row, d, asked)
    return this.#rater.fillAppFacts(asked)
  }
}

function proxiesOf(engine: RuleEngine): string {
  return engine.set.proxies.map(formatPrefix).sort().join()
}
