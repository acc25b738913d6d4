/** An SMSC on a library that other people wrote (Net::SMPP), in a process of its own on loopback. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const script = fileURLToPath(new URL('../../../test/notify/smsc.pl', import.meta.url))
const patienceMs = 15_000

/** Registers the tests of `define` where it can run; elsewhere says so, a failure in CI. */
export function withSmsc(t: Test, define: () => void): void {
  if (spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0) {
    define()
    return
  }
  t.test('SMSC', async t => {
    t.comment('an SMSC of others needs libnet-smpp-perl: not compared')
    t.not(process.env.TOLLGATE_REQUIRE_PEERS, '1', 'it is required')
  })
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}

export async function until(isSo: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + patienceMs
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what()}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

class Peer {
  out = ''
  readonly #child: ChildProcess

  constructor(t: Test, program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.out += text
      })
    }
    t.teardown(() => this.stop())
  }

  async said(pattern: RegExp): Promise<RegExpExecArray> {
    await until(
      () => pattern.test(this.out),
      () => `${pattern} in\n${this.out}`,
    )
    return pattern.exec(this.out) as RegExpExecArray
  }

  /** Lines of submitted messages. */
  get submitted(): string[] {
    return this.out.split('\n').filter(line => line.startsWith('submit '))
  }

  /** Resolves when it has printed that many submitted messages. */
  async took(count: number): Promise<void> {
    await until(
      () => this.submitted.length >= count,
      () => `${count} messages in\n${this.out}`,
    )
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise(resolve => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }
}

/** smsc.pl, with the password `secret`. */
export async function perlSmsc(t: Test, port: number): Promise<Peer> {
  const peer = new Peer(t, 'perl', [script, String(port), 'secret'])
  await peer.said(/^port \d+$/m)
  return peer
}
