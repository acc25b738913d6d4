/** One subscriber's session over PFCP, GTP-C, Gx, Gy and RADIUS is one context; a recycled address, TEID or
 * number is not. In every order in which the messages may be captured. */

import t from 'tap'
import { PacketView } from '../../src/dissect/packet-view.js'
import { int32 } from '../../src/wire/octets.js'
import {
  type Account,
  accounting,
  association,
  type CreditControl,
  creditControl,
  pfcpIe as ie,
  pfcp,
  plainView,
} from './joined-builder.js'
import { address, type Octets } from './message-builder.js'
import { Stage } from './stage.js'

const smf = '10.3.0.1'
const upf = '10.3.0.2'
const gnb = '10.1.0.1'
const ue = '10.160.0.1'
const anna = '460011234567890'
const boris = '460019876543210'
const gx = 16777238
const gy = 4

class Joined extends Stage {
  pfcp(message: Octets, from: string, to: string): void {
    this.sessions.pfcp(plainView(message, from, to, ++this.frame))
  }

  establish(upSeid: number, teid: number, more: Octets[] = [], address = ue): void {
    const n = this.nextSequence()
    const rules = [ie.uplink(ie.choose()), ie.downlink(address)]
    this.pfcp(pfcp(50, 0, n, ie.fSeid(upSeid, smf), ...rules, ...more), smf, upf)
    const answer = [ie.cause(1), ie.fSeid(upSeid, upf), ie.created(ie.fTeid(teid, upf))]
    this.pfcp(pfcp(51, upSeid, n, ...answer), upf, smf)
  }

  modify(upSeid: number, ...ies: Octets[]): void {
    const n = this.nextSequence()
    this.pfcp(pfcp(52, upSeid, n, ...ies), smf, upf)
    this.pfcp(pfcp(53, upSeid, n, ie.cause(1)), upf, smf)
  }

  release(upSeid: number, cause = 1): void {
    const n = this.nextSequence()
    this.pfcp(pfcp(54, upSeid, n), smf, upf)
    this.pfcp(pfcp(55, upSeid, n, ie.cause(cause)), upf, smf)
  }

  credit(c: Partial<CreditControl> & { type: number }): void {
    const octets = Uint8Array.from(creditControl({ application: gx, session: 'gw;1;1', ...c }))
    this.sessions.diameter(octets, 0, octets.length, plainView([], smf, upf, ++this.frame))
  }

  account(a: Account): void {
    const message = accounting({ session: '1', ...a })
    this.sessions.radius(plainView(message, smf, upf, ++this.frame))
  }

  /** `3 up`: who has the address that a packet is from (or to). */
  packet(from: string, to: string): string {
    const view = new PacketView()
    view.buf = Uint8Array.from([...address(from), ...address(to)])
    view.version = 4
    view.src = int32(view.buf, 0)
    view.dst = int32(view.buf, 4)
    const found = this.sessions.identity(view)
    if (found < 0) return 'nobody'
    return `${this.at(found >> 1).context} ${(found & 1) === 0 ? 'up' : 'down'}`
  }
}

t.test('a PFCP session has its tunnels, its address, its subscriber and its end', async t => {
  const s = new Joined()
  s.establish(1, 0x80000001, [ie.user(anna), ie.dnn('3gnet')])
  s.modify(1, ie.towards(0xfffffffe, gnb))
  const [context] = s.live()
  t.match(context, { source: 'pfcp', gtpVersion: -1, imsi: anna, apn: '3gnet', ueV4: ue })
  t.equal(context?.teidUp, 0x80000001)
  t.equal(s.gPdu(upf, 0x80000001), '1 up')
  t.equal(s.gPdu(gnb, 0xfffffffe), '1 down')
  t.equal(s.gPdu(gnb, 0x80000001), 'unknown', 'a TEID alone says nothing')
  s.modify(1, ie.towards(7, '10.1.0.2'))
  t.equal(s.gPdu('10.1.0.2', 7), '1 down', 'moved to another gNB')
  t.equal(s.gPdu(gnb, 0xfffffffe), 'unknown')
  s.release(1, 64)
  t.equal(s.live().length, 1, 'a refused deletion deletes nothing')
  s.release(1)
  t.same(s.live(), [])
  t.equal(s.gPdu(upf, 0x80000001), 'unknown')
  t.same(s.kinds(), ['created', 'updated', 'updated', 'rejected', 'deleted'])
  t.same(s.faults, [])
})

t.test('a message that is sent again changes nothing', async t => {
  const s = new Joined()
  const ask = pfcp(50, 0, 9, ie.fSeid(1, smf), ie.uplink(ie.fTeid(5, upf)), ie.downlink(ue))
  const answer = pfcp(51, 1, 9, ie.cause(1), ie.fSeid(1, upf))
  for (const [m, from, to] of [
    [ask, smf, upf],
    [ask, smf, upf],
    [answer, upf, smf],
    [answer, upf, smf],
    [ask, smf, upf],
  ] as const) {
    s.pfcp(m, from, to)
  }
  t.equal(s.sessions.counts.created, 1)
  t.equal(s.sessions.counts.repeated, 3)
  t.equal(s.gPdu(upf, 5), '1 up', 'the F-TEID of the CP function counts')
})

