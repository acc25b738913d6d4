import t from 'tap'
import { DiameterHeader } from '../../src/wire/diameter.js'
import { creditFacts, redirects } from '../../src/wire/diameter-credit.js'
import { type DiameterFacts, readDiameter } from '../../src/wire/diameter-facts.js'
import { policyFacts } from '../../src/wire/diameter-policy.js'
import { spendingFacts } from '../../src/wire/diameter-spending.js'
import { subscriberFacts } from '../../src/wire/diameter-subscriber.js'
import { Fault } from '../../src/wire/fault.js'
import * as made from './diameter-builder.js'
import { avp, avp3gpp, message } from './diameter-builder.js'

function read(octets: Uint8Array): DiameterFacts {
  const header = new DiameterHeader()
  const fault = new Fault()
  const whole = header.decode(octets, 0, octets.length, fault)
  const facts = readDiameter(header, octets, fault)
  t.ok(whole && fault.code === 0, 'a whole message')
  return facts
}

t.test('whom a credit control message is about', async t => {
  const { avps, ...facts } = read(made.creditUpdate)
  t.same(facts, {
    sessionId: made.session,
    originHost: 'pgw.example.net',
    originRealm: 'example.net',
    destinationHost: '',
    destinationRealm: 'ocs.example.net',
    userName: 'user@example.net',
    subscriptions: [
      { type: 1, data: '460011234567890' },
      { type: 0, data: '8801711000017' },
    ],
    imsi: '460011234567890',
    msisdn: '8801711000017',
    calledStationId: 'internet',
    framedIpv4: '10.45.0.7',
    framedIpv6Prefix: '2001:db8:7::/64',
    result: -1,
    resultVendor: -1,
    experimentalResult: -1,
    errorMessage: '',
    requestType: 2,
    requestNumber: 0xffff_fffe,
    accountingRecord: -1,
    accountingNumber: -1,
    terminationCause: -1,
    eventTime: -1,
    rat: -1,
    ipCanType: -1,
  })
  const credit = creditFacts(avps)
  t.equal(credit.serviceContext, '32251@3gpp.org')
  t.equal(credit.services.length, 1)
  const [service] = credit.services
  t.equal(service?.ratingGroup, 0x8000_0064)
  t.same(service?.serviceIdentifiers, [7, 8])
  t.equal(service?.requested?.totalOctets, -1, 'asked for without an amount')
  t.equal(service?.granted, undefined)
  t.match(service?.used, [
    {
      seconds: 61,
      totalOctets: 2 ** 32 + 2,
      octetsUp: 2 ** 32,
      octetsDown: 2,
      reportingReasons: [3],
    },
  ])
})

t.test('the last units and the portal behind them', async t => {
  const facts = read(made.creditFinal)
  t.equal(facts.result, 2001, 'of the message, not of a service')
  const [granted, refused] = creditFacts(facts.avps).services
  t.match(granted, {
    ratingGroup: 100,
    granted: { totalOctets: 1048576, seconds: -1 },
    validity: 3600,
    result: 2001,
    finalUnit: {
      action: 1,
      redirect: { type: 2, address: 'http://portal.example.net/renew' },
      filters: ['permit out ip from 192.0.2.80 to any'],
      filterIds: ['portal'],
    },
    triggers: [4, 61],
    volumeThreshold: 65536,
    timeThreshold: 30,
    holdingTime: 600,
    unitThreshold: -1,
  })
  t.match(refused, { ratingGroup: 200, result: 4012, granted: undefined, finalUnit: undefined })
  t.same(creditFacts(facts.avps).services.map(redirects), [true, false])
})

