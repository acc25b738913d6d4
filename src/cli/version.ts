/** The version of the program. */

import { readFileSync } from 'node:fs'

/** Version of the package this file belongs to. */
export function version(): string {
  const file = new URL('../../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
