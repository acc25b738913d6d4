/** Learns names of addresses from the DNS answers of each subscriber, and says which ones a flow's server
 * had. The owner is the flow's context; without a session it is the UE's address. */

import { DnsAnswers } from '../flow/dns-answers.js'
import type { DnsWatch } from '../flow/dns-names.js'
import { Col, type FlowTable, stride } from '../flow/flow-table.js'
import type { DnsMessage } from '../wire/dns.js'
import { FlowAddress } from './flow-address.js'

export class DnsLearner implements DnsWatch {
  readonly #answers: DnsAnswers
  readonly #table: () => FlowTable
  readonly #address = new FlowAddress()

  constructor(table: () => FlowTable, maxAddresses: number) {
    this.#table = table
    this.#answers = new DnsAnswers(maxAddresses)
  }

  /** Addresses forgotten while their names still held. */
  get evicted(): number {
    return this.#answers.evicted
  }

  answered(row: number, message: DnsMessage, buf: Uint8Array, timeUs: number): void {
    if (message.answers.length > 0) this.#answers.learn(this.#owner(row), message, buf, timeUs)
  }

  /** Names that the flow's server had for its subscriber when the flow opened, the latest first. */
  names(row: number, openedUs: number): string[] {
    const owner = this.#owner(row)
    this.#address.set(this.#table(), row, true)
    return this.#answers.names(owner, this.#address.text(), openedUs)
  }

  /** The context is gone; its number will be another subscriber's. */
  forget(ctx: number): void {
    this.#answers.forget(String(ctx))
  }

  #owner(row: number): string {
    const ctx = this.#table().i32[row * stride + Col.Ctx]!
    if (ctx >= 0) return String(ctx)
    this.#address.set(this.#table(), row, false)
    return `${ctx} ${this.#address.text()}`
  }
}
