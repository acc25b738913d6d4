/** The same decision as the engine's, with every test it took: all rules in order, no index. Read rules.md
 * 2.14 first. Runs when somebody asks, never per flow. */

import type { ConditionTest, NearMiss, RuleDecision, RuleTry } from '../record/explain-record.js'
import { DEFAULT_RULE, type RuleEngine, UNMATCHED } from './engine.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import {
  type Level1Rule,
  type Level2Row,
  placeText,
  type RuleCondition,
  rowLabel,
  ruleLabel,
} from './rule-set.js'

/** More are not near. Those whose tariff differs from the decision come first. */
const MOST_NEAR = 20
/** Lines of an imported set that are named as possibly deciding before. */
const MOST_OPAQUE = 20

export interface ExplainOptions {
  /** go on after the winner and list the rules that would also have matched */
  all?: boolean | undefined
}

interface Tested {
  entry: RuleTry
  /** the only condition that failed, when just one did */
  only: ConditionTest | undefined
}

function testAll<F>(conditions: readonly RuleCondition<F>[], facts: F): ConditionTest[] {
  return conditions.map(one => ({
    field: one.key,
    expected: one.expected,
    actual: one.show(facts),
    hit: one.test(facts),
    at: placeText(one.at),
  }))
}

class Explanation {
  readonly tried: RuleTry[] = []
  readonly notes: string[] = []
  readonly near: NearMiss[] = []
  readonly #engine: RuleEngine
  l1: number
  row = -1
  decided = false

  constructor(engine: RuleEngine) {
    this.#engine = engine
    this.l1 = engine.set.default < 0 ? UNMATCHED : DEFAULT_RULE
  }

