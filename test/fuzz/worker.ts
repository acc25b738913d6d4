/** The thread that runs the targets, so that one that never ends, or takes all memory, can be stopped. It
 * says which execution it is at in shared memory, because an endless loop cannot say anything. */

import { parentPort, workerData } from 'node:worker_threads'
import { execute } from './execute.js'
import { inputText } from './input-file.js'
import { loadMaterial } from './material.js'
import { inUse } from './memory.js'
import { minimise } from './minimise.js'

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

function send(report: Report): void {
  parentPort?.postMessage(report)
}

async function failed(target: Target, n: number, error: unknown): Promise<void> {
  const input = target.make(chanceOf(work.seed, target.name, n))
  const small = await minimise(target, input, error)
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const first = error instanceof Error ? error.message : reason
  const comment = `${first.slice(0, 300)}\n--seed ${work.seed} --only ${target.name} --at ${n}`
  const text = inputText({ target: target.name, input: small }, comment)
  send({ kind: 'failed', target: target.name, n, text, reason })
}

/** Runs `target` until `untilMs`; returns the execution to go on with, or -1 when one has failed. */
async function slice(target: Target, from: number, untilMs: number): Promise<number> {
  let n = from
  do {
    work.progress[1] = n
    try {
      await execute(target, target.make(chanceOf(work.seed, target.name, n)))
    } catch (error) {
      await failed(target, n, error)
      return -1
    }
    n++
  } while (performance.now() < untilMs)
  return n
}

async function runAll(targets: readonly Target[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const endMs = performance.now() + work.seconds * 1000
  const warmMs = performance.now() + work.seconds * 1000 * warmShare
  const broken = new Set<Target>()
  let before = -1
  while (performance.now() < endMs && broken.size < targets.length) {
    for (const [i, target] of targets.entries()) {
      const finished = target.weight === 0 && counts[target.name] === 1
      if (broken.has(target) || finished) continue
      work.progress[0] = i
      const untilMs = performance.now() + sliceMs * target.weight
      const next = await slice(target, counts[target.name] ?? 0, untilMs)
      if (next < 0) broken.add(target)
      else counts[target.name] = next
      // one round at least, however short the time
      if (performance.now() > endMs && Object.keys(counts).length >= targets.length) break
    }
    if (before < 0 && performance.now() > warmMs) before = inUse()
  }
  const growth = before < 0 ? 0 : inUse() - before
  if (growth > mostGrowth) {
    const reason = `${Math.round(growth / 1048576)} MiB more in use than after the first third`
    send({ kind: 'failed', target: 'memory', n: 0, text: '', reason })
  }
  return counts
}

// a library that warns writes on the standard error of whoever runs the program
process.on('warning', ({ message }) => {
  const [target = 0, n = 0] = work.progress
  send({ kind: 'failed', target: chosen[target]?.name ?? '', n, text: '', reason: message })
})

const material = await loadMaterial()
const all: readonly Target[] = targetsOf(material)
const exact = all.filter(({ name }) => name === work.only)
const chosen = exact.length > 0 ? exact : all.filter(({ name }) => name.startsWith(work.only))
send({ kind: 'ready', targets: chosen.map(({ name }) => name), shared: material.sharedHere })
const [first] = chosen
if (work.at >= 0 && first !== undefined) {
  if (chosen.length > 1) throw new Finding(`--at is of one target, not of ${chosen.length}`)
  const next = await slice(first, work.at, 0)
  send({ kind: 'done', counts: next < 0 ? {} : { [first.name]: 1 } })
} else send({ kind: 'done', counts: await runAll(chosen) })
