/** What an AVP is called and how it is read, by vendor and code: RFC 6733 section 4.1. The tables are in
 * diameter-avp-*.ts, one for each idea; an AVP that is in none is a value without a name. */

import { baseAvps, nasAvps } from './diameter-avp-base.js'
import { chargingAvps, containerAvps, messagingAvps } from './diameter-avp-charging.js'
import { creditAvps } from './diameter-avp-credit.js'
import { epsAvps, subscriberAvps } from './diameter-avp-eps.js'
import { accessAvps, mediaAvps, policyAvps, spendingAvps } from './diameter-avp-policy.js'
import type { AvpTable, AvpType } from './diameter-avp-type.js'

/** IANA private enterprise number of 3GPP. */
export const vendor3gpp = 10415

type NamesOf<Table extends AvpTable> = NameOf<Table[keyof Table]>
type NameOf<Row> = Row extends readonly [infer Name, AvpType] ? Name : never

/** Every AVP name of the tables. */
export type AvpName =
  | NamesOf<typeof nasAvps>
  | NamesOf<typeof baseAvps>
  | NamesOf<typeof creditAvps>
  | NamesOf<typeof accessAvps>
  | NamesOf<typeof mediaAvps>
  | NamesOf<typeof policyAvps>
  | NamesOf<typeof spendingAvps>
  | NamesOf<typeof chargingAvps>
  | NamesOf<typeof messagingAvps>
  | NamesOf<typeof containerAvps>
  | NamesOf<typeof epsAvps>
  | NamesOf<typeof subscriberAvps>

export interface AvpDefinition {
  vendor: number
  code: number
  name: string
  type: AvpType
}

const withoutVendor = [nasAvps, baseAvps, creditAvps]
const of3gpp = [
  accessAvps,
  mediaAvps,
  policyAvps,
  spendingAvps,
  chargingAvps,
  messagingAvps,
  containerAvps,
  epsAvps,
  subscriberAvps,
]

function indexed(vendor: number, tables: readonly AvpTable[]): Map<number, AvpDefinition> {
  const definitions = new Map<number, AvpDefinition>()
  for (const table of tables) {
    for (const [key, [name, type]] of Object.entries(table)) {
      const code = Number(key)
      definitions.set(code, { vendor, code, name, type })
    }
  }
  return definitions
}

const base = indexed(0, withoutVendor)
const tgpp = indexed(vendor3gpp, of3gpp)

/** Undefined for an AVP that is in no table. */
export function avpDefinition(vendor: number, code: number): AvpDefinition | undefined {
  if (vendor === 0) return base.get(code)
  return vendor === vendor3gpp ? tgpp.get(code) : undefined
}

export function avpDefinitions(): AvpDefinition[] {
  return [...base.values(), ...tgpp.values()]
}