t.test('units without services, and the final unit of RFC 8506', async t => {
  const answer = (...avps: Uint8Array[]) =>
    creditFacts(read(message({ command: 272, application: 4, answer: true }, avps)).avps)
  t.same(answer(avp(268, 4012)).services, [])
  const [own] = answer(
    avp(431, [avp(420, 60)]),
    avp(669, [avp(449, 1), avp(665, [avp(667, 'https://portal.example.net/')])]),
  ).services
  t.match(own, {
    ratingGroup: -1,
    granted: { seconds: 60 },
    finalUnit: { action: 1, redirect: { type: 2, address: 'https://portal.example.net/' } },
  })
  const toAddress = answer(
    avp(669, [avp(449, 1), avp(665, [avp(666, new Uint8Array([0, 1, 192, 0, 2, 80]))])]),
    avp(669, [avp(449, 0)]),
  )
  t.match(toAddress.services[0]?.finalUnit?.redirect, { type: 0, address: '192.0.2.80' })
  const sip = answer(avp(669, [avp(449, 1), avp(665, [avp(668, 'sip:portal@example.net')])]))
  t.match(sip.services[0]?.finalUnit?.redirect, { type: 3, address: 'sip:portal@example.net' })
  const stop = answer(avp(430, [avp(449, 0)]))
  t.match(stop.services[0]?.finalUnit, { action: 0, redirect: undefined, filters: [] })
})

t.test('rules installed and removed', async t => {
  const { avps } = read(made.policyChange)
  const policy = policyFacts(avps)
  t.same(policy.eventTriggers, [15, 33])
  t.same(policy.removes, [{ names: ['redirect-all'], baseNames: ['stopped'] }])
  t.equal(policy.installs.length, 1)
  const [install] = policy.installs
  t.same(install?.names, ['predefined'])
  t.same(install?.baseNames, ['base'])
  t.equal(install?.activation, 1_420_070_400)
  t.equal(install?.deactivation, -1)
  t.match(install?.definitions, [
    {
      name: 'web-free',
      ratingGroup: 9,
      serviceIdentifier: 5,
      flows: [
        { description: 'permit out 6 from 192.0.2.80 80 to 10.45.0.7', direction: 1 },
        { description: 'permit in 6 from 10.45.0.7 to 192.0.2.80 80', direction: -1 },
      ],
      flowStatus: 3,
      qos: { qci: 9, maxBitsUp: 4_000_000_000, maxBitsDown: 1000, priorityLevel: 15 },
      precedence: 100,
      online: 1,
      offline: 0,
      meteringMethod: 1,
      reportingLevel: 1,
      monitoringKey: 'month',
      application: 'app-1',
      redirect: { enabled: true, server: { type: 2, address: 'http://portal.example.net/' } },
    },
  ])
  t.match(policy.qos, { apnBitsUp: 1_000_000, apnBitsDown: 2_000_000, qci: -1 })
  t.match(policy.defaultBearerQos, { qci: 8 })
})

t.test('rules that failed, usage, the end of a session', async t => {
  const facts = read(made.policyFailure)
  t.match(facts, { result: -1, resultVendor: 10415, experimentalResult: 5142 })
  t.same(policyFacts(facts.avps).reports, [
    { names: ['web-free'], baseNames: [], status: 1, failure: 10, finalUnitAction: -1 },
  ])
  const more = read(
    message({ command: 258, application: 16777238 }, [
      avp3gpp(1018, [avp3gpp(1004, 'base'), avp(430, [avp(449, 2)])]),
      avp3gpp(1067, [avp3gpp(1066, 'month'), avp3gpp(1068, 0), avp(446, [avp(421, 2n ** 40n)])]),
      avp3gpp(1045, 1),
      avp3gpp(1085, [avp(433, 0)]),
    ]),
  )
  const policy = policyFacts(more.avps)
  t.match(policy.reports, [{ baseNames: ['base'], finalUnitAction: 2 }])
  t.match(policy.monitoring, [{ key: 'month', level: 0, usedOctets: 2 ** 40, grantedOctets: -1 }])
  t.equal(policy.releaseCause, 1)
})

t.test('a location update, answered and refused', async t => {
  const update = read(made.locationUpdate)
  t.match(update, { imsi: '460011234567890', rat: 1004, destinationRealm: 'hss.example.net' })
  t.match(subscriberFacts(update.avps), {
    visitedPlmn: '460-01',
    ulrFlags: 0x22,
    subscription: { present: false, status: -1, apns: [] },
  })
  const answer = read(made.locationAnswer)
  t.match(answer, { result: 2001, msisdn: '8801711000017' })
  t.match(subscriberFacts(answer.avps), {
    ulaFlags: 1,
    subscription: {
      present: true,
      status: 1,
      barring: 1,
      networkAccessMode: 2,
      maxBitsUp: 50_000_000,
      maxBitsDown: 100_000_000,
      defaultContext: 1,
      apns: [
        { contextIdentifier: 1, name: 'internet', pdnType: 2, qci: 9, maxBitsUp: 1000 },
        { contextIdentifier: 2, name: '*', pdnType: 0, qci: -1, maxBitsDown: -1 },
      ],
    },
  })
  const refused = read(made.locationRefused)
  t.match(refused, { result: -1, resultVendor: 10415, experimentalResult: 5004 })
  t.equal(subscriberFacts(refused.avps).errorDiagnostic, 3)
  const cancel = subscriberFacts(read(made.locationCancel).avps)
  t.match(cancel, { cancellation: 2, clrFlags: 2 })
})

