/** Learns names of addresses from the DNS answers of each subscriber, and says which ones a flow's server
 * had. The owner is the flow's context; without a session it is the UE's address. */

import { DnsAnswers } from '../flow/dns-answers.js'
import type { DnsWatch } from '../flow/dns-names.js'
import type { Segment } from '../flow/flow-hooks.js'
import { Col, type FlowTable, stride } from '../flow/flow-table.js'
import type { RecordSink } from '../record/sink.js'
import { parseAddress } from '../rules/address.js'
import type { DnsMessage } from '../wire/dns.js'
import { FlowAddress } from './flow-address.js'

/** Whether anybody asks for names of addresses: records of flows, and flags. */
export function needsNames(sink: RecordSink, options: { explainFlow?: string }): boolean {
  const { wants } = sink
  const flagged = wants.has('flow') || wants.has('transaction') || wants.has('finding')
  return flagged || options.explainFlow !== undefined
}

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

  answered(row: number, message: DnsMessage, seg: Segment, buf: Uint8Array): void {
    if (message.answers.length === 0) return
    this.#answers.learn(this.#owner(row), message, buf, seg.timeUs, seg.frame)
  }

  /** Names that the flow's server had for its subscriber when the flow opened, the latest first. */
  names(row: number, openedUs: number): string[] {
    const owner = this.#owner(row)
    this.#address.set(this.#table(), row, true)
    return this.#answers.names(owner, this.#address.text(), openedUs)
  }

  /** What the subscriber was told of a name, when it cannot have led to the flow's server: no address of the
   * server's version is it or its neighbour. undefined when nothing can be said. */
  told(
    row: number,
    name: string,
    openedUs: number,
  ): { address: string; frame: number } | undefined {
    const given = this.#answers.addresses(this.#owner(row), name, openedUs)
    if (given.length === 0) return undefined
    this.#address.set(this.#table(), row, true)
    const server = this.#address.text()
    const is6 = server.includes(':')
    const same = given.filter(one => one.address.includes(':') === is6)
    const near = neighbours(server)
    return same.some(one => neighbours(one.address) === near) ? undefined : same[0]
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

/** The first 16 bits of an IPv4 address, 32 of an IPv6 one: content networks answer each question with another of
 * their addresses, and most of these have them in common. */
function neighbours(address: string): string {
  const words = parseAddress(address)
  if (words === undefined) return address
  return words.version === 4 ? String(words.w0 >>> 16) : `6 ${words.w0}`
}
