/** Connections with more transactions than are kept open: the oldest are settled on the way, and no octet
 * may come after that. Whoever pipelines hundreds of requests, or never gets an answer, must neither
 * lose octets nor make the probe grow. */

import t from 'tap'
import { maxOpenTransactions } from '../../src/flow/flow-detail.js'
import { emitGet, emitReply, withTid } from '../../src/synth/emit-wsp.js'
import { emitAck, emitInvoke, emitResult } from '../../src/synth/emit-wtp.js'
import { context, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { run } from '../helpers/run.js'

const get = (url: string) => `GET ${url} HTTP/1.0\r\n\r\n`
const ok = 'HTTP/1.1 204 No Content\r\n\r\n'
const many = maxOpenTransactions + 20

function opened() {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, ctx }
}

t.test('more requests in one segment than are kept open', async t => {
  const { wire, ctx } = opened()
  const tcp = new TcpEnds(wire, ctx).open()
  tcp.up(get('/').repeat(many)).down(ok.repeat(many)).close()
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, many)
  t.ok(
    ran.transactions.every(txn => txn.status === 204),
    'each has its own answer',
  )
  const octets = ran.transactions.reduce((sum, txn) => sum + txn.up_bytes + txn.down_bytes, 0)
  t.equal(octets, ran.summary.bytes)
})

t.test('hundreds of requests without an answer, then an answer', async t => {
  const { wire, ctx } = opened()
  const tcp = new TcpEnds(wire, ctx).open()
  for (let n = 0; n < 1000; n++) tcp.up(get(`/${n}`))
  tcp.down(ok).down(ok).close()
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, 1000)
  const answered = ran.transactions.filter(txn => txn.status === 204).map(txn => txn.url)
  t.strictSame(answered, [], 'the first two were settled long ago: theirs are orphans')
  t.match(ran.flows[0]?.reasons, ['orphan-response'])
})

t.test('a pipeline of a hundred is answered in order', async t => {
  const { wire, ctx } = opened()
  const tcp = new TcpEnds(wire, ctx).open()
  for (let n = 0; n < 100; n++) tcp.up(get(`/${n}`))
  for (let n = 0; n < 100; n++) tcp.down(`HTTP/1.1 ${200 + n} X\r\nContent-Length: 0\r\n\r\n`)
  const ran = await run(wire.frames)
  t.strictSame(
    ran.transactions.map(txn => [txn.n, txn.status]),
    Array.from({ length: 100 }, (_, i) => [i + 1, 200 + i]),
  )
})

t.test('the record of a long connection knows all charges that it met', async t => {
  const { wire, ctx } = opened()
  const tcp = new TcpEnds(wire, ctx).open()
  for (let n = 0; n < many * 2; n++) {
    tcp.up(get(n === 0 ? 'http://mmsc.test/' : 'http://web.test/')).down(ok)
  }
  const ran = await run(wire.frames)
  t.equal(ran.flows[0]?.verdict, 'MIXD')
  t.strictSame(ran.flows[0]?.rule_ids, [4261871614, 168165378])
  t.equal(ran.flows[0]?.rule_id, undefined)
})

t.test('WSP: a late reply to a transaction of long ago', async t => {
  const { wire, ctx } = opened()
  const udp = new UdpEnds(wire, ctx)
  for (let tid = 0; tid < 200; tid++) udp.up(withTid(tid, emitGet(`http://x.test/${tid}`, {})))
  for (let tid = 0; tid < 200; tid++) {
    udp.down(withTid(tid, emitReply(200, 'text/plain', {}, new Uint8Array(10))))
    udp.up(withTid(tid, emitGet(`http://y.test/${tid}`, {})))
  }
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, 400)
})

t.test('WTP: PDUs of a transaction that was settled on the way', async t => {
  const { wire, ctx } = opened()
  const udp = new UdpEnds(wire, ctx, { port: 9201 })
  const invoke = (tid: number) =>
    udp.up(emitInvoke({ tid, class: 2, trailer: 'no-sar' }, emitGet(`http://x.test/${tid}`, {})))
  for (let tid = 0; tid < 200; tid++) {
    invoke(tid)
    udp.down(emitResult(tid, 'no-sar', false, emitReply(200, 'text/plain', {}, new Uint8Array(9))))
  }
  for (let tid = 0; tid < 200; tid++) {
    udp.up(emitAck({ tid, responder: false }))
    invoke(1000 + tid)
  }
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, 400)
})

t.test('requests that are never complete do not pile up', async t => {
  const { wire, ctx } = opened()
  const udp = new UdpEnds(wire, ctx, { port: 9201 })
  udp.up(emitInvoke({ tid: 5000, class: 2, trailer: 'no-sar' }, emitGet('http://x.test/', {})))
  const long = emitGet(`http://x.test/${'x'.repeat(300)}`, {}).subarray(0, 100)
  for (let tid = 0; tid < 2000; tid++) {
    udp.up(emitInvoke({ tid, class: 2, trailer: 'more' }, long))
  }
  const ran = await run(wire.frames)
  t.equal(ran.transactions.length, 1)
  t.match(ran.flows[0]?.reasons, ['message-incomplete'])
})
