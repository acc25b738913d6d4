/** Starts the threads of a run, each with a module that makes the rule engine and calls `runShard`. */

import { type ResourceLimits, Worker } from 'node:worker_threads'
import type { ShardJob, ShardMessage } from './shard-message.js'

export interface ShardEvents {
  message(message: ShardMessage): void
  /** before its `done`: nothing more comes from it */
  died(why: string): void
}

export interface ShardThread {
  terminate(): Promise<unknown>
}

export type StartShard = (job: ShardJob, events: ShardEvents) => ShardThread

/** `limits`: bounds of each thread's heap, else those of Node. */
export function workerThreads(script: URL, limits?: ResourceLimits): StartShard {
  return (job, events) => {
    const resourceLimits = limits === undefined ? {} : { resourceLimits: limits }
    const worker = new Worker(script, { workerData: job, ...resourceLimits })
    let isDone = false
    worker.on('message', (message: ShardMessage) => {
      isDone ||= message.kind === 'done' || message.kind === 'failed'
      // a port hands out a thousand messages without a look at anything else: a signal could wait for seconds
      setImmediate(() => events.message(message))
    })
    worker.on('error', error => events.died(error.message))
    worker.on('exit', code => {
      if (!isDone) events.died(`exit code ${code}`)
    })
    return worker
  }
}
