/** Collects what an importer found and makes a rule set of it: charges with ids of their own, rules in the order of
 * their precedence, level-2 tables with names of their own, and the account of what was left out. */

import type { Tariff } from '../../record/flow-record.js'
import { level1Conditions, level2Conditions } from '../condition/all.js'
import type { Condition } from '../condition.js'
import type {
  DraftCharge,
  DraftOrigin,
  DraftRow,
  DraftRule,
  FlowMatch,
  PayloadMatch,
  RuleDraft,
} from '../rule-draft.js'
import { HIGHEST_ID } from '../schema.js'
import type { ImportOptions, LeftOut, Remark } from './dialect.js'
import type { Account } from './line-ledger.js'

/** Rules and rows of one import. Filters times bindings make more of a short script than a gateway holds. */
const MOST_MADE = 40_000

/** Ids of charges that have none of their own, from here upwards. */
const FIRST_SYNTHETIC = 0xffff0000

export interface ChargeOf {
  /** the source's charging id */
  readonly id?: number | undefined
  readonly ratingGroup?: number | undefined
  readonly serviceId?: number | undefined
  readonly online?: boolean | undefined
  readonly offline?: boolean | undefined
  readonly name?: string | undefined
  /** where the source itself says so */
  readonly tariff?: Tariff | undefined
  readonly comment?: string | undefined
}

export interface RuleOf extends DraftOrigin {
  readonly precedence: number
  readonly name?: string | undefined
  /** alternatives; each becomes a rule */
  readonly flows: readonly FlowMatch[]
  /** alternatives, each of which is enough; none: the flow alone decides */
  readonly payloads?: readonly PayloadMatch[] | undefined
  readonly charge: number
  /** charge where no payload matched; without it the next rule is asked */
  readonly otherwise?: number | undefined
}

function problemOf<F>(match: object, kinds: readonly Condition<F>[]): string | undefined {
  for (const [key, value] of Object.entries(match)) {
    if (value === undefined) continue
    const kind = kinds.find(one => one.key === key)
    let problem: string | undefined
    const compiled = kind?.compile(
      value,
      (_path, text) => {
        problem ??= text
      },
      ([issue]) => {
        problem ??= `${key} ${issue?.message ?? ''}`
      },
    )
    if (!compiled) return problem ?? `no condition ${key}`
  }
  return undefined
}

function firstProblem<F>(
  matches: readonly object[],
  kinds: readonly Condition<F>[],
): string | undefined {
  for (const match of matches) {
    const problem = problemOf(match, kinds)
    if (problem !== undefined) return problem
  }
  return undefined
}

function precedenceProblem(precedence: number): string | undefined {
  if (Number.isInteger(precedence) && precedence >= 0 && precedence <= HIGHEST_ID) return undefined
  return `precedence ${precedence} is not a whole number from 0 to ${HIGHEST_ID}`
}

/** Where a line could have decided: a precedence that none can be could be any. */
function opaquePrecedence(precedence: number): number {
  return precedenceProblem(precedence) === undefined ? precedence : 0
}

/** A source may name things at any length; a key of YAML has 1,024 characters at most, escapes included. */
const tableNameMost = 64

export class SetBuilder {
  readonly options: ImportOptions
  readonly proxies = new Set<string>()
  default: number | undefined
  /** instead of those of the dialect */
  profiles: readonly string[] | undefined
  assumed: string | undefined
  readonly #charges: DraftCharge[] = []
  readonly #chargeIds = new Map<string, number>()
  readonly #usedIds = new Set<number>()
  #synthetic = FIRST_SYNTHETIC
  /** rules and rows so far, those that were refused too */
  #made = 0
  readonly #rules: Omit<DraftRule, 'id'>[] = []
  readonly #tables = new Map<string, DraftRow[]>()
  readonly #left: LeftOut[] = []
  readonly #remarks: Remark[] = []
  #total = 0

  constructor(options: ImportOptions) {
    this.options = options
    for (const proxy of options.proxies) this.proxies.add(proxy)
  }

  /** Lines or values of the source that say something. */
  get total(): number {
    return this.#total
  }

  get represented(): number {
    return this.#total - this.#left.length
  }

  remark(remark: Remark): void {
    this.#remarks.push(remark)
  }

