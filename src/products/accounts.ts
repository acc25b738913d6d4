/** Subscribers and deposits, as lines of JSON, into the store. */

import { z } from 'zod'
import type { LedgerPlatform } from './ledger-platform.js'
import { accountOf, type Subscribers } from './subscribers.js'

const number = z.string().regex(/^\d{5,15}$/, 'needs 5 to 15 digits')

export const accountLine = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('account'),
    imsi: number.exactOptional(),
    msisdn: number.exactOptional(),
    designated: z.boolean().exactOptional().meta({ description: 'cards are bound undirected' }),
    active: z.boolean().exactOptional().meta({ description: 'true when left out' }),
  }),
  z.strictObject({
    type: z.literal('deposit'),
    id: z.string().min(1).max(128).meta({ description: 'the same again changes nothing' }),
    number: number.meta({ description: 'IMSI or MSISDN' }),
    amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({
      description: 'in the smallest unit of the currency; for the charging platform in process',
    }),
  }),
])

/** A line that is neither. */
export class AccountError extends Error {}

/** Takes one line; empty lines are none. Throws an `AccountError` without a place. */
export function takeAccountLine(
  line: string,
  subscribers: Subscribers,
  ledger: LedgerPlatform,
): void {
  if (line.trim() === '') return
  const form = accountLine.safeParse(jsonOf(line))
  if (!form.success) {
    const [issue] = form.error.issues
    const key = issue?.path.join('.') ?? ''
    throw new AccountError(`${key === '' ? '' : `${key}: `}${issue?.message ?? 'no account'}`)
  }
  const { data } = form
  if (data.type === 'account') {
    const { imsi = '', msisdn = '', designated = false, active = true } = data
    if (imsi === '' && msisdn === '') throw new AccountError('needs imsi or msisdn')
    subscribers.put({ imsi, msisdn, designated, active })
    return
  }
  const subscriber = subscribers.find(data.number)
  if (subscriber === undefined) throw new AccountError('a deposit of no known subscriber')
  ledger.deposit(data.id, accountOf(subscriber), data.amount)
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new AccountError('is not JSON')
  }
}
