/** The end of the pipeline in one thread of several: gathers what is told, with its place in the run, and sends
 * it to the main thread in batches. */

import type { ProbeRecord, RecordSink, RecordType } from '../../record/sink.js'
import type { SourceStatus } from '../../source/source.js'
import type { SuspectedFlow } from '../abuse-findings.js'
import type { CaptureOrder } from '../capture-order.js'
import type { ChargedFlow, FlowOwner, IntentEvents, Notification } from '../free-intent.js'
import type { ShardMessage, Told } from './shard-message.js'
import type { ShardSignals } from './shard-signals.js'

const batchSize = 512
/** Records that come from flows and from signalling; the others are made when everything is known. */
const fromSignalling: ReadonlySet<RecordType> = new Set(['session', 'control'])
const fromFlows: ReadonlySet<RecordType> = new Set(['flow', 'transaction', 'activity'])

export class ShardOutlet implements RecordSink, IntentEvents {
  readonly wants: ReadonlySet<RecordType>
  readonly #index: number
  readonly #order: CaptureOrder
  readonly #signals: ShardSignals
  readonly #post: (message: ShardMessage) => void
  #at: number[] = []
  #told: Told[] = []
  #sent = 0

  constructor(
    index: number,
    wants: readonly RecordType[],
    order: CaptureOrder,
    signals: ShardSignals,
    post: (message: ShardMessage) => void,
  ) {
    this.#index = index
    // every thread sees all signalling: the first one tells of it
    this.wants = new Set(
      wants.filter(type => fromFlows.has(type) || (fromSignalling.has(type) && index === 0)),
    )
    this.#order = order
    this.#signals = signals
    this.#post = post
  }

  write(record: ProbeRecord): void {
    this.#tell(record)
  }

  notified(imsi: string, notification: Notification): void {
    this.#tell({ type: 'notified', imsi, notification })
  }

  charged(flow: ChargedFlow): void {
    this.#tell({ type: 'charged', flow: { ...flow, owner: sendable(flow.owner) } })
  }

  suspected(flow: SuspectedFlow): void {
    this.#tell({ type: 'suspected', flow: { ...flow, owner: sendable(flow.owner) } })
  }

  /** Sends what was gathered, and how far this thread has come. */
  flush(status?: SourceStatus): void {
    const at = this.#at
    const told = this.#told
    this.#at = []
    this.#told = []
    const upTo = this.#order.now
    this.send({ kind: 'told', at, told, upTo, ...(status === undefined ? {} : { status }) })
  }

  /** Sends a message once there is room for it. */
  send(message: ShardMessage): void {
    this.#signals.awaitRoom(this.#index, this.#sent)
    this.#post(message)
    this.#sent++
  }

  #tell(one: Told): void {
    this.#at.push(this.#order.now)
    this.#told.push(one)
    if (this.#told.length >= batchSize) this.flush()
  }
}

/** Of a context what a finding says of its owner. */
function sendable(owner: FlowOwner | undefined): FlowOwner | undefined {
  if (owner === undefined) return undefined
  const { context, imsi, msisdn } = owner
  return { context, imsi, msisdn }
}
