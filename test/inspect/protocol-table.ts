/** Writes the table of docs/protocols.md from the list of inspectors. Run after a change:
 * `npm run build && node dist/test/inspect/protocol-table.js`. */

import { readFileSync, writeFileSync } from 'node:fs'
import { inspectors } from '../../src/inspect/all.js'

export const protocolsPath = new URL('../../../docs/protocols.md', import.meta.url)

const begin = '<!-- begin of table: made by test/inspect/protocol-table.ts -->\n'
const end = '<!-- end of table -->\n'

function table(): string {
  const rows = inspectors.map(
    ({ name, doc }) => `| \`${name}\` | ${doc.standard} | ${doc.decoded} | ${doc.missing} |`,
  )
  return [
    '| protocol | standards | decoded | not decoded |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** The document with a fresh table. */
export function withTable(text: string): string {
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new RangeError('docs/protocols.md: no place for the table')
  return text.slice(0, from) + begin + table() + text.slice(to)
}

if (process.argv[1]?.endsWith('protocol-table.js') === true) {
  writeFileSync(protocolsPath, withTable(readFileSync(protocolsPath, 'utf8')))
}
