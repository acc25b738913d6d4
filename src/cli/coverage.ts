/** Captures seen from the rules: which rule decided how much, and which names each server had. */

import type { Counters, FlowRecord, TransactionRecord } from '../record/flow-record.js'
import type { ProbeRecord } from '../record/sink.js'
import type { CaptureCoverage, Hits } from '../rules/capture-coverage.js'
import type { RuleEngine } from '../rules/engine.js'
import { type Analysis, analyse } from './analyse.js'
import type { Invocation } from './command.js'
import { Funnel } from './funnel.js'
import { selectionOf } from './select.js'

/** A server with more names than this is known to be shared. */
const mostNames = 64

class Gathering {
  readonly hits = new Map<string, Hits>()
  readonly names = new Map<string, Set<string>>()
  /** level-1 rule of flows whose transactions have ended and that have not */
  readonly #level1 = new Map<string, number>()
  flows = 0

  add(record: ProbeRecord): void {
    if (record.type === 'transaction') this.#transaction(record)
    else if (record.type === 'flow') this.#flow(record)
  }

  #transaction(record: TransactionRecord): void {
    if (record.level1 !== undefined) this.#level1.set(record.flow, record.level1)
    if (record.level2 === undefined) return
    const hits = this.#count(record.level2, record, record.end)
    hits.transactions++
  }

  #flow(record: FlowRecord): void {
    this.flows++
    const { flow, server, host, dns_names: dns = [], rule_id: id, rule_ids: ids } = record
    // a flow with several charging ids has none of its own; its requests name the rule
    const level1 = record.level1 ?? this.#level1.get(flow)
    this.#level1.delete(flow)
    for (const name of host === undefined ? dns : [host]) this.#name(server, name)
    const known = id !== undefined || ids !== undefined
    if (level1 === undefined && !known) return
    this.#count(level1 === undefined ? 'default' : `L1-${level1}`, record, record.end).flows++
  }

  #name(server: string, name: string): void {
    let names = this.names.get(server)
    if (!names) {
      names = new Set()
      this.names.set(server, names)
    }
    if (names.size < mostNames) names.add(name)
  }

  #count(label: string, counters: Counters, at: string): Hits {
    const hits = this.hits.get(label) ?? {
      flows: 0,
      transactions: 0,
      packets: 0,
      octetsUp: 0,
      octetsDown: 0,
      last: undefined,
    }
    this.hits.set(label, hits)
    hits.packets += counters.up_packets + counters.down_packets
    hits.octetsUp += counters.up_bytes
    hits.octetsDown += counters.down_bytes
    if (hits.last === undefined || at > hits.last) hits.last = at
    return hits
  }
}

/** Runs the captures once. */
export async function captureCoverage(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
): Promise<{ coverage: CaptureCoverage; analysis: Analysis }> {
  const gathering = new Gathering()
  const funnel = new Funnel(['flow', 'transaction'], selectionOf(call.options), record =>
    gathering.add(record),
  )
  const analysis = await analyse(call, paths, engine, funnel)
  const { flows, hits, names } = gathering
  return { coverage: { files: paths, flows, hits, names }, analysis }
}
