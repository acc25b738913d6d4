/** Is a typed value one that the field can hold? And the value as the machine compares it. */

import { RE2JS, RE2JSSyntaxException } from 're2js'
import type { FilterField } from './field.js'
import { nearestWord } from './nearest.js'
import {
  numberRange,
  octetNumber,
  parseNetwork,
  plainNumber,
  secondNumber,
  teidNumber,
  timeNumber,
} from './values.js'

export interface WrongValue {
  message: string
  suggestion?: string
  /** more typing could make it right */
  prefix: boolean
}

type NumberReader = (text: string) => number | undefined

const numberReaders: Partial<Record<FilterField['kind'], NumberReader>> = {
  number: plainNumber,
  octets: octetNumber,
  seconds: secondNumber,
  time: timeNumber,
  teid: teidNumber,
}

const wanted: Record<FilterField['kind'], string> = {
  text: 'text',
  word: 'one of its values',
  number: 'a number',
  octets: 'a number of octets (1200, 1MB)',
  seconds: 'a time span (30s, 5m)',
  time: 'a time (2026-11-21T09:30:00Z)',
  address: 'an address or a network (10.45.0.0/16)',
  teid: 'a TEID (0x00004003)',
}

/** The number that a value of this field stands for; undefined for fields that hold no numbers. */
export function numberOf(field: FilterField, text: string): number | undefined {
  return numberReaders[field.kind]?.(text)
}

/** The range that a value of this field stands for: `9200-9203`. */
export function rangeOf(field: FilterField, text: string): readonly [number, number] | undefined {
  const reader = numberReaders[field.kind]
  return reader === undefined ? undefined : numberRange(text, reader)
}

/** Undefined when the value is good. `ranges`: a range will do as well. */
export function checkValue(
  field: FilterField,
  text: string,
  ranges: boolean,
): WrongValue | undefined {
  if (field.kind === 'text') return undefined
  if (field.kind === 'word') return checkWord(field, text)
  const good =
    field.kind === 'address'
      ? parseNetwork(text) !== undefined
      : numberOf(field, text) !== undefined || (ranges && rangeOf(field, text) !== undefined)
  if (good) return undefined
  return {
    message: `"${text}" is not ${wanted[field.kind]}`,
    prefix: field.kind === 'address' || field.kind === 'time' || /^\d/.test(text),
  }
}

function checkWord(field: FilterField, text: string): WrongValue | undefined {
  const values = field.values ?? []
  const typed = text.toLowerCase()
  if (values.some(value => value.toLowerCase() === typed)) return undefined
  const wrong = {
    message: `"${text}" is no ${field.name}; it is one of ${values.join(' ')}`,
    prefix: values.some(value => value.toLowerCase().startsWith(typed)),
  }
  const near = nearestWord(text, values)
  return near === undefined ? wrong : { ...wrong, suggestion: near }
}

/** The pattern in the linear-time engine: a filter must not be able to hang the program. */
export function compilePattern(text: string): RE2JS {
  return RE2JS.compile(text, RE2JS.CASE_INSENSITIVE)
}

export function checkPattern(text: string): WrongValue | undefined {
  try {
    compilePattern(text)
    return undefined
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    return { message: `bad pattern: ${error.message}`, prefix: true }
  }
}
