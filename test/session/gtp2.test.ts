/** GTPv2 scenarios on S11 and S5/S8. TS 29.274 clause 7.2. */

import t from 'tap'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { contextSummary } from '../../src/session/context-summary.js'
import { gtp1, gtp2, ie1, ie2, type Octets, plmn46001 } from './message-builder.js'
import { Stage } from './stage.js'

const imsi = '460011234567890'
// control: MME and SGW on S11, SGW and PGW on S5/S8
const mme = '10.5.0.1'
const sgw = '10.5.0.2'
const pgw = '10.5.0.3'
// user plane
const enb = '10.6.0.1'
const sgwU = '10.6.0.2'
const pgwU = '10.6.0.3'

const identity: Octets[] = [
  ie2.imsi(imsi),
  ie2.msisdn('8613012345678'),
  ie2.mei('3512345678901201'),
  ie2.tai(plmn46001, 1),
  ie2.servingNetwork(plmn46001),
  ie2.rat(6),
  ie2.apn('3gnet.mnc001.mcc460.gprs'),
]

interface Attach {
  sequence: number
  ue?: string
  cause?: number
  /** TEIDs: S11 MME, SGW; S1-U SGW; S5 SGW and PGW control, S5 SGW and PGW user */
  base?: number
  extra?: Octets[]
}

function s11Request({ sequence, base = 0x10, extra = [] }: Attach): Uint8Array {
  return gtp2(32, 0, sequence, [
    ...identity,
    ie2.fTeid(10, base + 1, mme),
    ie2.fTeid(7, 0, pgw, 1),
    ie2.paa4('0.0.0.0'),
    ie2.bearer([ie2.ebi(5)]),
    ...extra,
  ])
}

function s11Response({ sequence, base = 0x10, ue = '10.7.0.1', cause = 16 }: Attach): Uint8Array {
  if (cause !== 16) return gtp2(33, base + 1, sequence, [ie2.cause(cause)])
  return gtp2(33, base + 1, sequence, [
    ie2.cause(16),
    ie2.fTeid(11, base + 2, sgw),
    ie2.fTeid(7, base + 5, pgw, 1),
    ie2.paa4(ue),
    ie2.bearer([
      ie2.ebi(5),
      ie2.cause(16),
      ie2.fTeid(1, base + 3, sgwU),
      ie2.fTeid(5, base + 7, pgwU, 2),
    ]),
  ])
}

function s5Request({ sequence, base = 0x10 }: Attach): Uint8Array {
  return gtp2(32, 0, sequence, [
    ...identity,
    ie2.fTeid(6, base + 4, sgw),
    ie2.bearer([ie2.ebi(5), ie2.fTeid(4, base + 6, sgwU, 2)]),
  ])
}

function s5Response({ sequence, base = 0x10, ue = '10.7.0.1' }: Attach): Uint8Array {
  return gtp2(33, base + 4, sequence, [
    ie2.cause(16),
    ie2.fTeid(7, base + 5, pgw, 1),
    ie2.paa4(ue),
    ie2.bearer([
      ie2.ebi(5),
      ie2.cause(16),
      ie2.fTeid(5, base + 7, pgwU, 2),
      ie2.chargingId(0xffffffff),
    ]),
  ])
}

function attachS11(s: Stage, a: Attach): void {
  s.send(s11Request(a), mme, sgw)
  s.send(s11Response(a), sgw, mme)
}

/** eNodeB tells where it hears. */
function modify(s: Stage, sequence: number, teid: number, cause = 16, base = 0x10, to = enb): void {
  s.send(gtp2(34, base + 2, sequence, [ie2.bearer([ie2.ebi(5), ie2.fTeid(0, teid, to)])]), mme, sgw)
  s.send(
    gtp2(35, base + 1, sequence, [
      ie2.cause(cause),
      ie2.bearer([ie2.ebi(5), ie2.cause(cause), ie2.fTeid(1, base + 3, sgwU)]),
    ]),
    sgw,
    mme,
  )
}

t.test('attach, packets, detach on S11', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  modify(s, 2, 0xca6fe0dd)
  t.equal(s.gPdu(sgwU, 0x13), '1 up')
  t.equal(s.gPdu(enb, 0xca6fe0dd), '1 down')
  t.equal(s.gPdu(pgwU, 0x17), '1 up', 'the PGW on S5 is named on S11 too')
  t.strictSame(contextSummary(s.live()[0]!), {
    context: 1,
    gtp_version: 2,
    createdUs: 1_002_000,
    created_frame: 2,
    apn: '3gnet',
    rat: 'EUTRAN',
    uli: 'tai 460-01-1',
    bearer: 5,
    ue_v4: '10.7.0.1',
    sgsn: mme,
    ggsn: pgw,
    teid_up: '0x00000013',
    teid_down: '0xca6fe0dd',
  })
  t.match(s.live()[0], {
    imsi,
    msisdn: '8613012345678',
    imei: '3512345678901201',
    servingPlmn: '460-01',
    apnSent: '3gnet.mnc001.mcc460.gprs',
  })
  s.send(gtp2(36, 0x12, 3, [ie2.ebi(5)]), mme, sgw)
  s.send(gtp2(37, 0x11, 3, [ie2.cause(16)]), sgw, mme)
  t.equal(s.calls.at(-1), 'close 1 deleted')
  t.equal(s.gPdu(sgwU, 0x13), 'unknown')
})

