/** TCP as it is on the air: octets sent twice, late, or not at all, connections that begin before the
 * capture and ports that are used again. RFC 9293 sections 3.4 and 3.8, rules.md 2.4 and 2.7. */

import t from 'tap'
import type { TransactionRecord } from '../../src/record/flow-record.js'
import { context, startUs, TcpEnds, Wire } from '../helpers/frame.js'
import { type Ran, run } from '../helpers/run.js'

const get = (url: string) => `GET ${url} HTTP/1.0\r\n\r\n`
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const free = get('http://mmsc.test/')
const paid = get('http://b.test/')
const freeId = 168165378
const paidId = 4261871614
const header = 40

function opened(handshake = true) {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const tcp = new TcpEnds(wire, ctx)
  if (handshake) tcp.open()
  return { wire, ctx, tcp }
}

function bill(ran: Ran): Record<string, number> {
  return Object.fromEntries(
    ran.usage.map(row => [row.rule_id ?? row.row ?? '', row.up_bytes + row.down_bytes]),
  )
}

const brief = (txn: TransactionRecord) => [
  txn.url?.replace('http://', ''),
  txn.status,
  txn.up_packets,
  txn.up_bytes,
  txn.down_packets,
  txn.down_bytes,
]

t.test('a segment sent twice counts twice, with its transaction', async t => {
  const { wire, tcp } = opened()
  tcp.up(free).up(free, { at: 0 }).down(ok('x')).ack('up')
  const ran = await run(wire.frames)
  const up = 2 * header + 2 * (header + free.length) + header
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/', 200, 5, up, 2, 2 * header + ok('x').length],
  ])
  t.strictSame(ran.flows[0]?.reasons, [])
})

t.test('a segment of an earlier transaction is sent again', async t => {
  const { wire, tcp } = opened()
  const answer = ok('y'.repeat(50))
  tcp.up(free).down(answer).up(paid).down(ok('2'))
  tcp.down(answer, { at: 0 }).up(free, { at: 0 })
  const ran = await run(wire.frames)
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/', 200, 4, 4 * header + 2 * free.length, 3, 3 * header + 2 * answer.length],
    ['b.test/', 200, 1, header + paid.length, 1, header + ok('2').length],
  ])
})

t.test('a retransmission over two pipelined requests is cut at their boundary', async t => {
  const { wire, tcp } = opened()
  tcp
    .up(free)
    .up(paid)
    .up(free + paid, { at: 0 })
  const ran = await run(wire.frames)
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/', undefined, 4, 4 * header + 2 * free.length, 1, header],
    ['b.test/', undefined, 1, header + 2 * paid.length, 0, 0],
  ])
})

t.test('partly old, partly new: cut where the new octets begin', async t => {
  const { wire, tcp } = opened()
  tcp.up(free)
  tcp.up(free.slice(10) + paid, { at: 10 })
  const ran = await run(wire.frames)
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/', undefined, 4, 4 * header + 2 * free.length - 10, 1, header],
    ['b.test/', undefined, 0, paid.length, 0, 0],
  ])
})

t.test('segments in the wrong order are read in the right one', async t => {
  const request = get(`http://mmsc.test/${'p'.repeat(60)}`)
  for (const order of ['012', '021', '102', '120', '201', '210']) {
    const { wire, tcp } = opened()
    const parts = [request.slice(0, 20), request.slice(20, 50), request.slice(50)]
    const at = [0, 20, 50]
    for (const digit of order) tcp.up(parts[Number(digit)] ?? '', { at: at[Number(digit)] ?? 0 })
    tcp.down(ok('z')).ack('up')
    const ran = await run(wire.frames)
    t.equal(ran.transactions.length, 1, order)
    t.equal(ran.transactions[0]?.rule_id, freeId)
    t.equal(ran.transactions[0]?.up_bytes, 6 * header + request.length)
    t.strictSame(ran.flows[0]?.reasons, [], order)
  }
})

t.test('a hole in a response is filled within five seconds', async t => {
  const { wire, tcp } = opened()
  const answer = ok('r'.repeat(100))
  tcp.up(free).down(answer.slice(0, 50)).down(answer.slice(90), { at: 90 })
  wire.wait(4.9)
  tcp.down(answer.slice(50, 90), { at: 50 }).up(paid).down(ok('2'))
  const ran = await run(wire.frames)
  t.strictSame(
    ran.transactions.map(txn => txn.status),
    [200, 200],
  )
  t.equal(ran.transactions[0]?.down_bytes, 4 * header + answer.length)
  t.strictSame(ran.flows[0]?.reasons, [])
})

t.test('a hole that stays: level 1 until the next request', async t => {
  const { wire, tcp } = opened()
  const answer = ok('r'.repeat(100))
  tcp.up(free).down(answer.slice(0, 50)).down(answer.slice(90), { at: 90 })
  wire.wait(5.1)
  tcp.up(paid).down(ok('2')).up(free).down(ok('3'))
  const ran = await run(wire.frames)
  const [flow] = ran.flows
  t.match(flow?.reasons, ['capture-gap', 'resynchronised'])
  t.equal(flow?.certainty, 'low')
  t.strictSame(
    ran.transactions.map(txn => txn.status),
    [200, 200, 200],
  )
  // SYN-ACK and the part before the hole are free, what is behind it is not
  t.equal(ran.transactions[0]?.down_bytes, 2 * header + 50)
  t.equal(
    bill(ran)[paidId],
    header + paid.length + header + ok('2').length + header + answer.length - 90,
  )
})

