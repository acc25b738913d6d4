/** TLS: the name of a ClientHello that is cut or damaged, and of a certificate when the client asks for no
 * name. RFC 8446 section 4.1.2, RFC 5246 section 7.4.2, rules.md 2.6. */

import t from 'tap'
import { context, snapped, TcpEnds, Wire } from '../helpers/frame.js'
import { type RunOptions, run } from '../helpers/run.js'
import {
  certificate,
  certificateList,
  message,
  records,
  serverHello,
} from '../wire-app/certificate-octets.js'
import { clientHello } from '../wire-quic/emit-initial.js'

function opened() {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, tcp: new TcpEnds(wire, ctx, { port: 443, server: '203.0.113.9' }).open() }
}

const hello = (name: string, filler = 0) => records([...clientHello(name, { filler })])
const certified = message(
  11,
  certificateList(certificate({ commonName: 'cn.example', dnsNames: ['*.a.example'] })),
)
const flight = records([...serverHello, ...certified, ...message(14, [])])
const names = ['cn.example', '*.a.example']
const secret = records(new Array<number>(300).fill(9), 400, 23)
const flowOf = async (wire: Wire, options?: RunOptions) =>
  (await run(wire.frames, options)).flows[0]

t.test('certificate names of a connection that asks for none', async t => {
  for (const size of [4000, 100, 1]) {
    const { wire, tcp } = opened()
    tcp.up(hello(''))
    for (let at = 0; at < flight.length; at += size) tcp.down(flight.subarray(at, at + size))
    tcp.up(secret).down(secret).close()
    const flow = await flowOf(wire)
    t.strictSame(flow?.certificate_names, names, `segments of ${size}`)
    t.equal(flow?.host, undefined)
    t.strictSame(flow?.reasons, [])
    t.equal(flow?.transactions, 1)
  }
})

t.test('segments of the certificate in the wrong order', async t => {
  const { wire, tcp } = opened()
  tcp.up(hello(''))
  tcp.down(flight.subarray(50, 100), { at: 50 }).down(flight.subarray(0, 50), { at: 0 })
  tcp.down(flight.subarray(100), { at: 100 })
  t.strictSame((await flowOf(wire))?.certificate_names, names)
})

t.test('a name in the hello: the certificate is not looked at', async t => {
  const { wire, tcp } = opened()
  tcp.up(hello('named.example')).down(flight)
  const flow = await flowOf(wire)
  t.equal(flow?.host, 'named.example')
  t.equal(flow?.certificate_names, undefined)
})

t.test('TLS 1.3, a hole, a cut: no certificate, the flow goes on', async t => {
  const one = opened()
  one.tcp
    .up(hello(''))
    .down(records(serverHello))
    .down(records([1], 1, 20))
    .down(secret)
    .up(secret)
  const hole = opened()
  hole.tcp.up(hello('')).down(flight.subarray(0, 40)).down(flight.subarray(60), { at: 60 })
  hole.wire.wait(6)
  hole.tcp.down(secret).up(secret)
  for (const { wire } of [one, hole]) {
    const flow = await flowOf(wire)
    t.equal(flow?.certificate_names, undefined)
    t.equal(flow?.app, 'tls')
    t.equal(flow?.transactions, 1)
  }
  const { wire, tcp } = opened()
  tcp.up(hello('')).down(flight).down(secret)
  const cut = await run(snapped(wire.frames, 200))
  t.equal(cut.flows[0]?.certificate_names, undefined)
})

t.test('a hello that the capture cut off: the name that is left', async t => {
  const { wire, tcp } = opened()
  const whole = hello('left.example')
  tcp.up(whole).down(secret)
  let named = 0
  let cut = 0
  for (let snaplen = 90; snaplen < 90 + whole.length + 40; snaplen++) {
    const ran = await run(snapped(wire.frames, snaplen))
    const flow = ran.flows.find(one => one.protocol === 'tcp')
    if (flow?.host === undefined) {
      t.equal(named, 0, `${snaplen}`)
      continue
    }
    named++
    t.equal(flow.host, 'left.example')
    if (flow.reasons.includes('truncated')) cut++
    t.equal(flow.certainty, flow.reasons.includes('truncated') ? 'low' : 'high')
  }
  t.ok(cut > 5 && named > cut, `${cut} lengths cut the hello and leave the name`)
})

t.test('a hello that contradicts itself: the name all the same, and a fault', async t => {
  const { wire, tcp } = opened()
  const octets = hello('damaged.example')
  // the ALPN list says that it is longer than its extension
  const at = Buffer.from(octets).indexOf('h3') - 3
  octets[at + 1] = 0x7f
  tcp.up(octets).down(secret)
  const ran = await run(wire.frames)
  t.match(ran.flows, [{ host: 'damaged.example', transactions: 1 }])
  t.strictSame(ran.flows[0]?.reasons, ['message-incomplete'])
  t.strictSame(ran.summary.faults, { 'tls/bad-length': 1 })
})

t.test('offered protocols', async t => {
  const { wire, tcp } = opened()
  tcp.up(records([...clientHello('x.example', { alpn: ['h2', 'http/1.1'] })]))
  const ran = await run(wire.frames)
  t.match(ran.transactions, [{ alpn: 'h2 http/1.1' }])
})