for (const order of ['S5/S8 answers first', 'S11 answers first']) {
  t.test(`S11 and S5/S8 of one session are one context: ${order}`, async t => {
    const s = new Stage()
    s.send(s11Request({ sequence: 1 }), mme, sgw)
    s.send(s5Request({ sequence: 9 }), sgw, pgw)
    const answers = [
      () => s.send(s5Response({ sequence: 9 }), pgw, sgw),
      () => s.send(s11Response({ sequence: 1 }), sgw, mme),
    ]
    for (const answer of order.startsWith('S5') ? answers : answers.reverse()) answer()
    modify(s, 2, 0x99)
    t.equal(s.live().length, 1)
    t.equal(s.sessions.counts.created, 1)
    t.equal(s.sessions.counts.subscribers, 1)
    t.equal(s.kinds().filter(k => k === 'created').length, 1)
    t.equal(s.gPdu(sgwU, 0x13), '1 up')
    t.equal(s.gPdu(enb, 0x99), '1 down')
    t.equal(s.gPdu(pgwU, 0x17), '1 up')
    t.equal(s.gPdu(sgwU, 0x16), '1 down')
    t.match(s.live()[0], { sgsn: mme, ggsn: pgw, chargingId: 0xffffffff })
    s.send(gtp2(36, 0x12, 3, [ie2.ebi(5)]), mme, sgw)
    s.send(gtp2(36, 0x15, 10, [ie2.ebi(5)]), sgw, pgw)
    s.send(gtp2(37, 0x14, 10, [ie2.cause(16)]), pgw, sgw)
    s.send(gtp2(37, 0x11, 3, [ie2.cause(16)]), sgw, mme)
    t.equal(s.calls.filter(c => c.startsWith('close')).length, 1)
    t.equal(s.gPdu(sgwU, 0x16), 'unknown')
  })
}

t.test('attached again on both interfaces with no delete: one replaced, one new', async t => {
  const s = new Stage()
  for (const [i, base] of [0x10, 0x20].entries()) {
    s.send(s11Request({ sequence: 20 + i, base }), mme, sgw)
    s.send(s5Request({ sequence: 30 + i, base }), sgw, pgw)
    s.send(s5Response({ sequence: 30 + i, base, ue: `10.7.0.${i + 1}` }), pgw, sgw)
    s.send(s11Response({ sequence: 20 + i, base, ue: `10.7.0.${i + 1}` }), sgw, mme)
  }
  t.strictSame(
    s.calls.filter(c => !c.startsWith('update')),
    ['open 1', 'close 1 replaced', 'open 2'],
  )
  t.equal(s.gPdu(sgwU, 0x23), '2 up')
  t.equal(s.gPdu(sgwU, 0x13), 'unknown')
})

t.test('a rejected attach, and a rejected modification', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1, cause: 93 })
  t.strictSame(s.calls, [])
  t.match(s.events.at(-1), {
    event: 'rejected',
    cause: 93,
    causeName: 'APN access denied - no subscription',
    imsi,
    apn: '3gnet',
    detail: 'Create Session',
  })
  attachS11(s, { sequence: 2 })
  modify(s, 3, 0x50, 72)
  t.match(s.events.at(-1), { event: 'rejected', cause: 72, context: 1, detail: 'Modify Bearer' })
  t.equal(s.gPdu(enb, 0x50), 'unknown')
  t.equal(s.live()[0]!.teidDown, -1)
})

t.test('what is sent twice counts once', async t => {
  const s = new Stage()
  for (const m of [s11Request({ sequence: 1 }), s11Request({ sequence: 1 })]) s.send(m, mme, sgw)
  for (const m of [s11Response({ sequence: 1 }), s11Response({ sequence: 1 })]) s.send(m, sgw, mme)
  modify(s, 2, 0x50)
  modify(s, 2, 0x50)
  t.strictSame(s.calls, ['open 1', 'update 1'])
  t.equal(s.sessions.counts.repeated, 4)
})

