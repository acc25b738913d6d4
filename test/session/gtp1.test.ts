/** GTPv1 scenarios: what a probe on Gn sees. TS 29.060 clause 7.3; numbers of the laboratory's scenarios in
 * brackets. */

import t from 'tap'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { contextSummary } from '../../src/session/context-summary.js'
import { gtp1, ie1, plmn46001 } from './message-builder.js'
import { request1, response1, Stage, type Subscriber } from './stage.js'

const sgsn = '10.1.0.1'
const ggsn = '10.2.0.1'
const one: Subscriber = { imsi: '460011234567890', teidDown: 1, teidUp: 1 }
const two: Subscriber = { imsi: '460011234567891', teidDown: 2, teidUp: 2, ue: '10.160.0.2' }

t.test('create, packets, delete', async t => {
  const s = new Stage()
  s.create1(one)
  t.strictSame(s.kinds(), ['create-request', 'created'])
  t.equal(s.gPdu(ggsn, 1), '1 up')
  t.equal(s.gPdu(sgsn, 1), '1 down')
  t.equal(s.gPdu(sgsn, 2), 'unknown')
  t.equal(s.gPdu('10.2.0.9', 1), 'unknown', 'a TEID alone says nothing')
  const context = s.live()[0]!
  t.strictSame(contextSummary(context), {
    context: 1,
    gtp_version: 1,
    createdUs: 1_002_000,
    created_frame: 2,
    apn: '3gwap',
    rat: 'UTRAN',
    uli: 'sai 460-01-4660-22136',
    charging_characteristics: '0800',
    charging_id: 0xfffffff1,
    bearer: 5,
    ue_v4: '10.160.0.1',
    sgsn,
    ggsn,
    teid_up: '0x00000001',
    teid_down: '0x00000001',
  })
  t.match(context, {
    imsi: '460011234567890',
    msisdn: '8613012345678',
    imei: '3512345678901201',
    servingPlmn: '460-01',
  })
  s.delete1(one)
  t.equal(s.gPdu(ggsn, 1), 'unknown')
  t.strictSame(s.calls, ['open 1', 'close 1 deleted'])
  t.equal(s.live().length, 0)
  t.match(
    context,
    { endReason: 'deleted', endedFrame: 4 },
    'whoever kept the object still reads it',
  )
  t.match(contextSummary(context), { endedUs: 1_004_000, end_reason: 'deleted' })
})

t.test('the context is there with the response, not with the request', async t => {
  const s = new Stage()
  s.send(request1(one, 9), sgsn, ggsn)
  t.equal(s.gPdu(sgsn, 1), 'unknown')
  t.strictSame(s.calls, [])
  s.send(response1(one, 9), ggsn, sgsn)
  t.equal(s.gPdu(sgsn, 1), '1 down')
})

t.test('TEIDs with the top bit set', async t => {
  const s = new Stage()
  s.create1({ imsi: one.imsi, teidDown: 0x80000001, teidUp: 0xfffffffe })
  t.equal(s.gPdu(ggsn, 0xfffffffe), '1 up')
  t.equal(s.gPdu(sgsn, 0x80000001), '1 down')
  t.match(contextSummary(s.live()[0]!), { teid_up: '0xfffffffe', teid_down: '0x80000001' })
})

t.test('rejected creates make no context [14]', async t => {
  const s = new Stage()
  for (const cause of [219, 220, 211, 192, 255]) s.create1(one, cause)
  t.strictSame(s.calls, [])
  const rejected = s.events.filter(e => e.event === 'rejected')
  t.strictSame(
    rejected.map(e => [e.cause, e.causeName, e.imsi, e.apn]),
    [
      [219, 'Missing or unknown APN', one.imsi, '3gwap'],
      [220, 'Unknown PDP address or PDP type', one.imsi, '3gwap'],
      [211, 'All dynamic PDP addresses are occupied', one.imsi, '3gwap'],
      [192, 'Non-existent', one.imsi, '3gwap'],
      [255, 'Request not fulfilled', one.imsi, '3gwap'],
    ],
  )
  t.equal(s.sessions.counts.rejected, 5)
  s.create1(one)
  t.equal(s.gPdu(ggsn, 1), '1 up')
})

