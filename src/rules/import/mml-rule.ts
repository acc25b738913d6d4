/** From objects of an MML script to a rule: what its filters ask, and what of them was not understood. Importers.md
 * 2.2 (Huawei) and 3 (ZTE), which differ in how filters are bound to a rule and not in what follows. */

import type { PayloadMatch } from '../rule-draft.js'
import { type FlowTerm, flowMatch, isEmpty } from './flow-term.js'
import { type FilterNames, filterTerm } from './mml-filter.js'
import { leaveObject, type MmlObject, originOf, understood } from './mml-store.js'
import type { SetBuilder } from './set-builder.js'

/** A rule and what its filters came to. */
export interface MmlRule {
  readonly rule: MmlObject
  readonly name: string | undefined
  readonly precedence: number
  readonly charge: number
  readonly flows: readonly FlowTerm[]
  /** none: the flow alone decides */
  readonly payloads: readonly PayloadMatch[] | undefined
  /** parameters that are not tested, so that the rule matches more than it should */
  readonly wider: readonly string[]
}

/** The flow of an L3/L4 filter, or none when it is left out; what is not tested of it is added to `wider`. */
export function flowOf(
  filter: MmlObject,
  names: FilterNames,
  wider: string[],
  precedence: number,
): FlowTerm[] {
  const term = filterTerm(filter, names)
  if (typeof term === 'string') {
    leaveObject(filter, term, precedence)
    return []
  }
  if (isEmpty(term)) {
    leaveObject(filter, 'ports of a protocol that has none: it never matches')
    return []
  }
  understood(filter)
  wider.push(...filter.unknown)
  return [term]
}

/** What an L7 filter asks, or none when `match` says why it is left out; otherwise as `flowOf`. */
export function payloadOf(
  filter: MmlObject,
  match: PayloadMatch | string,
  wider: string[],
  precedence: number,
): PayloadMatch[] {
  if (typeof match === 'string') {
    leaveObject(filter, match, precedence)
    return []
  }
  understood(filter)
  wider.push(...filter.unknown)
  return [match]
}

/** Adds the rule, or leaves it out with the reason. */
export function addMmlRule(set: SetBuilder, own: MmlRule): void {
  const { rule, name, precedence, charge, flows, payloads, wider } = own
  const wrong = set.rule({
    precedence,
    name,
    flows: flows.map(flowMatch),
    payloads,
    charge,
    ...originOf(rule),
    ...(wider.length === 0 ? {} : { unsupported: `${wider.join(', ')} is not tested` }),
  })
  if (wrong !== undefined) leaveObject(rule, wrong, precedence)
}
