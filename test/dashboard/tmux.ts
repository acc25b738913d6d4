/** A real terminal for the program under test: tmux with a server of its own. Never sleeps for a state, polls. Text
 * and named keys go apart; every process that was started is remembered and ended by its number. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const usualPollMs = 40
const patience = process.env.CI === 'true' ? 4 : 2

export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

export class Tmux {
  readonly #socket: string
  readonly #pids = new Set<number>()

  readonly #pollMs: number

  constructor(name: string, pollMs = usualPollMs) {
    this.#pollMs = pollMs
    this.#socket = `tollgate-${name}-${process.pid}`
    // keeps the server between sessions
    this.#run('new-session', '-d', '-s', 'keep', '-x', '80', '-y', '24', 'sleep 900')
  }

  #run(...words: readonly string[]): string {
    const done = spawnSync('tmux', ['-L', this.#socket, '-f', '/dev/null', ...words], {
      encoding: 'utf8',
    })
    return done.stdout
  }

  /** A shell with a prompt that can be waited for, and an environment of its own. */
  async open(
    width: number,
    height: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.#run('kill-session', '-t', 'u')
    const { HOME = '/', PATH = '' } = process.env
    const all = { HOME, PATH, LANG: 'C.UTF-8', TERM: 'screen-256color', TZ: 'UTC', ...env }
    const words = Object.entries(all).map(([key, value]) => `'${key}=${value}'`)
    const shell = `env -i ${words.join(' ')} bash --norc --noprofile`
    this.#run('new-session', '-d', '-s', 'u', '-x', String(width), '-y', String(height), shell)
    await this.until(/[#$] *$/m)
    this.text('PS1="READY> "')
    this.keys('Enter')
    await this.until(/^READY>/m)
  }

  keys(...names: readonly string[]): void {
    this.#run('send-keys', '-t', 'u', ...names)
  }

  text(typed: string): void {
    this.#run('send-keys', '-t', 'u', '-l', '--', typed)
  }

  shot(...options: readonly string[]): string {
    return this.#run('capture-pane', '-p', '-t', 'u', ...options)
  }

  /** With the sequences of colours; ~ stands for ESC. */
  colours(): string {
    return this.shot('-e').replaceAll('\u001b', '~')
  }

  size(width: number, height: number): void {
    this.#run('resize-window', '-t', 'u', '-x', String(width), '-y', String(height))
  }

  /** `alt=0 cur=1 mouse=0` is a terminal that was given back. */
  get state(): string {
    return this.#run(
      'display',
      '-p',
      '-t',
      'u',
      'alt=#{alternate_on} cur=#{cursor_flag} mouse=#{mouse_any_flag}',
    ).trim()
  }

  get title(): string {
    return this.#run('display', '-p', '-t', 'u', '#{pane_title}').trim()
  }

  /** The program under test. */
  get child(): number {
    const shell = this.#run('display', '-p', '-t', 'u', '#{pane_pid}').trim()
    const found = spawnSync('pgrep', ['-n', '-P', shell], { encoding: 'utf8' }).stdout.trim()
    const pid = Number(found)
    if (pid > 0) this.#pids.add(pid)
    return pid
  }

  async start(command: string, ready: RegExp): Promise<boolean> {
    this.text(command)
    this.keys('Enter')
    const shown = await this.until(ready, 10)
    void this.child
    return shown
  }

  hangUp(): void {
    this.#run('kill-session', '-t', 'u')
  }

  /** False when it did not come in that time. */
  async until(what: RegExp | (() => boolean), seconds = 5): Promise<boolean> {
    const test = typeof what === 'function' ? what : () => what.test(this.shot())
    const end = performance.now() + seconds * patience * 1000
    while (performance.now() < end) {
      if (test()) return true
      await pause(this.#pollMs)
    }
    return false
  }

  async gone(pid: number): Promise<boolean> {
    return await this.until(() => !isAlive(pid), 3)
  }

  end(): void {
    for (const pid of this.#pids) {
      if (!isAlive(pid)) continue
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        // it went meanwhile
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
      }
    }
    this.#run('kill-server')
  }
}
