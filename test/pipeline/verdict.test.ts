/** What a flow is called: free, charged, blocked, mixed or unknown, and how sure that is. Interface.md
 * section 0 (verdict), blocked-after-renewal.md B3, rules.md 2.3, 2.5, 2.11. */

import t from 'tap'
import { addressOctets } from '../../src/synth/address.js'
import { emitEcho } from '../../src/synth/emit-icmp.js'
import { emitClientHello, emitTlsRecord, TlsContent } from '../../src/synth/emit-tls.js'
import { emitGet, withTid } from '../../src/synth/emit-wsp.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { context, snapped, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { article, engineOf, type RunOptions, run } from '../helpers/run.js'

const freeGet = 'GET http://mmsc.test/ HTTP/1.1\r\nHost: mmsc.test\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!'

function opened() {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, ctx }
}

t.test('SYNs without an answer: blocked after two minutes, not before', async t => {
  for (const [seconds, verdict] of [
    [100, 'CHRG'],
    [130, 'BLCK'],
  ] as const) {
    const { wire, ctx } = opened()
    const tcp = new TcpEnds(wire, ctx)
    for (let n = 0; n < 5; n++) {
      tcp.syn()
      wire.wait(seconds / 5)
    }
    tcp.syn()
    const ran = await run(wire.frames)
    t.match(ran.flows, [{ verdict, rule_id: 4261871614, up_packets: 6 }], `${seconds} s`)
    t.equal(ran.flows[0]?.reasons.includes('no-answer'), verdict === 'BLCK')
    t.equal(ran.summary.charged_bytes, 6 * 40, 'its octets stay under their id')
  }
})

t.test('one packet from the server and the flow is not blocked', async t => {
  const { wire, ctx } = opened()
  const tcp = new TcpEnds(wire, ctx).syn()
  wire.wait(121)
  tcp.syn().rst('down')
  const ran = await run(wire.frames)
  t.equal(ran.flows[0]?.verdict, 'CHRG')
})

