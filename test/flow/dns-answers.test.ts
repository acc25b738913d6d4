/** Names learnt from DNS answers: what counts, how long, and for whom. RFC 1034 section 3.6.2, RFC 1035
 * section 4.2.2 (TCP). */

import t from 'tap'
import { DnsAnswers } from '../../src/flow/dns-answers.js'
import { emitDns } from '../../src/synth/emit-dns.js'
import { DnsMessage } from '../../src/wire/dns.js'
import { Fault } from '../../src/wire/fault.js'
import { context, TcpEnds, UdpEnds, Wire } from '../helpers/frame.js'
import { hex } from '../helpers/hex.js'
import { run } from '../helpers/run.js'
import { mutate, Xorshift } from '../wire-app/octets-of.js'

const query = {
  id: 7,
  rcode: 0,
  truncated: false,
  type: 'A',
  response: false,
  answers: [],
} as const
const ask = (name: string) => emitDns({ ...query, name })
const answer = (name: string, ...answers: string[]) =>
  emitDns({ ...query, name, answers, response: true })
const prefixed = (message: Uint8Array) =>
  Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message])

/** www.example: CNAME a.cdn.example, whose address is 203.0.113.5; then EDNS. */
const chain = hex(`
  0007 8180 0001 0005 0000 0001
  03777777 076578616d706c65 00 0001 0001            # at 12: www.example A
  0161 0363646e c010 0001 0001 0000000a 0004 cb007105 # at 29: a.cdn.example A, before its alias
  c00c 0005 0001 0000000a 0002 c01d                 # www.example CNAME a.cdn.example
  c00c 002e 0001 0000000a 0002 ffff                 # a signature
  026e6f 00 0001 0001 0000000a 0004 cb007106        # no: not asked for
  c01d 001c 0001 00000e10 0010 20010db8000000000000000000000005
  00 0029 1000 00000000 0000                        # OPT
`)

function decoded(octets: Uint8Array): DnsMessage {
  const message = new DnsMessage()
  t.equal(message.decode(octets, 0, octets.length, new Fault()), true)
  return message
}

t.test('an address counts when the chain of aliases leads to it', async t => {
  const answers = new DnsAnswers()
  answers.learn('1', decoded(chain), chain, 1000, 1)
  t.strictSame(answers.names('1', '203.0.113.5', 1000), ['www.example'])
  t.strictSame(answers.names('1', '2001:db8::5', 1000), ['www.example'])
  t.strictSame(answers.names('1', '203.0.113.6', 1000), [])
  t.strictSame(answers.names('2', '203.0.113.5', 1000), [], 'another subscriber')
  t.equal(answers.size, 2)
  answers.forget('1')
  answers.forget('1')
  t.strictSame(answers.names('1', '203.0.113.5', 1000), [])
  t.equal(answers.size, 0)
})

t.test('times: from the answer on, for its TTL or five minutes', async t => {
  const answers = new DnsAnswers()
  answers.learn('1', decoded(chain), chain, 1e9, 1)
  const v4 = (atUs: number) => answers.names('1', '203.0.113.5', atUs).length
  t.strictSame([v4(1e9 - 1), v4(1e9), v4(1e9 + 300e6), v4(1e9 + 300e6 + 1)], [0, 1, 1, 0])
  const v6 = (atUs: number) => answers.names('1', '2001:db8::5', atUs).length
  t.strictSame([v6(1e9 + 3600e6), v6(1e9 + 3600e6 + 1)], [1, 0])
})

t.test('queries, errors, and messages without a question teach nothing', async t => {
  const answers = new DnsAnswers()
  for (const flags of ['0100', '8183']) {
    const octets = Uint8Array.from(chain)
    octets.set(hex(flags), 2)
    answers.learn('1', decoded(octets), octets, 0, 1)
  }
  const none = hex('0007 8180 0000 0001 0000 0000 00 0001 0001 0000000a 0004 cb007105')
  answers.learn('1', decoded(none), none, 0, 1)
  t.equal(answers.size, 0)
})

