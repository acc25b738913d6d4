/** WSP without a connection (9200), WTP with WSP (9201) and what else comes in datagrams: which octets
 * belong to which transaction. WAP-230-WSP clause 7, WAP-224-WTP clauses 7 and 8, rules.md 2.9. */

import t from 'tap'
import type { TransactionRecord } from '../../src/record/flow-record.js'
import { emitDns } from '../../src/synth/emit-dns.js'
import { emitMms } from '../../src/synth/emit-mms.js'
import {
  emitConnect,
  emitConnectReply,
  emitDisconnect,
  emitGet,
  emitPost,
  emitPush,
  emitReply,
  withTid,
} from '../../src/synth/emit-wsp.js'
import {
  concatenate,
  emitAck,
  emitInvoke,
  emitResult,
  emitSegment,
  type Trailer,
} from '../../src/synth/emit-wtp.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { context, type EndsOptions, UdpEnds, Wire } from '../helpers/frame.js'
import { article, engineOf, type RunOptions, run, ugw } from '../helpers/run.js'

const header = 28
const free = 'http://mmsc.test/1'
const paid = 'http://b.test/2'
const freeId = 168165378
const paidId = 4261871614

function opened(options: EndsOptions) {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, ctx, udp: new UdpEnds(wire, ctx, options) }
}

const get = (tid: number, url: string) => withTid(tid, emitGet(url, {}))
const reply = (tid: number, size = 10) =>
  withTid(tid, emitReply(200, 'text/plain', {}, new Uint8Array(size)))
const invoke = (tid: number, data: Uint8Array, trailer: Trailer = 'no-sar', repeated = false) =>
  emitInvoke({ tid, class: 2, trailer, repeated }, data)
const result = (tid: number, size = 10) =>
  emitResult(tid, 'no-sar', false, emitReply(200, 'text/plain', {}, new Uint8Array(size)))

const brief = (txn: TransactionRecord) => [
  txn.url?.replace('http://', ''),
  txn.status,
  txn.up_packets,
  txn.up_bytes,
  txn.down_packets,
  txn.down_bytes,
]

t.test('9200: a request and its reply, by transaction id and not by order', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(7, free)).up(get(8, paid)).down(reply(8, 20)).down(reply(7, 30))
  const ran = await run(wire.frames)
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/1', 200, 1, header + get(7, free).length, 1, header + reply(7, 30).length],
    ['b.test/2', 200, 1, header + get(8, paid).length, 1, header + reply(8, 20).length],
  ])
  t.match(ran.flows, [{ app: 'wsp-cl', verdict: 'MIXD', reasons: [], certainty: 'high' }])
})

t.test('9200: the id wraps, and an old one means something new after its reply', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(255, free)).down(reply(255)).up(get(0, paid)).down(reply(0))
  udp.up(get(255, paid)).down(reply(255))
  const ran = await run(wire.frames)
  t.strictSame(
    ran.transactions.map(txn => [txn.rule_id, txn.status]),
    [
      [freeId, 200],
      [paidId, 200],
      [paidId, 200],
    ],
  )
})

t.test('9200: a reply without a request stays on level 1', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free)).down(reply(2))
  const ran = await run(wire.frames)
  t.match(ran.flows[0]?.reasons, ['orphan-response'])
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/1', undefined, 1, header + get(1, free).length, 0, 0],
  ])
  t.equal(ran.summary.charged_bytes, header + reply(2).length)
})

t.test('9200: a reply later than two minutes is an orphan', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free))
  for (let n = 0; n < 3; n++) {
    wire.wait(45)
    udp.up(get(2 + n, paid))
  }
  udp.down(reply(1))
  const ran = await run(wire.frames)
  t.match(ran.flows[0]?.reasons, ['orphan-response'])
  t.equal(ran.transactions[0]?.status, undefined)
})

t.test('9200: a request sent again before its reply is the same transaction', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free)).up(get(1, free)).down(reply(1)).down(reply(1))
  const ran = await run(wire.frames)
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/1', 200, 2, 2 * (header + get(1, free).length), 2, 2 * (header + reply(1).length)],
  ])
})

t.test('9200: a request sent again is known by its URL in any script', async t => {
  const { wire, udp } = opened({ port: 9200 })
  const request = get(1, 'http://mmsc.test/手机报')
  udp.up(request).up(request).down(reply(1))
  const ran = await run(wire.frames)
  t.match(ran.transactions, [{ url: 'http://mmsc.test/手机报', up_packets: 2, status: 200 }])
})

t.test('9200: the same id with another URL before the reply is another transaction', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free)).up(get(1, paid)).down(reply(1))
  const ran = await run(wire.frames)
  t.strictSame(
    ran.transactions.map(txn => [txn.rule_id, txn.status]),
    [
      [freeId, undefined],
      [paidId, 200],
    ],
  )
})

