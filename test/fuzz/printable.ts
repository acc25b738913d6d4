/** Text that is shown may not steer the terminal, the editor or the reading direction of whoever sees it. */

import { Finding } from './target.js'

/** Control, format and surrogate characters, and separators of lines; a line feed ends a line of ours. */
const steers = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Throws when one of the lines has a character that acts. */
export function printable(said: string): void {
  for (const line of said.split('\n')) {
    const found = steers.exec(line)
    if (found === null) continue
    const code = found[0].codePointAt(0) ?? 0
    throw new Finding(`said as it came, U+${code.toString(16)}: ${JSON.stringify(line)}`)
  }
}
