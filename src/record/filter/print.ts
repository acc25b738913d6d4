/** Filter tree -> text that parses to the same tree. Used to show and to store filters. */

import type { Filter } from './parser.js'
import { isReserved } from './parser.js'

const plainWord = /^[^\s"'(){},=!<>&|]+$/

export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return filter.of
        .map(part => inside(part, part.kind === 'and' || part.kind === 'or'))
        .join(' and ')
    case 'or':
      return filter.of.map(part => inside(part, part.kind === 'or')).join(' or ')
    case 'not':
      return `not ${inside(filter.of, filter.of.kind === 'and' || filter.of.kind === 'or')}`
    case 'compare':
      return `${filter.field} ${filter.op} ${valueText(filter.value)}`
    case 'in':
      return `${filter.field} in {${filter.values.map(valueText).join(', ')}}`
    case 'exists':
      return `${filter.field} exists`
    case 'search':
      return valueText(filter.text)
  }
}

function inside(filter: Filter, needed: boolean): string {
  return needed ? `(${printFilter(filter)})` : printFilter(filter)
}

function valueText(text: string): string {
  if (plainWord.test(text) && !isReserved(text)) return text
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