t.test('an answer that redirects to the portal: blocked', async t => {
  const rules = `
ruleset: portal
version: "1"
profile: article
portals: [portal.operator.test]
level1: [{id: 1, precedence: 1, match: {protocol: tcp}, charge: 5}]
charges: {5: {tariff: charged}}
`
  for (const [location, verdict] of [
    ['http://portal.operator.test/renew', 'BLCK'],
    ['http://portal.operator.test.evil.test/', 'CHRG'],
    ['//portal.operator.test', 'BLCK'],
    ['/local', 'CHRG'],
  ] as const) {
    const { wire, ctx } = opened()
    const tcp = new TcpEnds(wire, ctx).open()
    tcp.up('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    tcp.down(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`)
    const ran = await run(wire.frames, { engine: engineOf(article, rules) })
    t.match(ran.flows, [{ verdict, rule_id: 5 }], location)
  }
})

t.test('no rule and no default: unmatched, unknown, not free', async t => {
  const rules = `
ruleset: narrow
version: "1"
profile: article
level1: [{id: 1, precedence: 1, match: {port: 81}, charge: 5}]
charges: {5: {tariff: free}}
`
  const { wire, ctx } = opened()
  new TcpEnds(wire, ctx).open().up(freeGet).down(ok)
  const ran = await run(wire.frames, { engine: engineOf(article, rules) })
  t.match(ran.flows, [{ verdict: 'UNKN', reasons: ['unmatched'], certainty: 'low' }])
  t.equal(ran.summary.unmatched_bytes, ran.summary.bytes)
  t.match(ran.usage, [{ row: 'unmatched', tariff: 'unknown' }])
})

t.test('an id without a tariff is unknown', async t => {
  const rules = `
ruleset: no tariff
version: "1"
profile: article
level1: [{id: 1, precedence: 1, match: {protocol: tcp}, charge: 5}]
charges: {5: {tariff: unknown}}
`
  const { wire, ctx } = opened()
  new TcpEnds(wire, ctx).open().up(freeGet).down(ok)
  const ran = await run(wire.frames, { engine: engineOf(article, rules) })
  t.match(ran.flows, [{ verdict: 'UNKN', rule_id: 5, reasons: ['no-tariff'] }])
  t.equal(ran.summary.unknown_bytes, ran.summary.bytes)
})

t.test('TLS: the name is read when the ClientHello is whole, wherever it is cut', async t => {
  const rules = `
ruleset: names
version: "1"
profile: article
level1: [{id: 1, precedence: 1, match: {protocol: tcp, port: 443}, charge: 5, level2: names}]
level2: {names: [{precedence: 1, match: {sni: {suffix: free.test}}, charge: 6}]}
charges: {5: {tariff: charged}, 6: {tariff: free}}
`
  const engine = engineOf(article, rules)
  const hello = (sni: string | undefined, ech = false) =>
    emitTlsRecord(TlsContent.handshake, emitClientHello(sni, ech, new Xorshift32(1)), true)
  const whole = hello('www.free.test')
  for (let cut = 0; cut < whole.length; cut += 7) {
    const { wire, ctx } = opened()
    const tcp = new TcpEnds(wire, ctx, { port: 443, server: '203.0.113.1' }).open()
    if (cut > 0) tcp.up(whole.subarray(0, cut))
    tcp.up(whole.subarray(cut)).down('x'.repeat(3000)).up('y'.repeat(100))
    const ran = await run(wire.frames, { engine })
    t.match(
      ran.transactions,
      [{ app: 'tls', host: 'www.free.test', url_source: 'sni', rule_id: 6 }],
      `cut at ${cut}`,
    )
    t.equal(ran.summary.free_bytes, ran.summary.bytes, 'handshake and all that follows too')
  }
  const { wire, ctx } = opened()
  const options = { port: 443, server: '203.0.113.1' }
  new TcpEnds(wire, ctx, options).open().up(hello(undefined)).down('x')
  new TcpEnds(wire, ctx, { ...options, uePort: 40_001 }).open().up(hello('free.test', true))
  const ran = await run(wire.frames, { engine })
  t.match(ran.flows, [
    { verdict: 'CHRG', rule_id: 5 },
    { verdict: 'FREE', rule_id: 6, reasons: ['ech-outer-sni'], certainty: 'medium' },
  ])
})

t.test('cut at 96 octets: what was on the wire is billed, the URL is not known', async t => {
  const { wire, ctx } = opened()
  new TcpEnds(wire, ctx).open().up(freeGet).down(ok).ack('up')
  // create and its answer are whole
  const frames = [...wire.frames.slice(0, 2), ...snapped(wire.frames.slice(2), 96)]
  const [whole, cut] = [await run(wire.frames), await run(frames)]
  t.equal(cut.summary.bytes, whole.summary.bytes)
  t.match(cut.flows, [{ verdict: 'CHRG', certainty: 'low' }])
  t.match(cut.flows[0]?.reasons, ['truncated'])
})

t.test('cut within the headers: the request line is enough', async t => {
  const { wire, ctx } = opened()
  new TcpEnds(wire, ctx).open().up(freeGet).down(ok).ack('up')
  const frames = [...wire.frames.slice(0, 2), ...snapped(wire.frames.slice(2), 90 + 40)]
  const ran = await run(frames)
  t.match(ran.transactions, [{ url: 'http://mmsc.test/', rule_id: 168165378 }])
  t.match(ran.transactions[0]?.reasons, ['truncated'])
})

t.test('a tunnel without a session: direction by what is known, tariff unknown', async t => {
  const play = async (way: 'up' | 'down', options: RunOptions, create: boolean, port = 9200) => {
    const wire = new Wire()
    const [known, strange] = [context(1), context(2)]
    if (create) wire.create(known)
    new UdpEnds(wire, strange, { port }).send(way, withTid(1, emitGet('http://mmsc.test/', {})))
    const ran = await run(wire.frames, options)
    const [flow] = ran.flows
    const sent = flow?.up_packets === 1 ? 'up' : 'down'
    const reasons = flow?.reasons.filter(reason => reason !== 'deferred-unresolved') ?? []
    return [sent, flow?.direction, flow?.verdict, ...reasons]
  }
  const none = 'no-session'
  for (const way of ['up', 'down'] as const) {
    const known = [way, 'known', 'UNKN', none]
    const bySession = await play(way, {}, true)
    t.strictSame(bySession, [...known, 'direction-inferred'], 'a GSN that a create named')
    const byPort = await play(way, {}, false)
    t.strictSame(byPort, [...known, 'direction-by-port'], 'the well-known port')
    const byNothing = await play(way, {}, false, 50_001)
    const unknown = ['up', 'unknown', 'UNKN', none, 'direction-unknown']
    t.strictSame(byNothing, unknown, 'its first packet counts as going up')
    const pooled = await play(way, { uePools: ['10.161.0.0/16'] }, false, 50_001)
    t.strictSame(pooled, [way, 'known', 'CHRG'], 'the operator says it: rated as with a session')
  }
})

t.test('direction unknown is a row of its own', async t => {
  const wire = new Wire()
  const udp = new UdpEnds(wire, context(1), { port: 50_001 })
  udp.up('1').down('22').up('333')
  const ran = await run(wire.frames)
  t.match(ran.flows, [{ up_packets: 2, down_packets: 1, direction: 'unknown' }])
  t.equal(ran.flows.length, 1)
  t.match(ran.usage, [{ row: 'direction-unknown', tariff: 'unknown' }])
  t.equal(ran.summary.direction_unknown_bytes, 3 * 28 + 6)
})

t.test(
  'without a session, SYN and SYN-ACK tell the direction, also when the answer is first',
  async t => {
    for (const first of ['up', 'down'] as const) {
      const wire = new Wire()
      const tcp = new TcpEnds(wire, context(1))
      if (first === 'up') tcp.syn()
      tcp.synAck().ack('up').up(freeGet)
      const ran = await run(wire.frames)
      t.match(ran.flows, [{ ue: '10.161.0.1', server_port: 80, down_packets: 1, transactions: 1 }])
    }
  },
)

t.test('the same 5-tuple in different tunnels without sessions are different flows', async t => {
  const wire = new Wire()
  for (const n of [1, 2])
    new UdpEnds(wire, context(n, '10.161.0.9'), { port: 53 }).up('x').down('y')
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 2)
  t.match(ran.flows, [
    { teid_up: '0xf0000013', teid_down: '0xf0000011', up_packets: 1, down_packets: 1 },
    { teid_up: '0xf0000023', teid_down: '0xf0000021', up_packets: 1, down_packets: 1 },
  ])
})

