/** Filter tree -> predicate on records. A field with several values (either port, either address)
 * passes a test when one value does; `!=` needs all to differ. Absent fields fail every test. */

import { recordFields } from './all.js'
import type { FieldSet, FieldValue, FilterField, Row } from './field.js'
import { compilePattern, numberOf, rangeOf } from './operand.js'
import type { CompareOp, Filter } from './parser.js'
import { addressOctets, networkHolds, parseNetwork } from './values.js'

export type RecordTest = (record: object) => boolean

type ValueTest = (value: FieldValue) => boolean

const never: ValueTest = () => false

/** The tree must come from `parseFilter` with the same fields, which has checked every name and value. */
export function compileFilter(filter: Filter, fields: FieldSet = recordFields): RecordTest {
  const test = compile(filter, fields)
  return record => test(record as Row)
}

function compile(filter: Filter, fields: FieldSet): (row: Row) => boolean {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.of.map(part => compile(part, fields))
      return row => tests.every(test => test(row))
    }
    case 'or': {
      const tests = filter.of.map(part => compile(part, fields))
      return row => tests.some(test => test(row))
    }
    case 'not': {
      const test = compile(filter.of, fields)
      return row => !test(row)
    }
    case 'compare':
      return compare(fieldOf(filter.field, fields), filter.op, filter.value)
    case 'in': {
      const field = fieldOf(filter.field, fields)
      const tests = filter.values.map(value => oneOf(field, value))
      return row => field.read(row).some(value => tests.some(test => test(value)))
    }
    case 'exists': {
      const { read } = fieldOf(filter.field, fields)
      return row => read(row).length > 0
    }
    case 'search':
      return fields.search(filter.text)
  }
}

function fieldOf(name: string, fields: FieldSet): FilterField {
  const field = fields.find(name)
  if (field === undefined) throw new Error(`not from parseFilter: unknown field ${name}`)
  return field
}

function compare(field: FilterField, op: CompareOp, value: string): (row: Row) => boolean {
  const { read } = field
  if (op === '!=') {
    const same = equal(field, value)
    return row => {
      const values = read(row)
      return values.length > 0 && !values.some(same)
    }
  }
  const test = valueTest(field, op, value)
  return row => read(row).some(test)
}

function valueTest(field: FilterField, op: CompareOp, value: string): ValueTest {
  if (op === 'matches') {
    const pattern = compilePattern(value)
    return actual => pattern.matcher(String(actual)).find()
  }
  if (op === 'contains') {
    const part = value.toLowerCase()
    return actual => String(actual).toLowerCase().includes(part)
  }
  if (op === '==') return equal(field, value)
  const limit = numberOf(field, value) ?? Number.NaN
  switch (op) {
    case '<':
      return actual => Number(actual) < limit
    case '<=':
      return actual => Number(actual) <= limit
    case '>':
      return actual => Number(actual) > limit
    default:
      return actual => Number(actual) >= limit
  }
}

function equal(field: FilterField, value: string): ValueTest {
  if (field.kind === 'address') {
    const network = parseNetwork(value)
    if (network === undefined) return never
    return actual => {
      const octets = addressOctets(String(actual))
      return octets !== undefined && networkHolds(network, octets)
    }
  }
  const number = numberOf(field, value)
  if (number !== undefined) return actual => Number(actual) === number
  const text = value.toLowerCase()
  return actual => String(actual).toLowerCase() === text
}

function oneOf(field: FilterField, value: string): ValueTest {
  const range = numberOf(field, value) === undefined ? rangeOf(field, value) : undefined
  if (range === undefined) return equal(field, value)
  const [low, high] = range
  return actual => Number(actual) >= low && Number(actual) <= high
}