t.test('handover between eNodeBs, then idle', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  modify(s, 2, 0x50)
  modify(s, 3, 0x60, 16, 0x10, '10.6.0.9')
  t.equal(s.gPdu(enb, 0x50), 'unknown')
  t.equal(s.gPdu('10.6.0.9', 0x60), '1 down')
  s.send(gtp2(170, 0x12, 4, []), mme, sgw)
  s.send(gtp2(171, 0x11, 4, [ie2.cause(16)]), sgw, mme)
  t.equal(s.gPdu('10.6.0.9', 0x60), 'unknown', 'the eNodeB gives this TEID to others now')
  t.equal(s.gPdu(sgwU, 0x13), '1 up')
  t.equal(s.events.at(-1)!.detail, 'access released')
})

t.test('an eNodeB that gives its TEID to another UE takes nothing but the tunnel', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  modify(s, 2, 0x50)
  const other = ie2.imsi('460011234567891')
  s.send(gtp2(32, 0, 3, [other, ie2.fTeid(10, 0x21, mme), ie2.bearer([ie2.ebi(5)])]), mme, sgw)
  s.send(
    gtp2(33, 0x21, 3, [
      ie2.cause(16),
      ie2.fTeid(11, 0x22, sgw),
      ie2.bearer([ie2.ebi(5), ie2.cause(16), ie2.fTeid(1, 0x23, sgwU)]),
    ]),
    sgw,
    mme,
  )
  modify(s, 4, 0x50, 16, 0x20)
  t.equal(s.gPdu(enb, 0x50), '2 down')
  t.equal(s.gPdu(sgwU, 0x13), '1 up', 'the first context lives')
  s.send(gtp2(36, 0x12, 5, [ie2.ebi(5)]), mme, sgw)
  s.send(gtp2(37, 0x11, 5, [ie2.cause(16)]), sgw, mme)
  t.equal(s.gPdu(enb, 0x50), '2 down', 'its end does not take what is no longer its own')
})

t.test('Error Indication of an eNodeB takes the tunnel, of an SGW the context', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  modify(s, 2, 0x50)
  s.send(gtp1(26, 0, 0, ie1.teidData(0x50), ie1.gsn(enb)), enb, sgwU, PacketKind.GtpUserSignal)
  t.equal(s.gPdu(enb, 0x50), 'unknown')
  t.equal(s.gPdu(sgwU, 0x13), '1 up')
  t.match(s.events.at(-1), { event: 'error-indication', context: 1 })
  s.send(gtp1(26, 0, 0, ie1.teidData(0x13), ie1.gsn(sgwU)), sgwU, enb, PacketKind.GtpUserSignal)
  t.equal(s.calls.at(-1), 'close 1 error-indication')
})

/** A dedicated bearer with EBI 6: request and response. */
function dedicated(s: Stage, sequence: number): void {
  s.send(
    gtp2(95, 0x11, sequence, [
      ie2.ebi(5),
      ie2.bearer([ie2.ebi(0), ie2.fTeid(1, 0x33, sgwU), ie2.chargingId(77)]),
    ]),
    sgw,
    mme,
  )
  s.send(
    gtp2(96, 0x12, sequence, [
      ie2.cause(16),
      ie2.bearer([ie2.ebi(6), ie2.cause(16), ie2.fTeid(0, 0x34, enb), ie2.fTeid(1, 0x33, sgwU, 1)]),
    ]),
    mme,
    sgw,
  )
}

t.test('a dedicated bearer comes and goes', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  dedicated(s, 2)
  t.equal(s.gPdu(sgwU, 0x33), '2 up')
  t.equal(s.gPdu(enb, 0x34), '2 down')
  t.match(s.live()[1], { bearer: 6, linkedBearer: 5, imsi, ueV4: '10.7.0.1', chargingId: 77 })
  t.equal(s.sessions.counts.subscribers, 1)
  s.send(gtp2(99, 0x11, 3, [ie2.ebi(6, 1)]), sgw, mme)
  s.send(gtp2(100, 0x12, 3, [ie2.cause(16)]), mme, sgw)
  t.strictSame(s.calls.at(-1), 'close 2 deleted')
  t.equal(s.live().length, 1)
  dedicated(s, 4)
  s.send(gtp2(99, 0x11, 5, [ie2.ebi(5)]), sgw, mme)
  s.send(gtp2(100, 0x12, 5, [ie2.cause(16)]), mme, sgw)
  t.equal(s.live().length, 0, 'the default bearer takes its connection with it')
})

