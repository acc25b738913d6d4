/** Restart counters. TS 23.007 clause 18; the laboratory's scenario 21 and its trap of two state directories. */

import t from 'tap'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { PathRecovery } from '../../src/session/path-recovery.js'
import { gtp1, gtp2, ie1, ie2 } from './message-builder.js'
import { request1, response1, Stage, type Subscriber } from './stage.js'

const ggsn = '10.2.0.1'
const one: Subscriber = { imsi: '460011234567890', sgsn: '10.1.0.1', teidDown: 1, teidUp: 1 }
const two: Subscriber = { imsi: '460011234567891', sgsn: '10.1.0.2', teidDown: 1, teidUp: 2 }
const three: Subscriber = { imsi: '460011234567892', sgsn: '10.1.0.1', teidDown: 3, teidUp: 3 }

const echo = (counter: number) => gtp1(2, 0, 1, ie1.recovery(counter))

t.test('an SGSN comes back: its contexts are gone, those of others are not [21]', async t => {
  const s = new Stage()
  s.send(echo(4), '10.1.0.1', ggsn)
  s.create1(one)
  s.create1(three)
  s.create1(two)
  s.send(echo(4), '10.1.0.1', ggsn)
  t.equal(s.live().length, 3)
  s.send(request1({ ...one, recovery: 5 }, 90), '10.1.0.1', ggsn)
  t.strictSame(
    s.live().map(c => c.imsi),
    [two.imsi],
  )
  const restarts = s.events.filter(e => e.event === 'peer-restart')
  t.strictSame(new Set(restarts.map(e => e.context)), new Set([1, 2]))
  t.equal(restarts[0]!.detail, '10.1.0.1 restarted, recovery 4 -> 5')
  s.send(response1(one, 90), ggsn, '10.1.0.1')
  s.send(echo(5), '10.1.0.1', ggsn)
  t.equal(s.gPdu(ggsn, 1), '4 up', 'the new one lives')
  t.equal(s.live().length, 2)
})

t.test('a GGSN restarts: all its contexts go, whoever made them', async t => {
  const s = new Stage()
  s.create1(one)
  s.create1(two)
  s.create1({ ...three, ggsn: '10.2.0.9' })
  s.send(echo(2), ggsn, '10.1.0.1')
  t.strictSame(
    s.live().map(c => c.imsi),
    [three.imsi],
  )
})

t.test('a value that goes back ends nothing', async t => {
  const s = new Stage()
  s.send(echo(9), '10.1.0.1', ggsn)
  s.create1({ ...one, recovery: 3 })
  t.equal(s.live().length, 1)
  s.send(echo(9), '10.1.0.1', ggsn)
  s.send(echo(3), '10.1.0.1', ggsn)
  s.send(echo(9), '10.1.0.1', ggsn)
  t.strictSame(
    s.calls,
    ['open 1'],
    'the context was made after 9 was told, by an instance that says 3',
  )
})

t.test('the counter goes round: 255 -> 0 is a restart', async t => {
  const r = new PathRecovery()
  t.equal(r.restarted(7, 1, 255), -1, 'the first value is only remembered')
  t.equal(r.restarted(7, 1, 0), 255)
  t.equal(r.restarted(7, 1, 255), -1)
  t.equal(r.restarted(7, 1, 127), 0)
  t.equal(r.restarted(7, 1, 255), -1, 'half the circle away is behind')
  t.equal(r.restarted(7, 2, 1), -1, 'GTPv2 counts apart')
  t.equal(r.restarted(8, 1, 1), -1)
})

t.test('the counter of the user plane means nothing', async t => {
  const s = new Stage()
  s.create1({ ...one, recovery: 3 })
  s.send(echo(9), '10.1.0.1', ggsn, PacketKind.GtpUserSignal)
  s.send(echo(0), ggsn, '10.1.0.1', PacketKind.GtpUserSignal)
  t.equal(s.live().length, 1)
})

t.test('GTPv2: Echo Request and Response carry it', async t => {
  const s = new Stage()
  const echo2 = (type: number, counter: number) => gtp2(type, undefined, 1, [ie2.recovery(counter)])
  s.send(echo2(1, 1), '10.5.0.1', '10.5.0.2')
  s.send(
    gtp2(32, 0, 2, [ie2.imsi(one.imsi), ie2.fTeid(10, 0x11, '10.5.0.1'), ie2.bearer([ie2.ebi(5)])]),
    '10.5.0.1',
    '10.5.0.2',
  )
  s.send(
    gtp2(33, 0x11, 2, [
      ie2.cause(16),
      ie2.fTeid(11, 0x12, '10.5.0.2'),
      ie2.bearer([ie2.ebi(5), ie2.cause(16), ie2.fTeid(1, 0x13, '10.5.0.3')]),
    ]),
    '10.5.0.2',
    '10.5.0.1',
  )
  t.equal(s.gPdu('10.5.0.3', 0x13), '1 up')
  s.send(echo2(2, 1), '10.5.0.1', '10.5.0.2')
  t.equal(s.live().length, 1)
  s.send(echo2(2, 2), '10.5.0.1', '10.5.0.2')
  t.equal(s.calls.at(-1), 'close 1 peer-restart')
})

t.test('a restart of a node without contexts is told once', async t => {
  const s = new Stage()
  s.send(echo(1), '10.1.0.7', ggsn)
  s.send(echo(2), '10.1.0.7', ggsn)
  t.match(s.events, [{ event: 'peer-restart', context: -1, imsi: '' }])
})
