/** The sessions that the README shows are what the program prints: every `$ tollgate ...` of its blocks is
 * run, and the lines below it compared. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root, shell } from './program.js'

interface Session {
  command: string
  shown: string
}

/** Commands of the fenced blocks, each with the lines up to the next command or the end of the block. */
function sessions(markdown: string): Session[] {
  const found: Session[] = []
  for (const [, block] of markdown.matchAll(/^```\n([\s\S]*?)^```$/gm)) {
    let last: Session | undefined
    for (const line of (block ?? '').split('\n')) {
      if (line.startsWith('$ tollgate')) {
        last = { command: line.slice(2), shown: '' }
        found.push(last)
      } else if (last !== undefined) last.shown += `${line}\n`
    }
  }
  return found
}

t.test('README: every session is real', { timeout: 60_000 }, async t => {
  const all = sessions(readFileSync(join(root, 'README.md'), 'utf8'))
  t.ok(all.length >= 4, `${all.length} sessions`)
  for (const { command, shown } of all) {
    const { out } = await shell(command)
    t.equal(out.trimEnd(), shown.trimEnd(), command)
  }
})
