/** The generator as a whole: reproducible, in the order of time, and honest about what it hid. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { capturesFolder, makeCapture } from './capture-set.js'

const head = `title: x
start: 2014-11-21T00:00:00Z
subscribers:
  a: {imsi: "460010000000001", ue: 10.0.0.1}
expectations:
  web: {id: 7, tariff: charged}
  free: {id: 9, tariff: free}
`
const http = (more: string) =>
  `  - http: {from: a, server: 10.0.0.172, requests: [{get: "http://h/1", response: {body: 5000}, expect: web}, {get: "http://h/2", expect: free}]${more}}\n`

function make(steps: string, more = '') {
  return makeCapture(`${head}${more}steps:\n  - create: a\n${steps}`, 'x.yaml')
}

t.test('the same scenario gives the same octets, another seed others', async t => {
  const one = make(http(''))
  const two = make(http(''))
  t.ok(Buffer.from(one.octets).equals(two.octets))
  t.strictSame(one.truth, two.truth)
  t.notOk(Buffer.from(one.octets).equals(make(http(''), 'seed: 2\n').octets))
})

t.test('steps beside each other come out in the order of time', async t => {
  const { truth } = make(
    '  - {at: 5, udp: {from: a, server: 10.0.0.2, port: 1, data: [{up: 1}]}}\n' +
      '  - {at: 1, udp: {from: a, server: 10.0.0.2, port: 2, data: [{up: 1}]}}\n',
  )
  t.strictSame(
    truth.flows.map(flow => [flow.server_port, flow.flow]),
    [
      [2, '3'],
      [1, '4'],
    ],
  )
  t.equal(truth.last, truth.flows[1]?.ts)
})

t.test('a packet hidden from the capture is not counted', async t => {
  const whole = make(http(''))
  const holed = make(http('').replace(/\n$/, '\n    impair: [{packet: 6, do: hide}]\n'))
  t.equal(holed.truth.charge_units, whole.truth.charge_units - 1)
  t.equal(holed.truth.frames, whole.truth.frames - 1)
  t.ok(holed.truth.bytes < whole.truth.bytes)
})

t.test('a packet captured twice is counted twice', async t => {
  const whole = make(http(''))
  const doubled = make(http('').replace(/\n$/, '\n    impair: [{packet: 6, do: duplicate}]\n'))
  t.equal(doubled.truth.charge_units, whole.truth.charge_units + 1)
})

t.test('an unseen request leaves its response undecided', async t => {
  // packets of the flow: SYN, SYN-ACK, ACK, first request
  const { truth } = make(http('').replace(/\n$/, '\n    impair: [{packet: 4, do: hide}]\n'))
  const [flow] = truth.flows
  t.equal(flow?.transactions.length, 1)
  t.equal(flow?.transactions[0]?.url, 'http://h/2')
  t.equal(flow?.transactions[0]?.exact, false)
  t.ok(truth.undecided.down_bytes >= 5000)
})

t.test('TCP: sequence numbers wrap and stay unsigned', async t => {
  const { octets } = make(http(', isn_ue: 4294967290, isn_server: 4294966000'))
  t.ok(octets.length > 5000)
})

t.test('a session that is refused makes no context; TEIDs come back at once', async t => {
  const { truth } = makeCapture(
    `${head}steps:\n  - create: {subscriber: a, cause: 199}\n  - create: a\n  - delete: a\n  - create: a\n`,
    'x.yaml',
  )
  const [a] = truth.subscribers
  t.equal(a?.contexts.length, 2)
  t.strictSame(
    a?.contexts.map(one => [one.teid_up, one.end_reason]),
    [
      ['0x00000001', 'deleted'],
      ['0x00000001', undefined],
    ],
  )
  t.strictSame(
    truth.events.map(one => one.event),
    [
      'create-request',
      'rejected',
      'create-request',
      'created',
      'deleted',
      'create-request',
      'created',
    ],
  )
})

t.test('a scenario whose every packet is hidden gives an empty capture', async t => {
  const { truth, octets } = makeCapture(
    `${head}network: {tunnel: false}\nimpair: {hide: 1}\nsteps:\n${http('')}`,
    'x.yaml',
  )
  t.equal(octets.length, 24)
  t.equal(truth.frames, 0)
  t.strictSame(truth.flows, [])
})

t.test('a refused update changes nothing', async t => {
  const traffic = '  - udp: {from: a, server: 10.0.0.2, port: 1, data: [{down: 1}]}\n'
  const update = (more: string) =>
    make(`  - update: {subscriber: a, sgsn: 192.0.2.12, rat: geran${more}}\n${traffic}`)
  const context = (made: ReturnType<typeof make>) => made.truth.subscribers[0]?.contexts[0]
  const moved = update('')
  t.equal(context(moved)?.sgsn, '192.0.2.12')
  t.equal(context(moved)?.rat, 'GERAN')
  for (const more of [', cause: 199', ', answered: false']) {
    const refused = update(more)
    t.equal(context(refused)?.sgsn, '192.0.2.11', more)
    t.equal(context(refused)?.rat, undefined)
  }
})

t.test('the example of captures/README.md can be played', async t => {
  const readme = readFileSync(join(capturesFolder, 'README.md'), 'utf8')
  const example = /```yaml\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const { truth } = makeCapture(example, 'retrieval.yaml')
  t.equal(truth.expected_totals[0]?.rule_id, 168165378)
  t.equal(truth.undecided.up_packets, 0)
  const quoted = /`(retrieval\.yaml:\d.*?)`/.exec(readme)?.[1] ?? ''
  const mistyped = example.replace('server: 10', 'sever: 10')
  t.throws(() => makeCapture(mistyped, 'retrieval.yaml'), { message: quoted })
})
