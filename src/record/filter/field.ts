/** What a field of the filter language is, and how values are read from records of any type. A
 * field that a record does not have is absent: every test of it is false. */

import { parseTime } from '../time.js'

/** What a field holds decides which operators and values it takes. */
export type FieldKind =
  | 'text' // compared without regard to case
  | 'word' // one of `values`
  | 'number'
  | 'octets' // number with kB, MB ...
  | 'seconds' // number with ms, s, m ...
  | 'time' // RFC 3339
  | 'address' // IPv4 or IPv6, prefixes too
  | 'teid'

export type FieldValue = string | number

/** A record seen as keys and values. */
export type Row = Readonly<Record<string, unknown>>

export type FieldReader = (row: Row) => readonly FieldValue[]

export interface FilterField {
  name: string
  /** other names that may be typed */
  aliases: readonly string[]
  kind: FieldKind
  /** what a `word` field can be */
  values?: readonly string[]
  doc: string
  /** all values of the field in this record; none = absent */
  read: FieldReader
}

function valuesOf(row: Row, key: string): readonly FieldValue[] {
  const value = row[key]
  return typeof value === 'string' || typeof value === 'number' ? [value] : []
}

/** The values of these keys of the record. */
export function keys(...names: readonly string[]): FieldReader {
  const [only] = names
  if (only !== undefined && names.length === 1) return row => valuesOf(row, only)
  return row => names.flatMap(name => valuesOf(row, name))
}

/** The values of these keys of the record and of its contexts (a subscriber's APN, addresses). */
export function keysWithContexts(...names: readonly string[]): FieldReader {
  const own = keys(...names)
  return row => {
    const contexts = row.contexts
    if (!Array.isArray(contexts)) return own(row)
    return [...own(row), ...contexts.flatMap(context => own(context as Row))]
  }
}

/** The sum of the keys that are there. */
export function sum(...names: readonly string[]): FieldReader {
  return row => {
    let total = 0
    let found = false
    for (const name of names) {
      const value = row[name]
      if (typeof value === 'number') {
        total += value
        found = true
      }
    }
    return found ? [total] : []
  }
}

/** Microseconds of the first of these keys that holds a time. */
export function time(...names: readonly string[]): FieldReader {
  return row => {
    for (const name of names) {
      const value = row[name]
      const timeUs = typeof value === 'string' ? parseTime(value) : undefined
      if (timeUs !== undefined) return [timeUs]
    }
    return []
  }
}

/** Seconds from one time to the other. */
export function duration(from: FieldReader, to: FieldReader): FieldReader {
  return row => {
    const start = from(row)[0]
    const end = to(row)[0]
    return typeof start === 'number' && typeof end === 'number' ? [(end - start) / 1e6] : []
  }
}

/** Only in records whose `key` is `value`. */
export function only(key: string, value: string, reader: FieldReader): FieldReader {
  return row => (row[key] === value ? reader(row) : [])
}

/** What one kind of record lets a filter ask for. */
export interface FieldSet {
  /** the field of that name or alias, whatever its case */
  find(name: string): FilterField | undefined
  /** every name and alias, for suggestions */
  names(): Iterable<string>
  /** the test that a bare word stands for */
  search(text: string): (row: Row) => boolean
}

export function fieldSet(
  fields: Iterable<FilterField>,
  search: (text: string) => (row: Row) => boolean,
): FieldSet {
  const byName = new Map<string, FilterField>()
  const names: string[] = []
  for (const entry of fields) {
    for (const name of [entry.name, ...entry.aliases]) {
      byName.set(name.toLowerCase(), entry)
      names.push(name)
    }
  }
  return {
    find: name => byName.get(name.toLowerCase()),
    names: () => names,
    search,
  }
}
