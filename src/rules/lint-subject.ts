/** A rule set as the lints look at it: what each rule and row matches as sets, whether earlier ones leave
 * anything of it, and flows and requests that show it. Everything is worked out when first asked for. */

import type { CaptureCoverage } from './capture-coverage.js'
import { RuleEngine } from './engine.js'
import { Effort } from './language/effort.js'
import { findProfile } from './profile.js'
import { RowIndex } from './row-index.js'
import { type RowReach, rowReach } from './row-reach.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import type { Charge, Level1Rule, Level2Row, Place, RuleSet } from './rule-set.js'
import { type Box, meetAll, pickAny } from './space/box.js'
import { type Coverage, coverage } from './space/cover.js'
import { asksPacket, flowFacts, flowsOf, packetFlows } from './space/flow-space.js'
import { helloSpace, requestFacts, requestsOf } from './space/request-space.js'
import { isReadable, ownServices } from './visible-service.js'

/** Stands for the default among the rules. */
export const NO_RULE = -1

/** A question that a bound left open. */
export interface Undecided {
  readonly at: Place
  readonly rules: readonly string[]
  /** what is not known: "whether L1-3 can match" */
  readonly question: string
}

/** Values by index, made when they are first asked for. */
class Cache<T> {
  readonly #values = new Map<number, T>()
  readonly #make: (index: number) => T

  constructor(make: (index: number) => T) {
    this.#make = make
  }

  get(index: number): T {
    const known = this.#values.get(index)
    if (known !== undefined || this.#values.has(index)) return known as T
    const made = this.#make(index)
    this.#values.set(index, made)
    return made
  }
}

export class LintSubject {
  readonly set: RuleSet
  readonly engine: RuleEngine
  /** what a capture showed of the rules, where one was given */
  readonly capture: CaptureCoverage | undefined
  readonly undecided: Undecided[] = []
  readonly #effort: Effort
  readonly #tables: readonly RowIndex[]
  readonly #flows: Cache<readonly Box[] | undefined>
  readonly #requests: Cache<readonly Box[] | undefined>
  readonly #rules: Cache<Coverage>
  readonly #rows: Cache<Coverage>
  readonly #reach: Cache<RowReach>
  readonly #passing: Cache<boolean>
  readonly #named: Cache<boolean>
  /** some rule asks for the UE's address or the time of day */
  readonly #asksPacket: boolean
  readonly #owners: readonly (readonly number[])[]

