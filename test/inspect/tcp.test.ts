/** Messages over TCP: cut, late, repeated, lost, and connections that nobody saw begin. Read RFC 9293
 * section 3.4. A message shows once, at the frame that completes it. */

import t from 'tap'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { context, snapped, TcpEnds, Wire } from '../helpers/frame.js'
import { inspected, values } from './inspected.js'

const uri = 'http.request.uri'
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: wap.test\r\n\r\n`
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`

function opened(handshake = true) {
  const wire = new Wire()
  const tcp = new TcpEnds(wire, context(1))
  // the numbers of both directions wrap within a test: 2^32 - 256 + 1 onwards
  if (handshake) tcp.open()
  return { wire, tcp }
}

t.test('a head cut over segments shows at the last of them', async t => {
  const { wire, tcp } = opened()
  for (const piece of ['GE', 'T /a HTTP', '/1.1\r\nHost: wap', '.test\r', '\n\r', '\n'])
    tcp.up(piece)
  const records = await inspected(wire.frames)
  t.strictSame(values(records, uri), ['9: /a'])
  t.strictSame(values(records, 'http.request.full_uri'), ['9: http://wap.test/a'])
  t.strictSame(records[8]?.layers, ['eth', 'ip', 'udp', 'gtp', 'ip', 'tcp', 'http'])
})

t.test('every cut of two requests in one stream', async t => {
  const stream = get('/1') + get('/2')
  for (let cut = 1; cut < stream.length; cut++) {
    const { wire, tcp } = opened()
    tcp.up(stream.slice(0, cut)).up(stream.slice(cut))
    const records = await inspected(wire.frames)
    t.strictSame(
      records.flatMap(record => record.fields[uri] ?? []),
      ['/1', '/2'],
      `cut at ${cut}`,
    )
  }
})

t.test('segments in another order, and twice', async t => {
  const { wire, tcp } = opened()
  const text = get('/late')
  tcp.up(text.slice(10, 20), { at: 10 }).up(text.slice(20), { at: 20 })
  tcp.up(text.slice(20), { at: 20 }).up(text.slice(0, 15), { at: 0 }).up(text, { at: 0 })
  t.strictSame(values(await inspected(wire.frames), uri), ['7: /late'])
})

t.test('sequence numbers wrap in the middle of a message', async t => {
  const { wire, tcp } = opened()
  const long = get(`/${'x'.repeat(400)}`)
  tcp.up(long.slice(0, 300)).up(long.slice(300))
  t.strictSame(values(await inspected(wire.frames), uri), [`5: /${'x'.repeat(400)}`])
})

t.test('a connection that began before the capture', async t => {
  const { wire, tcp } = opened(false)
  tcp
    .up('the rest of a body')
    .up(get('/next'))
    .up('half of')
    .down('HTTP/1.1 200 O')
    .down('K\r\n\r\n')
  const records = await inspected(wire.frames)
  t.strictSame(values(records, uri), ['2: /next'])
  t.strictSame(values(records, 'http.response.code'), ['5: 200'])
})

t.test('behind a hole that stays, reading goes on with the next message', async t => {
  const { wire, tcp } = opened()
  tcp.up(get('/before').slice(0, 20))
  const { length } = get('/10')
  for (let i = 0; i < 70; i++) tcp.up(get(`/${10 + i}`), { at: 1000 + length * i })
  const seen = values(await inspected(wire.frames), uri)
  t.match(seen[0], /^69: \/10,\/11,.*\/74$/, 'the 65th segment is too many to wait')
  t.strictSame(seen.slice(1), ['70: /75', '71: /76', '72: /77', '73: /78', '74: /79'])
})

t.test('bodies are passed over, whatever they hold', async t => {
  const { wire, tcp } = opened()
  const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'5\r\nGET /\r\n0\r\n\r\n'}`
  tcp.up(`POST /p HTTP/1.1\r\nContent-Length: ${get('/no').length}\r\n\r\n`).up(get('/no'))
  tcp
    .up(get('/yes'))
    .down(ok(get('/no')))
    .down(chunks)
    .up('HEAD /h HTTP/1.1\r\n\r\n')
  tcp.down('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n').up(get('/2')).down(ok('x'))
  const records = await inspected(wire.frames)
  t.strictSame(values(records, uri), ['4: /p', '6: /yes', '9: /h', '11: /2'])
  t.strictSame(values(records, 'http.response.code'), ['7: 200', '8: 200', '10: 200', '12: 200'])
})

t.test('what a snap length cut off is a hole, and the next head is found', async t => {
  const { wire, tcp } = opened()
  tcp
    .up(get('/1'))
    .down(ok('y'.repeat(900)))
    .up(get('/2'))
  const records = await inspected(snapped(wire.frames, 200))
  t.strictSame(values(records, uri), ['4: /1', '6: /2'])
  t.equal(records[4]?.caplen, 200)
  t.ok((records[4]?.len ?? 0) > 200)
})

t.test('two subscribers with one address and one port', async t => {
  const wire = new Wire()
  const one = new TcpEnds(wire, context(1, '10.0.0.9'))
  const two = new TcpEnds(wire, context(2, '10.0.0.9'))
  const text = get('/x')
  one.open()
  two.open()
  one.up(text.slice(0, 9))
  two.up(text.slice(0, 9))
  two.up(text.slice(9))
  one.up(text.slice(9))
  t.strictSame(values(await inspected(wire.frames), uri), ['9: /x', '10: /x'])
})

t.test('the same ports again', async t => {
  const { wire, tcp } = opened()
  tcp.up(get('/first').slice(0, 12)).rst('up').renew(77).open().up(get('/second'))
  t.strictSame(values(await inspected(wire.frames), uri), ['9: /second'])
})

t.test('messages that never end take a bounded amount of memory', async t => {
  const inspector = new FrameInspector()
  const before = process.memoryUsage().arrayBuffers
  const text = 'a'.repeat(60_000)
  for (let n = 0; n < 90; n++) {
    const wire = new Wire()
    const tcp = new TcpEnds(wire, context(1), { uePort: 20_000 + n }).open()
    // the body of an MMS is kept until it is whole
    tcp.up(
      'POST / HTTP/1.1\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: 1000000\r\n\r\n',
    )
    for (let i = 0; i < 16; i++) tcp.up(text)
    await inspected(wire.frames, inspector)
  }
  const held = process.memoryUsage().arrayBuffers - before
  t.ok(held < 150e6, `${Math.round(held / 1e6)} MB`)
})
