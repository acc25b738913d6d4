/** A run of the pipeline by one thread or by several, the same to whoever waits for it. */

import type { Overload } from '../pipeline/overload.js'
import type { SharedOptions } from '../pipeline/shard/shard-message.js'
import type { StartShard } from '../pipeline/shard/shard-thread.js'
import { type ShardedResult, ShardedRun } from '../pipeline/shard/sharded-run.js'
import { Pipeline, type PipelineOptions } from '../pipeline.js'
import type { RecordSink } from '../record/sink.js'
import type { RuleEngine } from '../rules/engine.js'
import { openSource } from '../source/open-source.js'
import type { SourceStatus } from '../source/source.js'
import { InterruptibleSource } from './interruptible.js'

type OnProgress = (status: SourceStatus, overload?: Overload) => void

export interface Run {
  readonly interrupted: boolean
  /** The run ends soon, with results up to there. */
  interrupt(): void
  results(onProgress: OnProgress | undefined): Promise<ShardedResult>
  close(): Promise<void>
}

/** Rejects as `openSource`. */
export async function oneThread(
  options: PipelineOptions,
  paths: readonly string[],
  sink: RecordSink,
): Promise<Run> {
  const source = new InterruptibleSource(await openSource(paths))
  const pipeline = new Pipeline(options, sink)
  return {
    get interrupted() {
      return source.interrupted
    },
    interrupt: () => source.interrupt(),
    async results(onProgress) {
      const summary = await pipeline.run(source, onProgress)
      return { summary, status: source.status, explained: pipeline.explain() }
    },
    close: () => source.close(),
  }
}

/** What is wrong with the captures is told by `results`. */
export function severalThreads(
  threads: number,
  start: StartShard,
  options: SharedOptions,
  engine: RuleEngine,
  paths: readonly string[],
  sink: RecordSink,
): Run {
  const { file, sha256 } = engine.set.source
  const rules = { file, sha256, profile: engine.profile.name }
  const run = new ShardedRun({ engine, options, threads, start, rules, paths }, sink)
  let interrupted = false
  return {
    get interrupted() {
      return interrupted
    },
    interrupt() {
      interrupted = true
      run.stop()
    },
    results: onProgress => run.run(onProgress),
    close: () => Promise.resolve(),
  }
}
