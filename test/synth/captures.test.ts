/** The committed captures are what their scenarios give, octet for octet, and their truth adds up. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { truthText } from '../../src/synth/run-synth.js'
import { scenarioJsonSchema } from '../../src/synth/schema-keys.js'
import type { Truth, TruthCounters } from '../../src/synth/truth.js'
import { captureSet, capturesFolder, isThere, makeCapture } from './capture-set.js'
import { readmeFile, withTable } from './captures-table.js'

const longest = 200_000
const files = captureSet()

function add(into: TruthCounters, more: TruthCounters): void {
  into.up_packets += more.up_packets
  into.down_packets += more.down_packets
  into.up_bytes += more.up_bytes
  into.down_bytes += more.down_bytes
}

function sum(parts: readonly TruthCounters[]): TruthCounters {
  const total = { up_packets: 0, down_packets: 0, up_bytes: 0, down_bytes: 0 }
  for (const part of parts) add(total, part)
  return total
}

/** Every octet is in one flow, and under one expected id or undecided. */
function checkConservation(t: Test, truth: Truth): void {
  const { totals } = truth
  t.strictSame(sum(truth.flows), totals, 'flows add up to the totals')
  const decided = sum([...truth.expected_totals, truth.undecided])
  t.strictSame(decided, totals, 'expected ids and undecided octets add up to the totals')
  t.equal(totals.up_packets + totals.down_packets, truth.charge_units)
  t.equal(totals.up_bytes + totals.down_bytes, truth.bytes)
  for (const flow of truth.flows) {
    const { up_packets, down_packets } = sum(flow.transactions)
    const packets = flow.up_packets + flow.down_packets
    t.equal(flow.frames.length, packets, `flow ${flow.flow}: a frame a packet`)
    if (flow.transactions.length === 0) continue
    const exact = flow.transactions.every(one => one.exact)
    const given = up_packets + down_packets
    t.ok(exact ? given === packets : given <= packets, `flow ${flow.flow}: its transactions`)
  }
}

for (const { name, scenario, capture, truth: truthFile, feed: feedFile } of files) {
  t.test(`${name}: made again, equal to the octet`, async t => {
    const text = readFileSync(scenario, 'utf8')
    const { octets, truth, feed } = makeCapture(text, `${name}.yaml`)
    t.ok(octets.length < longest, `${octets.length} octets`)
    t.ok(readFileSync(capture).equals(octets), 'capture: npm run captures makes it again')
    t.equal(readFileSync(truthFile, 'utf8'), truthText(truth), 'truth')
    t.equal(isThere(feedFile) ? readFileSync(feedFile, 'utf8') : undefined, feed, 'feed')
    checkConservation(t, truth)
  })
}

t.test('nothing lies in captures/ that no scenario makes', async t => {
  const made = files.flatMap(one => [
    one.capture,
    one.truth,
    ...(isThere(one.feed) ? [one.feed] : []),
  ])
  const there = readdirSync(capturesFolder)
    .filter(name => /\.(pcap|pcapng|truth\.json|jsonl)$/.test(name))
    .map(name => join(capturesFolder, name))
  t.strictSame(there.sort(), made.sort())
})

t.test('the table and the schema are up to date', async t => {
  const text = readFileSync(readmeFile, 'utf8')
  t.equal(withTable(text, files), text, 'captures/README.md')
  const schema = readFileSync(join(capturesFolder, 'scenario.schema.json'), 'utf8')
  t.equal(schema, `${JSON.stringify(scenarioJsonSchema(), null, 1)}\n`, 'scenario.schema.json')
})

t.test('the newspaper capture tells the published case', async t => {
  const newspaper = files.find(one => one.name === 'newspaper')
  t.ok(newspaper)
  if (newspaper === undefined) return
  const { truth } = makeCapture(readFileSync(newspaper.scenario, 'utf8'), 'newspaper.yaml')
  const [normal, complaining] = truth.subscribers
  const idsOf = (imsi: string | undefined) =>
    truth.flows
      .filter(flow => flow.imsi === imsi && flow.server === '10.0.0.172')
      .flatMap(flow => [flow, ...flow.transactions])
      .map(one => one.expected?.rule_id)
  t.ok(idsOf(normal?.imsi).includes(168165378))
  t.ok(idsOf(normal?.imsi).includes(168165379))
  const charged = new Set(idsOf(complaining?.imsi))
  charged.delete(undefined)
  t.strictSame([...charged], [4261871614], 'the complaining subscriber is charged throughout')
  t.strictSame(truth.undecided, sum([]), 'every octet has an expected id')
  for (const one of truth.subscribers) t.equal(one.contexts[0]?.end_reason, 'deleted')
})
