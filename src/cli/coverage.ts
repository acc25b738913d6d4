/** Captures seen from the rules: which rule decided how much, and which names each server had. Each octet is on the
 * line of the rule whose charge it got, so that the lines add up to the ledger. */

import { LevelOneOctets } from '../pipeline/level-one-octets.js'
import type { Counters, FlowRecord, TransactionRecord } from '../record/flow-record.js'
import type { CaptureCoverage, Hits } from '../rules/capture-coverage.js'
import type { RuleEngine } from '../rules/engine.js'
import { type Analysis, analyse } from './analyse.js'
import type { Invocation } from './command.js'
import { Funnel } from './funnel.js'
import { selectionOf } from './select.js'

/** A server with more names than this is known to be shared. */
const mostNames = 64
/** Servers whose names are kept; a scan must not fill the memory. */
const mostServers = 1 << 17

class Gathering {
  readonly hits = new Map<string, Hits>()
  readonly names = new Map<string, Set<string>>()
  readonly #levelOne: LevelOneOctets
  flows = 0

  constructor(levelOne: LevelOneOctets) {
    this.#levelOne = levelOne
  }

  transaction(record: TransactionRecord): void {
    if (record.level2 !== undefined) this.#count(record.level2, record, record.end).transactions++
  }

  flow({ flow, server, host, dns_names: dns = [], end }: FlowRecord): void {
    this.flows++
    for (const name of host === undefined ? dns : [host]) this.#name(server, name)
    // the rule that it opened under comes first
    const [first, ...others] = this.#levelOne.take(flow)
    if (first !== undefined) this.#count(first[0], first[1], end).flows++
    for (const [label, counters] of others) this.#count(label, counters, end).transactions++
  }

  #name(server: string, name: string): void {
    let names = this.names.get(server)
    if (!names) {
      if (this.names.size >= mostServers) return
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
  const selection = selectionOf(call.options)
  const levelOne = new LevelOneOctets(engine, selection.needsSpan)
  const gathering = new Gathering(levelOne)
  const funnel = new Funnel(['flow', 'transaction'], selection, record => {
    if (record.type === 'transaction') gathering.transaction(record)
    else if (record.type === 'flow') gathering.flow(record)
  })
  const analysis = await analyse(call, paths, engine, funnel, { observe: () => levelOne })
  const { flows, hits, names } = gathering
  return { coverage: { files: paths, flows, hits, names }, analysis }
}
