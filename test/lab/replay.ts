/** Runs `tollgate replay --json` on a capture and sorts what it prints. */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Counters, FlowRecord, TransactionRecord } from '../../src/record/flow-record.js'
import type { ProbeRecord } from '../../src/record/sink.js'
import type { SessionEvent, SubscriberRecord } from '../../src/record/subscriber-record.js'
import type { SummaryRecord, UsageRecord } from '../../src/record/usage-record.js'
import type { LabCounters } from './lab-scenario.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = `${root}/dist/src/main.js`
const only = 'flow,transaction,usage,session,subscriber'

export class Replayed {
  readonly flows: FlowRecord[] = []
  readonly transactions: TransactionRecord[] = []
  readonly usage: UsageRecord[] = []
  readonly sessions: SessionEvent[] = []
  readonly subscribers: SubscriberRecord[] = []
  summary: SummaryRecord | undefined
  readonly #flowById = new Map<string, FlowRecord>()

  constructor(records: readonly ProbeRecord[]) {
    for (const record of records) {
      if (record.type === 'flow') this.#addFlow(record)
      else if (record.type === 'transaction') this.transactions.push(record)
      else if (record.type === 'usage') this.usage.push(record)
      else if (record.type === 'session') this.sessions.push(record)
      else if (record.type === 'subscriber') this.subscribers.push(record)
      else if (record.type === 'summary') this.summary = record
    }
  }

  #addFlow(record: FlowRecord): void {
    this.flows.push(record)
    this.#flowById.set(record.flow, record)
  }

  flowOf(transaction: TransactionRecord): FlowRecord | undefined {
    return this.#flowById.get(transaction.flow)
  }
}

export function replay(capture: string, rules = 'rules/newspaper.yaml'): Replayed {
  const args = [program, 'replay', capture, '--json', '--reveal', '--rules', rules, '--only', only]
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (done.status !== 0) {
    throw new Error(`replay of ${capture} ended with ${done.status}: ${done.stderr.slice(0, 2000)}`)
  }
  const lines = done.stdout.split('\n').filter(line => line !== '')
  return new Replayed(lines.map((line): ProbeRecord => JSON.parse(line)))
}

/** Seconds since 1970 of a record's time. */
export function seconds(ts: string): number {
  return Date.parse(ts) / 1000
}

export function counters(record: Counters): LabCounters {
  return {
    up_pkts: record.up_packets,
    up_bytes: record.up_bytes,
    down_pkts: record.down_packets,
    down_bytes: record.down_bytes,
  }
}
