/** A network namespace of its own with two ends of a wire in it (veth): what tcpreplay sends at one end is
 * captured at the other. Needs root, iproute2, tcpdump and tcpreplay. */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { EngineName } from '../../src/source/live/engine.js'
import { findEngine } from '../../src/source/live/find-engine.js'
import { LiveFailure } from '../../src/source/live/live-failure.js'

/** Empty where live tests can run, otherwise what is missing. */
export function missing(): string {
  if (process.getuid?.() !== 0) return 'root'
  for (const program of ['ip', 'tcpdump', 'tcpreplay', 'setpriv']) {
    if (spawnSync(program, ['--version']).error !== undefined) return program
  }
  const name = `tgt${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', name])
  if (made.status !== 0) return 'network namespaces'
  spawnSync('ip', ['netns', 'del', name])
  return ''
}

/** Engines that are installed here; in CI all of them. */
export function installed<E extends EngineName>(engines: readonly E[]): E[] {
  if (process.env.TOLLGATE_REQUIRE_LIVE === '1') return [...engines]
  return engines.filter(name => {
    try {
      return findEngine(name).name === name
    } catch (error) {
      if (error instanceof LiveFailure) return false
      throw error
    }
  })
}

/** Registers the tests of `define` where they can run; elsewhere says so, which is a failure in CI. */
export function liveTests(t: Test, define: () => void): void {
  const lacking = missing()
  if (lacking === '') {
    define()
    return
  }
  t.test('live capture', async t => {
    t.comment(`live capture needs ${lacking}: not compared`)
    t.not(process.env.TOLLGATE_REQUIRE_LIVE, '1', 'it is required')
  })
}

let made = 0

export class Link {
  readonly namespace: string
  readonly #pairs: number

  /** `pairs` wires: s0 to r0, s1 to r1 ... */
  constructor(t: Test, pairs = 1) {
    this.namespace = `tgl${process.pid}x${made++}`
    this.#pairs = pairs
    run('ip', ['netns', 'add', this.namespace])
    t.teardown(() => run('ip', ['netns', 'del', this.namespace]))
    // no packets but those of the test
    this.run('sysctl', ['-qw', 'net.ipv6.conf.all.disable_ipv6=1'])
    this.run('sysctl', ['-qw', 'net.ipv6.conf.default.disable_ipv6=1'])
    for (let i = 0; i < this.#pairs; i++) this.wire(i)
  }

  /** Makes a wire, both ends up. */
  wire(i: number): void {
    const [s, r] = [`s${i}`, `r${i}`]
    this.run('ip', ['link', 'add', s, 'type', 'veth', 'peer', 'name', r])
    this.run('ip', ['link', 'set', s, 'up'])
    this.run('ip', ['link', 'set', r, 'up'])
  }

  cut(i: number): void {
    this.run('ip', ['link', 'del', `r${i}`])
  }

  set(end: string, state: 'up' | 'down'): void {
    this.run('ip', ['link', 'set', end, state])
  }

  /** Plays a capture into `s0` (or `s<i>`); resolves to how many packets were sent. */
  send(capture: string, options: readonly string[], i = 0): number {
    const text = this.run('tcpreplay', ['-q', '-i', `s${i}`, ...options, capture])
    return Number(/Successful packets:\s+(\d+)/.exec(text)?.[1] ?? -1)
  }

  /** Runs a program in the namespace; returns what it printed. Throws when it fails. */
  run(program: string, args: readonly string[]): string {
    return run('ip', ['netns', 'exec', this.namespace, program, ...args])
  }

  /** What has to be put before a command so that it runs in the namespace. */
  get enter(): readonly string[] {
    return ['ip', 'netns', 'exec', this.namespace]
  }
}

function run(program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, { encoding: 'utf8' })
  if (done.status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${done.error?.message ?? done.stderr}`)
  }
  return done.stdout + done.stderr
}

/** Processes whose parent is `pid`, by number: what a program has started. */
export function childrenOf(pid: number): number[] {
  const done = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return done.stdout
    .split('\n')
    .map(Number)
    .filter(one => one > 0)
}

/** Runs, and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false // there is no such process
  }
}
