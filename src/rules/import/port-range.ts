/** Ranges of ports as configurations write them. */

import type { PortRange } from '../rule-set.js'
import { HIGHEST_PORT } from './flow-term.js'

/** Both ends whole numbers from 0 to 65535, the low one first. */
export function validRange({ low, high }: PortRange): boolean {
  return (
    Number.isInteger(low) &&
    Number.isInteger(high) &&
    low >= 0 &&
    low <= high &&
    high <= HIGHEST_PORT
  )
}

/** `80|8080-8090`; undefined when a part is neither a port nor a range. Empty text is every port. */
export function portsOfList(text: string, separator: RegExp): PortRange[] | undefined {
  const parts = text.split(separator).map(part => part.trim())
  const ranges = parts
    .filter(part => part !== '')
    .map(part => {
      const [, low = '', high = low] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(part) ?? []
      return low === '' ? { low: -1, high: -1 } : { low: Number(low), high: Number(high) }
    })
  return ranges.every(validRange) ? ranges : undefined
}