t.test('bounds: names of an address, addresses of a subscriber and of all', async t => {
  const answers = new DnsAnswers()
  const learn = (owner: string, name: string, address: string) => {
    const octets = answer(name, address)
    answers.learn(owner, decoded(octets), octets, 0, 1)
  }
  for (let n = 0; n < 6; n++) learn('1', `n${n}.example`, '192.0.2.1')
  learn('1', 'n4.example', '192.0.2.1')
  const names = ['n4', 'n5', 'n3', 'n2'].map(name => `${name}.example`)
  t.strictSame(answers.names('1', '192.0.2.1', 0), names, 'the latest four, latest first')
  for (let n = 0; n < 600; n++) learn('1', 'x.example', `10.0.${n >> 8}.${n & 255}`)
  t.equal(answers.size, 512)
  t.strictSame(answers.names('1', '192.0.2.1', 0), [])
  for (let owner = 0; owner < 140; owner++) {
    const octets = answer('x.example', ...Array.from({ length: 64 }, (_, n) => `10.1.0.${n}`))
    const message = decoded(octets)
    for (let n = 0; n < 8; n++) {
      // eight times other addresses
      for (const one of message.answers) octets[one.rdOff + 1] = n
      answers.learn(`o${owner}`, message, octets, 0, 1)
    }
  }
  t.equal(answers.size, 65_536)
})

t.test('a flow to a bare address shows the names that its subscriber was given', async t => {
  const wire = new Wire()
  const [one, two] = [context(1), context(2)]
  wire.create(one).create(two)
  const ports = { server: '192.0.2.53', port: 53 }
  const resolver = new UdpEnds(wire, one, ports)
  resolver.up(ask('a.example')).down(answer('a.example', '203.0.113.1'))
  resolver.up(ask('b.example')).down(answer('b.example', '203.0.113.1', '203.0.113.2'))
  const tcp = new TcpEnds(wire, one, ports).open()
  const stream = Buffer.concat([
    prefixed(answer('c.example', '203.0.113.3')),
    prefixed(answer('d.example', '203.0.113.4')),
    prefixed(chain),
  ])
  tcp.up(prefixed(ask('c.example'))).up(prefixed(ask('d.example')))
  for (let at = 0; at < stream.length; at += 9) tcp.down(stream.subarray(at, at + 9))
  const to = (ctx: typeof one, server: string, uePort: number) =>
    new UdpEnds(wire, ctx, { server, port: 7777, uePort }).up('hello')
  for (let n = 1; n <= 5; n++) to(one, `203.0.113.${n}`, 9000 + n)
  to(two, '203.0.113.1', 9009)
  const ran = await run(wire.frames)
  const names = ran.flows.filter(flow => flow.server_port === 7777).map(flow => flow.dns_names)
  t.strictSame(names, [
    ['b.example', 'a.example'],
    ['b.example'],
    ['c.example'],
    ['d.example'],
    ['www.example'],
    undefined,
  ])
  t.match(
    ran.flows.filter(flow => flow.server_port === 53),
    [
      { app: 'dns', host: 'a.example' },
      { app: 'dns', host: 'c.example' },
    ],
  )
})

t.test('a context that ended takes its names along', async t => {
  const wire = new Wire()
  const one = context(1)
  wire.create(one)
  const resolver = new UdpEnds(wire, one, { server: '192.0.2.53', port: 53 })
  resolver.up(ask('a.example')).down(answer('a.example', '203.0.113.1'))
  wire.delete(one).create(one)
  new UdpEnds(wire, one, { server: '203.0.113.1', port: 7777 }).up('hello')
  const ran = await run(wire.frames)
  t.equal(ran.flows.find(flow => flow.server_port === 7777)?.dns_names, undefined)
})

t.test('damaged answers change no octet and no fault beyond the first of a flow', async t => {
  const random = new Xorshift(5)
  const wire = new Wire()
  const one = context(1)
  wire.create(one)
  const udp = new UdpEnds(wire, one, { server: '192.0.2.53', port: 53 })
  const tcp = new TcpEnds(wire, one, { server: '192.0.2.53', port: 53 }).open()
  udp.up(ask('a.example'))
  tcp.up(prefixed(ask('a.example')))
  for (let n = 0; n < 300; n++) {
    const octets = mutate(chain, random)
    udp.down(octets)
    tcp.down(random.below(9) === 0 ? octets : prefixed(octets))
  }
  const ran = await run(wire.frames)
  t.equal(ran.flows.length, 2)
  t.strictSame(ran.summary.faults, {})
})
