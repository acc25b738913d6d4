/** A run by several threads, as the main thread sees it: starts them, brings what they tell into order, adds up
 * what they counted. The results are those of one thread. Read docs/threads.md first. */

import { FaultCounter } from '../../dissect/fault-counter.js'
import { Ledger } from '../../rating/ledger.js'
import type { ExplainRecord } from '../../record/explain-record.js'
import type { RecordSink } from '../../record/sink.js'
import type { SummaryRecord } from '../../record/usage-record.js'
import type { RuleEngine } from '../../rules/engine.js'
import { SourceError, type SourceStatus } from '../../source/source.js'
import { defaultBounds, type RunBounds } from '../bounds.js'
import { CaptureOrder } from '../capture-order.js'
import { type Evictions, joinEvictions } from '../evictions.js'
import { type FlowOwner, FreeIntent } from '../free-intent.js'
import { endRun } from '../run-end.js'
import { RunTotals } from '../run-totals.js'
import { OrderedMerge } from './ordered-merge.js'
import type {
  DoneMessage,
  RulesPlace,
  ShardJob,
  ShardMessage,
  SharedOptions,
  Told,
} from './shard-message.js'
import { ShardSignals } from './shard-signals.js'
import type { ShardThread, StartShard } from './shard-thread.js'

export interface ShardedRunOptions {
  engine: RuleEngine
  options: SharedOptions
  /** threads, at least 1 */
  threads: number
  start: StartShard
  rules: RulesPlace
  /** regular files: each thread reads them itself */
  paths: readonly string[]
}

export interface ShardedResult {
  summary: SummaryRecord
  status: SourceStatus
  explained: ExplainRecord | undefined
}

export class ShardedRun {
  readonly #options: ShardedRunOptions
  readonly #sink: RecordSink
  readonly #signals: ShardSignals
  readonly #merge: OrderedMerge<Told>
  readonly #bounds: RunBounds
  readonly #totals: RunTotals
  readonly #ledger: Ledger
  readonly #intent: FreeIntent
  readonly #done: (DoneMessage | undefined)[]

  constructor(options: ShardedRunOptions, sink: RecordSink) {
    const { engine, threads } = options
    this.#bounds = { ...defaultBounds, ...options.options.bounds }
    this.#totals = new RunTotals(this.#bounds, new CaptureOrder())
    this.#options = options
    this.#sink = sink
    this.#signals = new ShardSignals(threads)
    this.#merge = new OrderedMerge(
      threads,
      told => this.#take(told),
      index => this.#signals.taken(index),
    )
    this.#ledger = new Ledger(engine.charges.length)
    this.#intent = new FreeIntent(engine, this.#totals, this.#bounds.findings, sink)
    this.#done = new Array<undefined>(threads).fill(undefined)
  }

  /** Rejects with the SourceError of a thread, with an Error when one dies, and with what the sink throws. */
  async run(onProgress?: (status: SourceStatus) => void): Promise<ShardedResult> {
    const threads: ShardThread[] = []
    try {
      const ended = this.#done.map((_, index) => this.#start(index, threads, onProgress))
      await Promise.all(ended)
      return this.#finish()
    } finally {
      await Promise.all(threads.map(thread => thread.terminate()))
    }
  }

  /** All threads stop after the same frame, soon; the run then ends as if the capture did. */
  stop(): void {
    this.#signals.stop()
  }

  #job(index: number): ShardJob {
    const { threads: count, paths, rules, options } = this.#options
    const wants = [...this.#sink.wants]
    return { index, count, paths, rules, options, wants, signals: this.#signals.memory }
  }

  /** Resolves when the thread has told everything. */
  #start(
    index: number,
    threads: ShardThread[],
    onProgress: ((status: SourceStatus) => void) | undefined,
  ): Promise<void> {
    const name = `thread ${index + 1} of ${this.#done.length}`
    return new Promise((resolve, reject) => {
      const message = (message: ShardMessage) => {
        try {
          if (message.kind === 'told' && message.status !== undefined) onProgress?.(message.status)
          this.#message(index, message)
          if (message.kind === 'done') resolve()
        } catch (error) {
          reject(error)
        }
      }
      const died = (why: string) => reject(new Error(`${name} died: ${why}`))
      threads.push(this.#options.start(this.#job(index), { message, died }))
    })
  }

  #message(index: number, message: ShardMessage): void {
    switch (message.kind) {
      case 'told':
        this.#merge.add(index, message.at, message.told, message.upTo)
        break
      case 'subscribers':
        for (const [imsi, one] of message.subscribers) {
          this.#totals.mergeSubscriber(imsi, one, false)
        }
        this.#signals.taken(index)
        break
      case 'owners':
        for (const owner of message.owners) this.#ledger.merge(owner, false)
        this.#signals.taken(index)
        break
      case 'others':
        this.#totals.mergeSubscriber('', message.subscribers, true)
        this.#ledger.merge(message.owners, true)
        this.#signals.taken(index)
        break
      case 'done':
        this.#done[index] = message
        this.#merge.end(index)
        break
      case 'failed':
        throw failureOf(message)
    }
  }

  #take(told: Told): void {
    if (told.type === 'notified') this.#intent.notified(told.imsi, told.notification)
    else if (told.type === 'charged') this.#intent.charged(told.flow)
    else if (told.type === 'suspected') this.#intent.suspected(told.flow)
    else this.#sink.write(told)
  }

  #finish(): ShardedResult {
    const [first, ...others] = this.#done
    if (first === undefined) throw new RangeError('a run has one thread at least')
    const faults = new FaultCounter()
    faults.merge(first.faults.common)
    const evictions: Evictions[] = []
    for (const one of [first, ...others]) {
      if (one === undefined) continue
      if (!isSameCapture(first, one)) {
        throw new SourceError(`${first.status.name}: changed while it was read`)
      }
      this.#totals.merge(one.flows)
      faults.merge(one.faults.flows)
      evictions.push(one.counts.evicted)
    }
    this.#totals.takeFrames(first.frames)
    this.#totals.inOrder()
    this.#settleOwners()
    const { engine } = this.#options
    const evicted = joinEvictions(evictions, this.#intent)
    const counts = { ...first.counts, evicted, faults: faults.toRecord() }
    const { status } = first
    const results = { totals: this.#totals, ledger: this.#ledger, counts }
    const plan = { engine, bounds: this.#bounds, sink: this.#sink }
    const summary = endRun(plan, results, this.#intent, status)
    const explained = this.#done.find(one => one?.explained !== undefined)?.explained
    return { summary, status, explained }
  }

  /** A subscriber may have become known after his flow ended. */
  #settleOwners(): void {
    if (!this.#sink.wants.has('finding')) return
    const known = new Map<number, FlowOwner>()
    for (const { contexts } of this.#totals.subscribers.values()) {
      for (const context of contexts) known.set(context.context, context)
    }
    this.#intent.settleOwners(context => known.get(context))
  }
}

function isSameCapture(a: DoneMessage, b: DoneMessage): boolean {
  return (
    a.frames.frames === b.frames.frames &&
    a.frames.octets === b.frames.octets &&
    a.counts.sessions === b.counts.sessions &&
    a.faults.common.every((count, i) => count === b.faults.common[i])
  )
}

function failureOf(message: Extract<ShardMessage, { kind: 'failed' }>): Error {
  if (message.ofInput) return new SourceError(message.message)
  const error = new Error(message.message)
  error.stack = message.stack
  return error
}
