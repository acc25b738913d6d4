/** The order in which work is left out, when it is taken up again, and what every output says of it. */

import t from 'tap'
import { progressText } from '../../src/cli/progress.js'
import { SubscriberBills } from '../../src/cli/text/subscriber-text.js'
import { octetLines, problemLines } from '../../src/cli/text/summary-text.js'
import { Load } from '../../src/flow/load.js'
import { DistinctCount } from '../../src/pipeline/distinct-count.js'
import { Overload } from '../../src/pipeline/overload.js'
import { recordSchemas } from '../../src/record/schema.js'
import type { SourceStatus } from '../../src/source/source.js'
import { context, gateway, inTunnel, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import type { Frame } from '../helpers/memory-source.js'
import { lines, run } from '../helpers/run.js'
import { BacklogSource, queueOctets } from './backlog-source.js'

const freeGet = 'GET http://mmsc.monternet.com/ HTTP/1.1\r\nHost: mmsc.monternet.com\r\n\r\n'
const paidGet = 'GET http://www.sina.com.cn/ HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** The steps that a queue filled so, after so many seconds, leads to: [inspects, one new flow in]. */
function stepsOf(pattern: readonly (readonly [seconds: number, filled: number])[]): unknown[] {
  const load = new Load()
  const overload = new Overload(load)
  return pattern.map(([seconds, filled]) => {
    const backlog = { octets: filled * queueOctets, most: queueOctets }
    overload.look({ backlog } as SourceStatus, seconds * 1e6, 0)
    t.equal(load.inspects, overload.inspects)
    t.equal(load.sampleMask, overload.oneIn - 1)
    return [overload.inspects, overload.oneIn]
  })
}

t.test('payload first, then flows, one step in a tenth of a second', async t => {
  const steps = stepsOf([
    [0, 0.4],
    [1, 0.5],
    [1.01, 0.9],
    [1.1, 0.9],
    [1.2, 0.74],
    [1.3, 0.75],
    [1.4, 1],
  ])
  t.strictSame(steps, [
    [true, 1],
    [false, 1],
    [false, 1],
    [false, 2],
    [false, 2],
    [false, 4],
    [false, 8],
  ])
})

t.test('back one step a second, and only when the queue is nearly empty', async t => {
  const up = [0, 0.1, 0.2].map(seconds => [seconds, 1] as const)
  const steps = stepsOf([...up, [9, 0.3], [9.1, 0.2], [9.2, 0.2], [10.1, 0], [11.1, 0], [12, 0.49]])
  t.strictSame(steps.slice(2), [
    [false, 4],
    [false, 4],
    [false, 2],
    [false, 2],
    [false, 1],
    [true, 1],
    [true, 1],
  ])
})

t.test('where the clock stands still, packets count; and the share has an end', async t => {
  const load = new Load()
  const overload = new Overload(load)
  const look = (octets: number, frames: number) =>
    overload.look({ backlog: { octets, most: 10 } } as SourceStatus, 5e6, frames)
  for (let n = 0; n < 40; n++) look(10, n * 65_536)
  t.equal(overload.oneIn, 1024)
  for (let n = 40; n < 80; n++) look(0, n * 65_536)
  t.equal(overload.inspects, true)
  look(9, 81 * 65_536)
  t.equal(overload.inspects, false, 'a queue without a length would be no queue')
})

/** Connection `n` with a free request, 40 s after the one before. */
function connections(count: number): Frame[] {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  for (let n = 0; n < count; n++) {
    const ends = new TcpEnds(wire, ctx, { uePort: 40_000 + n }).open().up(freeGet).down(ok)
    ends.close()
    wire.wait(40)
  }
  return wire.frames
}

/** Frames of `connections` in a batch: one connection each after the first, which has the context. */
const batchOf = 8

t.test('a flow whose payload was not looked at stays on level 1 and says so', async t => {
  const frames = connections(5)
  const calm = await run(frames, { batch: batchOf })
  const [usual] = calm.flows
  const ran = await run(new BacklogSource(frames, batchOf, n => (n === 1 ? 0.6 : 0)))
  const cut = ran.flows.filter(flow => flow.reasons.includes('not-inspected'))
  t.ok(cut.length > 0 && cut.length < 5)
  for (const flow of cut) {
    t.equal(flow.url, undefined)
    t.equal(flow.level2, undefined)
    t.equal(flow.certainty, 'low')
    t.not(flow.rule_id, usual?.rule_id)
  }
  const inspected = ran.flows.filter(flow => !cut.includes(flow))
  t.ok(inspected.every(flow => flow.url !== undefined && flow.certainty === 'high'))
  t.match(ran.summary, {
    complete: false,
    overload: { times: 1, not_inspected_flows: cut.length, not_sampled_bytes: undefined },
  })
  t.match(ran.summary.reasons.join(), `payload of ${cut.length} flows not inspected`)
  t.equal(calm.summary.overload, undefined)
  t.ok(calm.summary.complete)
})

t.test('what is known of a connection is used on', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const ends = new TcpEnds(wire, ctx).open().up(freeGet).down(ok)
  const before = wire.frames.length
  ends.up(paidGet).down(ok)
  const ran = await run(new BacklogSource(wire.frames, before, () => 0.6))
  t.equal(ran.transactions.length, 2)
  t.equal(ran.summary.overload?.not_inspected_flows, 0)
})

/** `count` flows of two datagrams each, of one subscriber with a context and one without. */
function manyFlows(count: number): Frame[] {
  const wire = new Wire()
  const known = context(1)
  const unknown = context(2)
  wire.create(known)
  for (let n = 0; n < count; n++) {
    for (const ctx of [known, unknown]) {
      const ends = { port: 53, uePort: 1024 + n, server: gateway }
      const udp = new UdpEnds(wire, ctx, ends, inTunnel(wire, ctx))
      udp.up('x').down('y')
    }
  }
  return wire.frames
}

