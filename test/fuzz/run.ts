/** `npm run fuzz`: damaged inputs for everything that reads what others wrote, for as long as wanted.
 *
 *     node dist/test/fuzz/run.js [--seconds N] [--seed N] [--only NAME] [--at N] [--repeat FILE]
 *
 * Each target is one check. What fails is made small and kept in test/fuzz/failures/ with the command
 * that repeats it. The last line is `N passed, N failed`. */

import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { root } from '../helpers/run.js'
import { execute } from './execute.js'
import { readInput } from './input-file.js'
import { loadMaterial } from './material.js'
import { targetsOf } from './targets.js'
import type { Report, Work } from './worker.js'

const command = 'node dist/test/fuzz/run.js'
const usualSeconds = 600
/** An execution that takes longer never ends: of the processor's time, which a busy machine does not change,
 * or of any when it waits for what does not come. */
const stuckMs = 60_000
const waitingMs = 600_000
const memoryMb = 1500

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    at: { type: 'string' },
    repeat: { type: 'string' },
  },
})

const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed)

class Supervisor {
  readonly #progress = new Int32Array(new SharedArrayBuffer(8))
  readonly #failed = new Set<string>()
  #targets: readonly string[] = []
  #counts: Readonly<Record<string, number>> = {}
  #seen = ''
  #sinceMs = 0
  #sinceCpuMs = 0

  /** Resolves to the exit code. */
  run(): Promise<number> {
    const workerData: Work = {
      seed,
      seconds: Number(values.seconds ?? usualSeconds),
      only: values.only ?? '',
      at: Number(values.at ?? -1),
      progress: this.#progress,
    }
    console.log(`seed ${seed}`)
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    const watch = setInterval(() => {
      if (this.#stuck()) void worker.terminate()
    }, 1000)
    return new Promise(resolve => {
      worker.on('message', (report: Report) => this.#take(report))
      worker.on('error', error => this.#lost(error.stack ?? error.message))
      worker.on('exit', () => {
        clearInterval(watch)
        resolve(this.#summary())
      })
    })
  }

  #take(report: Report): void {
    if (report.kind === 'ready') {
      this.#targets = report.targets
      if (!report.shared) console.log('note: shared captures not here: not compared')
      if (!report.shared && process.env.TOLLGATE_REQUIRE_SHARED === '1') {
        this.#failure('captures', 'the shared captures are required')
      }
    } else if (report.kind === 'failed') {
      this.#failure(report.target, report.reason)
      if (report.text !== '') keep(report.target, report.text)
      this.#tellHow(report.target, report.n)
    } else this.#counts = report.counts
  }

  #failure(target: string, reason: string): void {
    this.#failed.add(target)
    console.log(`not ok ${target}\n  ${reason.slice(0, 4000).replaceAll('\n', '\n  ')}`)
  }

  #tellHow(target: string, n: number): void {
    if (!this.#targets.includes(target)) return
    console.log(`  repeat: ${command} --seed ${seed} --only '${target}' --at ${n}`)
  }

  /** The worker died, or was stopped, in the middle of an execution. */
  #lost(reason: string): void {
    const target = this.#targets[this.#progress[0] ?? 0] ?? 'start'
    this.#failure(target, reason)
    this.#tellHow(target, this.#progress[1] ?? 0)
  }

  #stuck(): boolean {
    const now = `${this.#progress[0]} ${this.#progress[1]}`
    if (this.#targets.length === 0 || now !== this.#seen || this.#failed.size > 0) {
      this.#seen = now
      this.#sinceMs = performance.now()
      this.#sinceCpuMs = cpuMs()
      return false
    }
    const busyMs = cpuMs() - this.#sinceCpuMs
    const passedMs = performance.now() - this.#sinceMs
    if (busyMs < stuckMs && passedMs < waitingMs) return false
    this.#lost(`no end after ${Math.round(Math.max(busyMs, passedMs) / 1000)} s`)
    return true
  }

  #summary(): number {
    const ran = this.#targets.filter(name => (this.#counts[name] ?? 0) > 0)
    for (const name of ran) console.log(`${String(this.#counts[name]).padStart(9)}  ${name}`)
    const passed = ran.filter(name => !this.#failed.has(name)).length
    const failed = Math.max(this.#failed.size, passed === 0 ? 1 : 0)
    console.log(`${passed} passed, ${failed} failed`)
    return failed === 0 ? 0 : 1
  }
}

/** Time of the processor that this process has had, workers included. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function keep(target: string, text: string): void {
  const folder = `${root}/test/fuzz/failures`
  mkdirSync(folder, { recursive: true })
  const name = `test/fuzz/failures/${target.replaceAll(/[^a-z0-9]+/g, '-')}-${seed}.hex`
  writeFileSync(`${root}/${name}`, text)
  console.log(`  smaller: ${command} --repeat ${name}`)
}

/** Runs one kept input. */
async function repeat(path: string): Promise<number> {
  const { target, input } = readInput(readFileSync(path, 'utf8'))
  const found = targetsOf(await loadMaterial()).find(({ name }) => name === target)
  if (found === undefined) throw new RangeError(`${path}: no target ${target}`)
  await execute(found, input)
  console.log('1 passed, 0 failed')
  return 0
}

process.exitCode =
  values.repeat === undefined ? await new Supervisor().run() : await repeat(values.repeat)
