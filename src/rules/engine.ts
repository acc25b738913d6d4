/** A rule set and a profile as answers: which rule, which row, which charge. Read rules.md 2.5, 2.6 and
 * 2.11 first. Level 1 is asked once a flow and level 2 once a request, never per packet. */

import type { ChargeFields } from '../record/flow-record.js'
import { inPrefix, parseAddress } from './address.js'
import type { Profile } from './profile.js'
import { RowIndex } from './row-index.js'
import type { AddressWords, AppFacts, FlowFacts } from './rule-facts.js'
import { RuleIndex } from './rule-index.js'
import { type Charge, type RuleSet, rowLabel } from './rule-set.js'
import { hostName } from './url.js'

/** No level-1 rule matched, and the set has a default. */
export const DEFAULT_RULE = -1
/** No level-1 rule matched, and the set has no default: unknown tariff, not free. */
export const UNMATCHED = -2

/** Keys of level-2 conditions whose facts come after the request line. */
const lateKeys = new Set(['contentType', 'mmsFrom', 'mmsSubject'])

/** What the rules say of one combination of facts. */
export interface Decision {
  /** index into `set.level1`, `DEFAULT_RULE` or `UNMATCHED` */
  l1: number
  /** index into `set.rows`, -1 when no row decided */
  row: number
  /** index into `charges`, -1 when unmatched */
  charge: number
}

export class RuleEngine {
  readonly set: RuleSet
  readonly profile: Profile
  readonly charges: readonly Charge[]
  /** some row asks for facts that come after the request: a decision may change */
  readonly asksLate: boolean
  readonly #rules: RuleIndex
  readonly #tables: readonly RowIndex[]
  readonly #none: number
  /** some rule has no charge of its own: only a request can tell whether it matches */
  readonly #tableOnly: boolean
  /** smallest precedence of a line that the importer did not understand */
  readonly #opaqueFrom: number
  /** an importer left something out: most sets are written by hand, and asked for every account */
  readonly #hasDoubts: boolean