t.test(
  'new flows are sampled by their hash, both directions alike, and the rest is counted',
  async t => {
    const count = 4000
    const frames = manyFlows(count)
    const full = (batch: number) => (batch < 200 ? 1 : 0.5)
    const ran = await run(new BacklogSource(frames, 64, full))
    const { overload } = ran.summary
    const oneIn = overload?.sampled_one_in ?? 0
    t.ok(oneIn > 4, `1 in ${oneIn}`)
    const sampled = ran.flows.filter(flow => flow.reasons.includes('sampled'))
    t.ok(sampled.length > 0)
    const begun = ran.flows.filter(flow => flow.up_packets !== 1 || flow.down_packets !== 1)
    t.strictSame(begun, [], 'a flow is followed in both directions or in none')
    const left = 2 * count - ran.flows.length
    const told = overload?.not_sampled_flows ?? 0
    t.ok(Math.abs(told - left) < left * 0.02, `${told} of ${left}`)
    t.equal(overload?.not_sampled_packets, 2 * left)
    const rows = ran.usage.filter(row => row.row === 'not-sampled')
    t.equal(rows.length, 2)
    const of = (imsi: string | undefined) => rows.filter(row => row.imsi === imsi)
    const unknown = { tariff: 'unknown', rule_id: undefined }
    t.match(of('460010000000001'), [unknown])
    t.match(of(undefined), [unknown])
    const octets = rows.reduce((sum, row) => sum + row.up_bytes + row.down_bytes, 0)
    t.equal(octets, overload?.not_sampled_bytes)
    t.ok(ran.summary.unknown_bytes >= octets, 'unknown is not free')
    const [known] = ran.subscribers.filter(one => one.imsi !== undefined)
    t.equal(
      known === undefined ? 0 : known.up_bytes + known.down_bytes,
      known === undefined ? 1 : known.free_bytes + known.charged_bytes + known.unknown_bytes,
      'a subscriber has his octets, followed or not',
    )
  },
)

t.test('octets that were left out are of the subscriber who had the context then', async t => {
  const wire = new Wire()
  const [first, second] = [context(1), context(2, '10.161.0.1')]
  for (const ctx of [first, second]) {
    wire.create(ctx)
    for (let n = 0; n < 300; n++) new UdpEnds(wire, ctx, { port: 53, uePort: 2000 + n }).up('x')
    wire.delete(ctx)
  }
  const ran = await run(new BacklogSource(wire.frames, 16, () => 1))
  const of = (imsi: string) => ran.usage.find(row => row.imsi === imsi && row.row === 'not-sampled')
  for (const imsi of ['460010000000001', '460010000000002']) t.ok((of(imsi)?.up_packets ?? 0) > 0)
})

t.test('after the overload all is as without it', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  for (let n = 0; n < 200; n++) new UdpEnds(wire, ctx, { port: 53, uePort: 2000 + n }).up('x')
  wire.wait(60)
  for (let n = 0; n < 60; n++) {
    new UdpEnds(wire, ctx, { port: 53, uePort: 4000 + n }).up('x')
    wire.wait(1)
  }
  const from = wire.frames.length
  new TcpEnds(wire, ctx).open().up(freeGet).down(ok).close()
  const source = new BacklogSource(wire.frames, 4, batch => (batch < 45 ? 1 : 0))
  const ran = await run(source)
  const last = ran.flows.find(flow => flow.flow === String(from + 1))
  t.match(last, { certainty: 'high', reasons: [], url: 'http://mmsc.monternet.com/' })
  t.ok((ran.summary.overload?.seconds ?? 0) > 1)
})

t.test('a queue that stays below the mark changes nothing', async t => {
  const frames = [...connections(4), ...manyFlows(20)]
  const calm = lines(await run(frames, { batch: 8 }))
  for (const filled of [0, 0.2, 0.49]) {
    t.strictSame(lines(await run(new BacklogSource(frames, 8, () => filled))), calm)
  }
})

t.test('text, progress and JSON say it', async t => {
  const ran = await run(new BacklogSource(manyFlows(600), 32, () => 1))
  const { summary } = ran
  recordSchemas.summary.parse(summary)
  for (const row of ran.usage) recordSchemas.usage.parse(row)
  for (const flow of ran.flows) recordSchemas.flow.parse(flow)
  const text = [...octetLines(summary, 78), ...problemLines(summary, false, 78)].join(' ')
  t.match(
    text.replace(/\s+/g, ' '),
    /unknown .* of it not sampled .*INCOMPLETE overload for .* new flow in/,
  )
  const bills = new SubscriberBills()
  for (const row of ran.usage) bills.add(row)
  t.match(bills.lines(9, new Map(), false, 78).join('\n'), /unknown .*not-sampled/i)
  const { status } = new BacklogSource([], 1, () => 1)
  t.match(
    progressText(status, 1000, { inspects: false, oneIn: 1024 }),
    /^OVERLOAD: not inspecting, 1 new flow in 1,024 {2}memory/,
  )
  t.match(
    progressText(status, 1000, { inspects: false, oneIn: 1 }),
    /^OVERLOAD: not inspecting {2}/,
  )
  t.match(progressText(status, 1000), /^memory/)
})

t.test('about how many there were', async t => {
  const few = new DistinctCount()
  t.equal(few.count, 0)
  for (let n = 0; n < 100; n++) few.addText(`46001000000${n % 10}`)
  t.equal(few.count, 10)
  const many = new DistinctCount()
  for (let n = 0; n < 500_000; n++) many.addText(`subscriber ${n}`)
  t.ok(Math.abs(many.count - 500_000) < 5000, `${many.count}`)
})
