/** Personal numbers and the test numbers that take their place: the same length, the network, country and
 * handset type kept (rules and handset evidence ask for them), the rest counted up from one. 3GPP TS
 * 23.003 clauses 2.2 (IMSI), 3.3 (MSISDN), 6.2 (IMEI). */

export type NumberKind = 'imsi' | 'msisdn' | 'imei'

export interface PersonalNumber {
  readonly kind: NumberKind
  readonly digits: string
}

export interface Substitution {
  readonly kind: NumberKind
  readonly clear: string
  readonly test: string
  /** digits at the beginning that are the same in both */
  readonly kept: number
}

/** Network code; country and network; type allocation code. */
const keptDigits: Record<NumberKind, number> = { imsi: 5, msisdn: 3, imei: 8 }
/** An IMEI is 14 digits and a check digit, an IMEISV has a software version behind them. */
export const imeiDigits = 14
/** A shorter run of digits is no number of a subscriber. */
export const leastDigits = 7

/** One for each number, in the order of their digits: the same numbers give the same test numbers. */
export function substitutions(numbers: Iterable<PersonalNumber>): Substitution[] {
  const byDigits = new Map<string, NumberKind>()
  for (const { kind, digits } of numbers) {
    if (digits.length >= leastDigits && !byDigits.has(digits)) byDigits.set(digits, kind)
  }
  const used = new Set(byDigits.keys())
  const counts: Record<NumberKind, number> = { imsi: 0, msisdn: 0, imei: 0 }
  return [...byDigits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([clear, kind]) => {
      const kept = Math.min(keptDigits[kind], clear.length - 4)
      let test: string
      do test = testNumber(kind, clear, kept, ++counts[kind])
      while (used.has(test))
      used.add(test)
      return { kind, clear, test, kept }
    })
    .sort((a, b) => b.clear.length - a.clear.length)
}

function testNumber(kind: NumberKind, clear: string, kept: number, count: number): string {
  const head = clear.slice(0, kept)
  const own = kind === 'imei' ? Math.min(clear.length, imeiDigits) : clear.length
  const body = `${head}${String(count).padStart(own - kept, '0')}`.slice(0, own)
  const rest = clear.slice(own)
  const isImei = kind === 'imei' && clear.length === imeiDigits + 1
  return isImei && rest === luhn(clear.slice(0, own)) ? `${body}${luhn(body)}` : `${body}${rest}`
}

/** Check digit of an IMEI (TS 23.003 annex B). */
function luhn(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}
