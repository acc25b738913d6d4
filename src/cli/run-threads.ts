/** A run of the pipeline by one thread or by several, the same to whoever waits for it. */

import type { Overload } from '../pipeline/overload.js'
import type { SharedOptions } from '../pipeline/shard/shard-message.js'
import { type ShardedResult, ShardedRun } from '../pipeline/shard/sharded-run.js'
import { Pipeline, type PipelineOptions } from '../pipeline.js'
import type { RecordSink } from '../record/sink.js'
import type { RuleEngine } from '../rules/engine.js'
import type { SourceStatus } from '../source/source.js'
import type { Invocation } from './command.js'
import { onSignals, openInput } from './run-input.js'

type OnProgress = (status: SourceStatus, overload?: Overload) => void

export interface Run {
  /** a file was not read to its end; known when the results are */
  readonly interrupted: boolean
  /** why the packets of a live capture are not kept any more; empty when they are */
  readonly keepDamage: string
  /** of the source, as far as it is known before the results are */
  readonly status: SourceStatus | undefined
  results(onProgress: OnProgress): Promise<ShardedResult>
  /** Signals are no longer taken; to be called once more does no harm. */
  close(): Promise<void>
}

/** Rejects as `openSource`. */
export async function oneThread(
  call: Invocation,
  options: PipelineOptions,
  paths: readonly string[],
  sink: RecordSink,
): Promise<Run> {
  const input = await openInput(call, paths)
  const { source } = input
  const pipeline = new Pipeline(options, sink)
  return {
    get interrupted() {
      return input.interrupted()
    },
    get keepDamage() {
      return input.keepDamage()
    },
    status: source.status,
    async results(onProgress) {
      const summary = await pipeline.run(source, onProgress)
      return { summary, status: source.status, explained: pipeline.explain() }
    },
    async close() {
      input.signalsOff()
      await source.close()
    },
  }
}

/** What is wrong with the captures is told by `results`. */
export function severalThreads(
  threads: number,
  call: Invocation,
  options: SharedOptions,
  engine: RuleEngine,
  paths: readonly string[],
  sink: RecordSink,
): Run {
  const { file, sha256 } = engine.set.source
  const rules = { file, sha256, profile: engine.profile.name }
  const start = call.startShard
  const run = new ShardedRun({ engine, options, threads, start, rules, paths }, sink)
  let interrupted = false
  const signalsOff = onSignals(['SIGINT'], () => {
    interrupted = true
    run.stop()
  })
  return {
    get interrupted() {
      return interrupted
    },
    keepDamage: '',
    status: undefined,
    results: onProgress => run.run(onProgress),
    async close() {
      signalsOff()
    },
  }
}