  constructor(set: RuleSet, profile: Profile) {
    this.set = set
    this.profile = profile
    this.charges = set.charges
    this.asksLate = set.rows.some(row => row.conditions.some(one => lateKeys.has(one.key)))
    this.#rules = new RuleIndex(set.level1)
    this.#tables = set.tables.map(
      ({ first, count }) => new RowIndex(set.rows.slice(first, first + count)),
    )
    this.#none = set.default < 0 ? UNMATCHED : DEFAULT_RULE
    this.#tableOnly = set.level1.some(({ charge }) => charge < 0)
    this.#hasDoubts =
      set.opaque.length > 0 ||
      [...set.level1, ...set.rows].some(({ unsupported }) => unsupported !== undefined)
    this.#opaqueFrom = set.opaque.reduce(
      (least, { precedence = Number.POSITIVE_INFINITY }) => Math.min(least, precedence),
      Number.POSITIVE_INFINITY,
    )
  }

  /** Index of the first rule that matches, `DEFAULT_RULE` or `UNMATCHED`. Allocates nothing. */
  level1(facts: FlowFacts): number {
    return this.level1After(-1, facts)
  }

  /** As `level1`, among the rules after a missed one (fall-through). */
  level1After(l1: number, facts: FlowFacts): number {
    let rule = this.#rules.first(facts, l1)
    while (rule >= 0 && !this.#hasCharge(rule)) rule = this.#rules.first(facts, rule)
    return rule < 0 ? this.#none : rule
  }

  /** The next rule that a request is held against, also one whose table alone decides. */
  requestRule(after: number, facts: FlowFacts): number {
    const rule = this.#rules.first(facts, after)
    return rule < 0 ? this.#none : rule
  }

  #hasCharge(rule: number): boolean {
    return (this.set.level1[rule]?.charge ?? -1) >= 0
  }

  /** Whether a rule stands when no row of its table matched. */
  #keeps(l1: number): boolean {
    return this.profile.onL2Miss === 'keep-level1' && this.#hasCharge(l1)
  }

  /** A request is held against all rules from the first, not only against its flow's own rule. */
  get rereadsLevel1(): boolean {
    return this.#tableOnly
  }

  /** Whether a request can change what the flow's rule says. */
  asksRequests(l1: number): boolean {
    return this.#tableOnly || this.hasLevel2(l1)
  }

  hasLevel2(l1: number): boolean {
    return this.#tableOf(l1) >= 0
  }

  /** Index of the table that the profile lets a rule ask, -1 for none. */
  #tableOf(l1: number): number {
    if (l1 < 0 || this.profile.level2 === 'ignored') return -1
    return this.set.level1[l1]?.table ?? -1
  }

  /** Index of the first row of the rule's table that matches, -1 for none or without a table. */
  level2(l1: number, facts: AppFacts): number {
    const table = this.#tableOf(l1)
    if (table < 0) return -1
    const row = this.#tables[table]?.first(facts) ?? -1
    return row < 0 ? -1 : row + (this.set.tables[table]?.first ?? 0)
  }

  /** Both levels, and after a level-2 miss what the profile says. Without `app` nothing has been
   * identified yet, and level 1 stands. */
  decide(flow: FlowFacts, app?: AppFacts): Decision {
    let l1 = app ? this.requestRule(-1, flow) : this.level1(flow)
    let row = -1
    while (app && this.hasLevel2(l1)) {
      row = this.level2(l1, app)
      if (row >= 0 || this.#keeps(l1)) break
      l1 = this.requestRule(l1, flow)
    }
    return { l1, row, charge: this.chargeOf(l1, row) }
  }

  /** Index into `charges` of a rule and row, -1 when unmatched. */
  chargeOf(l1: number, row: number): number {
    if (row >= 0) return this.set.rows[row]?.charge ?? -1
    if (l1 >= 0) return this.set.level1[l1]?.charge ?? -1
    return l1 === DEFAULT_RULE ? this.set.default : -1
  }

  /** The part of a record that says how its charging id came to be. */
  chargeFields(l1: number, row: number): ChargeFields {
    const fields = this.idFields(this.chargeOf(l1, row))
    const rule = this.set.level1[l1]
    const tableRow = this.set.rows[row]
    if (rule) fields.level1 = rule.id
    if (tableRow) fields.level2 = rowLabel(this.set, tableRow)
    return fields
  }

  /** The charging id by index, with its group and tariff. */
  idFields(index: number): ChargeFields {
    const charge = this.charges[index]
    return {
      ...(charge && {
        rule_id: charge.id,
        rule_id_hex: charge.idHex,
        rating_group: charge.ratingGroup,
      }),
      tariff: charge?.tariff ?? 'unknown',
    }
  }

  /** Whether the decision rests on a row or charge that the file marks as assumed. */
  isAssumed(l1: number, row: number): boolean {
    const { level1, rows, charges } = this.set
    const parts = [level1[l1], rows[row], charges[this.chargeOf(l1, row)]]
    return parts.some(part => part?.assumed !== undefined)
  }

  /** Whether something that the importer did not understand could have decided otherwise. */
  isDoubtful(l1: number, row: number): boolean {
    if (!this.#hasDoubts) return false
    const { level1, rows } = this.set
    const rule = level1[l1]
    if (rule?.unsupported !== undefined || rows[row]?.unsupported !== undefined) return true
    return this.#opaqueFrom < (rule?.precedence ?? Number.POSITIVE_INFINITY)
  }

  isProxy(address: AddressWords): boolean {
    return this.set.proxies.some(proxy => inPrefix(address, proxy))
  }

  /** Whether a Host header names a configured gateway, by address. */
  isProxyHost(host: string): boolean {
    const address = parseAddress(hostName(host))
    return address !== undefined && this.isProxy(address)
  }

  /** Whether a redirect to this host means that the subscriber is blocked. */
  isPortal(host: string): boolean {
    return this.set.portals.some(test => test(host))
  }
}
