/** Our own fault: one line for the operator, the details in a file that only they can read. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { terminalText } from '../record/text.js'

type Env = Readonly<Record<string, string | undefined>>

/** Lines for stderr. Writes the crash file when it can; the message comes either way. */
export function reportCrash(error: unknown, env: Env, now: Date): string[] {
  const message = error instanceof Error ? error.message : String(error)
  const first = `tollgate: internal error: ${terminalText(message.split('\n')[0] ?? '')}`
  const details = error instanceof Error ? (error.stack ?? message) : message
  const file = crashFile(env, now)
  try {
    makeFolder(dirname(file))
    writeFileSync(file, `${details}\n`, { mode: 0o600 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return [first, `  details: not written: ${terminalText(reason)}`]
  }
  return [first, `  details: ${terminalText(withHome(file, env))}`]
}

/** Not mkdir's own recursion: that never ends where the system answers ENOENT for every new name
 * (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

function crashFile(env: Env, now: Date): string {
  const state = env.XDG_STATE_HOME ?? ''
  const base = state === '' ? join(env.HOME ?? homedir(), '.local', 'state') : state
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return join(base, 'tollgate', `crash-${stamp}.log`)
}

function withHome(file: string, env: Env): string {
  const home = env.HOME ?? ''
  return home !== '' && file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file
}