t.test('9201: connect, two transactions, disconnect', async t => {
  const connect = invoke(1, emitConnect({ 'User-Agent': 'x' }))
  const connected = emitResult(1, 'no-sar', false, emitConnectReply(7))
  const first = invoke(2, emitGet(free, {}))
  const second = invoke(3, emitGet(paid, {}))
  const bye = emitInvoke({ tid: 4, class: 0, trailer: 'no-sar' }, emitDisconnect(7))
  const ack = (tid: number) => emitAck({ tid, responder: false })
  const play = async (options: RunOptions = {}) => {
    const { wire, udp } = opened({ port: 9201 })
    udp.up(connect).down(connected).up(ack(1))
    udp.up(first).down(result(2)).up(ack(2))
    udp.up(second).down(result(3)).up(ack(3)).up(bye)
    return run(wire.frames, options)
  }
  const ran = await play()
  t.match(ran.flows, [{ app: 'wsp-co', reasons: [], up_packets: 7, down_packets: 3 }])
  const own = (one: Uint8Array) => header + one.length
  t.strictSame(ran.transactions.map(brief), [
    [
      'mmsc.test/1',
      200,
      4,
      own(connect) + own(ack(1)) + own(first) + own(ack(2)),
      2,
      own(connected) + own(result(2)),
    ],
    ['b.test/2', 200, 3, own(second) + own(ack(3)) + own(bye), 1, own(result(3))],
  ])
  const onLevel1 = await play({ engine: engineOf(ugw) })
  t.equal(
    onLevel1.transactions[0]?.up_bytes,
    own(first) + own(ack(2)),
    'ugw: the connection of the session is on level 1',
  )
  const apart = await play({ engine: engineOf({ ...article, teardown: 'level1' }) })
  t.equal(apart.transactions[1]?.up_packets, 2, 'teardown on level 1: not with the last one')
})

t.test('9201: two transactions in one datagram are cut, the headers go by policy', async t => {
  const first = invoke(1, emitGet(free, {}))
  const second = invoke(2, emitGet(paid, {}))
  const both = concatenate([first, second])
  // a zero octet before all, a length octet before each
  const lengths = [first.length + 2, second.length + 1] as const
  t.equal(both.length, lengths[0] + lengths[1])
  for (const [headerShare, shares] of [
    ['first', [header, 0]],
    ['last', [0, header]],
    ['proportional', [15, 13]],
  ] as const) {
    const { wire, udp } = opened({ port: 9201 })
    udp.up(both).down(result(1)).down(result(2))
    const ran = await run(wire.frames, { engine: engineOf({ ...article, headerShare }) })
    t.strictSame(
      ran.transactions.map(txn => [txn.rule_id, txn.up_packets, txn.up_bytes]),
      [
        [freeId, 1, lengths[0] + shares[0]],
        [paidId, 0, lengths[1] + shares[1]],
      ],
      headerShare,
    )
  }
})

t.test('9201: repeated PDUs count with their transaction and open none', async t => {
  const request = emitGet(free, {})
  const { wire, udp } = opened({ port: 9201 })
  udp.up(invoke(1, request)).up(invoke(1, request, 'no-sar', true))
  udp.down(result(1)).down(result(1))
  const ran = await run(wire.frames)
  t.match(ran.transactions, [{ rule_id: freeId, up_packets: 2, down_packets: 2 }])
  t.equal(ran.transactions.length, 1)
  const left = await run(wire.frames, {
    engine: engineOf({ ...article, retransmission: 'exclude' }),
  })
  t.equal(
    left.summary.excluded_bytes,
    header + invoke(1, request).length + header + result(1).length,
    'exclude: neither repetition is charged',
  )
})

t.test('9201: a URL that is whole only in the second segment', async t => {
  const request = emitPost('http://long.test/mmsc', 'text/plain', {}, new Uint8Array(40))
  for (let cut = 1; cut < request.length; cut += 3) {
    const { wire, udp } = opened({ port: 9201 })
    udp.up(invoke(1, emitGet(paid, {}))).down(result(1))
    udp.up(invoke(2, request.subarray(0, cut), 'group'))
    udp.down(emitAck({ tid: 2, responder: true, psn: 0 }))
    udp.up(emitSegment(false, 2, 1, 'last', false, request.subarray(cut)))
    udp.down(result(2))
    const ran = await run(wire.frames)
    t.strictSame(
      ran.transactions.map(txn => [txn.rule_id, txn.status, txn.up_packets, txn.down_packets]),
      [
        [paidId, 200, 1, 1],
        [freeId, 200, 2, 2],
      ],
      `cut at ${cut}`,
    )
  }
})

