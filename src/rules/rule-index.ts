/** Level-1 rules by server prefix, then by (protocol, port): a few candidates instead of all rules. The
 * index only leaves out rules whose test would fail; each candidate is still tested in full, so
 * the answer is that of trying every rule in order (test/rules/rule-index.test.ts compares the two). */

import { PrefixTable } from './prefix-table.js'
import type { FlowFacts } from './rule-facts.js'
import type { Level1Rule, PortRange, Prefix } from './rule-set.js'

/** Above this many (protocol, port) pairs a rule is listed once as wide instead. */
const MOST_PAIRS = 64
const NONE = 0x7fffffff

/** Rules of one server prefix, while they are collected; rule numbers ascend in every list. */
interface Draft {
  /** by protocol << 16 | port */
  exact: Map<number, number[]>
  /** rules that any protocol and port may match */
  wide: number[]
}

interface Bucket {
  exact: ReadonlyMap<number, Int32Array>
  wide: Int32Array
}

type Test = (facts: FlowFacts) => boolean

function portPairs(rule: Level1Rule): number[] | undefined {
  let protocols: readonly number[] | undefined
  let ranges: readonly PortRange[] | undefined
  for (const { hint } of rule.conditions) {
    if (hint?.by === 'protocol') protocols = hint.numbers
    else if (hint?.by === 'port') ranges = hint.ranges
  }
  if (!protocols || !ranges) return undefined
  const ports = ranges.reduce((sum, { low, high }) => sum + high - low + 1, 0)
  if (ports * protocols.length > MOST_PAIRS) return undefined
  const pairs = new Set<number>()
  for (const protocol of protocols)
    for (const { low, high } of ranges)
      for (let port = low; port <= high; port++) pairs.add((protocol << 16) | port)
  return [...pairs]
}

function serversOf(rule: Level1Rule): readonly Prefix[] | undefined {
  for (const { hint } of rule.conditions) if (hint?.by === 'server') return hint.prefixes
  return undefined
}

function add(bucket: Draft, rule: number, pairs: readonly number[] | undefined): void {
  if (!pairs) bucket.wide.push(rule)
  for (const pair of pairs ?? []) {
    const list = bucket.exact.get(pair)
    if (list) list.push(rule)
    else bucket.exact.set(pair, [rule])
  }
}

function finished({ exact, wide }: Draft): Bucket {
  return {
    exact: new Map([...exact].map(([pair, list]) => [pair, Int32Array.from(list)])),
    wide: Int32Array.from(wide),
  }
}

function prefixKey({ version, bits, w0, w1, w2, w3 }: Prefix): string {
  return `${version} ${bits} ${w0} ${w1} ${w2} ${w3}`
}

export class RuleIndex {
  readonly #tests: readonly (readonly Test[])[]
  readonly #anyServer: Bucket
  readonly #buckets: readonly Bucket[]
  /** prefix -> number of its bucket */
  readonly #prefixes: PrefixTable

  constructor(rules: readonly Level1Rule[]) {
    this.#tests = rules.map(rule => rule.conditions.map(({ test }) => test))
    const anyServer: Draft = { exact: new Map(), wide: [] }
    const drafts = new Map<string, { prefix: Prefix; draft: Draft }>()
    for (const [number, rule] of rules.entries()) {
      const pairs = portPairs(rule)
      const servers = serversOf(rule)
      if (!servers) add(anyServer, number, pairs)
      const own = new Map(servers?.map(prefix => [prefixKey(prefix), prefix]))
      for (const [key, prefix] of own) {
        const entry = drafts.get(key) ?? { prefix, draft: { exact: new Map(), wide: [] } }
        drafts.set(key, entry)
        add(entry.draft, number, pairs)
      }
    }
    const entries = [...drafts.values()]
    this.#anyServer = finished(anyServer)
    this.#buckets = entries.map(({ draft }) => finished(draft))
    this.#prefixes = new PrefixTable(entries.map(({ prefix }, value) => ({ prefix, value })))
  }

  /** Number of the first rule after `after` (-1: from the start) that matches, or -1. */
  first(facts: FlowFacts, after: number): number {
    const { version, w0, w1, w2, w3 } = facts.server
    const pair = (facts.protocol << 16) | facts.port
    const prefixes = this.#prefixes
    const { bits, masks } = version === 4 ? prefixes.lengths4 : prefixes.lengths6
    let best = this.#inBucket(this.#anyServer, pair, facts, after, NONE)
    for (let i = 0; i < bits.length; i++) {
      const m = i * 4
      const number = prefixes.find(
        version,
        bits[i]!,
        w0 & masks[m]!,
        w1 & masks[m + 1]!,
        w2 & masks[m + 2]!,
        w3 & masks[m + 3]!,
      )
      const bucket = number < 0 ? undefined : this.#buckets[number]
      if (bucket) best = this.#inBucket(bucket, pair, facts, after, best)
    }
    return best === NONE ? -1 : best
  }

  #inBucket(bucket: Bucket, pair: number, facts: FlowFacts, after: number, best: number): number {
    const found = this.#inList(bucket.wide, facts, after, best)
    const exact = bucket.exact.get(pair)
    return exact ? this.#inList(exact, facts, after, found) : found
  }

  #inList(list: Int32Array, facts: FlowFacts, after: number, best: number): number {
    for (let i = 0; i < list.length; i++) {
      const rule = list[i]!
      if (rule >= best) break
      if (rule > after && this.#matches(rule, facts)) return rule
    }
    return best
  }

  #matches(rule: number, facts: FlowFacts): boolean {
    const tests = this.#tests[rule]
    if (!tests) return false
    for (const test of tests) if (!test(facts)) return false
    return true
  }
}
