/** Messages over TCP: cut, late, repeated, lost, and connections that nobody saw begin. Read RFC 9293
 * section 3.4. A message shows once, at the frame that completes it. */

import t from 'tap'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { context, snapped, TcpEnds, Wire } from '../helpers/frame.js'
import {
  certificate,
  certificateList,
  message,
  serverHello,
  records as tlsRecords,
} from '../wire-app/certificate-octets.js'
import { creditUpdate } from '../wire-control/diameter-builder.js'
import { clientHello } from '../wire-quic/emit-initial.js'
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

t.test('a lost segment costs its own message, not those behind it', async t => {
  const { wire, tcp } = opened()
  const { length } = get('/1')
  tcp
    .up(get('/1'))
    .up(get('/3'), { at: 2 * length })
    .up(get('/5'), { at: 4 * length })
  // not lost, but late: one whole, one in halves and in the wrong order
  tcp.up(get('/4').slice(20), { at: 3 * length + 20 })
  tcp.up(get('/2'), { at: length }).up(get('/4').slice(0, 20), { at: 3 * length })
  tcp.up(get('/3'), { at: 2 * length }).up(get('/6'), { at: 5 * length })
  t.strictSame(values(await inspected(wire.frames), uri), [
    '4: /1',
    '5: /3',
    '6: /5',
    '8: /2',
    '9: /4',
    '11: /6',
  ])
})

t.test('a late segment that reaches into what is known is read up to there', async t => {
  const { wire, tcp } = opened()
  const { length } = get('/1')
  tcp.up(get('/2'), { at: length }).up(get('/1') + get('/2') + get('/3'), { at: 0 })
  tcp.up(get('/3'), { at: 2 * length })
  const seen = values(await inspected(wire.frames), uri)
  t.strictSame(seen, ['4: /2', '5: /1', '6: /3'])
})

t.test('behind a hole, the second half of a message before the first', async t => {
  const { wire, tcp } = opened()
  const { length } = get('/1')
  tcp.up(get('/1'))
  tcp.up(get('/3').slice(20), { at: 2 * length + 20 })
  tcp.up(get('/3').slice(0, 20), { at: 2 * length })
  t.strictSame(values(await inspected(wire.frames), uri), ['4: /1', '6: /3'])
})

t.test('more holes than are remembered', async t => {
  const { wire, tcp } = opened()
  const { length } = get('/10')
  for (let i = 1; i < 40; i += 2) tcp.up(get(`/${10 + i}`), { at: length * i })
  for (let i = 0; i < 40; i += 2) tcp.up(get(`/${10 + i}`), { at: length * i })
  const records = await inspected(wire.frames)
  const seen = records.flatMap(record => record.fields[uri] ?? [])
  t.equal(new Set(seen).size, seen.length, 'none twice')
  t.equal(seen.filter(path => Number(String(path).slice(1)) % 2 === 1).length, 20)
  t.strictSame(seen.slice(-8), ['/34', '/36', '/38', '/40', '/42', '/44', '/46', '/48'])
})

t.test('what waits behind a hole is read after five seconds', async t => {
  const { wire, tcp } = opened()
  tcp.up(get('/broken').slice(0, 25)).up(get('/next'), { at: 1000 })
  wire.wait(6)
  tcp.up(get('/last'))
  const records = await inspected(wire.frames)
  t.strictSame(values(records, uri), ['6: /broken,/next,/last'])
  t.strictSame(values(records, '_ws.malformed'), ['6: http1/truncated'])
})

t.test('a message that the snap length cut shows what there is of it', async t => {
  const field = async (
    payload: Uint8Array | string,
    snaplen: number,
    port: number,
    name: string,
  ) => {
    const wire = new Wire()
    new TcpEnds(wire, context(1), { port }).open().up(payload)
    const records = await inspected(snapped(wire.frames, snaplen))
    return [...values(records, name), ...values(records, '_ws.malformed')]
  }
  // 90 octets of headers are before the payload
  const head = `${get('/cut').slice(0, -2)}User-Agent: x\r\n\r\n`
  t.strictSame(await field(head, 130, 80, 'http.host'), ['4: wap.test', '4: http1/truncated'])
  t.strictSame(await field(head, 105, 80, uri), [], 'not even a line')
  const hello = tlsRecords([...clientHello('cut.example', { alpn: ['h2', 'http/1.1'] })])
  const name = 'tls.handshake.extensions_server_name'
  t.strictSame(await field(hello, 90 + hello.length - 5, 443, name), [
    '4: cut.example',
    '4: tls/truncated',
  ])
  t.match(await field(creditUpdate, 170, 3868, 'diameter.cmd.code'), ['4: 272', /^4: diameter/])
  const query = [0, 45, 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 3, 99, 117, 116, 7]
  const example = [101, 120, 97, 109, 112, 108, 101, 0, 0, 1, 0, 1, 0, 0, 0, 0]
  const question = Uint8Array.from([...query, ...example, ...new Array<number>(12).fill(0)])
  t.match(await field(question, 125, 53, 'dns.qry.name'), ['4: cut.example', /^4: dns/])
})

t.test('names in the server’s certificate', async t => {
  const { wire, tcp } = opened()
  const list = certificateList(certificate({ commonName: 'cn.example', dnsNames: ['*.a.example'] }))
  tcp.up(tlsRecords([...clientHello('a.example')]))
  tcp.down(tlsRecords([...serverHello, ...message(11, list)]))
  // a client that has none
  tcp.up(tlsRecords(message(11, [0, 0, 0])))
  const frames = await inspected(wire.frames)
  t.strictSame(values(frames, 'tls.certificate.common_name'), ['5: cn.example'])
  t.strictSame(values(frames, 'x509ce.dNSName'), ['5: *.a.example'])
  t.strictSame(values(frames, '_ws.malformed'), [])
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
