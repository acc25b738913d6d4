/** What a thread of a shared run begins with: makes the rule engine as the command did, and does its part. */

import { parentPort, workerData } from 'node:worker_threads'
import { runShard } from '../pipeline/shard/run-shard.js'
import type { ShardJob, ShardMessage } from '../pipeline/shard/shard-message.js'
import { SourceError } from '../source/source.js'
import { engineFor } from './choose-rules.js'

const job = workerData as ShardJob

function post(message: ShardMessage): void {
  parentPort?.postMessage(message)
}

try {
  const { file, sha256, profile } = job.rules
  const engine = engineFor(file, profile)
  if (engine.set.source.sha256 !== sha256) {
    throw new SourceError(`${file}: changed while it was read`)
  }
  await runShard(job, engine, post)
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? (error.stack ?? message) : message
  post({ kind: 'failed', message, stack, ofInput: error instanceof SourceError })
}