t.test('what is sent twice counts once [24]', async t => {
  const s = new Stage()
  const twice = (m: Uint8Array, from: string, to: string) => {
    s.send(m, from, to)
    s.send(m, from, to)
  }
  twice(request1(one, 7), sgsn, ggsn)
  twice(response1(one, 7), ggsn, sgsn)
  t.strictSame(s.calls, ['open 1'])
  twice(gtp1(20, 1, 8, ie1.teardown(), ie1.nsapi(5)), sgsn, ggsn)
  twice(gtp1(21, 1, 8, ie1.cause(128)), ggsn, sgsn)
  t.strictSame(s.calls, ['open 1', 'close 1 deleted'])
  t.strictSame(s.kinds(), ['create-request', 'created', 'deleted'])
  t.equal(s.sessions.counts.repeated, 4)
})

t.test('the same sequence number with other octets is another request', async t => {
  const s = new Stage()
  s.send(request1(one, 7), sgsn, ggsn)
  s.send(response1(one, 7), ggsn, sgsn)
  s.send(request1(two, 7), sgsn, ggsn)
  s.send(response1(two, 7), ggsn, sgsn)
  t.strictSame(s.calls, ['open 1', 'open 2'])
})

t.test('the same octets ask anew once the context has ended', async t => {
  const s = new Stage()
  for (let i = 0; i < 2; i++) {
    s.send(request1(one, 7), sgsn, ggsn)
    s.send(response1(one, 7), ggsn, sgsn)
    s.send(gtp1(20, 1, 8, ie1.nsapi(5)), sgsn, ggsn)
    s.send(gtp1(21, 1, 8, ie1.cause(128)), ggsn, sgsn)
  }
  t.strictSame(s.calls, ['open 1', 'close 1 deleted', 'open 2', 'close 2 deleted'])
})

t.test('TEID 1 and one address for three subscribers, one after another [13]', async t => {
  const s = new Stage()
  for (let i = 0; i < 3; i++) {
    const who = { imsi: `46001123456789${i}`, sgsn: `10.1.0.${i + 1}`, teidDown: 1, teidUp: 1 }
    s.create1(who)
    t.equal(s.gPdu(ggsn, 1), `${i + 1} up`)
    t.equal(s.gPdu(who.sgsn, 1), `${i + 1} down`)
    t.equal(s.at(s.sessions.contexts.oldest).imsi, who.imsi)
    s.delete1(who)
    t.equal(s.gPdu(ggsn, 1), 'unknown')
  }
  t.equal(s.sessions.counts.subscribers, 3)
})

t.test('the same downlink TEID at three SGSNs at once [19]', async t => {
  const s = new Stage()
  for (let i = 1; i <= 3; i++) {
    s.create1({ imsi: `46001123456789${i}`, sgsn: `10.1.0.${i}`, teidDown: 1, teidUp: i })
  }
  for (let i = 1; i <= 3; i++) {
    t.equal(s.gPdu(`10.1.0.${i}`, 1), `${i} down`)
    t.equal(s.gPdu(ggsn, i), `${i} up`)
  }
})

t.test('created again with no delete: replaced', async t => {
  const s = new Stage()
  s.create1(one)
  s.create1({ ...one, teidUp: 7, teidDown: 7 })
  t.strictSame(s.calls, ['open 1', 'close 1 replaced', 'open 2'])
  t.strictSame(s.kinds(), ['create-request', 'created', 'create-request', 'replaced', 'created'])
  t.equal(s.gPdu(ggsn, 1), 'unknown')
  t.equal(s.gPdu(ggsn, 7), '2 up')
})

