/** Hosts whose traffic was charged because no rule names them: candidates for a missing free rule. Counted by the
 * minute over the last hour. */

import { endpointText } from '../record/figures.js'
import type { FlowRecord } from '../record/flow-record.js'
import type { DefaultHost, FlowRow } from '../record/snapshot.js'

const minutes = 60
/** Hosts of one minute; later ones are left out, the list is of the largest anyway. */
const mostHosts = 2000
const mostSubscribers = 10_000

interface HostSum {
  bytes: number
  flows: number
  subscribers: Set<string>
  /** one of its flows */
  sample: FlowRow
}

interface Minute {
  minute: number
  hosts: Map<string, HostSum>
}

type Nearest = (flow: FlowRow) => { rule: string; why: string } | undefined

export class DefaultHosts {
  readonly #minutes: Minute[] = []
  readonly #nearest = new Map<string, ReturnType<Nearest>>()

  /** A flow that ended. */
  flow(record: FlowRecord, nowS: number): void {
    if (record.level1 !== undefined || record.level2 !== undefined) return
    if (record.tariff === 'free' || record.rule_ids !== undefined) return
    if (record.verdict !== 'CHRG' && record.verdict !== 'UNKN') return
    const minute = Math.floor(nowS / 60)
    let last = this.#minutes.at(-1)
    if (last === undefined || last.minute < minute) {
      last = { minute, hosts: new Map() }
      this.#minutes.push(last)
      if (this.#minutes.length > minutes) this.#minutes.shift()
    }
    const host = record.host ?? endpointText(record.server, record.server_port)
    let sum = last.hosts.get(host)
    if (sum === undefined) {
      if (last.hosts.size >= mostHosts) return
      sum = { bytes: 0, flows: 0, subscribers: new Set(), sample: record }
      last.hosts.set(host, sum)
    }
    sum.flows++
    sum.bytes += record.up_bytes + record.down_bytes
    if (sum.subscribers.size < mostSubscribers) sum.subscribers.add(record.imsi ?? record.ue)
  }

  /** The rules changed: what was nearest may not be any more. */
  rulesChanged(): void {
    this.#nearest.clear()
  }

  top(windowS: number, nowS: number, count: number, nearest: Nearest): DefaultHost[] {
    const from = Math.floor((nowS - windowS) / 60)
    const sums = new Map<string, HostSum>()
    for (const { minute, hosts } of this.#minutes) {
      if (minute < from) continue
      for (const [host, one] of hosts) {
        const sum = sums.get(host)
        if (sum === undefined) {
          sums.set(host, { ...one, subscribers: new Set(one.subscribers) })
          continue
        }
        sum.bytes += one.bytes
        sum.flows += one.flows
        for (const who of one.subscribers) sum.subscribers.add(who)
      }
    }
    const sorted = [...sums].sort((a, b) => b[1].bytes - a[1].bytes).slice(0, count)
    return sorted.map(([host, { bytes, flows, subscribers, sample }]) => {
      const near = this.#nearestOf(host, sample, nearest)
      return {
        host,
        bytes,
        flows,
        subscribers: subscribers.size,
        ...(near === undefined ? {} : { nearest: near.rule, why_not: near.why }),
      }
    })
  }

  #nearestOf(host: string, sample: FlowRow, nearest: Nearest): ReturnType<Nearest> {
    if (!this.#nearest.has(host)) {
      if (this.#nearest.size >= mostHosts) this.#nearest.clear()
      this.#nearest.set(host, nearest(sample))
    }
    return this.#nearest.get(host)
  }
}
