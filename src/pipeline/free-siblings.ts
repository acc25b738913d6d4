/** Rules whose level 2 has a free row: on their ports a service of a server may be free that is charged on
 * another one (rules.md section 1). */

import type { RuleEngine } from '../rules/engine.js'
import type { FlowFacts } from '../rules/rule-facts.js'
import type { RuleCondition } from '../rules/rule-set.js'

export class FreeSiblings {
  readonly #engine: RuleEngine
  /** server conditions of each such rule */
  readonly #servers: readonly (readonly RuleCondition<FlowFacts>[])[]

  constructor(engine: RuleEngine) {
    this.#engine = engine
    this.#servers = freeServers(engine)
  }

  /** Whether a charged flow is worth a look: level 2 could not be asked about it. */
  mayConcern(level1: number): boolean {
    return this.#servers.length > 0 && !this.#engine.hasLevel2(level1)
  }

  /** Whether the same server has a rule whose level 2 has a free row. */
  has(facts: FlowFacts): boolean {
    return this.#servers.some(server => server.every(one => one.test(facts)))
  }
}

function freeServers(engine: RuleEngine): (readonly RuleCondition<FlowFacts>[])[] {
  const { set, charges } = engine
  const found: (readonly RuleCondition<FlowFacts>[])[] = []
  for (const rule of set.level1) {
    const table = set.tables[rule.table]
    if (table === undefined) continue
    const rows = set.rows.slice(table.first, table.first + table.count)
    const server = rule.conditions.filter(one => one.key === 'server')
    const free = rows.some(row => charges[row.charge]?.tariff === 'free')
    if (free && server.length > 0) found.push(server)
  }
  return found
}
