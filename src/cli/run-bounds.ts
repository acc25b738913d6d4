/** `--max-flows` and its like as the bounds of a run. */

import type { RunBounds } from '../pipeline/bounds.js'
import { usageFailure } from './fail.js'
import type { OptionName, Options } from './options.js'

const options = {
  flows: 'max-flows',
  sessions: 'max-sessions',
  subscribers: 'max-subscribers',
  requests: 'max-requests',
  transactions: 'max-transactions',
  reassemblyOctets: 'max-reassembly',
  dnsNames: 'max-dns',
  findings: 'max-findings',
} as const satisfies Record<keyof RunBounds, OptionName>

/** Options that name a bound. */
export const boundOptions: readonly OptionName[] = Object.values(options)

/** Rows of the largest table take 2^31 octets or less; and 16 GiB of segments that wait. */
const most = 16_777_216
const mostMebibytes = 16_384
const mebibyte = 2 ** 20

/** The bounds that were typed. */
export function boundsOf(typed: Readonly<Partial<Options>>): Partial<RunBounds> {
  const bounds: Partial<RunBounds> = {}
  for (const [key, name] of Object.entries(options)) {
    const value = typed[name]
    if (value === undefined) continue
    const limit = key === 'reassemblyOctets' ? mostMebibytes : most
    if (value < 1 || value > limit) {
      throw usageFailure(`--${name}: ${value} is not from 1 to ${limit}`)
    }
    bounds[key as keyof RunBounds] = key === 'reassemblyOctets' ? value * mebibyte : value
  }
  return bounds
}