t.test('subscriber data inserted while the terminal is attached, and refused', async t => {
  const barred = avp3gpp(1400, [avp3gpp(1424, 1), avp3gpp(1425, 0x101)])
  const insert = read(
    message({ command: 319, application: 16777251 }, [
      avp(1, '460011234567890'),
      barred,
      avp3gpp(1490, 4),
    ]),
  )
  t.equal(insert.imsi, '460011234567890')
  t.match(subscriberFacts(insert.avps), {
    idrFlags: 4,
    subscription: { present: true, status: 1, barring: 0x101, apns: [] },
  })
  const refused = read(
    message({ command: 319, application: 16777251, answer: true }, [
      avp(297, [avp(266, 10415), avp(298, 5001)]),
    ]),
  )
  t.match(refused, { experimentalResult: 5001, resultVendor: 10415 })
})

t.test('vectors for authentication are counted, not kept', async t => {
  const { avps } = read(
    message({ command: 318, application: 16777251, answer: true }, [
      avp3gpp(1413, [avp3gpp(1414, []), avp3gpp(1414, []), avp3gpp(1415, [])]),
    ]),
  )
  t.equal(subscriberFacts(avps).vectors, 3)
})

t.test('spending counters', async t => {
  t.same(spendingFacts(read(made.spendingNotice).avps), {
    requestType: -1,
    asked: [],
    counters: [
      {
        identifier: 'monthly',
        status: 'exhausted',
        pending: [{ status: 'normal', time: 1_420_070_400 }],
      },
    ],
  })
  const request = message({ command: 8388635, application: 16777302 }, [
    avp3gpp(2904, 1),
    avp3gpp(2901, 'monthly'),
    avp3gpp(2901, 'daily'),
  ])
  t.match(spendingFacts(read(request).avps), { requestType: 1, asked: ['monthly', 'daily'] })
})

t.test('where an IMSI may stand', async t => {
  const imsi = (application: number, ...avps: Uint8Array[]) =>
    read(message({ command: 272, application }, avps)).imsi
  t.equal(imsi(4, avp(1, '460011234567890')), '', 'a User-Name outside S6a is a name')
  t.equal(imsi(4, avp3gpp(1, '460011234567890')), '460011234567890', '3GPP-IMSI')
  const name = '@nai.epc.mnc001.mcc460.3gppnetwork.org'
  t.equal(imsi(4, avp(1, `0460011234567890${name}`)), '460011234567890')
  t.equal(imsi(4, avp(1, `2460011234567890${name}`)), '', 'a pseudonym')
  t.equal(imsi(16777251, avp(1, 'nobody')), '')
  t.equal(imsi(4, avp(443, [avp(450, 1), avp(444, 'not digits')])), '')
  t.equal(imsi(4, avp(263, 'feg;490;022;IMSI460011234567890')), '460011234567890')
  t.equal(imsi(4, avp(263, 'feg;490;4294967295')), '', 'the counter of a session')
})

t.test('addresses of the session', async t => {
  const request = message({ command: 272, application: 16777238 }, [
    avp(8, new Uint8Array([192, 168, 128, 12])),
    avp(97, new Uint8Array([0, 64, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 7])),
    avp(30, 'ims'),
    avp(55, 3_629_059_200),
    avp3gpp(1027, 5),
  ])
  t.match(read(request), {
    framedIpv4: '192.168.128.12',
    framedIpv6Prefix: '2001:db8:0:7::/64',
    calledStationId: 'ims',
    eventTime: 1_420_070_400,
    ipCanType: 5,
  })
})
