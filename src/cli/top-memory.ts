/** What the dashboard keeps from one run to the next, in the operator's state folder: the filters that were typed.
 * Only they may read it: a filter can hold a number. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

const mostKept = 100

export class TopMemory {
  readonly #file: string
  #history: string[]

  constructor(env: Env) {
    const state = env.XDG_STATE_HOME ?? ''
    const base = state === '' ? join(env.HOME ?? homedir(), '.local', 'state') : state
    this.#file = join(base, 'tollgate', 'filters')
    this.#history = readLines(this.#file)
  }

  /** the newest first */
  get history(): readonly string[] {
    return this.#history
  }

  /** That it cannot be kept must not keep anyone from looking at a probe. */
  remember(filter: string): void {
    const one = filter.replaceAll('\n', ' ')
    this.#history = [one, ...this.#history.filter(known => known !== one)].slice(0, mostKept)
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 })
      writeFileSync(this.#file, `${this.#history.join('\n')}\n`, { mode: 0o600 })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .slice(0, mostKept)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return []
    throw error
  }
}