t.test('a hole in a request: the octets behind it say nothing, the next request does', async t => {
  const { wire, tcp } = opened()
  tcp.up(free.slice(0, 10)).up(free.slice(20), { at: 20 })
  wire.wait(6)
  tcp.up(free).down(ok('1'))
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, 1)
  t.match(ran.transactions[0], { n: 1, rule_id: freeId, reasons: ['resynchronised'] })
  t.match(ran.flows[0]?.reasons, ['capture-gap', 'resynchronised'])
})

t.test('what waits behind a hole at the end of the capture is counted', async t => {
  const { wire, tcp } = opened()
  tcp.up(free).down(ok('x'.repeat(9)), { at: 100 })
  const ran = await run(wire.frames)
  t.match(ran.flows[0]?.reasons, ['capture-gap'])
  t.equal(ran.summary.bytes, 5 * header + free.length + ok('x'.repeat(9)).length)
})

t.test('more than fits behind a hole: goes on without waiting', async t => {
  const { wire, tcp } = opened()
  tcp.up(free)
  for (let n = 0; n < 600; n++) tcp.down('d'.repeat(1400), { at: 5000 + n * 2800 })
  const ran = await run(wire.frames)
  t.match(ran.flows[0]?.reasons, ['capture-gap'])
  t.equal(ran.flows[0]?.down_packets, 601)
})

t.test('the capture begins within a body', async t => {
  const { wire, tcp } = opened(false)
  tcp.down('b'.repeat(500), { at: 1000 }).ack('up')
  tcp.up(free, { at: 300 }).down(ok('1'), { at: 1500 })
  const ran = await run(wire.frames)
  t.match(ran.flows[0]?.reasons, ['mid-flow'])
  t.equal(ran.flows[0]?.certainty, 'low')
  t.match(ran.transactions, [{ rule_id: freeId, status: 200 }])
})

t.test('the same 5-tuple again after FIN, after RST, and with neither', async t => {
  for (const end of ['fin', 'rst', 'reused'] as const) {
    const { wire, tcp } = opened()
    tcp.up(free).down(ok('1'))
    if (end === 'fin') tcp.close()
    if (end === 'rst') tcp.rst('up')
    tcp.renew(0x1234_5678).open().up(paid).down(ok('2'))
    const ran = await run(wire.frames)
    t.strictSame(
      ran.flows.map(flow => [flow.end_reason, flow.rule_id]),
      [
        [end, freeId],
        ['capture-end', paidId],
      ],
    )
  }
})

t.test('a SYN with the same number is the same connection, whenever it comes', async t => {
  const { wire, tcp } = opened()
  tcp.up(free).syn().down(ok('1')).synAck().up(paid).down(ok('2'))
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 1)
  t.strictSame(
    ran.transactions.map(txn => txn.status),
    [200, 200],
  )
  t.strictSame(ran.flows[0]?.reasons, [])
})

t.test('SYN retransmitted, then another number before any answer: one connection', async t => {
  const { wire, tcp } = opened(false)
  tcp.syn().syn().renew(77).syn().synAck().ack('up').up(free).down(ok('1'))
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 1)
  t.match(ran.transactions, [{ rule_id: freeId, status: 200, up_packets: 5 }])
})

t.test('a closed connection lingers for late packets, then its port is free', async t => {
  const { wire, tcp } = opened()
  tcp.up(free).down(ok('1')).close()
  wire.wait(3)
  tcp.ack('up')
  wire.wait(20)
  tcp.ack('down')
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 2)
  t.match(ran.flows[0], { end_reason: 'fin', up_packets: 6 })
  t.match(ran.flows[1], { down_packets: 1, reasons: ['mid-flow'] })
})

t.test('handshake and first request belong to the first transaction, FIN to the last', async t => {
  const { wire, tcp } = opened()
  tcp.up(free).down(ok('1')).ack('up').up(paid).down(ok('2')).ack('up').close()
  const ran = await run(wire.frames)
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/', 200, 4, 4 * header + free.length, 2, 2 * header + ok('1').length],
    ['b.test/', 200, 4, 4 * header + paid.length, 2, 2 * header + ok('2').length],
  ])
})

t.test('packets carry their own time: records say when the flow began and ended', async t => {
  const { wire, tcp } = opened()
  wire.wait(10)
  tcp.up(free)
  const ran = await run(wire.frames)
  t.equal(Date.parse(ran.flows[0]?.ts ?? '') * 1000, startUs + 2000)
  t.equal(Date.parse(ran.flows[0]?.end ?? '') * 1000, startUs + 10_005_000)
})

t.test(
  'classes of the slices: handshake, request, response, acknowledgement, teardown',
  async t => {
    const { wire, tcp } = opened()
    tcp.up(free).ack('down').down(ok('1')).ack('up').up(free, { at: 0 }).close()
    const frame = '3'
    const ran = await run(wire.frames, { explainFlow: frame })
    const classes = ran.explained?.slices.map(one => [one.class, one.up_packets, one.down_packets])
    t.strictSame(classes, [
      ['handshake', 2, 1],
      ['request', 1, 0],
      ['pure-ack', 1, 1],
      ['response', 0, 1],
      ['retransmission', 1, 0],
      ['teardown', 2, 1],
    ])
    const octets = ran.explained?.slices.reduce(
      (sum, one) => sum + one.up_bytes + one.down_bytes,
      0,
    )
    t.equal(octets, ran.summary.bytes, 'the explanation accounts for every octet')
  },
)
