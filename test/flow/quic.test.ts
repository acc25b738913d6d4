/** QUIC flows: which transaction their octets belong to, and what is said when no name can be read.
 * RFC 9000, RFC 9001, rules.md 2.6 and 2.7. */

import t from 'tap'
import { context, snapped, UdpEnds, Wire } from '../helpers/frame.js'
import { hex } from '../helpers/hex.js'
import { engineOf, run, ugw } from '../helpers/run.js'
import { clientHello, crypto, initialPacket, v2 } from '../wire-quic/emit-initial.js'

const rules = `
ruleset: quic
version: '1'
profile: article
level1:
  - {id: 1, name: any, precedence: 10, match: {server: 0.0.0.0/0}, level2: names, charge: 700}
level2:
  names:
    - {precedence: 1, match: {sni: 'free.*'}, charge: 900}
charges:
  900: {tariff: free, name: free names}
  700: {tariff: charged, name: all else}
`
const engine = engineOf(undefined, rules)
const underUgw = engineOf(ugw, rules)
const dcid = hex('0001020304050607')
const chosen = hex('aabbccdd')
/** 1-RTT packets */
const short = Buffer.concat([hex('4a 5b'), Buffer.alloc(98, 7)])
const header = 28

function opened(port = 443) {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  return { wire, udp: new UdpEnds(wire, ctx, { server: '203.0.113.7', port }) }
}

t.test('the name of a ClientHello decides, the whole flow is its transaction', async t => {
  const { wire, udp } = opened()
  const first = initialPacket(dcid, crypto(0, clientHello('free.example')))
  udp.up(first).down(short).up(short).down(short)
  const ran = await run(wire.frames, { engine })
  t.match(ran.flows, [
    { app: 'quic', host: 'free.example', verdict: 'FREE', certainty: 'high', reasons: [] },
  ])
  t.match(ran.transactions, [
    {
      app: 'quic',
      url_source: 'sni',
      rule_id: 900,
      up_packets: 2,
      up_bytes: 2 * header + first.length + short.length,
      down_packets: 2,
      down_bytes: 2 * (header + short.length),
    },
  ])
})

t.test('a hello over two datagrams, with an answer between', async t => {
  const hello = clientHello('free.example', { filler: 1400 })
  for (const [name, order] of [
    ['in order', [0, 1]],
    ['the other way round', [1, 0]],
  ] as const) {
    const parts = [
      initialPacket(dcid, crypto(0, hello.subarray(0, 1000))),
      initialPacket(dcid, crypto(1000, hello.subarray(1000)), { number: 1 }),
    ]
    const { wire, udp } = opened()
    udp.up(parts[order[0]]!).down(short).up(parts[order[1]]!).down(short)
    const ran = await run(wire.frames, { engine })
    t.match(ran.flows, [{ host: 'free.example', verdict: 'FREE', reasons: [] }], name)
    t.match(ran.transactions, [{ up_packets: 2, down_packets: 2 }], name)
    const under = await run(wire.frames, { engine: underUgw })
    t.match(under.flows, [{ host: 'free.example', verdict: 'MIXD' }], `${name}: pre-id on level 1`)
  }
})

t.test('Retry, then the hello again', async t => {
  const { wire, udp } = opened()
  const hello = clientHello('free.example', { filler: 1400 })
  const [a, b] = [hello.subarray(0, 1000), hello.subarray(1000)]
  udp.up(initialPacket(dcid, crypto(0, a)))
  udp.down(hex(`ff 00000001 00 04 aabbccdd 746f6b656e ${'00'.repeat(16)}`))
  const token = Buffer.from('token')
  udp.up(initialPacket(chosen, crypto(0, a), { token, number: 1 }))
  udp.up(initialPacket(chosen, crypto(1000, b), { token, number: 2 }))
  const ran = await run(wire.frames, { engine })
  t.match(ran.flows, [{ host: 'free.example', verdict: 'FREE', transactions: 1 }])
  t.strictSame(ran.summary.faults, {})
})

t.test('encrypted ClientHello: the outer name, said to be one', async t => {
  const { wire, udp } = opened()
  udp.up(initialPacket(dcid, crypto(0, clientHello('free.outer', { ech: true }))))
  const ran = await run(wire.frames, { engine })
  t.match(ran.flows, [{ host: 'free.outer', certainty: 'medium', reasons: ['ech-outer-sni'] }])
})

t.test('no name, other versions, Google, garbage: no URL', async t => {
  const cases: [string, Uint8Array, object][] = [
    ['no name', initialPacket(dcid, crypto(0, clientHello(''))), { transactions: 1 }],
    [
      'Q050',
      hex(`c3 51303530 08 0001020304050607 00 00 41 ${'00'.repeat(40)}`),
      {
        app: 'quic',
        reasons: ['deferred-unresolved', 'opaque'],
      },
    ],
    ['short header', short, { app: 'other' }],
    ['truncated header', hex('c3 00000001 08 0001'), { app: 'other' }],
  ]
  for (const [name, octets, flow] of cases) {
    const { wire, udp } = opened()
    udp.up(octets).down(short).up(short)
    const ran = await run(wire.frames, { engine })
    t.match(ran.flows, [{ ...flow, verdict: 'CHRG' }], name)
    t.equal(ran.flows[0]?.host, undefined, name)
    t.equal(ran.flows[0]?.up_packets, 2, name)
    if (name === 'Q050') t.strictSame(ran.summary.faults, { 'quic/unsupported': 1 })
  }
})

t.test('damage: counted, and given up after a while', async t => {
  const { wire, udp } = opened()
  const packet = initialPacket(dcid, crypto(0, clientHello('free.example')))
  packet[600]! ^= 1
  for (let n = 0; n < 40; n++) udp.up(packet)
  const ran = await run(wire.frames, { engine })
  t.match(ran.flows, [{ app: 'quic', reasons: ['deferred-unresolved', 'opaque'], up_packets: 40 }])
  t.strictSame(ran.summary.faults, { 'quic/bad-value': 16 })
})

t.test('cut by the capture: the name that is left, with less certainty', async t => {
  const { wire, udp } = opened()
  udp.up(initialPacket(dcid, crypto(0, clientHello('free.example')), { protection: v2 }))
  udp.down(short)
  const ran = await run(snapped(wire.frames, 300), { engine })
  t.match(ran.flows, [{ host: 'free.example', verdict: 'FREE', certainty: 'low' }])
  t.ok(ran.flows[0]?.reasons.includes('truncated'))
  const less = await run(snapped(wire.frames, 130), { engine })
  t.match(less.flows, [{ app: 'quic', verdict: 'CHRG' }])
})

t.test('many hellos at once that are never whole do not pile up', async t => {
  const wire = new Wire()
  const ctx = context(1)
  wire.create(ctx)
  const part = crypto(0, clientHello('free.example', { filler: 1400 }).subarray(0, 1000))
  const packet = initialPacket(dcid, part)
  for (let n = 0; n < 1500; n++) {
    new UdpEnds(wire, ctx, { server: '203.0.113.7', port: 443, uePort: 10_000 + n }).up(packet)
  }
  const ran = await run(wire.frames, { engine })
  t.equal(ran.flows.length, 1500)
  t.equal(ran.transactions.length, 0)
})
