/** How the place of a charge is written: `L1-3 > wapgw/1  168165378 (0x0A060002)`. */

import { ruleIdText, tariffLabels } from '../../record/figures.js'
import type { ChargeFields, Tariff } from '../../record/flow-record.js'
import { terminalText } from '../../record/text.js'

/** `L1-3 > wapgw/1`, `L1-6`, `default`; empty when no rule matched. */
export function ruleWay(charge: Omit<ChargeFields, 'tariff'>): string {
  if (charge.level1 === undefined) return charge.rule_id === undefined ? '' : 'default'
  const level1 = `L1-${charge.level1}`
  return charge.level2 === undefined ? level1 : `${level1} > ${terminalText(charge.level2)}`
}

/** `o free`, `168165378 (0x0A060002)`, `by L1-3 > wapgw/1`: those that are known. */
export function chargeParts(
  charge: Omit<ChargeFields, 'tariff'> & { tariff?: Tariff | undefined },
) {
  const way = ruleWay(charge)
  return [
    charge.tariff === undefined ? '' : tariffLabels[charge.tariff],
    charge.rule_id === undefined ? 'no charging id' : ruleIdText(charge.rule_id),
    way === '' ? '' : `by ${way}`,
  ].filter(part => part !== '')
}

/** `o free  168165378 (0x0A060002)  by L1-3 > wapgw/1` */
export function chargeText(charge: ChargeFields): string {
  return chargeParts(charge).join('  ')
}
