/** S-CDR, G-CDR, eG-CDR, SGW-CDR and PGW-CDR, field by field. TS 32.298 clause 5.2.2.2. */

import t from 'tap'
import { type ChargingRecord, readChargingRecord } from '../../src/wire/charging-record.js'
import { timeStampSeconds } from '../../src/wire/charging-time.js'
import { Fault } from '../../src/wire/fault.js'
import { hex } from '../helpers/hex.js'
import { hostile } from '../wire-wap/hostile.js'
import { open, pgw, service, tlv } from './records.js'

const fault = new Fault()

function read(text: string): ChargingRecord {
  const octets = hex(text)
  const record = readChargingRecord(octets, 0, octets.length, fault)
  if (record === undefined || fault.code !== 0) throw new RangeError(fault.key)
  return record
}

function faultOf(text: string): string {
  const octets = hex(text)
  readChargingRecord(octets, 0, octets.length, fault)
  return `${fault.key} at ${fault.at}`
}

const second = (text: string) => Date.parse(text) / 1000

t.test('a PGW-CDR with service containers', async t => {
  const first = service(
    '00fe06fffe',
    '04d2',
    '162e',
    tlv('91', '07'),
    tlv('85', '1411210130052b0000'),
  )
  const record = read(pgw({ services: [first, service('0a060002', '00', '010000')] }))
  t.match(record, {
    kind: 'pgw-cdr',
    imsi: '460010123456789',
    msisdn: '8615310000011',
    chargingId: 4097,
    gateway: '192.0.2.1',
    apn: '3gwap',
    ueV4: '10.161.0.17',
    openingS: second('2014-11-21T01:30:00Z'),
    durationS: 300,
    cause: 0,
    localSequence: 1,
    volumes: [],
  })
  t.match(record.services, [
    {
      ratingGroup: 4261871614,
      serviceIdentifier: 7,
      octetsUp: 1234,
      octetsDown: 5678,
      firstS: second('2014-11-21T01:30:05Z'),
    },
    { ratingGroup: 0x0a060002, serviceIdentifier: -1, octetsUp: 0, octetsDown: 65536 },
  ])
})

t.test('an S-CDR, a G-CDR, an eG-CDR of release 6 and an SGW-CDR', async t => {
  const volume = tlv(
    '30',
    tlv('83', '64'),
    tlv('84', '00c8'),
    tlv('85', '02'),
    tlv('86', '1411210135002b0800'),
  )
  const sgsn = tlv(
    'b4',
    tlv('80', '12'),
    tlv('83', '64000121436587f9'),
    tlv('a5', tlv('80', 'c000020b')),
    tlv('8a', '00fe000001'),
    tlv('ab', tlv('80', 'c0000201')),
    tlv('8c', '336777 6170'),
    tlv('ae', tlv('a0', tlv('81', '20010db8000000000000000000000001'))),
    tlv('af', volume, volume),
    tlv('90', '1411210930002b0800'),
    tlv('91', '3c'),
    tlv('9b', '91685113000010f1'),
  )
  t.match(read(sgsn), {
    kind: 's-cdr',
    chargingId: 0xfe000001,
    gateway: '192.0.2.1',
    ueV6: '2001:db8::1',
    openingS: second('2014-11-21T01:30:00Z'),
    durationS: 60,
    volumes: [
      { octetsUp: 100, octetsDown: 200, changeS: second('2014-11-20T17:35:00Z') },
      { octetsUp: 100, octetsDown: 200 },
    ],
    services: [],
  })
  t.match(read(pgw({ tag: 'b5', volumes: [volume] })), { kind: 'g-cdr', volumes: [{}] })
  const services = [service('01', '01', '02')]
  t.match(read(pgw({ tag: 'bc', services })), { kind: 'eg-cdr', services: [{ ratingGroup: 1 }] })
  t.match(read(pgw({ tag: 'bf46', services })), { kind: 'eg-cdr', services: [{ octetsDown: 2 }] })
  t.match(read(pgw({ tag: 'bf4e', volumes: [volume] })), { kind: 'sgw-cdr', gateway: '192.0.2.1' })
})

t.test('indefinite lengths everywhere, and elements that nobody knows', async t => {
  const list = open('bf22', open('30', tlv('81', '05'), tlv('8c', '07'), tlv('8d', '08')))
  const record = open(
    'bf4f',
    tlv('80', '55'),
    open('bf8130', tlv('04', 'aa')),
    list,
    tlv('9f63', '00'),
  )
  t.match(read(record), { services: [{ ratingGroup: 5, octetsUp: 7, octetsDown: 8 }] })
})

t.test('what cannot be read says where', async t => {
  t.equal(faultOf('30 03 020101'), 'cdr/unsupported at 0', 'no CHOICE of TS 32.298')
  t.equal(faultOf('b6 03 800116'), 'cdr/unsupported at 0', 'an M-CDR counts no octets')
  t.equal(faultOf('bf4f 08 80 01 55 83 08 6400'), 'ber/truncated at 0')
  t.equal(
    faultOf('bf4f 07 80 01 55 83 08 6400'),
    'ber/truncated at 6',
    'a field longer than its record',
  )
  t.equal(faultOf(pgw({ services: [tlv('30', tlv('8c', 'ff'))] })).slice(0, 13), 'cdr/bad-value')
  t.equal(faultOf(tlv('bf4f', tlv('8d', '1413410130002b0000'))), 'cdr/bad-value at 5', 'month 13')
})

t.test('time stamps', async t => {
  const stamp = (text: string) => timeStampSeconds(hex(text), 0, hex(text).length)
  t.equal(stamp('1411210130002b0545'), second('2014-11-20T19:45:00Z'))
  t.equal(stamp('1411210130002d0330'), second('2014-11-21T05:00:00Z'))
  for (const bad of [
    '14112101300020 0000',
    '1a11210130002b0000',
    '1411000130002b0000',
    '14112101',
  ]) {
    t.equal(stamp(bad), -1, bad)
  }
})

t.test('hostile octets', async t => {
  const volume = tlv('30', tlv('83', '64'), tlv('84', '00c8'), tlv('86', '1411210135002b0800'))
  const good = hex(pgw({ services: [service('05', '07', '08')], volumes: [volume] }))
  hostile(t, 'charging record', good, (buf, off, end) => {
    const record = readChargingRecord(buf, off, end, fault)
    return JSON.stringify([record ?? null, fault.key, fault.code === 0 ? 0 : fault.at - off])
  })
})