t.test('a capture that begins later: the first modification shows the session', async t => {
  const s = new Joined()
  s.modify(3, ie.downlink(ue), ie.towards(6, gnb))
  t.equal(s.gPdu(gnb, 6), '1 down')
  t.match(s.events.at(-1)?.detail, /seen first in a modification/)
})

t.test('GTP-C and PFCP show one session, whichever is seen first', async t => {
  const gtp = { imsi: anna, teidDown: 0x21, teidUp: 0x11, sgsn: gnb, ggsn: upf, ue, apn: '3gnet' }
  for (const order of ['pfcp first', 'gtp first']) {
    const s = new Joined()
    if (order === 'pfcp first') s.establish(1, 0x11)
    s.create1(gtp)
    if (order === 'gtp first') s.establish(1, 0x11)
    t.equal(s.live().length, 1, order)
    t.match(s.live()[0], { context: 1, source: 'gtp', imsi: anna, ueV4: ue }, order)
    t.equal(s.sessions.counts.created, 1)
    t.equal(s.gPdu(upf, 0x11), '1 up')
    t.equal(s.gPdu(gnb, 0x21), '1 down')
    s.release(1)
    t.equal(s.live().length, 1, 'GTP-C says when it ends')
    s.delete1(gtp)
    t.same(s.live(), [])
  }
})

t.test('a TEID or an address that is given out again is another session', async t => {
  const s = new Joined()
  s.establish(1, 5, [ie.user(anna)])
  s.establish(2, 5, [ie.user(boris)], '10.160.0.2')
  t.same(
    s.live().map(c => c.imsi),
    [boris],
    'the TEID of a session whose deletion was not captured',
  )
  s.establish(3, 6, [ie.user(anna)], '10.160.0.2')
  t.same(
    s.live().map(c => c.imsi),
    [anna],
    'its address',
  )
  t.equal(s.kinds().filter(kind => kind === 'replaced').length, 2)
})

t.test('two sessions of one subscriber are two', async t => {
  const s = new Joined()
  s.establish(1, 5, [ie.user(anna), ie.dnn('internet')])
  s.establish(2, 6, [ie.user(anna), ie.dnn('ims')], '10.160.0.2')
  t.equal(s.live().length, 2)
})

t.test('a node that associates again with another start time has lost its sessions', async t => {
  const s = new Joined()
  s.pfcp(association(1, 0xe0000000), smf, upf)
  s.establish(1, 5)
  s.pfcp(association(2, 0xe0000000), smf, upf)
  t.equal(s.live().length, 1)
  s.pfcp(association(3, 0xe0000001), smf, upf)
  t.same(s.live(), [])
  t.equal(s.kinds().at(-1), 'peer-restart')
})

t.test('Gx says whose PFCP session it is, before or after it', async t => {
  for (const order of ['gx first', 'pfcp first']) {
    const s = new Joined()
    const who = { imsi: anna, msisdn: '8613012345678', apn: '3gnet', ue }
    if (order === 'gx first') s.credit({ type: 1, ...who })
    s.establish(1, 5)
    if (order === 'pfcp first') s.credit({ type: 1, ...who })
    t.equal(s.live().length, 1, order)
    t.match(s.live()[0], { source: 'pfcp', imsi: anna, msisdn: '8613012345678', apn: '3gnet' })
    t.equal(s.gPdu(upf, 5), '1 up')
    s.credit({ type: 1, application: gy, session: 'gw;2', imsi: anna, apn: '3gnet' })
    t.equal(s.events.at(-1)?.event, 'gy-start')
    t.equal(s.events.at(-1)?.context, 1, 'Gy by IMSI and APN')
    s.credit({ type: 3, imsi: anna })
    t.equal(s.live().length, 1, 'the PFCP session lives')
    s.release(1)
    t.same(s.live(), [])
  }
})

t.test('a network instance is no APN: Gx and GTP-C tell the right one', async t => {
  const s = new Joined()
  s.modify(1, ie.uplink(ie.fTeid(5, upf)), ie.core('core.example', ue))
  t.equal(s.live()[0]?.apn, 'core.example')
  s.credit({ type: 1, imsi: anna, apn: '3gnet', ue })
  t.match(s.live(), [{ context: 1, source: 'pfcp', imsi: anna, apn: '3gnet' }])
})