t.test('another NSAPI of the same subscriber is another context', async t => {
  const s = new Stage()
  s.create1(one)
  s.create1({ ...one, nsapi: 6, teidUp: 2, teidDown: 2, apn: '3gnet' })
  t.equal(s.live().length, 2)
  s.delete1({ ...one, nsapi: 6, teidUp: 2, teidDown: 2 }, 128, ie1.teardown())
  t.strictSame(
    s.live().map(c => c.apn),
    ['3gwap'],
    'another PDN connection is not torn down with it',
  )
  t.equal(s.sessions.counts.subscribers, 1)
})

t.test('a tunnel given to somebody else: the delete was lost', async t => {
  const s = new Stage()
  s.create1(one)
  s.create1({ ...two, teidUp: 1 })
  t.strictSame(s.calls, ['open 1', 'close 1 replaced', 'open 2'])
  t.equal(s.gPdu(ggsn, 1), '2 up')
})

t.test('update with another SGSN moves the downlink [25]', async t => {
  const s = new Stage()
  const other = '10.1.0.99'
  s.create1(one)
  const update = gtp1(
    18,
    1,
    50,
    ie1.rai(plmn46001, 8738, 2),
    ie1.teidData(1),
    ie1.nsapi(5),
    ie1.gsn(other),
    ie1.gsn(other),
    ie1.rat(2),
    ie1.sai(plmn46001, 8738, 7),
  )
  s.send(update, other, ggsn)
  t.equal(s.gPdu(other, 1), '1 down', 'already at the request: nobody else has this tunnel')
  t.equal(s.gPdu(sgsn, 1), '1 down', 'and the old one until the answer')
  s.send(gtp1(19, 1, 50, ie1.cause(128), ie1.recovery(1)), ggsn, other)
  t.equal(s.gPdu(other, 1), '1 down')
  t.equal(s.gPdu(sgsn, 1), 'unknown')
  t.equal(s.gPdu(ggsn, 1), '1 up')
  t.strictSame(s.calls, ['open 1', 'update 1'])
  t.equal(
    s.events.at(-1)!.detail,
    'sgsn 10.1.0.1 -> 10.1.0.99, rat UTRAN -> GERAN, ' +
      'uli sai 460-01-4660-22136 -> sai 460-01-8738-7',
  )
  s.delete1({ ...one, sgsn: other })
  t.strictSame(s.calls.at(-1), 'close 1 deleted', 'the GGSN still knows it by its own TEID')
})

t.test('a refused update changes nothing', async t => {
  const s = new Stage()
  s.create1(one)
  const other = '10.1.0.99'
  s.send(
    gtp1(18, 1, 50, ie1.teidData(9), ie1.nsapi(5), ie1.gsn(other), ie1.gsn(other)),
    other,
    ggsn,
  )
  s.send(gtp1(19, 1, 50, ie1.cause(210)), ggsn, other)
  t.equal(s.gPdu(other, 9), 'unknown')
  t.equal(s.gPdu(sgsn, 1), '1 down')
  t.equal(s.live()[0]!.teidDown, 1)
  t.match(s.events.at(-1), {
    event: 'rejected',
    cause: 210,
    context: 1,
    detail: 'Update PDP Context',
  })
})

t.test('update by the GGSN: the answer moves the SGSN user plane (direct tunnel)', async t => {
  const s = new Stage()
  s.create1(one)
  s.send(gtp1(18, 1, 60, ie1.nsapi(5)), ggsn, sgsn)
  s.send(gtp1(19, 1, 60, ie1.cause(128), ie1.teidData(0x77), ie1.gsn('10.3.0.1')), sgsn, ggsn)
  t.equal(
    s.gPdu('10.3.0.1', 0x77),
    '1 down',
    'a lone GSN address in this answer is for user traffic',
  )
  t.equal(s.gPdu(sgsn, 1), 'unknown')
  t.equal(s.live()[0]!.sgsn, sgsn)
})