  /** `profile`: instead of the one that the set asks for. */
  constructor(set: RuleSet, capture?: CaptureCoverage, profile = findProfile(set.profile)) {
    if (!profile) throw new TypeError(`a rule set that was read has a profile: ${set.profile}`)
    this.set = set
    this.capture = capture
    this.engine = new RuleEngine(set, profile)
    this.#effort = new Effort(set.level1.length + set.rows.length)
    this.#tables = set.tables.map(
      ({ first, count }) => new RowIndex(set.rows.slice(first, first + count)),
    )
    this.#flows = new Cache(index => flowsOf(this.rule(index), this.#effort))
    this.#requests = new Cache(index => requestsOf(this.row(index), this.#effort))
    this.#rules = new Cache(index => this.#coverRule(index))
    this.#rows = new Cache(index => this.#coverRow(index))
    this.#passing = new Cache(index => this.#letsPass(index))
    this.#reach = new Cache(index =>
      this.rowCoverage(index).state === 'alive' ? rowReach(this, index) : { state: 'alive' },
    )
    this.#named = new Cache(index => {
      const requests = this.requests(index)
      const hellos = (requests ?? []).filter(({ space }) => space === helloSpace)
      return requests === undefined || pickAny(hellos) !== 'none'
    })
    this.#asksPacket = set.level1.some(asksPacket)
    const owners: number[][] = set.tables.map(() => [])
    for (const [index, { table }] of set.level1.entries()) owners[table]?.push(index)
    this.#owners = owners
  }

  rule(index: number): Level1Rule {
    return present(this.set.level1[index])
  }

  row(index: number): Level2Row {
    return present(this.set.rows[index])
  }

  /** Charge of a rule, a row, or the default. */
  charge(index: number): Charge | undefined {
    return this.set.charges[index]
  }

  isFree(of: { charge: number }): boolean {
    return this.charge(of.charge)?.tariff === 'free'
  }

  /** Level-1 rules that ask the table, ascending. */
  owners(table: number): readonly number[] {
    return this.#owners[table] ?? []
  }

  /** Row numbers of a table. */
  rowsOf(table: number): number[] {
    const { first = 0, count = 0 } = this.set.tables[table] ?? {}
    return Array.from({ length: count }, (_, i) => first + i)
  }

  /** Flows that the rule's own conditions let pass; undefined when they cannot be followed. */
  flows(rule: number): readonly Box[] | undefined {
    return this.#flows.get(rule)
  }

  requests(row: number): readonly Box[] | undefined {
    return this.#requests.get(row)
  }

  /** Whether the name in a ClientHello can be all that the row asks for. */
  matchesNames(row: number): boolean {
    return this.#named.get(row)
  }

  ruleCoverage(rule: number): Coverage {
    return this.#rules.get(rule)
  }

  rowCoverage(row: number): Coverage {
    return this.#rows.get(row)
  }

  /** Whether tables that are asked before leave anything of what the row decides in its own. */
  rowReach(row: number): RowReach {
    return this.#reach.get(row)
  }

  /** Flows of the rule that there can be packets of. */
  packetsOf(rule: number): readonly Box[] {
    const flows = this.flows(rule) ?? []
    return this.#asksPacket ? meetAll(flows, packetFlows) : flows
  }

  /** A flow that the rule decides. */
  flowOf(rule: number): FlowFacts | undefined {
    const found = this.ruleCoverage(rule)
    return found.state === 'alive' ? flowFacts(found.point) : undefined
  }

  /** A request that the row decides. */
  requestOf(row: number): AppFacts | undefined {
    const found = this.rowCoverage(row)
    if (this.rowReach(row).state === 'covered') return undefined
    return found.state === 'alive' ? requestFacts(found.point) : undefined
  }

  /** A flow that asks the table and whose requests the gateway can read; the rule that decides it. */
  flowAsking(table: number): { rule: number; flow: FlowFacts } | undefined {
    for (const rule of this.owners(table)) {
      const flow = this.flowOf(rule)
      if (flow && isReadable(ownServices(this.flows(rule) ?? []))) return { rule, flow }
    }
    return undefined
  }

  /** Row of the table that decides a request, -1 for none. */
  rowFor(table: number, request: AppFacts): number {
    const row = this.#tables[table]?.first(request) ?? -1
    return row < 0 ? -1 : row + (this.set.tables[table]?.first ?? 0)
  }

  leaveOpen(open: Undecided): void {
    this.undecided.push(open)
  }

  /** What the rule, or with -1 none of them, decides of the flows. A question may leave out the UE and the time;
   * a rule that only such questions reach is not alive, because a packet has both. */
  decidedOf(rule: number, flows: readonly Box[]): Coverage {
    const asked = this.#decidedOf(rule, flows)
    if (asked.state !== 'alive' || !this.#asksPacket) return asked
    const found = this.#decidedOf(rule, meetAll(flows, packetFlows))
    return found.state === 'alive' ? asked : found
  }

  #decidedOf(rule: number, flows: readonly Box[]): Coverage {
    return coverage({
      self: rule,
      own: flows,
      boxesOf: other => (other < 0 ? undefined : this.flows(other)),
      winner: point => this.#winner(rule, flowFacts(point)),
    })
  }

  /** Whether a flow that matches the rule can go on to later ones: after a miss of its table, where that alone
   * decides, or under profiles that then go on with level 1. */
  letsPass(rule: number): boolean {
    return this.#passing.get(rule)
  }

  #letsPass(rule: number): boolean {
    const { table, charge } = this.rule(rule)
    if (charge >= 0 && this.engine.profile.onL2Miss !== 'fall-through') return false
    return table >= 0 && !this.rowsOf(table).some(row => this.row(row).conditions.length === 0)
  }

  /** The first rule that decides for a rule to be reached; -1 for none. */
  #winner(self: number, facts: FlowFacts): number {
    let found = this.engine.requestRule(NO_RULE, facts)
    while (found >= 0 && found < self && this.letsPass(found))
      found = this.engine.requestRule(found, facts)
    return Math.max(NO_RULE, found)
  }

  #coverRule(self: number): Coverage {
    const own = this.flows(self)
    return own ? this.decidedOf(self, own) : { state: 'unknown' }
  }

  #coverRow(self: number): Coverage {
    const { table } = this.row(self)
    return coverage({
      self,
      own: this.requests(self),
      boxesOf: row => this.requests(row),
      winner: point => this.rowFor(table, requestFacts(point)),
    })
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('no such rule')
  return value
}
