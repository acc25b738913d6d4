/** Records as CSV: RFC 4180, a header, lines ended by LF. A cell that a spreadsheet would take for
 * a formula gets a leading apostrophe: `=HYPERLINK(...)` in a Host header must stay text. */

import { plainText } from '../../record/text.js'

const formulaStart = /^[=+\-@]/
const needsQuotes = /[",\r\n]|^\s|\s$/

export function csvLine(cells: readonly unknown[]): string {
  return cells.map(csvCell).join(',')
}

export function csvCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  let text = plainText(cellText(value))
  if (formulaStart.test(text)) text = `'${text}`
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Lists of plain values are joined by `;`, anything deeper is JSON. */
function cellText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) return value.join(';')
  return JSON.stringify(value)
}