  /** Id of a charge with exactly these properties. Two of the source that share an id and differ otherwise cannot
   * share it here: the second gets one that is marked as made up and keeps its rating group. */
  charge(spec: ChargeOf): number {
    const { id, ratingGroup, name, tariff, comment, serviceId, online, offline } = spec
    const key = JSON.stringify([id, ratingGroup, name, tariff, serviceId, online, offline])
    const known = this.#chargeIds.get(key)
    if (known !== undefined) return known
    const { tariffs } = this.options
    const wanted = id ?? ratingGroup
    const fits = wanted !== undefined && wanted <= HIGHEST_ID && !this.#usedIds.has(wanted)
    const own = fits ? wanted : this.#madeUp()
    const group = ratingGroup ?? id
    const told = tariffs.get(group ?? -1) ?? tariffs.get(wanted ?? -1)
    this.#usedIds.add(own)
    this.#chargeIds.set(key, own)
    this.#charges.push({
      id: own,
      tariff: tariff ?? told ?? 'unknown',
      ...(name === undefined || name === '' ? {} : { name }),
      ...(group === undefined || group > HIGHEST_ID ? {} : { ratingGroup: group }),
      ...(serviceId === undefined || serviceId > HIGHEST_ID ? {} : { serviceId }),
      ...(online === undefined ? {} : { online }),
      ...(offline === undefined ? {} : { offline }),
      ...(fits ? {} : { synthetic: true }),
      ...(comment === undefined ? {} : { comment }),
    })
    return own
  }

  #madeUp(): number {
    while (this.#usedIds.has(this.#synthetic)) this.#synthetic++
    return this.#synthetic
  }

  /** Adds a rule; says why there is no such rule when a condition of it has no form here. */
  rule(own: RuleOf): string | undefined {
    const { precedence, name, flows, payloads, charge, otherwise, ...origin } = own
    const wrong =
      precedenceProblem(precedence) ??
      firstProblem(flows, level1Conditions) ??
      firstProblem(payloads ?? [], level2Conditions)
    if (wrong !== undefined) return wrong
    this.#made += flows.length + (payloads?.length ?? 0)
    if (this.#made > MOST_MADE)
      return `with it there would be more than ${MOST_MADE} rules and rows`
    const named = name === undefined || name === '' ? {} : { name }
    if (!payloads) {
      for (const match of flows)
        this.#rules.push({ precedence, ...named, match, charge, ...origin })
      return undefined
    }
    const { comment: _line, ...rowOrigin } = origin
    const rows = payloads.map((match, i) => ({
      precedence: i + 1,
      ...named,
      match,
      charge,
      ...rowOrigin,
    }))
    const level2 = this.table(name ?? 'payload', rows)
    const { unsupported: _row, ...flowOrigin } = origin
    const own1 = otherwise === undefined ? {} : { charge: otherwise }
    for (const match of flows)
      this.#rules.push({ precedence, ...named, match, ...own1, level2, ...flowOrigin })
    return undefined
  }

  /** A level-1 rule that asks a table that other rules ask too. */
  ruleWithTable(own: Omit<DraftRule, 'id'>): string | undefined {
    const wrong = precedenceProblem(own.precedence) ?? problemOf(own.match, level1Conditions)
    if (wrong === undefined) this.#rules.push(own)
    return wrong
  }

  /** Adds a table; its name, which differs from the one asked for when that is taken. */
  table(name: string, rows: readonly DraftRow[]): string {
    const wanted = name.trim() === '' ? 'unnamed' : [...name].slice(0, tableNameMost).join('')
    let own = wanted
    for (let n = 2; this.#tables.has(own); n++) own = `${wanted}-${n}`
    this.#tables.set(own, [...rows])
    return own
  }

  payloadProblem(match: PayloadMatch): string | undefined {
    return problemOf(match, level2Conditions)
  }

  account({ total, left, remarks }: Account): void {
    this.#total += total
    for (const one of left) this.#left.push(one)
    for (const one of remarks) this.#remarks.push(one)
  }

  /** Line numbers and names in the draft are those of the builder's calls; ids count the rules in matching order. */
  finish(head: Pick<RuleDraft, 'name' | 'version' | 'profile' | 'dialect' | 'heading'>): Imported {
    const level1 = this.#rules
      .sort((a, b) => a.precedence - b.precedence)
      .map((rule, i) => ({ id: i + 1, ...rule }))
    const draft: RuleDraft = {
      ...head,
      ...(this.assumed === undefined ? {} : { assumed: this.assumed }),
      proxies: [...this.proxies],
      portals: [],
      level1,
      tables: this.#tables,
      charges: this.#charges,
      ...(this.default === undefined ? {} : { default: this.default }),
      opaque: this.#left.map(({ file, line, text, why, precedence }) => ({
        at: `${file.replace(/^.*[\\/]/, '')}:${line}`,
        text,
        why,
        ...(precedence === undefined ? {} : { precedence: opaquePrecedence(precedence) }),
      })),
    }
    return { draft, left: this.#left, remarks: this.#remarks }
  }
}

/** A drafted rule set, and what became of each line or value of the source. */
export interface Imported {
  readonly draft: RuleDraft
  readonly left: readonly LeftOut[]
  readonly remarks: readonly Remark[]
}