t.test('who tries all TEIDs with one packet does not slow the probe down', async t => {
  const wire = new Wire()
  for (let n = 0; n < 300; n++) {
    const ctx = context(1)
    ctx.teid = { ...ctx.teid, ggsnUser: n + 1 }
    new UdpEnds(wire, ctx, { port: 53 }).up('x')
  }
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 300)
  const left = ran.flows.filter(flow => flow.end_reason === 'capture-end')
  t.ok(left.length <= 65, 'the oldest of the same 5-tuple give way')
  t.equal(ran.summary.complete, false)
})

t.test('ICMP is a flow of its own, by the address alone', async t => {
  const { wire, ctx } = opened()
  const [ue, server] = [addressOctets('10.161.0.1'), addressOctets('10.0.0.172')]
  for (const seq of [1, 2]) {
    const ask = emitEcho(ue, server, { reply: false, id: 1, seq, data: new Uint8Array(8) })
    const answer = emitEcho(server, ue, { reply: true, id: 1, seq, data: new Uint8Array(8) })
    for (const one of wire.packets('10.161.0.1', '10.0.0.172', 1, ask)) wire.tunnel(ctx, 'up', one)
    for (const one of wire.packets('10.0.0.172', '10.161.0.1', 1, answer)) {
      wire.tunnel(ctx, 'down', one)
    }
  }
  const ran = await run(wire.frames)
  t.match(ran.flows, [
    { protocol: 'icmp', up_packets: 2, down_packets: 2, rule_id: 4294967294, certainty: 'high' },
  ])
  t.equal(ran.flows[0]?.server_port, undefined)
})
