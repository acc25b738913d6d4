/** Each bound by itself: what goes is the oldest, what stays is right, and the summary names the option. */

import t from 'tap'
import { boundsOf } from '../../src/cli/run-bounds.js'
import { Direction } from '../../src/flow/flow-detail.js'
import { TcpHoles } from '../../src/flow/tcp-pending.js'
import { recordSchemas } from '../../src/record/schema.js'
import type { SubscriberRecord } from '../../src/record/subscriber-record.js'
import { inProcess } from '../cli/program.js'
import { context, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { type Ran, run } from '../helpers/run.js'

const get = (n: number) =>
  `GET http://www.sina.com.cn/${n} HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n`
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** What of the eviction of `kind` the summary does not say; [] when all is said. */
function unsaid({ summary }: Ran, kind: string, option: string): string[] {
  recordSchemas.summary.parse(summary)
  const missing: string[] = []
  if (summary.complete) missing.push('complete')
  if ((summary.evicted?.[kind] ?? 0) === 0) missing.push(kind)
  if (!summary.reasons.some(reason => reason.endsWith(`(--${option})`))) missing.push(option)
  return missing
}

t.test(
  'flows: the one that was silent for longest goes, not the one that opened first',
  async t => {
    const wire = new Wire()
    const ctx = context(1)
    wire.create(ctx)
    const busy = new UdpEnds(wire, ctx, { port: 53, uePort: 1000 })
    busy.up('x')
    for (let n = 0; n < 40; n++) {
      wire.wait(2)
      busy.up('x')
      new UdpEnds(wire, ctx, { port: 53, uePort: 2000 + n }).up('x')
    }
    const ran = await run(wire.frames, { bounds: { flows: 4 } })
    t.strictSame(unsaid(ran, 'flows', 'max-flows'), [])
    const first = ran.flows.find(flow => flow.ue_port === 1000)
    t.match(first, { up_packets: 41, end_reason: 'capture-end' })
    const one = await run(wire.frames, { bounds: { flows: 1 } })
    t.equal(one.flows.length, 80, 'one at a time: all but two packets in a row open one')
  },
)

/** Six subscribers, each with a session that ends and a charged flow. */
function subscribers(): Wire {
  const wire = new Wire()
  for (let n = 1; n <= 6; n++) {
    const ctx = context(n)
    wire.create(ctx)
    new TcpEnds(wire, ctx).open().up(get(n)).down(ok).close()
    wire.delete(ctx)
  }
  return wire
}

t.test('subscribers above the bound share rows, which say so', async t => {
  const { frames } = subscribers()
  const all = await run(frames)
  t.equal(all.summary.evicted, undefined)
  t.ok(all.summary.complete)
  // one is nobody, for octets without a session
  const ran = await run(frames, { bounds: { subscribers: 3 } })
  t.strictSame(unsaid(ran, 'subscribers', 'max-subscribers'), [])
  t.equal(ran.summary.evicted?.subscribers, 4)
  const own = ran.usage.filter(row => row.others === undefined)
  t.strictSame(
    own.map(row => row.imsi),
    ['460010000000001', '460010000000002'],
  )
  const [others, ...more] = ran.usage.filter(row => row.others === true)
  t.equal(more.length, 0, 'one charging id, one row')
  const rest = all.usage.filter(row => !own.some(one => one.imsi === row.imsi))
  const octets = rest.reduce((sum, row) => sum + row.up_bytes + row.down_bytes, 0)
  t.match(others, { imsi: undefined, tariff: 'charged', rule_id: rest[0]?.rule_id })
  t.equal((others?.up_bytes ?? 0) + (others?.down_bytes ?? 0), octets)
  t.equal(ran.summary.charged_bytes, all.summary.charged_bytes, 'charged octets stay charged')
  const together = ran.subscribers.find(one => one.others === true)
  const sum = (list: readonly SubscriberRecord[]) =>
    list.reduce((octets, one) => octets + one.up_bytes + one.down_bytes, 0)
  t.match(together, { imsi: undefined, flows: 3, contexts: [] })
  t.equal(sum(ran.subscribers), sum(all.subscribers))
  for (const row of [...ran.usage, ...ran.subscribers]) recordSchemas[row.type].parse(row)
})

t.test('sessions: the oldest goes, and so do ended ones from the records', async t => {
  const wire = new Wire()
  for (let n = 1; n <= 6; n++) wire.create(context(n))
  const ran = await run(wire.frames, { bounds: { sessions: 4 } })
  t.strictSame(unsaid(ran, 'sessions', 'max-sessions'), [])
  t.match(ran.summary.evicted, { sessions: 2, ended_contexts: 2 })
  const left = ran.subscribers.filter(one => one.contexts.length === 0)
  t.strictSame(
    left.map(one => [one.imsi, one.contexts_left_out]),
    [
      ['460010000000001', 1],
      ['460010000000002', 1],
    ],
  )
})

t.test('a subscriber with very many sessions keeps the last', async t => {
  const wire = new Wire()
  const ctx = context(1)
  for (let n = 0; n < 50; n++) wire.create(ctx).delete(ctx)
  const ran = await run(wire.frames, { bounds: { sessions: 7 } })
  const [one] = ran.subscribers
  t.equal(one?.contexts_left_out, 43)
  t.strictSame(
    one?.contexts.map(each => each.context),
    [44, 45, 46, 47, 48, 49, 50],
  )
})

t.test('requests: forgotten ones are counted, their answers come to nothing', async t => {
  const wire = new Wire()
  for (let n = 1; n <= 9; n++) wire.create(context(n))
  // all requests first, then all answers
  const frames = [
    ...wire.frames.filter((_, i) => i % 2 === 0),
    ...wire.frames.filter((_, i) => i % 2),
  ]
  const ran = await run(frames, { bounds: { requests: 4 } })
  t.strictSame(unsaid(ran, 'requests', 'max-requests'), [])
  t.ok((ran.summary.evicted?.requests ?? 0) >= 5)
})

t.test('transactions: each flow keeps the one at hand', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const flows = [1, 2, 3].map(n => new TcpEnds(wire, ctx, { uePort: 40_000 + n }).open())
  for (let n = 0; n < 20; n++) for (const flow of flows) flow.up(get(n))
  const ran = await run(wire.frames, { bounds: { transactions: 5 } })
  t.strictSame(unsaid(ran, 'transactions', 'max-transactions'), [])
  t.equal(ran.transactions.length, 60)
  const early = ran.summary.evicted?.transactions ?? 0
  t.ok(early >= 60 - 5 - flows.length && early < 60, `${early}`)
  const all = await run(wire.frames)
  const octets = (of: Ran) => of.transactions.reduce((sum, one) => sum + one.up_bytes, 0)
  t.equal(octets(ran), octets(all))
})