t.test('a secondary context hangs on its primary one', async t => {
  const s = new Stage()
  s.create1(one)
  const request = gtp1(
    16,
    1,
    70,
    ie1.teidData(11),
    ie1.nsapi(6),
    ie1.nsapi(5),
    ie1.gsn(sgsn),
    ie1.gsn(sgsn),
  )
  s.send(request, sgsn, ggsn)
  const response = gtp1(
    17,
    1,
    70,
    ie1.cause(128),
    ie1.teidData(12),
    ie1.teidControl(1),
    ie1.gsn(ggsn),
    ie1.gsn(ggsn),
  )
  s.send(response, ggsn, sgsn)
  t.equal(s.gPdu(sgsn, 11), '2 down')
  t.match(s.live()[1], {
    imsi: one.imsi,
    apn: '3gwap',
    ueV4: '10.160.0.1',
    bearer: 6,
    linkedBearer: 5,
  })
  t.test('deleting the secondary leaves the primary', async t => {
    s.delete1({ ...one, nsapi: 6 })
    t.strictSame(s.calls, ['open 1', 'open 2', 'close 2 deleted'])
    t.equal(s.gPdu(ggsn, 1), '1 up')
  })
  t.test('a teardown takes both', async t => {
    s.send(
      gtp1(16, 1, 71, ie1.teidData(11), ie1.nsapi(6), ie1.nsapi(5), ie1.gsn(sgsn), ie1.gsn(sgsn)),
      sgsn,
      ggsn,
    )
    s.send(
      gtp1(17, 1, 71, ie1.cause(128), ie1.teidData(12), ie1.gsn(ggsn), ie1.gsn(ggsn)),
      ggsn,
      sgsn,
    )
    t.equal(s.live().length, 2)
    s.delete1(one, 128, ie1.teardown())
    t.equal(s.live().length, 0)
  })
  t.end()
})

t.test('network-initiated: what the GGSN asks for is there when the SGSN creates it', async t => {
  const s = new Stage()
  // 29.060 7.3.8: PDU Notification Request and Response name the control TEID of the GGSN
  const notification = [ie1.imsi(one.imsi), ie1.teidControl(0x99), ie1.eua4('10.160.0.1')]
  s.send(gtp1(27, 0, 90, ...notification, ie1.apn('3gwap'), ie1.gsn(ggsn)), ggsn, sgsn)
  s.send(gtp1(28, 0x99, 90, ie1.cause(128)), sgsn, ggsn)
  t.strictSame(s.calls, [], 'a notification makes no context')
  s.create1(one)
  // 7.3.20: Initiate PDP Context Activation asks for a secondary one, by a correlation id
  const correlation = [183, 0, 1, 7]
  s.send(gtp1(22, 1, 91, ie1.nsapi(5), correlation), ggsn, sgsn)
  s.send(gtp1(23, 1, 91, ie1.cause(128)), sgsn, ggsn)
  t.strictSame(s.calls, ['open 1'])
  const ends = [ie1.gsn(sgsn), ie1.gsn(sgsn), correlation]
  s.send(gtp1(16, 1, 92, ie1.teidData(11), ie1.nsapi(6), ie1.nsapi(5), ...ends), sgsn, ggsn)
  s.send(
    gtp1(17, 1, 92, ie1.cause(128), ie1.teidData(12), ie1.gsn(ggsn), ie1.gsn(ggsn)),
    ggsn,
    sgsn,
  )
  t.equal(s.gPdu(ggsn, 12), '2 up')
  t.match(s.live()[1], { imsi: one.imsi, ueV4: '10.160.0.1', bearer: 6, linkedBearer: 5 })
  // refused by the handset: 7.3.10, PDU Notification Reject
  s.send(gtp1(27, 0, 93, ...notification, ie1.apn('3gnet'), ie1.gsn(ggsn)), ggsn, sgsn)
  s.send(gtp1(28, 0x99, 93, ie1.cause(128)), sgsn, ggsn)
  s.send(gtp1(29, 0x99, 94, ie1.cause(203), ie1.teidControl(0x99)), sgsn, ggsn)
  s.send(gtp1(30, 0x99, 94, ie1.cause(128)), ggsn, sgsn)
  t.equal(s.live().length, 2)
  t.strictSame(s.faults, [])
})

