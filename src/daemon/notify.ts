/** Tells systemd how the service stands (sd_notify(3)). Node has no datagram sockets of the Unix family, so the small
 * program that comes with systemd sends them; without NOTIFY_SOCKET nothing is sent. */

import { spawn } from 'node:child_process'

type Env = Readonly<Record<string, string | undefined>>

export class ServiceNotify {
  readonly #env: Env
  readonly #failed: (why: string) => void
  #watchdog: NodeJS.Timeout | undefined
  #busy = false

  /** `failed` is told once when systemd cannot be told. */
  constructor(env: Env, failed: (why: string) => void) {
    this.#env = env
    this.#failed = failed
  }

  ready(status: string): void {
    this.#send(['--ready', `--status=${status}`])
    const everyUs = Number(this.#env.WATCHDOG_USEC ?? 0)
    if (everyUs > 0) {
      this.#watchdog = setInterval(() => this.#send(['WATCHDOG=1']), Math.max(500, everyUs / 2000))
      this.#watchdog.unref()
    }
  }

  status(text: string): void {
    this.#send([`--status=${text}`])
  }

  stopping(): void {
    clearInterval(this.#watchdog)
    this.#send(['--stopping'])
  }

  #send(words: readonly string[]): void {
    if ((this.#env.NOTIFY_SOCKET ?? '') === '' || this.#busy) return
    this.#busy = true
    const child = spawn('systemd-notify', words, { stdio: 'ignore' })
    child.on('error', error => {
      this.#busy = false
      this.#failed(error.message)
    })
    child.on('exit', () => {
      this.#busy = false
    })
  }
}
