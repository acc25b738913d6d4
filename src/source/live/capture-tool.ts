/** One run of a capture program: started, listened to, asked for its counts, ended. It writes into a pipe of
 * its own (a FIFO: half the cost of the socket that Node gives a child), and is in a session of its own, so
 * that an interrupt typed at the terminal reaches it only through us. When we are gone, however suddenly,
 * its next write ends it (SIGPIPE). */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { CaptureSettings, Engine, ToolCounts } from './engine.js'
import { LiveFailure, startFailure } from './live-failure.js'

/** Lines of what the program says that are kept for a message. */
const wordsMax = 40
/** From the request to end to the end by force. */
const patienceMs = 3000

/** `12 packets captured`, `Packets received/dropped on ...`: no reason for anything. */
const countLine = /\d+ packets? (captured|received|dropped)|^Packets /

const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

export class CaptureTool {
  /** a capture file, as it is written */
  readonly stream: Readable
  readonly counts: ToolCounts = { captured: 0, kernel: 0, queue: 0 }
  /** resolves when the program has ended and all that it said is known */
  readonly ended: Promise<void>
  readonly #engine: Engine
  readonly #child: ChildProcess
  #words: string[] = []
  #started = false
  #onStart: (() => void) | undefined
  #force: NodeJS.Timeout | undefined

  private constructor(engine: Engine, child: ChildProcess, stream: Readable) {
    this.#engine = engine
    this.#child = child
    this.stream = stream
    running.add(child)
    const { stderr } = child
    if (stderr !== null) createInterface({ input: stderr }).on('line', line => this.#line(line))
    this.ended = new Promise(resolve => {
      const over = (): void => {
        running.delete(child)
        clearTimeout(this.#force)
        this.#onStart?.()
        resolve()
      }
      child.on('close', over)
      child.on('error', error => {
        // a signal that was not allowed comes here too, and ends nothing
        if (child.pid !== undefined) return
        this.#words.push(error.message)
        over()
      })
    })
  }

  /** Resolves when packets are being captured; rejects with a LiveFailure. */
  static async start(
    engine: Engine,
    iface: string,
    settings: CaptureSettings,
  ): Promise<CaptureTool> {
    const pipe = openPipe()
    const stream = new Socket({ fd: pipe.read, readable: true, writable: false })
    const child = spawn(engine.program, engine.args(iface, settings), {
      stdio: ['ignore', pipe.write, 'pipe'],
      detached: true,
      // messages are recognised by their English words
      env: { ...process.env, LC_ALL: 'C' },
    })
    closeSync(pipe.write)
    const tool = new CaptureTool(engine, child, stream)
    await new Promise<void>(resolve => {
      tool.#onStart = resolve
      if (tool.#started) resolve()
    })
    if (tool.#started) return tool
    stream.destroy()
    throw startFailure(engine, iface, tool.words)
  }

  /** What it said, without counts: why it ended. */
  get words(): string {
    return this.#words.join('\n')
  }

  /** `counts` is brought up to date soon after. */
  askCounts(): void {
    const { countSignal } = this.#engine
    if (countSignal !== undefined && this.#started) this.#child.kill(countSignal)
  }

  /** Ends the capture; the stream ends after what was captured until now. */
  stop(): void {
    if (!running.has(this.#child)) return
    this.#child.kill('SIGINT')
    this.#force ??= setTimeout(() => this.#child.kill('SIGKILL'), patienceMs)
  }

  #line(line: string): void {
    if (this.#engine.running.test(line)) {
      this.#started = true
      this.#words = []
      this.#onStart?.()
      return
    }
    this.#engine.count(line, this.counts)
    if (countLine.test(line)) return
    this.#words.push(line)
    if (this.#words.length > wordsMax) this.#words.shift()
  }
}

/** A pipe whose ends are known by number. Rejects with a LiveFailure. */
function openPipe(): { read: number; write: number } {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-live-'))
  try {
    const path = join(folder, 'packets')
    const made = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' })
    if (made.status !== 0) {
      throw new LiveFailure('tool', `mkfifo: ${made.error?.message ?? made.stderr.trim()}`)
    }
    // the reading end first, and without waiting for a writer
    const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return { read, write: openSync(path, 'w') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