t.test('deleting the primary alone leaves the secondary, which can then be deleted', async t => {
  const s = new Stage()
  s.create1(one)
  s.send(
    gtp1(16, 1, 70, ie1.teidData(11), ie1.nsapi(6), ie1.nsapi(5), ie1.gsn(sgsn), ie1.gsn(sgsn)),
    sgsn,
    ggsn,
  )
  s.send(
    gtp1(
      17,
      1,
      70,
      ie1.cause(128),
      ie1.teidData(12),
      ie1.teidControl(1),
      ie1.gsn(ggsn),
      ie1.gsn(ggsn),
    ),
    ggsn,
    sgsn,
  )
  s.delete1(one)
  t.strictSame(
    s.live().map(c => c.bearer),
    [6],
  )
  s.create1({ ...two, teidUp: 30, teidDown: 30 })
  s.delete1({ ...one, nsapi: 6 }, 128, ie1.teardown())
  t.strictSame(
    s.live().map(c => c.imsi),
    [two.imsi],
    'the row of the primary is in other hands',
  )
})

t.test('delete: refused, gone already, and without an answer', async t => {
  const s = new Stage({ responseTimeoutUs: 30_000_000 })
  s.create1(one)
  s.delete1(one, 199)
  t.equal(s.gPdu(ggsn, 1), '1 up')
  t.match(s.events.at(-1), { event: 'rejected', detail: 'Delete PDP Context' })
  s.delete1(one, 192)
  t.equal(s.live().length, 0, 'non-existent: the GGSN has no such context')
  s.create1(two)
  s.send(gtp1(20, 2, 99, ie1.nsapi(5)), sgsn, ggsn)
  t.equal(s.live().length, 1)
  s.sessions.expire(s.nowUs + 30_000_001)
  t.equal(s.live().length, 0)
  t.match(s.events.at(-2), {
    event: 'no-response',
    imsi: two.imsi,
    detail: `Delete PDP Context Request of frame ${s.frame}`,
  })
})

t.test('a delete by the GGSN', async t => {
  const s = new Stage()
  s.create1(one)
  s.send(gtp1(20, 1, 98, ie1.teardown(), ie1.nsapi(5)), ggsn, sgsn)
  t.equal(s.gPdu(ggsn, 1), '1 up', 'until the SGSN agrees')
  s.send(gtp1(21, 1, 98, ie1.cause(128)), sgsn, ggsn)
  t.strictSame(s.calls, ['open 1', 'close 1 deleted'])
})

t.test('a request without a response', async t => {
  const s = new Stage()
  s.send(request1(one, 5), sgsn, ggsn)
  s.sessions.expire(s.nowUs + 29_000_000)
  t.strictSame(s.kinds(), ['create-request'])
  s.sessions.expire(s.nowUs + 31_000_000)
  t.strictSame(s.kinds(), ['create-request', 'no-response'])
  s.send(request1(one, 6), sgsn, ggsn)
  s.sessions.end()
  t.equal(s.sessions.counts.noResponse, 1, 'at the end a young request is not reported')
})

