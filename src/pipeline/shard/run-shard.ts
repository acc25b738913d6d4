/** One thread's part of a run: reads the whole capture, follows all signalling, and keeps the flows of its share.
 * Read docs/threads.md first. */

import { Pipeline } from '../../pipeline.js'
import type { RuleEngine } from '../../rules/engine.js'
import { openSource } from '../../source/open-source.js'
import { FrameBatch } from '../../source/source.js'
import { CaptureOrder } from '../capture-order.js'
import type { RunResults } from '../run-end.js'
import type { SubscriberTotals } from '../run-totals.js'
import type { ShardJob, ShardMessage } from './shard-message.js'
import { ShardOutlet } from './shard-outlet.js'
import { ShardSignals } from './shard-signals.js'
import { Share } from './share.js'

/** Frames after which a thread says how far it is, told or not. */
const reportFrames = 65_536
/** Subscribers or ledger owners of one message. */
const groupSize = 1000

/** Rejects with a SourceError as `openSource`. */
export async function runShard(
  job: ShardJob,
  engine: RuleEngine,
  post: (message: ShardMessage) => void,
): Promise<void> {
  const { index, count, paths, options, wants } = job
  const signals = new ShardSignals(count, job.signals)
  const order = new CaptureOrder()
  const outlet = new ShardOutlet(index, wants, order, signals, post)
  const source = await openSource(paths)
  const { status } = source
  try {
    const part = { share: new Share(index, count), order, intent: outlet }
    const pipeline = new Pipeline({ ...options, engine }, outlet, part)
    const batch = new FrameBatch()
    let reported = 0
    for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
      const before = batch.firstFrame - 1
      const mine = Math.min(n, Math.max(0, signals.reach(index, before + n) - before))
      if (mine === 0 || !pipeline.take(batch, mine, status) || mine < n) break
      if (before + n - reported >= reportFrames) {
        reported = before + n
        outlet.flush(index === 0 ? status : undefined)
      }
    }
    pipeline.end()
    outlet.flush(index === 0 ? status : undefined)
    const { results } = pipeline
    sendResults(results, outlet, index === 0 && wantsContexts(job))
    const { totals, counts, faults } = results
    post({
      kind: 'done',
      frames: totals.frameTotals(),
      flows: totals.flowTotals(),
      counts,
      faults,
      status,
      explained: pipeline.explain(),
    })
  } finally {
    await source.close()
  }
}

function wantsContexts({ wants }: ShardJob): boolean {
  return wants.includes('subscriber') || wants.includes('finding')
}

/** Every thread knows all contexts: one of them sends them. */
function sendResults(results: RunResults, outlet: ShardOutlet, withContexts: boolean): void {
  const { totals, ledger } = results
  const shown = (one: SubscriberTotals) =>
    withContexts ? one : { ...one, contexts: [], contextsLeftOut: 0, dropped: 0 }
  const subscribers = [...totals.subscribers]
    .map(([imsi, one]) => [imsi, shown(one)] as const)
    .filter(([, one]) => one.flows > 0 || one.contexts.length + one.contextsLeftOut > 0)
  for (let i = 0; i < subscribers.length; i += groupSize) {
    outlet.send({
      kind: 'subscribers',
      subscribers: subscribers.slice(i, i + groupSize).map(([imsi, one]) => [imsi, one]),
    })
  }
  const owners = ledger.owners()
  for (let i = 0; i < owners.length; i += groupSize) {
    outlet.send({ kind: 'owners', owners: owners.slice(i, i + groupSize) })
  }
  outlet.send({ kind: 'others', subscribers: shown(totals.others), owners: ledger.others })
}
