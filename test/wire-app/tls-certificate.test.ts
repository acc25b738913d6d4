/** Names in certificates, and the server's messages up to them. RFC 5280, RFC 5246 section 7.4.2. */

import t from 'tap'
import { DerValue } from '../../src/wire/der.js'
import { Fault } from '../../src/wire/fault.js'
import { CertificateNames, maxCertificateNames } from '../../src/wire/tls-certificate.js'
import { FlightState, ServerFlight } from '../../src/wire/tls-server-flight.js'
import { hex } from '../helpers/hex.js'
import { hostile } from '../wire-wap/hostile.js'
import {
  type CertificateParts,
  certificate,
  certificateList,
  message,
  records,
  serverHello,
} from './certificate-octets.js'

const fault = new Fault()
const names = new CertificateNames()
const flight = new ServerFlight()

function namesOf(parts: CertificateParts): string[] {
  const body = Uint8Array.from(certificateList(certificate(parts), [1, 2, 3]))
  t.equal(names.decode(body, 0, body.length, fault), true)
  return names.names
}

t.test('common name and DNS names of the first certificate', async t => {
  const dnsNames = ['a.example', '*.b.example']
  t.strictSame(namesOf({ commonName: 'cn.example', dnsNames }), ['cn.example', ...dnsNames])
  t.strictSame(namesOf({ commonName: 'a.example', dnsNames }), dnsNames, 'each once')
  t.strictSame(namesOf({ dnsNames, critical: true }), dnsNames)
  t.strictSame(namesOf({ commonName: 'old.example', old: true }), ['old.example'])
  t.strictSame(namesOf({ commonName: 'printable', commonNameTag: 0x13 }), ['printable'])
  t.strictSame(namesOf({ commonName: '\0w\0i\0d\0e', commonNameTag: 0x1e }), [], 'not text')
  t.strictSame(namesOf({}), [])
  t.strictSame(namesOf({ dnsNames: ['x'.repeat(256), 'y'] }), ['y'])
  const many = Array.from({ length: 300 }, (_, i) => `n${i}.example`)
  t.strictSame(namesOf({ dnsNames: many }), many.slice(0, maxCertificateNames))
})

t.test('what is no certificate', async t => {
  const bad = (octets: Uint8Array) => [names.decode(octets, 0, octets.length, fault), fault.key]
  t.strictSame(bad(hex('000000')), [false, 'tls/truncated'])
  t.strictSame(bad(hex('000003 000000')), [false, 'tls/bad-value'], 'an empty one')
  t.strictSame(bad(hex('ffffff ffffff 30')), [false, 'tls/bad-length'])
  t.strictSame(bad(hex('000005 000003 3000')), [false, 'tls/bad-length'])
  t.strictSame(bad(hex('000007 000004 30020500')), [false, 'tls/bad-value'])
  const value = new DerValue()
  for (const octets of [
    '30',
    '3001',
    '3080 00',
    '1f01 00',
    '3085 0000000001 00',
    '3084 ffffffff',
  ]) {
    t.equal(value.decode(hex(octets), 0, hex(octets).length), false, octets)
  }
  t.equal(value.decode(hex('3084 00000001 07'), 0, 7), true)
  t.match(value, { off: 6, end: 7 })
})

const commonName = 'cn.example'
const dnsNames = ['a.example', 'b.example']
const certificateMessage = message(11, certificateList(certificate({ commonName, dnsNames })))
const done = message(14, [])

t.test('the flight, however its records and segments are cut', async t => {
  const all = [...serverHello, ...certificateMessage, ...done]
  for (const size of [16384, 100, 7, 1]) {
    const octets = records(all, size)
    for (let cut = 0; cut < octets.length; cut++) {
      const state = flight.decode(octets, 0, cut, fault)
      if (state === FlightState.Found) break
      t.equal(state, FlightState.NeedMore, `${size}, cut at ${cut}`)
    }
    t.equal(flight.decode(octets, 0, octets.length, fault), FlightState.Found, `${size}`)
    t.strictSame(flight.certificate.names, [commonName, ...dnsNames])
  }
})

t.test('no certificate in clear', async t => {
  const none = (...parts: Uint8Array[]) => {
    const octets = Buffer.concat(parts)
    return flight.decode(octets, 0, octets.length, fault)
  }
  const hello = records(serverHello)
  t.equal(none(hello), FlightState.NeedMore)
  t.equal(none(hello, records([1], 1, 20)), FlightState.None, 'ChangeCipherSpec: 1.3, or resumed')
  t.equal(none(hello, records([1, 2, 3], 9, 23)), FlightState.None, 'application data')
  t.equal(none(records([2, 40], 2, 21)), FlightState.None, 'alert')
  t.equal(none(hex('485454502f312e31')), FlightState.None, 'no TLS')
  t.equal(none(records([...serverHello, ...done])), FlightState.None, 'an anonymous server')
  t.equal(none(records([2, 0xff, 0xff, 0xff, 0])), FlightState.None, 'longer than any')
  t.equal(none(records(message(11, [0, 0, 9]))), FlightState.None, 'damaged')
})

t.test('hostile octets', async t => {
  const body = Uint8Array.from(certificateList(certificate({ commonName, dnsNames })))
  hostile(t, 'certificate', body, (buf, off, end) => {
    const good = names.decode(buf, off, end, fault)
    return `${good} ${names.names}`
  })
  const octets = records([...serverHello, ...certificateMessage, ...done], 90)
  hostile(t, 'flight', octets, (buf, off, end) => {
    const state = flight.decode(buf, off, end, fault)
    return `${state} ${state === FlightState.Found ? flight.certificate.names : ''}`
  })
})
