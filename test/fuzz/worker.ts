/** The thread that runs the targets, so that one that never ends, or takes all memory, can be stopped. It
 * says which execution it is at in shared memory, because an endless loop cannot say anything. */

import { parentPort, workerData } from 'node:worker_threads'
import { execute } from './execute.js'
import { inputText } from './input-file.js'
import { loadMaterial } from './material.js'
import { inUse } from './memory.js'
import { minimise } from './minimise.js'
import { stormTargets } from './storm-targets.js'
import { chanceOf, Finding, type Target } from './target.js'
import { targetsOf } from './targets.js'

export interface Work {
  seed: number
  seconds: number
  only: string
  /** one execution, or -1 for as many as the time allows */
  at: number
  /** [index of the target, execution] */
  progress: Int32Array
}

export type Report =
  | { kind: 'ready'; targets: readonly string[]; shared: boolean }
  | { kind: 'failed'; target: string; n: number; text: string; reason: string }
  | { kind: 'done'; counts: Readonly<Record<string, number>> }

const work = workerData as Work

/** After this much of the time what is kept has been seen to be kept. */
const warmShare = 0.3
/** What may stay in memory from then on, over all targets: captures are small, so this is a leak. */
const mostGrowth = 96 * 1024 * 1024
const sliceMs = 150

const startMs = performance.now()
const endMs = startMs + work.seconds * 1000
const warmMs = startMs + work.seconds * 1000 * warmShare

/** executions without fault, by target */
const counts: Record<string, number> = {}
const broken = new Set<Target>()
/** what `work.progress` counts */
let targets: readonly Target[] = []

function send(report: Report): void {
  parentPort?.postMessage(report)
}

function chosen(from: readonly Target[]): readonly Target[] {
  const exact = from.filter(({ name }) => name === work.only)
  return exact.length > 0 ? exact : from.filter(({ name }) => name.startsWith(work.only))
}

/** Says which targets there are now; those before keep their numbers. */
function add(more: readonly Target[], shared: boolean): void {
  targets = [...targets, ...more]
  send({ kind: 'ready', targets: targets.map(({ name }) => name), shared })
}

async function failed(target: Target, n: number, error: unknown): Promise<void> {
  broken.add(target)
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  let text = ''
  if (target.weight > 0) {
    const input = target.make(chanceOf(work.seed, target.name, n))
    const small = await minimise(target, input, error)
    const first = error instanceof Error ? error.message : reason
    const comment = `${first.slice(0, 300)}\n--seed ${work.seed} --only ${target.name} --at ${n}`
    text = inputText({ target: target.name, input: small }, comment)
  }
  send({ kind: 'failed', target: target.name, n, text, reason })
}

/** Runs `target` from execution `from` until `untilMs`, once at least. */
async function slice(target: Target, from: number, untilMs: number): Promise<void> {
  let n = from
  work.progress[0] = targets.indexOf(target)
  do {
    work.progress[1] = n
    try {
      await execute(target, target.make(chanceOf(work.seed, target.name, n)))
    } catch (error) {
      await failed(target, n, error)
      return
    }
    n++
    counts[target.name] = n - Math.max(work.at, 0)
  } while (performance.now() < untilMs)
}

/** All targets in turn until the time is over: once at least, however short it is. */
async function rounds(): Promise<void> {
  let before = -1
  for (let round = 0; round === 0 || performance.now() < endMs; round++) {
    const left = targets.filter(one => one.weight > 0 && !broken.has(one))
    if (left.length === 0) break
    for (const target of left) {
      if (round > 0 && performance.now() > endMs) break
      const untilMs = performance.now() + sliceMs * target.weight
      await slice(target, counts[target.name] ?? 0, untilMs)
    }
    if (before < 0 && performance.now() > warmMs) before = inUse()
  }
  const growth = before < 0 ? 0 : inUse() - before
  if (growth > mostGrowth) {
    const reason = `${Math.round(growth / 1048576)} MiB more in use than after the first third`
    send({ kind: 'failed', target: 'memory', n: 0, text: '', reason })
  }
}

// a library that warns writes on the standard error of whoever runs the program
process.on('warning', ({ message }) => {
  const [target = 0, n = 0] = work.progress
  send({ kind: 'failed', target: targets[target]?.name ?? '', n, text: '', reason: message })
})

// storms first: what they leave in memory is quickly found while there is little else
add(chosen(stormTargets()), true)
for (const storm of targets) await slice(storm, 0, 0)
const material = await loadMaterial()
add(chosen(targetsOf(material)), material.sharedHere)
if (work.at < 0) await rounds()
else {
  const [only, ...more] = targets
  if (only === undefined || more.length > 0) {
    throw new Finding(`--at is of one target, not of ${targets.length}`)
  }
  if (only.weight > 0) await slice(only, work.at, 0)
}
send({ kind: 'done', counts })
