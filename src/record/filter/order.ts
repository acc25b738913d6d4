/** Records in the order of one field of the filter language. */

import { findField } from './all.js'
import type { Row } from './field.js'

export type Order = (a: object, b: object) => number

/** A leading `-` puts the highest first; records without the field come last. Undefined: no such field. */
export function fieldOrder(text: string): Order | undefined {
  const highFirst = text.startsWith('-')
  const field = findField(highFirst ? text.slice(1) : text)
  if (field === undefined) return undefined
  const read = (record: object) => field.read(record as Row)[0]
  const sign = highFirst ? -1 : 1
  return (a, b) => {
    const left = read(a)
    const right = read(b)
    if (left === right) return 0
    if (left === undefined) return 1
    if (right === undefined) return -1
    return (left < right ? -1 : 1) * sign
  }
}
