/** A filter error as lines: the text, a mark under the wrong word, and what was probably meant. */

import { terminalText } from '../text.js'
import type { FilterError } from './parser.js'

/** Lines for a terminal; the first has no prefix. */
export function filterErrorLines(text: string, error: FilterError): string[] {
  const before = terminalText(text.slice(0, error.at))
  const marked = terminalText(text.slice(error.at, error.end))
  const lines = [
    terminalText(error.message),
    `    ${before}${marked}${terminalText(text.slice(error.end))}`,
    `    ${' '.repeat(before.length)}^${'~'.repeat(Math.max(0, marked.length - 1))}`,
  ]
  if (error.suggestion !== undefined) lines.push(`  did you mean: ${error.suggestion}`)
  return lines
}
