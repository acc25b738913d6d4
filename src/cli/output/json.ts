/** Records as NDJSON: keys in their fixed order, absent keys absent, every string safe on a
 * terminal (interface.md 6.7). */

import { keyOrder } from '../../record/key-order.js'
import { jsonText } from '../../record/text.js'

/** One record as one line, without the newline. `fields`: only these keys, in this order. */
export function recordLine(record: { readonly type: string }, fields?: readonly string[]): string {
  const row = record as Readonly<Record<string, unknown>>
  const lossy = row.lossy === true
  const order = fields ?? keyOrder[record.type as keyof typeof keyOrder] ?? Object.keys(row)
  return objectText(row, order, lossy)
}

/** Any plain object in the order of its own keys. */
export function objectLine(object: object): string {
  return objectText(object as Readonly<Record<string, unknown>>, Object.keys(object), false)
}

function objectText(
  row: Readonly<Record<string, unknown>>,
  order: readonly string[],
  lossy: boolean,
): string {
  let out = '{'
  for (const key of order) {
    const value = row[key]
    if (value === undefined) continue
    if (out.length > 1) out += ','
    out += `${jsonText(key)}:${valueText(value, lossy)}`
  }
  return `${out}}`
}

function valueText(value: unknown, lossy: boolean): string {
  if (typeof value === 'string') return jsonText(value, lossy)
  if (Array.isArray(value)) return `[${value.map(item => valueText(item, lossy)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const row = value as Readonly<Record<string, unknown>>
    return objectText(row, Object.keys(row), lossy)
  }
  return JSON.stringify(value) ?? 'null'
}
