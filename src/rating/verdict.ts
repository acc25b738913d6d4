/** The verdict of a flow from the tariffs of its octets. Money first: a flow is FREE or CHRG only when all
 * its settled octets are; unknown is not free. BLCK is a state of the flow and overrides. */

import type { Tariff, Verdict } from '../record/flow-record.js'

/** Bits of the tariffs that a flow's octets met. */
export const TariffBit = { Free: 1, Charged: 2, Unknown: 4 } as const

export function tariffBit(tariff: Tariff): number {
  return tariff === 'free'
    ? TariffBit.Free
    : tariff === 'charged'
      ? TariffBit.Charged
      : TariffBit.Unknown
}

export function verdictOf(tariffs: number, blocked: boolean): Verdict {
  if (blocked) return 'BLCK'
  if (tariffs === TariffBit.Free) return 'FREE'
  if (tariffs === TariffBit.Charged) return 'CHRG'
  if ((tariffs & (TariffBit.Free | TariffBit.Charged)) === 0) return 'UNKN'
  return 'MIXD'
}
