/** The internal form of a two-level rule set: what every importer produces and the engine runs.
 * Read rules.md sections 1 and 3 of the specification first. Lists are already in matching order. */

import type { App, Tariff } from '../record/flow-record.js'
import type { AddressWords, AppFacts, FlowFacts } from './rule-facts.js'
import type { TextPattern } from './text-pattern.js'

/** A place in a rule file; line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly col: number
}

export function placeText(place: Place): string {
  return `${place.file}:${place.line}:${place.col}`
}

/** A network, its host bits zero. IPv4 uses `w0` alone; words are int32 patterns. */
export interface Prefix extends AddressWords {
  /** leading bits that count, 0 to 32 or 128 */
  bits: number
}

/** Inclusive on both ends. */
export interface PortRange {
  low: number
  high: number
}

/** What a condition lets an index conclude before it is tested. A fact that a hint excludes never
 * passes the condition's test; the reverse need not hold. */
export type IndexHint<F> =
  | { by: 'server'; prefixes: readonly Prefix[] }
  | { by: 'protocol'; numbers: readonly number[] }
  | { by: 'port'; ranges: readonly PortRange[] }
  /** every passing value, in lower case, contains at least one of the literals */
  | { by: 'text'; read: (facts: F) => string | undefined; literals: readonly string[] }

/** The values that a condition lets pass, exactly: what sets of rules are compared by. */
export type Passing =
  | { by: 'addresses'; prefixes: readonly Prefix[] }
  | { by: 'protocols'; numbers: readonly number[] }
  | { by: 'ports'; ranges: readonly PortRange[] }
  /** one of the patterns; `domain`: a `suffix` stops at a label's edge */
  | { by: 'text'; patterns: readonly TextPattern[]; domain: boolean }
  /** each of the parts: one of its patterns, or with `none` not one of them */
  | {
      by: 'texts'
      parts: readonly { patterns: readonly TextPattern[]; none: boolean }[]
      domain: boolean
    }
  | { by: 'apps'; apps: readonly App[] }
  | { by: 'truth'; value: boolean }
  /** minutes of the UTC day, 0 to 1439; `from` past `to` goes on past midnight, both inclusive */
  | { by: 'minutes'; spans: readonly { from: number; to: number }[] }

/** One key of a `match`, ready to be tested. */
export interface RuleCondition<F> {
  /** key in the rule file: server, port, url ... */
  readonly key: string
  /** as the file has it, of the form that the condition's schema describes */
  readonly value: unknown
  readonly at: Place
  /** the value as explanations show it */
  readonly expected: string
  readonly hint?: IndexHint<F> | undefined
  /** absent where the kind of condition cannot say: comparisons of rules then end in "not decided" */
  readonly passes?: Passing | undefined
  test(facts: F): boolean
  /** the fact that the test looked at, for explanations */
  show(facts: F): string
}

export interface Level1Rule {
  readonly id: number
  readonly precedence: number
  readonly name?: string | undefined
  readonly conditions: readonly RuleCondition<FlowFacts>[]
  /** index into `charges`; -1 when only its table decides, and a miss goes on to the next rule */
  readonly charge: number
  /** index into `tables`, -1 without a level 2 */
  readonly table: number
  /** the source of this rule is our assumption, and why */
  readonly assumed?: string | undefined
  /** file:line of an imported rule */
  readonly origin?: string | undefined
  /** part of the source's condition that is not tested */
  readonly unsupported?: string | undefined
  readonly at: Place
}

export interface Level2Row {
  /** index into `tables` */
  readonly table: number
  readonly precedence: number
  readonly name?: string | undefined
  readonly conditions: readonly RuleCondition<AppFacts>[]
  readonly charge: number
  readonly assumed?: string | undefined
  readonly origin?: string | undefined
  readonly unsupported?: string | undefined
  readonly at: Place
}

/** A line that an importer did not understand, kept with the set. */
export interface OpaqueLine {
  /** "ecs.cfg:51" */
  readonly at: string
  readonly text: string
  readonly why: string
  /** where it could have decided: before every rule of a larger precedence; absent when it decides nothing */
  readonly precedence?: number | undefined
}

/** Rows `first` to `first + count - 1` of the flat list. */
export interface Level2Table {
  readonly name: string
  readonly first: number
  readonly count: number
  readonly at: Place
}

export interface Charge {
  /** unsigned, 0 to 4294967295 */
  readonly id: number
  /** "0xFE06FFFE" */
  readonly idHex: string
  readonly tariff: Tariff
  readonly name?: string | undefined
  /** the id itself where the file names none */
  readonly ratingGroup: number
  readonly serviceId?: number | undefined
  /** reported to the online charging system; undefined where the file does not say */
  readonly online?: boolean | undefined
  /** reported in charging records */
  readonly offline?: boolean | undefined
  /** not an id of the operator's, made up so that totals have a row */
  readonly synthetic: boolean
  readonly assumed?: string | undefined
  readonly at: Place
}

export interface RuleSource {
  /** file or directory as it was named */
  readonly file: string
  /** files that the set was read from, in the order of merging */
  readonly files: readonly string[]
  /** `tollgate`, or what the set was imported from */
  readonly dialect: string
  /** of the source text; of several files, of their texts one after the other */
  readonly sha256: string
}

export interface RuleSet {
  readonly name: string
  readonly version: string
  /** name of the profile that the file asks for */
  readonly profile: string
  readonly source: RuleSource
  /** WAP gateways: a request to them names its origin server elsewhere */
  readonly proxies: readonly Prefix[]
  /** hosts whose redirect means "blocked" */
  readonly portals: readonly ((host: string) => boolean)[]
  /** the same as the file has them */
  readonly portalPatterns: readonly string[]
  /** by precedence, then by place in the file */
  readonly level1: readonly Level1Rule[]
  readonly tables: readonly Level2Table[]
  /** rows of all tables; within a table by precedence, then by place in the file */
  readonly rows: readonly Level2Row[]
  readonly charges: readonly Charge[]
  /** index into `charges`, -1 when the file has no default */
  readonly default: number
  readonly defaultAt?: Place | undefined
  /** index into `charges` of signalling with a charge of its own (profiles with `signalling-id`) */
  readonly signalling?: number | undefined
  /** the same of octets that are sent again (`separate-id`) */
  readonly retransmissions?: number | undefined
  /** place of the `ruleset` key, for findings about the set as a whole */
  readonly at: Place
  /** what a reader of results must know about the set as a whole */
  readonly notes: readonly string[]
  /** what the set adds to its source */
  readonly assumed?: string | undefined
  readonly opaque: readonly OpaqueLine[]
}

/** "L1-3" */
export function ruleLabel(rule: Level1Rule): string {
  return `L1-${rule.id}`
}

/** "wapgw/1": table and precedence */
export function rowLabel(set: RuleSet, row: Level2Row): string {
  return `${set.tables[row.table]?.name}/${row.precedence}`
}
