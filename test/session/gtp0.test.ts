/** GTPv0 scenarios: the TID names the tunnel, addresses give the direction. GSM 09.60 clauses 6 and 7.5; the
 * laboratory's scenario 20. */

import t from 'tap'
import { contextSummary } from '../../src/session/context-summary.js'
import { gtp0, ie1, plmn46001, tid } from './message-builder.js'
import { Stage } from './stage.js'

const sgsn = '10.1.0.1'
const ggsn = '10.2.0.1'
const imsi = '460011234567890'
const name = tid(imsi, 5)

function create(s: Stage, sequence: number, tidOctets = name, ue = '10.160.0.19'): void {
  s.send(
    gtp0(
      16,
      tidOctets,
      sequence,
      ie1.rai(plmn46001, 4660, 1),
      ie1.flowData(1),
      ie1.flowControl(2),
      ie1.eua4(),
      ie1.apn('3gwap'),
      ie1.gsn(sgsn),
      ie1.gsn(sgsn),
      ie1.msisdn('8613012345678'),
    ),
    sgsn,
    ggsn,
  )
  s.send(
    gtp0(
      17,
      tidOctets,
      sequence,
      ie1.cause(128),
      ie1.flowData(3),
      ie1.flowControl(0),
      ie1.chargingId(1),
      ie1.eua4(ue),
      ie1.gsn(ggsn),
      ie1.gsn(ggsn),
    ),
    ggsn,
    sgsn,
  )
}

t.test('create, packets, delete', async t => {
  const s = new Stage()
  t.equal(s.tPdu0(ggsn, name), 'unknown')
  create(s, 1)
  t.equal(s.tPdu0(ggsn, name, sgsn), '1 up')
  t.equal(s.tPdu0(sgsn, name, ggsn), '1 down')
  t.equal(s.tPdu0('10.9.9.9', name, sgsn), '1 up', 'to another address of the GGSN')
  t.equal(s.tPdu0('10.9.9.9', name, '10.9.9.8'), 'unknown')
  t.equal(s.tPdu0(ggsn, tid(imsi, 6)), 'unknown')
  t.match(contextSummary(s.live()[0]!), {
    gtp_version: 0,
    apn: '3gwap',
    bearer: 5,
    charging_id: 1,
    ue_v4: '10.160.0.19',
    sgsn,
    ggsn,
    teid_up: '0x00000003',
    teid_down: '0x00000001',
  })
  t.match(s.live()[0], { imsi, msisdn: '8613012345678' })
  s.send(gtp0(20, name, 2), sgsn, ggsn)
  s.send(gtp0(21, name, 2, ie1.cause(128)), ggsn, sgsn)
  t.equal(s.tPdu0(ggsn, name), 'unknown')
  t.strictSame(s.calls, ['open 1', 'close 1 deleted'])
})

t.test('the reversed TID of libgtp names the same subscriber', async t => {
  const s = new Stage()
  const reversed = [...name].reverse()
  create(s, 1, reversed)
  t.match(s.live()[0], { imsi, bearer: 5 })
  t.equal(s.tPdu0(ggsn, reversed), '1 up', 'packets carry it as it is')
})

t.test('update moves the downlink; Error Indication by TID ends it', async t => {
  const s = new Stage()
  create(s, 1)
  const other = '10.1.0.99'
  s.send(
    gtp0(18, name, 2, ie1.flowData(9), ie1.flowControl(9), ie1.gsn(other), ie1.gsn(other)),
    other,
    ggsn,
  )
  s.send(
    gtp0(19, name, 2, ie1.cause(128), ie1.flowData(3), ie1.gsn(ggsn), ie1.gsn(ggsn)),
    ggsn,
    other,
  )
  t.equal(s.tPdu0(other, name, ggsn), '1 down')
  t.match(s.live()[0], { sgsn: other, teidDown: 9 })
  s.send(gtp0(26, name, 0), ggsn, other)
  t.equal(s.calls.at(-1), 'close 1 error-indication')
})

t.test('created again, rejected, and the row in other hands', async t => {
  const s = new Stage()
  create(s, 1)
  create(s, 2, name, '10.160.0.20')
  t.strictSame(s.calls, ['open 1', 'close 1 replaced', 'open 2'])
  t.equal(s.tPdu0(ggsn, name), '2 up')
  s.send(gtp0(16, tid('460011234567891', 5), 3, ie1.apn('x')), sgsn, ggsn)
  s.send(gtp0(17, tid('460011234567891', 5), 3, ie1.cause(199)), ggsn, sgsn)
  t.match(s.events.at(-1), { event: 'rejected', causeName: 'No resources available' })
  t.equal(s.live().length, 1)
})

t.test('GTPv0 and GTPv1 contexts of one GGSN do not meet', async t => {
  const s = new Stage()
  create(s, 1)
  s.create1({ imsi: '460011234567899', teidDown: 1, teidUp: 3 })
  t.equal(s.gPdu(ggsn, 3), '2 up')
  t.equal(s.gPdu(ggsn, 1), 'unknown', 'a flow label is not a TEID')
  t.equal(s.tPdu0(ggsn, name), '1 up')
})