t.test('9201: a request whose end never comes stays on level 1', async t => {
  const request = emitGet('http://long.test/mmsc', {})
  const { wire, udp } = opened({ port: 9201 })
  udp.up(invoke(1, emitGet(paid, {}))).down(result(1))
  udp.up(invoke(2, request.subarray(0, 10), 'more'))
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, 1)
  t.match(ran.flows[0]?.reasons, ['message-incomplete'])
})

t.test('9201: the gateway begins: a push is a transaction of its own', async t => {
  const push = emitPush('text/plain', { 'Content-Location': free }, new Uint8Array(5))
  const { wire, udp } = opened({ port: 9201 })
  udp.up(invoke(1, emitConnect({}))).down(emitResult(1, 'no-sar', false, emitConnectReply(1)))
  // the gateway is the initiator: its TID has the direction bit clear
  udp.down(emitInvoke({ tid: 1, class: 1, trailer: 'no-sar' }, push))
  udp.up(emitAck({ tid: 1, responder: true }))
  const ran = await run(wire.frames)
  t.match(ran.transactions, [{ method: 'PUSH', rule_id: freeId }])
  t.equal(ran.transactions.length, 1)
})

t.test('push on 2948: what a notification announces is known when 9203 hides it', async t => {
  const mms = emitMms(
    {
      type: 'm-notification-ind',
      transaction_id: 'T1',
      from: '106558000/TYPE=PLMN',
      subject: 'News',
      size: 1000,
      content_location: 'http://mmsc.test/n1',
    },
    0,
    new Xorshift32(1),
  )
  const { wire, ctx, udp } = opened({ server: '10.0.0.173', port: 40_000, uePort: 2948 })
  udp.down(withTid(0, emitPush('application/vnd.wap.mms-message', {}, mms)))
  wire.wait(2)
  const wtls = Uint8Array.of(0xc4, 0, 0, 0, 30, ...new Uint8Array(30))
  new UdpEnds(wire, ctx, { port: 9203 }).up(wtls).down(wtls)
  const ran = await run(wire.frames)
  t.match(ran.transactions, [{ app: 'mms', mms_type: 'm-notification-ind' }])
  t.match(ran.findings, [{ finding: 'intended-free-but-charged', confidence: 'high' }])
})

t.test('9203 is level 1 only, encrypted or clear', async t => {
  for (const payload of [Uint8Array.of(0xc4, 0, 0, 0, 3, 1, 2, 3), invoke(1, emitGet(free, {}))]) {
    const { wire, udp } = opened({ port: 9203 })
    udp.up(payload)
    const ran = await run(wire.frames)
    t.match(ran.flows, [{ rule_id: paidId, level1: 6, verdict: 'CHRG' }])
  }
})

t.test('UDP in fragments: all of them belong to the flow of the first', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free)).down(reply(1, 3000), 1500)
  const ran = await run(wire.frames)
  const octets = header + reply(1, 3000).length
  // two more IP headers
  t.strictSame(ran.transactions.map(brief), [
    ['mmsc.test/1', 200, 1, header + get(1, free).length, 3, octets + 40],
  ])
})

t.test('a fragment whose first one never came: level 1 by address alone', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free)).down(reply(1, 3000), 1500)
  const [, , , , ...rest] = wire.frames
  const ran = await run([...wire.frames.slice(0, 3), ...rest])
  t.equal(ran.summary.charge_units, 3)
  const orphan = ran.flows.find(flow => flow.server_port === undefined)
  t.match(orphan, { reasons: ['fragment-orphan'], certainty: 'low', down_packets: 2 })
})

t.test('DNS: the question names the flow, its charge is that of level 1', async t => {
  const { wire, udp } = opened({ server: '203.0.113.53', port: 53 })
  const query = { id: 1, response: false, name: 'mmsc.test', type: 'A', rcode: 0 } as const
  udp.up(emitDns({ ...query, truncated: false, answers: [] }))
  udp.down(emitDns({ ...query, response: true, truncated: false, answers: ['10.23.241.4'] }))
  const ran = await run(wire.frames)
  t.match(ran.flows, [{ app: 'dns', host: 'mmsc.test', verdict: 'CHRG', transactions: 0 }])
})

t.test('a UDP flow ends after a minute of silence and another begins', async t => {
  const { wire, udp } = opened({ port: 9200 })
  udp.up(get(1, free)).down(reply(1))
  wire.wait(59)
  udp.up(get(2, free)).down(reply(2))
  wire.wait(61)
  udp.up(get(3, free)).down(reply(3))
  const ran = await run(wire.frames)
  t.strictSame(
    ran.flows.map(flow => [flow.end_reason, flow.transactions]),
    [
      ['idle', 2],
      ['capture-end', 1],
    ],
  )
})