t.test('an address is a subscriber’s from start to stop', async t => {
  const s = new Joined()
  t.equal(s.packet(ue, '192.0.2.1'), 'nobody')
  s.account({ status: 1, imsi: anna, apn: '3gwap', ue })
  t.match(s.live()[0], { source: 'radius', imsi: anna, apn: '3gwap' })
  t.equal(s.packet(ue, '192.0.2.1'), '1 up')
  t.equal(s.packet('192.0.2.1', ue), '1 down')
  s.account({ status: 1, imsi: anna, apn: '3gwap', ue })
  s.account({ status: 3, imsi: anna, apn: '3gwap', ue })
  s.account({ status: 2, imsi: anna, ue })
  t.equal(s.packet(ue, '192.0.2.1'), 'nobody')
  t.same(
    s.kinds().filter(kind => kind.startsWith('radius')),
    ['radius-start', 'radius-interim', 'radius-stop'],
  )
  s.account({ status: 3, session: '2', imsi: boris, ue })
  t.equal(s.live()[0]?.imsi, boris, 'mid-session, the next one at this address')
  s.account({ status: 7 })
  t.same(s.live(), [], 'Accounting-On ends the sessions of the NAS')
})

t.test('a start with another IMSI ends what had the address, and joins nothing', async t => {
  const s = new Joined()
  s.account({ status: 1, session: '1', imsi: anna, ue })
  s.account({ status: 1, session: '2', imsi: boris, ue })
  t.same(
    s.live().map(c => c.imsi),
    [boris],
  )
  s.account({ status: 2, session: '1', imsi: anna, ue })
  t.equal(s.packet(ue, '192.0.2.1'), '2 up', 'the late stop is of the first one')
  s.credit({ type: 1, imsi: anna, apn: '3gnet', ue: '10.160.0.9' })
  s.establish(1, 5, [ie.user(boris)], '10.160.0.9')
  t.match(
    s.live().find(c => c.ueV4 === '10.160.0.9'),
    { imsi: boris, msisdn: '' },
  )
})

t.test('an identity serves one context: the next one at its address is not joined', async t => {
  const s = new Joined()
  s.credit({ type: 1, imsi: anna, apn: '3gnet', ue })
  s.establish(1, 5)
  s.release(1)
  s.establish(2, 6)
  t.equal(s.live()[0]?.imsi, '', 'termination on Gx may come later, the address is free before')
})

t.test('a number that moved to another SIM card joins nobody', async t => {
  const s = new Joined()
  s.account({ status: 1, session: '1', imsi: anna, msisdn: '8613012345678', ue })
  s.account({ status: 1, session: '2', imsi: boris, msisdn: '8613012345678', ue: '10.160.0.2' })
  t.same(
    s
      .live()
      .map(c => c.imsi)
      .sort(),
    [anna, boris],
  )
})

t.test('a refused start is taken back', async t => {
  const s = new Joined()
  s.credit({ type: 1, imsi: anna, ue })
  s.credit({ type: 1, result: 5003 })
  t.equal(s.packet(ue, '192.0.2.1'), 'nobody')
  t.match(
    s.events.find(e => e.event === 'rejected'),
    { cause: 5003, imsi: anna },
  )
})

t.test('GTP-C takes over what Gx began', async t => {
  const s = new Joined()
  s.credit({ type: 1, imsi: anna, msisdn: '8613012345678', apn: '3gnet', ue })
  s.create1({ imsi: anna, teidDown: 1, teidUp: 2, apn: '3gnet', ue })
  t.equal(s.live().length, 1)
  t.match(s.live()[0], { context: 1, source: 'gtp' })
  t.equal(s.packet(ue, '192.0.2.1'), 'nobody', 'packets have a tunnel now')
})

t.test('the books are bounded', async t => {
  const s = new Joined({ maxContexts: 4 })
  for (let i = 1; i <= 50; i++) {
    s.account({ status: 1, session: `${i}`, imsi: anna, ue: `10.160.1.${i}` })
    s.establish(100 + i, 1000 + i, [], `10.160.2.${i}`)
  }
  t.equal(s.live().length, 4)
  t.equal(s.sessions.counts.evicted, 96)
})

t.test('no cut or changed message throws', async t => {
  const s = new Joined()
  const messages = [
    pfcp(50, 0, 1, ie.fSeid(1, smf), ie.uplink(ie.fTeid(5, upf)), ie.downlink(ue), ie.user(anna)),
    pfcp(52, 1, 2, ie.towards(6, gnb)),
    accounting({ status: 1, session: '1', imsi: anna, ue }),
    creditControl({ application: gx, session: 's', type: 1, imsi: anna, ue }),
  ]
  const give = (octets: Octets) => {
    s.pfcp(octets, smf, upf)
    s.pfcp(pfcp(51, 1, 1, ie.cause(1), ie.fSeid(1, upf)), upf, smf)
    s.sessions.radius(plainView(octets, smf, upf, 1))
    const raw = Uint8Array.from(octets)
    s.sessions.diameter(raw, 0, raw.length, plainView([], smf, upf, 1))
  }
  let seed = 0x2545f491
  const chance = (n: number) => {
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return (seed >>> 0) % n
  }
  for (const message of messages) {
    for (let n = 0; n < message.length; n++) give(message.slice(0, n))
    for (let i = 0; i < 300; i++) {
      const changed = [...message]
      changed[chance(changed.length)] = chance(256)
      give(changed)
    }
  }
  t.ok(s.faults.length > 0)
})
