/** The version of the program. */

import { readFileSync } from 'node:fs'

/** Of the package this file belongs to. */
export function version(): string {
  const file = new URL('../../../package.json', import.meta.url)
  const { version: text } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return text
}
