/** First octets that are certain, and those that are not. */

import t from 'tap'
import { Recognised, recogniseTcp, recogniseUdp } from '../../src/dissect/recognise.js'
import { hex } from '../helpers/hex.js'
import { xorshift } from '../wire-link/truncation.js'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, c => c.charCodeAt(0))
const overTcp = (buf: Uint8Array): Recognised => recogniseTcp(buf, 0, buf.length)
const overUdp = (buf: Uint8Array): Recognised => recogniseUdp(buf, 0, buf.length)

t.test('TCP', async t => {
  t.equal(overTcp(ascii('GET http://mmsc.monternet.com/ HTTP/1.1\r\n')), Recognised.HttpRequest)
  t.equal(overTcp(ascii('HTTP/1.1 200 OK\r\n')), Recognised.HttpResponse)
  t.equal(overTcp(hex('16 0301 0200 01 0001fc 0303')), Recognised.Tls)
  t.equal(overTcp(hex('17 0303 0100 00')), Recognised.Tls, 'joined midway')
  t.equal(overTcp(hex('16 0401 0200 01')), Recognised.Unknown)
  t.equal(overTcp(ascii('SSH-2.0-OpenSSH_9.2\r\n')), Recognised.Unknown)
  t.equal(overTcp(new Uint8Array(0)), Recognised.Unknown)
})

const query = '1234 0100 0001 0000 0000 0000 03777777 07 6578616d706c65 00 0001 0001'

t.test('UDP', async t => {
  t.equal(overUdp(hex(query)), Recognised.Dns)
  t.equal(overUdp(hex(query.replace('0100', '8180'))), Recognised.Dns, 'a response')
  t.equal(overUdp(hex(query.replace('0001 0001', '00ff 00ff'))), Recognised.Dns, 'ANY')
  t.equal(overUdp(hex(query.replace('0100', '2800'))), Recognised.Unknown, 'UPDATE')
  t.equal(overUdp(hex(query.replace('03777777', 'c0777777'))), Recognised.Unknown)
  t.equal(overUdp(hex(query).slice(0, -1)), Recognised.Unknown)
  for (const version of ['00000001', '6b3343cf', 'ff00001d', '51303530']) {
    const initial = hex(`c3 ${version} 08 0001020304050607 00 00 41`)
    t.equal(overUdp(initial), Recognised.Quic, version)
    t.equal(recogniseUdp(initial, 0, 13), Recognised.Unknown, 'cut in the connection id')
  }
  t.equal(overUdp(hex('c3 00000002 00 00 00')), Recognised.Unknown, 'an unknown version')
  t.equal(overUdp(hex(`c3 00000001 15 ${'00'.repeat(30)}`)), Recognised.Unknown)
  t.equal(overUdp(hex('e1 0001 0004 01020304')), Recognised.Wtls, 'encrypted, with a length')
  t.equal(overUdp(new Uint8Array(0)), Recognised.Unknown)
})

t.test('every truncation and 100,000 random payloads stay inside', async t => {
  const whole = hex(query)
  for (let end = 0; end < whole.length; end++) {
    const padded = new Uint8Array(64).fill(0xff)
    padded.set(whole.slice(0, end))
    t.equal(recogniseUdp(padded, 0, end), recogniseUdp(whole.slice(0, end), 0, end))
  }
  const next = xorshift(5)
  const buf = new Uint8Array(48)
  let known = 0
  for (let n = 0; n < 100_000; n++) {
    for (let i = 0; i < buf.length; i++) buf[i] = next()
    if (overUdp(buf) !== Recognised.Unknown) known++
    if (overTcp(buf) !== Recognised.Unknown) known++
  }
  t.ok(known < 100, `${known} of 200,000 by chance`)
})
