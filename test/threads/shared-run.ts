/** Runs a capture by one thread, by the parts of several threads within this one, and by real threads. */

import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { engineFor } from '../../src/cli/choose-rules.js'
import { runShard } from '../../src/pipeline/shard/run-shard.js'
import type { ShardMessage, SharedOptions } from '../../src/pipeline/shard/shard-message.js'
import { type StartShard, workerThreads } from '../../src/pipeline/shard/shard-thread.js'
import { type ShardedResult, ShardedRun } from '../../src/pipeline/shard/sharded-run.js'
import { Pipeline } from '../../src/pipeline.js'
import type { ProbeRecord, RecordSink, RecordType } from '../../src/record/sink.js'
import { openSource } from '../../src/source/open-source.js'
import { SourceError } from '../../src/source/source.js'
import { engineOf, root } from '../helpers/run.js'

const engine = engineOf()

export const everyType: readonly RecordType[] = [
  'session',
  'flow',
  'transaction',
  'usage',
  'subscriber',
  'finding',
  'summary',
]

export class Kept implements RecordSink {
  readonly wants: ReadonlySet<RecordType> = new Set(everyType)
  readonly records: ProbeRecord[] = []

  write(record: ProbeRecord): void {
    this.records.push(record)
  }
}

/** What a run told: its records and the explanation, as text. */
export type Outcome = readonly string[]

function outcome(records: readonly object[], result: Omit<ShardedResult, 'summary'>): Outcome {
  const { status, explained } = result
  const { name, frames, interfaces, damage, drops } = status
  return [...records, { name, frames, interfaces, damage, drops }, explained ?? {}].map(one =>
    JSON.stringify(one),
  )
}

export async function byOne(paths: readonly string[], options: SharedOptions): Promise<Outcome> {
  const source = await openSource(paths)
  const sink = new Kept()
  try {
    const pipeline = new Pipeline({ ...options, engine }, sink)
    await pipeline.run(source)
    return outcome(sink.records, { status: source.status, explained: pipeline.explain() })
  } finally {
    await source.close()
  }
}

export function shardedRun(
  threads: number,
  paths: readonly string[],
  options: SharedOptions,
  start: StartShard,
  sink: RecordSink,
): ShardedRun {
  const { file, sha256 } = engine.set.source
  const rules = { file, sha256, profile: engine.profile.name }
  return new ShardedRun({ engine, options, threads, paths, rules, start }, sink)
}

export async function bySeveral(
  threads: number,
  paths: readonly string[],
  options: SharedOptions,
  start: StartShard = inTurns,
): Promise<Outcome> {
  const sink = new Kept()
  const result = await shardedRun(threads, paths, options, start, sink).run()
  return outcome(sink.records, result)
}

/** The parts of a run in this thread, by turns, with copies of all messages as between threads. For captures that
 * tell little: a part that had to wait for room would wait for itself. */
export const inTurns: StartShard = (job, events) => {
  const post = (message: ShardMessage) => events.message(structuredClone(message))
  const { file, profile } = job.rules
  runShard(structuredClone(job), engineFor(file, profile), post).catch((error: unknown) => {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    post({ kind: 'failed', message, stack, ofInput: error instanceof SourceError })
  })
  return { terminate: () => Promise.resolve() }
}

export const realThreads = workerThreads(new URL('../../src/cli/shard-worker.js', import.meta.url))

const shared = fileURLToPath(new URL('../../../../shared/captures', import.meta.url))

function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => /\.pcap(ng)?$/.test(name))
    .sort()
    .map(name => `${folder}/${name}`)
}

/** The project's own captures. */
export const ownCaptures: readonly string[] = capturesIn(`${root}/captures`)

/** Captures of other projects and of the laboratory, where they are beside the project. */
export function otherCaptures(): readonly string[] {
  return [...capturesIn(shared), ...capturesIn(`${shared}/lab`)]
}

export const sharedFolder = shared