t.test('holes: a segment that finds no room makes its direction go on', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  for (let n = 0; n < 20; n++) {
    const ends = new TcpEnds(wire, ctx, { uePort: 40_000 + n }).open().up(get(n))
    ends.down(ok.slice(0, 20)).down('y'.repeat(1000), { at: 1000 }).down('z'.repeat(1000))
  }
  const ran = await run(wire.frames, { bounds: { reassemblyOctets: 16_384 } })
  t.strictSame(unsaid(ran, 'streams', 'max-reassembly'), [])
  t.ok(ran.flows.every(flow => flow.reasons.includes('capture-gap')))
  const none = await run(wire.frames, { bounds: { reassemblyOctets: 64 } })
  t.equal(none.summary.evicted?.streams, 20, 'nothing may wait')
})

t.test('holes: once a second the oldest make room', async t => {
  const holes = new TcpHoles(4096)
  const [a, b] = [new Direction(), new Direction()]
  t.ok(holes.hold(a, 7, 1500))
  t.ok(holes.hold(b, 8, 1500))
  t.notOk(holes.hold(b, 8, 1500))
  t.equal(holes.evicted, 1)
  t.equal(holes.crowding(), 7, 'the row of the oldest')
  holes.take(a, 1500)
  t.equal(holes.crowding(), -1)
  t.equal(holes.octets, 1628)
  holes.take(b, 1500)
  t.equal(holes.octets, 0)
})

t.test('heads: the one whose collecting began first is given up, and no octet with it', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const cut = (n: number) => [get(n).slice(0, 30), get(n).slice(30)] as const
  const flows = [1, 2, 3, 4, 5].map(n => ({
    n,
    ends: new TcpEnds(wire, ctx, { uePort: 40_000 + n }).open(),
  }))
  for (const { n, ends } of flows) ends.up(cut(n)[0])
  for (const { n, ends } of flows) ends.up(cut(n)[1]).down(ok)
  const all = await run(wire.frames)
  t.equal(all.transactions.length, 5)
  // two buffers of 2 KiB
  const ran = await run(wire.frames, { bounds: { reassemblyOctets: 8 * 4096 } })
  t.strictSame(unsaid(ran, 'heads', 'max-reassembly'), [])
  t.equal(ran.summary.evicted?.heads, 3)
  const urls = ran.flows.filter(flow => flow.url !== undefined).map(flow => flow.ue_port)
  t.strictSame(urls, [40_004, 40_005])
  t.equal(ran.summary.bytes, all.summary.bytes)
})

t.test('findings: the oldest is told when it makes room', async t => {
  const wire = new Wire()
  const wtls = Uint8Array.of(0xc4, 0, 0, 0, 30, ...new Uint8Array(30))
  for (let n = 1; n <= 5; n++) {
    const ctx = context(n)
    wire.create(ctx)
    new UdpEnds(wire, ctx, { port: 9203 }).up(wtls).down(wtls)
    wire.delete(ctx)
  }
  const ran = await run(wire.frames, { bounds: { findings: 2 } })
  t.strictSame(unsaid(ran, 'findings', 'max-findings'), [])
  t.equal(ran.summary.evicted?.findings, 3)
  t.strictSame(new Set(ran.findings.map(one => one.imsi?.at(-1))), new Set('12345'))
  t.equal(ran.findings.length, 5)
})

t.test('the options', async t => {
  const typed = { 'max-flows': 5, 'max-reassembly': 2, 'max-dns': undefined }
  t.strictSame(boundsOf(typed), { flows: 5, reassemblyOctets: 2 << 20 })
  for (const wrong of [{ 'max-flows': 0 }, { 'max-sessions': 1e9 }, { 'max-reassembly': 20_000 }]) {
    t.throws(() => boundsOf(wrong), { message: /is not from 1 to/ })
  }
})

t.test('from the command line, in text and in JSON', async t => {
  const args = ['replay', 'captures/newspaper.pcap', '--max-flows', '1']
  const json = await inProcess([...args, '--json', '--only', 'summary'])
  const summary = JSON.parse(json.out)
  t.equal(summary.complete, false)
  t.ok(summary.evicted.flows > 0)
  const text = await inProcess(args)
  t.match(text.out, /INCOMPLETE \d+ flows ended early \(--max-flows\)/)
  const wrong = await inProcess(['replay', 'captures/newspaper.pcap', '--max-flows', '0'])
  t.equal(wrong.code, 2)
  t.match(wrong.err, '--max-flows: 0 is not from 1 to 16777216')
})