t.test('piggybacked: Create Session Response with Create Bearer Request on its back', async t => {
  const s = new Stage()
  s.send(s11Request({ sequence: 1 }), mme, sgw)
  const first = s11Response({ sequence: 1 })
  first[0] = first[0]! | 0x10
  const second = gtp2(95, 0x11, 2, [ie2.ebi(5), ie2.bearer([ie2.ebi(0), ie2.fTeid(1, 0x33, sgwU)])])
  s.send(Uint8Array.from([...first, ...second]), sgw, mme)
  const answers = [
    gtp2(34, 0x12, 3, [ie2.bearer([ie2.ebi(5), ie2.fTeid(0, 0x50, enb)])], true),
    gtp2(96, 0x12, 2, [
      ie2.cause(16),
      ie2.bearer([ie2.ebi(6), ie2.cause(16), ie2.fTeid(0, 0x34, enb), ie2.fTeid(1, 0x33, sgwU, 1)]),
    ]),
  ]
  s.send(Uint8Array.from(answers.flatMap(a => [...a])), mme, sgw)
  t.equal(s.gPdu(sgwU, 0x33), '2 up')
  t.equal(s.gPdu(enb, 0x50), '1 down')
})

t.test('change of SGW: the request names the TEID of its PGW, and is no new session', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  modify(s, 2, 0x50)
  const newSgw = '10.5.0.9'
  s.send(
    gtp2(32, 0, 3, [
      ...identity,
      ie2.fTeid(10, 0x11, mme),
      ie2.fTeid(7, 0x15, pgw, 1),
      ie2.bearer([ie2.ebi(5), ie2.fTeid(0, 0x60, enb), ie2.fTeid(5, 0x17, pgwU, 2)]),
    ]),
    mme,
    newSgw,
  )
  s.send(
    gtp2(33, 0x11, 3, [
      ie2.cause(16),
      ie2.fTeid(11, 0x42, newSgw),
      ie2.bearer([ie2.ebi(5), ie2.cause(16), ie2.fTeid(1, 0x43, '10.6.0.9')]),
    ]),
    newSgw,
    mme,
  )
  t.equal(s.sessions.counts.created, 1)
  t.equal(s.gPdu('10.6.0.9', 0x43), '1 up')
  t.equal(s.gPdu(sgwU, 0x13), 'unknown')
  t.equal(s.gPdu(enb, 0x60), '1 down')
  // the old SGW is told to forget, with the Scope Indication: the session goes on
  s.send(gtp2(36, 0x12, 4, [ie2.ebi(5), ie2.indication(0, 2)]), mme, sgw)
  s.send(gtp2(37, 0x11, 4, [ie2.cause(16)]), sgw, mme)
  t.equal(s.live().length, 1)
})

t.test('IPv6 and both: PAA, F-TEIDs', async t => {
  const s = new Stage()
  const u6 = '2001:db8:0:0:0:0:6:2'
  s.send(
    gtp2(32, 0, 1, [...identity, ie2.fTeid(10, 0x11, mme), ie2.bearer([ie2.ebi(5)])]),
    mme,
    sgw,
  )
  s.send(
    gtp2(33, 0x11, 1, [
      ie2.cause(16),
      ie2.fTeid(11, 0x12, sgw),
      ie2.paa46('10.7.0.1', '2001:db8:46:1:0:0:0:1'),
      ie2.bearer([ie2.ebi(5), ie2.cause(16), ie2.fTeid(1, 0x80000013, u6)]),
    ]),
    sgw,
    mme,
  )
  t.match(s.live()[0], { ueV4: '10.7.0.1', ueV6: '2001:db8:46:1::/64' })
  t.equal(s.gPdu(u6, 0x80000013, '2001:db8:0:0:0:0:0:1'), '1 up')
})

t.test('change of location without a change of tunnel', async t => {
  const s = new Stage()
  attachS11(s, { sequence: 1 })
  s.send(gtp2(38, 0x12, 2, [ie2.tai(plmn46001, 7), ie2.rat(8)]), mme, sgw)
  s.send(gtp2(39, 0x11, 2, [ie2.cause(16)]), sgw, mme)
  t.equal(s.events.at(-1)!.detail, 'rat EUTRAN -> EUTRAN-NB-IoT, uli tai 460-01-1 -> tai 460-01-7')
})

t.test('the capture began in the middle', async t => {
  const s = new Stage()
  s.send(s11Response({ sequence: 1 }), sgw, mme)
  t.equal(s.gPdu(sgwU, 0x13), '1 up')
  t.match(s.live()[0], { imsi: '', ueV4: '10.7.0.1' })
  modify(s, 2, 0x50)
  t.equal(s.gPdu(enb, 0x50), '1 down')
  const late = new Stage()
  modify(late, 2, 0x50)
  t.equal(late.gPdu(enb, 0x50), '1 down')
  t.equal(late.gPdu(sgwU, 0x13), '1 up')
  late.send(gtp2(36, 0x12, 3, [ie2.ebi(5)]), mme, sgw)
  late.send(gtp2(37, 0x11, 3, [ie2.cause(16)]), sgw, mme)
  t.equal(late.live().length, 0, 'it is found again by the TEIDs of the headers')
})