  #test<F>(
    rule: Level1Rule | Level2Row,
    label: string,
    level: 1 | 2,
    conditions: readonly RuleCondition<F>[],
    facts: F,
  ): Tested {
    const tests = testAll(conditions, facts)
    const failed = tests.findIndex(({ hit }) => !hit)
    const charge = this.#engine.charges[rule.charge]
    const entry: RuleTry = {
      rule: label,
      ...(rule.name === undefined ? {} : { name: rule.name }),
      level,
      result: failed < 0 ? 'hit' : 'miss',
      tests: failed < 0 ? tests : tests.slice(0, failed + 1),
      charge: charge?.id ?? 0,
      tariff: charge?.tariff ?? 'unknown',
      at: placeText(rule.at),
    }
    const misses = tests.filter(({ hit }) => !hit)
    return { entry, only: misses.length === 1 ? misses[0] : undefined }
  }

  /** Keeps a test; true when its rule matched. After the decision only matches are of interest. */
  #keep({ entry, only }: Tested): boolean {
    const hit = entry.result === 'hit'
    if (this.decided) {
      if (hit) this.tried.push({ ...entry, result: 'shadowed' })
      return false
    }
    this.tried.push(entry)
    const { rule, tariff, charge, at } = entry
    if (only) this.near.push({ rule, tariff, charge, failed: only, at })
    return hit
  }

  level1(flow: FlowFacts, app: AppFacts | undefined, all: boolean): void {
    const { set } = this.#engine
    for (const [index, rule] of set.level1.entries()) {
      if (this.decided && !all) return
      const hit = this.#keep(this.#test(rule, ruleLabel(rule), 1, rule.conditions, flow))
      if (hit) this.#enter(index, rule, app, all)
    }
    if (this.decided) return
    this.#noRule()
  }

  #noRule(): void {
    const { set, charges } = this.#engine
    const charge = charges[set.default]
    if (!charge) {
      this.notes.push('no level-1 rule matched and the rule set has no default: tariff unknown')
      return
    }
    this.tried.push({
      rule: 'default',
      level: 1,
      result: 'hit',
      tests: [],
      charge: charge.id,
      tariff: charge.tariff,
      at: placeText(set.defaultAt ?? set.at),
    })
  }

  /** A level-1 rule matched: its table, if it has one, may replace the charge. */
  #enter(index: number, rule: Level1Rule, app: AppFacts | undefined, all: boolean): void {
    const { set, profile } = this.#engine
    const table = profile.level2 === 'ignored' ? undefined : set.tables[rule.table]
    const label = ruleLabel(rule)
    if (table && app) {
      for (let row = table.first; row < table.first + table.count; row++) {
        const own = set.rows[row]
        if (!own || (this.decided && !all)) break
        if (!this.#keep(this.#test(own, rowLabel(set, own), 2, own.conditions, app))) continue
        this.row = row
        this.l1 = index
        this.decided = true
      }
      if (this.decided) return
      if (profile.onL2Miss === 'fall-through' || rule.charge < 0) {
        this.notes.push(`no row of ${table.name} matched: level 1 goes on after rule ${label}`)
        return
      }
      this.notes.push(`no row of ${table.name} matched: the level-1 charge stands`)
    } else if (rule.charge < 0) {
      this.notes.push(`no request was identified, and rule ${label} has no charge without one`)
      return
    } else if (table) {
      this.notes.push(`level 2 not asked: no request was identified (table ${table.name})`)
    } else if (rule.table >= 0) {
      this.notes.push(`level 2 not asked: profile ${profile.name} reads no payload`)
    } else {
      this.notes.push(`URL not read: rule ${label} has no level-2 table`)
    }
    this.l1 = index
    this.decided = true
  }

  /** Where an imported rule was read, and what the importer could not carry over. */
  #noteOrigin(rule: Level1Rule | undefined, row: Level2Row | undefined): void {
    const { set } = this.#engine
    const own = row ?? rule
    const label = row ? `row ${rowLabel(set, row)}` : rule ? `rule ${ruleLabel(rule)}` : ''
    if (own?.origin !== undefined) this.notes.push(`${label} was imported from ${own.origin}`)
    const wider = row?.unsupported ?? rule?.unsupported
    if (wider !== undefined) this.notes.push(`${label} matches more than its source: ${wider}`)
    const least = rule?.precedence ?? Number.POSITIVE_INFINITY
    for (const { at, text, precedence = least } of set.opaque.slice(0, MOST_OPAQUE))
      if (precedence < least) this.notes.push(`not understood, could decide before: ${at}: ${text}`)
  }

  finish(): RuleDecision {
    const { set, charges } = this.#engine
    const fields = this.#engine.chargeFields(this.l1, this.row)
    const charge = charges[this.#engine.chargeOf(this.l1, this.row)]
    const rule = set.level1[this.l1]
    const row = set.rows[this.row]
    const before = rule && row ? charges[rule.charge] : undefined
    for (const [kind, what] of [
      [`rule ${rule ? ruleLabel(rule) : ''}`, rule],
      [`row ${row ? rowLabel(set, row) : ''}`, row],
      [`charging id ${charge?.id}`, charge],
    ] as const)
      if (what?.assumed !== undefined) this.notes.push(`${kind} is assumed: ${what.assumed}`)
    this.#noteOrigin(rule, row)
    return {
      ...fields,
      ...(charge?.name === undefined ? {} : { charge_name: charge.name }),
      ...(rule && before ? { replaced: { rule: ruleLabel(rule), rule_id: before.id } } : {}),
      tried: this.tried,
      near_miss: nearest(this.near, fields.tariff, this.notes),
      notes: this.notes,
    }
  }
}

function nearest(near: readonly NearMiss[], tariff: string | undefined, notes: string[]) {
  const other = near.filter(miss => miss.tariff !== tariff)
  const same = near.filter(miss => miss.tariff === tariff)
  if (near.length > MOST_NEAR)
    notes.push(`${near.length} rules failed just one condition; ${MOST_NEAR} are listed`)
  return [...other, ...same].slice(0, MOST_NEAR)
}

/** Why the engine decides as it does for these facts. */
export function explain(
  engine: RuleEngine,
  flow: FlowFacts,
  app: AppFacts | undefined,
  options: ExplainOptions = {},
): RuleDecision {
  const explanation = new Explanation(engine)
  explanation.level1(flow, app, options.all ?? false)
  return explanation.finish()
}
