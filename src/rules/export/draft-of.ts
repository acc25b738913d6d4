/** A rule set that was read, as plain values again: several files become one, and what is written reads back as the
 * same set. */

import { formatPrefix } from '../address.js'
import type {
  DraftCharge,
  DraftOrigin,
  DraftRow,
  DraftRule,
  FlowMatch,
  PayloadMatch,
  RuleDraft,
} from '../rule-draft.js'
import type { Charge, Level1Rule, Level2Row, RuleCondition, RuleSet } from '../rule-set.js'

/** The values as the file had them; a key that a file may hold once is a key of the match. */
export function matchValues<F>(conditions: readonly RuleCondition<F>[]): Record<string, unknown> {
  return Object.fromEntries(conditions.map(({ key, value }) => [key, value]))
}

function originOf({ origin, unsupported, assumed }: Level1Rule | Level2Row): DraftOrigin {
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(unsupported === undefined ? {} : { unsupported }),
    ...(assumed === undefined ? {} : { assumed }),
  }
}

function chargeOf(charge: Charge): DraftCharge {
  const { id, tariff, name, ratingGroup, serviceId, online, offline, synthetic, assumed } = charge
  return {
    id,
    tariff,
    ...(name === undefined ? {} : { name }),
    ratingGroup,
    ...(serviceId === undefined ? {} : { serviceId }),
    ...(online === undefined ? {} : { online }),
    ...(offline === undefined ? {} : { offline }),
    ...(synthetic ? { synthetic } : {}),
    ...(assumed === undefined ? {} : { assumed }),
  }
}

export function draftOf(set: RuleSet): RuleDraft {
  const idOf = (charge: number) => set.charges[charge]?.id
  const rule = (own: Level1Rule): DraftRule => {
    const charge = idOf(own.charge)
    const level2 = set.tables[own.table]?.name
    return {
      id: own.id,
      precedence: own.precedence,
      ...(own.name === undefined ? {} : { name: own.name }),
      match: matchValues(own.conditions) as FlowMatch,
      ...(charge === undefined ? {} : { charge }),
      ...(level2 === undefined ? {} : { level2 }),
      ...originOf(own),
    }
  }
  const row = (own: Level2Row): DraftRow => ({
    precedence: own.precedence,
    ...(own.name === undefined ? {} : { name: own.name }),
    match: matchValues(own.conditions) as PayloadMatch,
    charge: idOf(own.charge) ?? 0,
    ...originOf(own),
  })
  const fallback = idOf(set.default)
  const { dialect } = set.source
  return {
    name: set.name,
    version: set.version,
    profile: set.profile,
    ...(dialect === 'tollgate' ? {} : { dialect }),
    ...(set.assumed === undefined ? {} : { assumed: set.assumed }),
    heading: [],
    proxies: set.proxies.map(formatPrefix),
    portals: set.portalPatterns,
    level1: set.level1.map(rule),
    tables: new Map(
      set.tables.map(({ name, first, count }) => [
        name,
        set.rows.slice(first, first + count).map(row),
      ]),
    ),
    charges: set.charges.map(chargeOf),
    ...(fallback === undefined ? {} : { default: fallback }),
    opaque: set.opaque,
  }
}
