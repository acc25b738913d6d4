/** free5GC: flow rules and charging data of a subscription, as its web console keeps them. Importers.md section 4:
 * charging data belongs to the flow rule of the same slice, data network and filter; without a filter it is that of the
 * whole session. A rating group may be missing: the PCF gives one out then. */

import { parsePrefix } from '../address.js'
import type { Dialect } from './dialect.js'
import { type FlowTerm, flowMatch } from './flow-term.js'
import { type FilterMeaning, filterMeaning } from './ip-filter-rule.js'
import { JsonSource, type JsonView } from './json-view.js'
import type { ChargeOf, SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

interface Scoped {
  readonly view: JsonView
  readonly snssai: string
  readonly dnn: string
  readonly filter: string
}

const ruleKeys = ['FlowRules', 'flowRules'] as const
const chargingKeys = ['ChargingDatas', 'chargingDatas', 'chargingData'] as const
const listKeys = new Set<string>([...ruleKeys, ...chargingKeys])

function lists(root: JsonView, keys: readonly string[]): JsonView[] {
  const holders = [root, ...root.items()]
  return holders.flatMap(view => view.get(...keys)?.items() ?? [])
}

function scoped(view: JsonView): Scoped {
  const text = (key: string) => view.get(key)?.text() ?? ''
  view.get('qosRef', 'qfi')?.take()
  return { view, snssai: text('snssai'), dnn: text('dnn'), filter: text('filter') }
}

/** A prefix is the server's; else the filter is an IPFilterRule. */
function meaningOf(filter: string): FilterMeaning {
  const prefix = parsePrefix(filter)
  return 'kind' in prefix ? filterMeaning(filter, 'the-specific') : { term: { server: [prefix] } }
}

/** The price says what is free: a unit cost of nothing. */
function chargeOf({ view, dnn, filter }: Scoped): ChargeOf {
  const cost = view.get('unitCost')?.text()
  const method = view.get('chargingMethod')?.text()
  view.get('quota')?.leave('how much may be used is no part of a rule set')
  const amount = cost !== undefined && /^\d+(\.\d+)?$/.test(cost) ? Number(cost) : undefined
  return {
    name: filter === '' ? `session ${dnn}` : `${dnn} ${filter}`,
    ratingGroup: view.get('ratingGroup')?.whole(),
    ...(amount === undefined ? {} : { tariff: amount === 0 ? 'free' : 'charged' }),
    online: method === undefined ? undefined : /online/i.test(method),
    offline: method === undefined ? undefined : /offline/i.test(method),
  }
}

class SubscriptionImport {
  readonly #set: SetBuilder
  readonly #charging: readonly Scoped[]
  readonly #charges = new Map<Scoped, number>()

  constructor(set: SetBuilder, charging: readonly Scoped[]) {
    this.#set = set
    this.#charging = charging
  }

  #charge(data: Scoped | undefined): number {
    if (!data) return this.#set.charge({ name: 'no charging data' })
    const known = this.#charges.get(data) ?? this.#set.charge(chargeOf(data))
    this.#charges.set(data, known)
    return known
  }

  rule(own: Scoped): void {
    const { view, snssai, dnn, filter } = own
    const precedence = view.get('precedence')?.whole()
    const scope = this.#charging.filter(one => one.snssai === snssai && one.dnn === dnn)
    const data = scope.find(one => one.filter === filter) ?? scope.find(one => one.filter === '')
    if (precedence === undefined) {
      view.leave('no precedence')
      return
    }
    const meaning = meaningOf(filter)
    if ('why' in meaning) {
      view.get('filter')?.leave(meaning.why, precedence)
      return
    }
    if (meaning.wider !== undefined) view.get('filter')?.leave(meaning.wider)
    this.#add(
      view,
      precedence,
      `${dnn} ${filter}`,
      meaning.term,
      dnn,
      this.#charge(data),
      meaning.wider,
    )
  }

  /** Charging data without a filter: what no flow rule of the session took. */
  session(data: Scoped, precedence: number): void {
    this.#add(data.view, precedence, `session ${data.dnn}`, {}, data.dnn, this.#charge(data))
  }

  unused(): void {
    for (const data of this.#charging)
      if (!this.#charges.has(data))
        data.view.leave('no flow rule has this slice, data network and filter')
  }

  #add(
    view: JsonView,
    precedence: number,
    name: string,
    term: FlowTerm,
    dnn: string,
    charge: number,
    wider?: string,
  ): void {
    const apn = dnn === '' ? {} : { apn: { equals: dnn } }
    const wrong = this.#set.rule({
      precedence,
      name,
      flows: [{ ...flowMatch(term), ...apn }],
      charge,
      origin: view.origin,
      ...(wider === undefined ? {} : { unsupported: wider }),
    })
    if (wrong !== undefined) view.leave(wrong, precedence)
  }
}

/** Behind every flow rule. */
const SESSION_PRECEDENCE = 4294967295

function readSubscription(texts: readonly SourceText[], set: SetBuilder): void {
  for (const text of texts) {
    const source = new JsonSource(text)
    const { root } = source
    const rules = lists(root, ruleKeys).map(scoped)
    const charging = lists(root, chargingKeys).map(scoped)
    if (rules.length === 0 && charging.length === 0)
      throw text.error(0, 1, 'BAD-VALUE', 'neither FlowRules nor ChargingDatas in this source')
    const run = new SubscriptionImport(set, charging)
    for (const rule of rules) run.rule(rule)
    for (const data of charging) if (data.filter === '') run.session(data, SESSION_PRECEDENCE)
    run.unused()
    // numbers and keys of the subscriber are no rules, and must not be repeated in a report
    for (const [key, view] of [root, ...root.items()].flatMap(one => one.entries()))
      if (!listKeys.has(key)) view.take()
    set.account(source.finish())
  }
}

export const free5gc: Dialect = {
  name: 'free5gc',
  doc: 'free5GC: flow rules and charging data of a subscription (JSON)',
  profiles: ['l34', 'ugw'],
  read: readSubscription,
}
