/** Compares what `tollgate replay --json` printed with what the generator knows. */

import type { SummaryRecord, UsageRecord } from '../src/record/usage-record.js'
import type { CaptureTruth } from './capture-truth.js'

type Printed = UsageRecord | SummaryRecord

/** Collections that `node --trace-gc` reported between the lines of output. */
export interface Collections {
  scavenges: number
  markSweeps: number
}

export function countCollections(stdout: string): Collections {
  return {
    scavenges: stdout.match(/^\[\d+:.*\bScavenge\b/gm)?.length ?? 0,
    markSweeps: stdout.match(/^\[\d+:.*\bMark-(Compact|sweep)\b/gim)?.length ?? 0,
  }
}

function parse(stdout: string): Printed[] {
  return stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map((line): Printed => JSON.parse(line))
}

/** One line for every figure that is not that of the truth; none means right. */
export function differences(stdout: string, truth: CaptureTruth): string[] {
  const records = parse(stdout)
  const summary = records.find(record => record.type === 'summary')
  if (summary === undefined) return ['no summary record']
  const octets = truth.innerOctetsUp + truth.innerOctetsDown
  const expected: [string, number, number][] = [
    ['frames', summary.frames, truth.packets],
    ['charge_units', summary.charge_units, truth.innerPackets],
    ['bytes', summary.bytes, octets],
    ['sessions', summary.sessions, truth.subscribers],
    ['subscribers', summary.subscribers, truth.subscribers],
    ['flows', summary.flows, truth.flows],
    ['transactions', summary.transactions, truth.transactions],
    ['unknown_bytes', summary.unknown_bytes, 0],
    ['unmatched_bytes', summary.unmatched_bytes, 0],
    ['excluded_bytes', summary.excluded_bytes, 0],
    ['direction_unknown_bytes', summary.direction_unknown_bytes, 0],
    ['unknown_teid_packets', summary.unknown_teid_packets, 0],
    ['kinds of fault', Object.keys(summary.faults).length, 0],
  ]
  let up = 0
  let down = 0
  const charged = new Map<string, number>()
  for (const record of records) {
    if (record.type !== 'usage') continue
    up += record.up_bytes
    down += record.down_bytes
    const id = String(record.rule_id ?? record.row)
    charged.set(id, (charged.get(id) ?? 0) + record.up_bytes + record.down_bytes)
  }
  expected.push(['bytes up', up, truth.innerOctetsUp], ['bytes down', down, truth.innerOctetsDown])
  for (const id of new Set([...charged.keys(), ...Object.keys(truth.octetsByCharge)])) {
    expected.push([`bytes of ${id}`, charged.get(id) ?? 0, truth.octetsByCharge[id] ?? 0])
  }
  const wrong = expected
    .filter(([, found, right]) => found !== right)
    .map(([name, found, right]) => `${name}: ${found}, expected ${right}`)
  if (!summary.complete) wrong.push(`not complete: ${summary.reasons.join(', ')}`)
  return wrong
}
