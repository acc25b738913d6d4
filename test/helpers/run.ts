/** Runs frames or a capture through the real pipeline and gives the records back, sorted by type. Every
 * run is checked: each octet and packet of a charge unit must be in one row of the ledger and in one
 * flow (rules.md 2.13), or the run throws. */

import { fileURLToPath } from 'node:url'
import { recordLine } from '../../src/cli/output/json.js'
import { Pipeline, type PipelineOptions } from '../../src/pipeline.js'
import type { ExplainRecord, FindingRecord } from '../../src/record/explain-record.js'
import type { Counters, FlowRecord, TransactionRecord } from '../../src/record/flow-record.js'
import type { ProbeRecord, RecordSink, RecordType } from '../../src/record/sink.js'
import type { SessionEvent, SubscriberRecord } from '../../src/record/subscriber-record.js'
import type { SummaryRecord, UsageRecord } from '../../src/record/usage-record.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { loadRuleSet } from '../../src/rules/load.js'
import { parseRuleSet } from '../../src/rules/parse.js'
import { findProfile, type Profile } from '../../src/rules/profile.js'
import type { Source } from '../../src/source/source.js'
import { type Frame, MemorySource } from './memory-source.js'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

export const article = profile('article')
export const ugw = profile('ugw')

function profile(name: string): Profile {
  const found = findProfile(name)
  if (found === undefined) throw new RangeError(`no profile ${name}`)
  return found
}

export const newspaper = loadRuleSet(`${root}/rules/newspaper.yaml`)

/** The newspaper rules, or those of `yaml`, under a profile. */
export function engineOf(under: Profile = article, yaml?: string): RuleEngine {
  const set =
    yaml === undefined ? newspaper : parseRuleSet('test', [{ file: 'test.yaml', text: yaml }])
  return new RuleEngine(set, under)
}

const usual = engineOf()
const everyType: readonly RecordType[] = [
  'session',
  'flow',
  'transaction',
  'usage',
  'subscriber',
  'finding',
  'summary',
]

class Memory implements RecordSink {
  readonly wants: ReadonlySet<RecordType> = new Set(everyType)
  readonly records: ProbeRecord[] = []

  write(record: ProbeRecord): void {
    this.records.push(record)
  }
}

export interface Ran {
  flows: FlowRecord[]
  transactions: TransactionRecord[]
  usage: UsageRecord[]
  sessions: SessionEvent[]
  subscribers: SubscriberRecord[]
  findings: FindingRecord[]
  summary: SummaryRecord
  explained: ExplainRecord | undefined
  records: ProbeRecord[]
}

export type RunOptions = Partial<PipelineOptions> & { batch?: number }

export async function run(from: readonly Frame[] | Source, options: RunOptions = {}): Promise<Ran> {
  const { batch, ...rest } = options
  const source = 'next' in from ? from : new MemorySource(from, batch)
  const sink = new Memory()
  const pipeline = new Pipeline({ engine: usual, ...rest }, sink)
  const summary = await pipeline.run(source)
  const { records } = sink
  const ran: Ran = {
    flows: records.filter(one => one.type === 'flow'),
    transactions: records.filter(one => one.type === 'transaction'),
    usage: records.filter(one => one.type === 'usage'),
    sessions: records.filter(one => one.type === 'session'),
    subscribers: records.filter(one => one.type === 'subscriber'),
    findings: records.filter(one => one.type === 'finding'),
    summary,
    explained: pipeline.explain(),
    records,
  }
  const broken = violations(ran)
  if (broken.length > 0) throw new Error(`octets not conserved: ${broken.join('; ')}`)
  return ran
}

/** What of the conservation of octets and packets does not hold; empty when all is well. */
export function violations(ran: Ran): string[] {
  const { summary, usage, flows, transactions } = ran
  const octets = (rows: readonly Counters[]) =>
    rows.reduce((sum, row) => sum + row.up_bytes + row.down_bytes, 0)
  const packets = (rows: readonly Counters[]) =>
    rows.reduce((sum, row) => sum + row.up_packets + row.down_packets, 0)
  const sums =
    summary.free_bytes +
    summary.charged_bytes +
    summary.unknown_bytes +
    summary.unmatched_bytes +
    summary.excluded_bytes +
    summary.direction_unknown_bytes
  const verdicts = Object.values(summary.verdicts).reduce((sum, one) => sum + (one?.bytes ?? 0), 0)
  const broken: string[] = []
  const equal = (what: string, have: number, want: number) => {
    if (have !== want) broken.push(`${what}: ${have}, not ${want}`)
  }
  equal('octets of usage', octets(usage), summary.bytes)
  equal('packets of usage', packets(usage), summary.charge_units)
  // flows that were not followed under overload have no record, and a row of their own
  const { not_sampled_bytes: left = 0, not_sampled_packets: leftPackets = 0 } =
    summary.overload ?? {}
  const leftRows = usage.filter(row => row.row === 'not-sampled')
  equal('octets not sampled', octets(leftRows), left)
  equal('packets not sampled', packets(leftRows), leftPackets)
  equal('octets of flows', octets(flows) + left, summary.bytes)
  equal('packets of flows', packets(flows) + leftPackets, summary.charge_units)
  equal('octets of the summary', sums, summary.bytes)
  equal('octets of verdicts', verdicts + left, summary.bytes)
  equal('flows', flows.length, summary.flows)
  equal('transactions', transactions.length, summary.transactions)
  for (const row of [...usage, ...flows, ...transactions]) {
    const all = [row.up_packets, row.down_packets, row.up_bytes, row.down_bytes]
    if (!all.every(count => Number.isSafeInteger(count) && count >= 0)) {
      broken.push(`${row.type}: ${all.join(' ')}`)
    }
  }
  return broken
}

/** Records as `--json` prints them. */
export function lines(ran: Ran): string[] {
  return ran.records.map(record => recordLine(record))
}
