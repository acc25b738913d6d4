/** What a handover puts on the wire besides the context's own tunnels, and changes of place by MS Info Change
 * Notification (TS 29.060 clauses 7.5B.1 and 7.5B.2). */

import t from 'tap'
import { gtp1, gtp2, ie1, ie2, plmn46001, viewOf } from './message-builder.js'
import { Stage } from './stage.js'

const mme = '10.1.0.1'
const sgw = '10.2.0.1'
const target = '10.3.0.2'

/** Whether a G-PDU to (address, TEID) is one that is forwarded. */
function forwarded(s: Stage, to: string, teid: number, from = '10.3.0.1'): boolean {
  return s.sessions.isForwarded(viewOf(gtp1(255, teid, 0), from, to, 0, s.nowUs))
}

t.test('indirect forwarding: through the S-GW, from the old eNodeB to the new one', async t => {
  const s = new Stage()
  t.notOk(forwarded(s, target, 0x55))
  const asked = ie2.bearer([ie2.ebi(5), ie2.fTeid(19, 0xf0000055, target)])
  s.send(gtp2(166, 0x21, 9, [asked]), mme, sgw)
  const given = ie2.bearer([ie2.ebi(5), ie2.cause(16), ie2.fTeid(23, 0x66, sgw)])
  s.send(gtp2(167, 0x11, 9, [ie2.cause(16), given]), sgw, mme)
  t.ok(forwarded(s, target, 0xf0000055 | 0), 'S-GW to the new eNodeB')
  t.ok(forwarded(s, sgw, 0x66), 'old eNodeB to the S-GW')
  t.notOk(forwarded(s, sgw, 0x67))
  t.notOk(forwarded(s, '10.3.0.3', 0xf0000055 | 0))
  t.equal(s.gPdu(sgw, 0x66), 'unknown', 'no tunnel of a context')
  s.nowUs += 121_000_000
  t.notOk(forwarded(s, sgw, 0x66), 'forgotten')
  t.strictSame(s.faults, [])
})

t.test('a TEID that is given to a context means the context', async t => {
  const s = new Stage()
  const given = ie2.bearer([ie2.ebi(5), ie2.fTeid(23, 7, '10.2.0.1')])
  s.send(gtp2(167, 0x11, 9, [ie2.cause(16), given]), sgw, mme)
  s.create1({ imsi: '460010000000001', teidUp: 7, teidDown: 8, ggsn: sgw })
  t.equal(s.gPdu(sgw, 7), '1 up')
})

t.test('IPv6 nodes, and a refusal without tunnels', async t => {
  const s = new Stage()
  const node = '2001:db8:0:0:0:0:0:9'
  const given = ie2.bearer([ie2.ebi(5), ie2.fTeid(28, 9, node)])
  s.send(gtp2(167, 0x11, 9, [ie2.cause(64), ie2.bearer([ie2.ebi(5), ie2.cause(64)])]), sgw, mme)
  s.send(gtp2(134, 0x11, 9, [ie2.cause(16), given]), sgw, mme)
  t.ok(forwarded(s, node, 9, '2001:db8:0:0:0:0:0:1'))
  t.notOk(forwarded(s, '2001:db8:0:0:0:0:0:8', 9, node))
})

t.test('MS Info Change Notification: place and access, as soon as it is answered', async t => {
  const s = new Stage()
  const one = { imsi: '460010000000001', teidUp: 2, teidDown: 3 }
  s.create1(one)
  const before = s.live()[0]?.uli
  const said = [ie1.imsi(one.imsi), ie1.rat(2), ie1.sai(plmn46001, 0x1234, 0x5678)]
  s.send(gtp1(128, 2, 40, ...said), '10.1.0.1', '10.2.0.1')
  t.equal(s.live()[0]?.uli, before, 'not before the answer')
  s.send(gtp1(129, 3, 40, ie1.cause(128)), '10.2.0.1', '10.1.0.1')
  t.match(s.live()[0], { rat: 'GERAN', uli: 'sai 460-01-4660-22136' })
  t.equal(s.events.at(-1)?.event, 'updated')
  t.equal(s.gPdu('10.2.0.1', 2), '1 up', 'its tunnels stay')
  t.equal(s.gPdu('10.1.0.1', 3), '1 down')
  s.send(gtp1(128, 2, 41, ie1.imsi(one.imsi), ie1.rat(1)), '10.1.0.1', '10.2.0.1')
  s.send(gtp1(129, 3, 41, ie1.cause(192)), '10.2.0.1', '10.1.0.1')
  t.match(s.live()[0], { rat: 'GERAN' }, 'refused')
})
