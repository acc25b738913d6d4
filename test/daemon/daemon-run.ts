/** `tollgate daemon` as a process of its own, with its socket, state and configuration in a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { ProbeClient } from '../../src/daemon/probe-client.js'
import type { Overview } from '../../src/record/snapshot.js'
import { inProcess, type Run, root, testEnv } from '../cli/program.js'
import { pause } from '../live/live-run.js'

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
export const newspaper = join(root, 'captures', 'newspaper.pcap')
const patienceMs = 20_000
const pollMs = 20

export interface DaemonOptions {
  args?: readonly string[]
  env?: Record<string, string>
  /** put before the command: a namespace */
  enter?: readonly string[]
  folder?: string
}

export class DaemonRun {
  readonly folder: string
  readonly rules: string
  err = ''
  code: number | null | undefined
  readonly #child: ChildProcess
  readonly #t: Test

  /** A file is read unless `args` has an interface. Ended, and its folder removed, when the test is over. */
  constructor(t: Test, options: DaemonOptions = {}) {
    this.#t = t
    this.folder = options.folder ?? folderOf(t)
    this.rules = join(this.folder, 'rules.yaml')
    if (!existsSync(this.rules)) this.writeRules('2014-11')
    const args = options.args ?? ['-r', newspaper, '--metrics', 'off']
    const own = ['--rules', this.rules, '--socket', this.socket, '--state', this.state]
    const words = [...(options.enter ?? []), process.execPath, main, 'daemon', ...own, ...args]
    const [program = '', ...rest] = words
    this.#child = spawn(program, rest, {
      cwd: root,
      env: { ...testEnv, ...options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text
    })
    this.#child.on('close', code => {
      this.code = code
    })
    t.teardown(async () => {
      if (this.code === undefined) this.signal('SIGKILL')
      await this.ended()
    })
  }

  get socket(): string {
    return join(this.folder, 't.sock')
  }

  get revealSocket(): string {
    return join(this.folder, 't-reveal.sock')
  }

  get state(): string {
    return join(this.folder, 'state.db')
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The rules of the project under another version, or other text. */
  writeRules(version: string, change: (text: string) => string = text => text): void {
    const text = readFileSync(join(root, 'rules', 'newspaper.yaml'), 'utf8')
    const versioned = text.replace(/^version:.*$/m, `version: "${version}"`)
    writeFileSync(this.rules, change(versioned))
  }

  /** Resolves when it answers; of a file, when that was read. */
  async started(): Promise<this> {
    await this.logged(/event=(started|file_done)/)
    return this
  }

  async read(): Promise<this> {
    await this.logged(/event=file_done/)
    return this
  }

  async logged(pattern: RegExp): Promise<void> {
    await this.until(() => pattern.test(this.err), String(pattern))
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = performance.now() + patienceMs
    while (!isSo()) {
      if (performance.now() > end || (this.code !== undefined && !isSo())) {
        throw new Error(`not ${what}: exit ${this.code}\n${this.err}`)
      }
      await pause(pollMs)
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  async ended(): Promise<number | null> {
    await this.until(() => this.code !== undefined, 'ended')
    return this.code ?? null
  }

  async client(path = this.socket): Promise<ProbeClient> {
    const client = new ProbeClient(path, { client: 'test', once: true })
    this.#t.teardown(async () => await client.close())
    await client.connected()
    return client
  }

  async overview(windowS = 60): Promise<Overview> {
    const client = await this.client()
    return await new Promise(resolve => {
      const stop = client.subscribe({ windowS, refreshMs: 250 }, overview => {
        stop()
        resolve(overview)
      })
    })
  }

  /** A command that asks this daemon. */
  async ask(...args: string[]): Promise<Run> {
    return await inProcess([...args, '--socket', this.socket])
  }

  /** A connection that does not speak the protocol by itself. */
  async raw(path = this.socket): Promise<ReturnType<typeof connect>> {
    const socket = connect(path)
    this.#t.teardown(() => socket.destroy())
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve())
      socket.once('error', reject)
    })
    socket.on('error', () => socket.destroy())
    return socket
  }
}

export function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-daemon-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
