/** `tollgate ... -i IF -v` running in a link's namespace: started, spoken to by signals, ended. */

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ProbeRecord } from '../../src/record/sink.js'
import type { SummaryRecord } from '../../src/record/usage-record.js'
import { root, testEnv } from '../cli/program.js'
import type { Link } from './link.js'

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const patienceMs = 20_000
const pollMs = 20

export class LiveRun {
  out = ''
  err = ''
  code: number | null | undefined
  readonly #child: ChildProcess

  constructor(link: Link, args: readonly string[], before: readonly string[] = []) {
    const words = [...link.enter, ...before, process.execPath, main, ...args, '-v']
    const [program = '', ...rest] = words
    this.#child = spawn(program, rest, {
      cwd: root,
      env: testEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text
    })
    this.#child.on('close', code => {
      this.code = code
    })
  }

  /** Resolves when packets are captured. */
  async capturing(): Promise<void> {
    await this.until(() => this.err.includes('tollgate: capturing on'), 'capturing')
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Polls; a state that does not come is an error that says what was printed. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = performance.now() + patienceMs
    while (!isSo()) {
      if (performance.now() > end || (this.code !== undefined && !isSo())) {
        throw new Error(`not ${what}: exit ${this.code}\n${this.err}\n${this.out.slice(0, 2000)}`)
      }
      await pause(pollMs)
    }
  }

  /** Waits for the end; resolves to the exit code. */
  async ended(): Promise<number | null> {
    await this.until(() => this.code !== undefined, 'ended')
    return this.code ?? null
  }

  async interrupt(): Promise<number | null> {
    this.signal('SIGINT')
    return await this.ended()
  }

  records(): ProbeRecord[] {
    return this.out
      .split('\n')
      .filter(line => line !== '')
      .map((line): ProbeRecord => JSON.parse(line))
  }

  summary(): SummaryRecord {
    const last = this.records().at(-1)
    if (last?.type !== 'summary') throw new Error(`no summary: ${this.err}`)
    return last
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