t.test('the capture began in the middle', async t => {
  t.test('a response without its request', async t => {
    const s = new Stage()
    s.send(response1(one, 5), ggsn, sgsn)
    t.equal(s.gPdu(ggsn, 1), '1 up')
    t.match(s.live()[0], { imsi: '', ueV4: '10.160.0.1', sgsn, ggsn, teidDown: -1, bearer: -1 })
    s.send(response1(one, 5), ggsn, sgsn)
    t.strictSame(s.calls, ['open 1'], 'sent again')
  })
  t.test('an update of a context that was never created', async t => {
    const s = new Stage()
    s.send(
      gtp1(18, 0x99, 5, ie1.teidData(3), ie1.nsapi(5), ie1.gsn(sgsn), ie1.gsn(sgsn)),
      sgsn,
      ggsn,
    )
    s.send(
      gtp1(
        19,
        0x98,
        5,
        ie1.cause(128),
        ie1.teidData(4),
        ie1.teidControl(0x99),
        ie1.gsn(ggsn),
        ie1.gsn(ggsn),
      ),
      ggsn,
      sgsn,
    )
    t.equal(s.gPdu(ggsn, 4), '1 up')
    t.equal(s.gPdu(sgsn, 3), '1 down')
    s.send(gtp1(20, 0x99, 6, ie1.nsapi(5)), sgsn, ggsn)
    s.send(gtp1(21, 0x98, 6, ie1.cause(128)), ggsn, sgsn)
    t.equal(s.live().length, 0)
  })
  t.test('a delete of nothing', async t => {
    const s = new Stage()
    s.delete1(one)
    t.strictSame(s.calls, [])
  })
  t.end()
})

t.test('Error Indication ends the context [22]', async t => {
  const s = new Stage()
  s.create1(one)
  s.create1({ ...two, sgsn: '10.1.0.2' })
  s.send(gtp1(26, 0, 0, ie1.teidData(1), ie1.gsn(ggsn)), ggsn, sgsn, PacketKind.GtpUserSignal)
  t.strictSame(s.calls, ['open 1', 'open 2', 'close 1 error-indication'])
  t.match(s.events.at(-1), {
    event: 'error-indication',
    imsi: one.imsi,
    detail: '10.2.0.1 knows no tunnel 0x00000001',
  })
  s.send(gtp1(26, 0, 0, ie1.teidData(1), ie1.gsn(ggsn)), ggsn, sgsn, PacketKind.GtpUserSignal)
  t.equal(s.calls.length, 3, 'a second one finds nothing')
  s.send(
    gtp1(26, 0, 0, ie1.teidData(2), ie1.gsn('10.1.0.2')),
    '10.1.0.2',
    ggsn,
    PacketKind.GtpUserSignal,
  )
  t.equal(s.calls.at(-1), 'close 2 error-indication', 'from the SGSN too')
})

t.test('Version Not Supported refuses what was asked', async t => {
  const s = new Stage()
  s.send(request1(one, 5), sgsn, ggsn)
  s.send(gtp1(3, 0, 5), ggsn, sgsn)
  t.match(s.events.at(-1), { event: 'rejected', cause: 198, imsi: one.imsi })
})

t.test('alternative addresses: the same TEID over IPv6', async t => {
  const s = new Stage()
  const v6 = '2001:db8:0:0:0:0:0:5'
  s.send(request1(one, 5), sgsn, ggsn)
  const response = gtp1(
    17,
    1,
    5,
    ie1.cause(128),
    ie1.teidData(8),
    ie1.teidControl(8),
    ie1.gsn(ggsn),
    ie1.gsn(ggsn),
    ie1.gsn(v6),
    ie1.gsn(v6),
  )
  s.send(response, ggsn, sgsn)
  t.equal(s.gPdu(ggsn, 8), '1 up')
  t.equal(s.gPdu(v6, 8, '2001:db8:0:0:0:0:0:1'), '1 up')
  t.equal(s.gPdu('2001:db8:0:0:0:0:5:0', 8, '2001:db8:0:0:0:0:0:1'), 'unknown')
})

t.test('a message that the capture cut is counted, and used as far as it goes', async t => {
  const s = new Stage()
  const request = request1(one, 5)
  s.send(request.subarray(0, request.length - 20), sgsn, ggsn)
  t.strictSame(s.faults, ['gtp1-c/truncated'])
  s.send(response1(one, 5), ggsn, sgsn)
  t.match(s.live()[0], { imsi: one.imsi, imei: '', rat: 'UTRAN' })
})
