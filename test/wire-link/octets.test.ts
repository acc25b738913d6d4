/** Readers of octets: numbers with the top bit set, TBCD, uintvar and address text. */

import t from 'tap'
import * as octets from '../../src/wire/octets.js'
import { hex } from '../helpers/hex.js'

t.test('numbers are big-endian and unsigned where they say so', async t => {
  const buf = hex('00 fe06fffe 01')
  t.equal(octets.u16(buf, 1), 0xfe06)
  t.equal(octets.u24(buf, 1), 0xfe06ff)
  t.equal(octets.u32(buf, 1), 4261871614)
  t.equal(octets.int32(buf, 1), 4261871614 | 0)
  t.equal(octets.int32(buf, 1) >>> 0, 4261871614)
  t.equal(octets.u16le(buf, 1), 0x06fe)
})

t.test('TBCD stops at the filler', async t => {
  const imsi = hex('64 00 10 00 00 00 00 f1') // 460001000000001 f
  t.equal(octets.tbcd(imsi, 0, 8), '460001000000001')
  t.equal(octets.tbcd(hex('21 43 f5 99'), 0, 4), '12345')
  t.equal(octets.tbcd(hex('2f 43'), 0, 2), '')
  t.equal(octets.tbcd(hex('ba dc'), 0, 2), '*#ab')
  t.equal(octets.tbcd(hex('21'), 0, 0), '')
  t.equal(octets.bcd(hex('12 3a'), 0, 2), '123a')
})

t.test('text', async t => {
  t.equal(octets.hex(hex('00 ff 0a'), 0, 3), '00ff0a')
  t.equal(octets.latin1(hex('41 e9 00 1b'), 0, 4), 'A\u00e9\u0000\u001b')
})

t.test('uintvar: WAP-230 8.1.2', async t => {
  const decode = (text: string): number => {
    const buf = hex(text)
    const length = octets.uintvarLength(buf, 0, buf.length)
    return length < 0 ? -1 : octets.uintvar(buf, 0, length)
  }
  t.equal(decode('00'), 0)
  t.equal(decode('7f'), 127)
  t.equal(decode('8120'), 0xa0) // the example of the clause
  t.equal(decode('8fffffff7f'), 0xffffffff)
  t.equal(decode('ffffffff7f'), 2 ** 35 - 1, 'does not wrap to a small number')
  t.equal(decode('ffffffffff01'), -1, 'six octets are no uintvar')
  t.equal(decode('ffff'), -1, 'ends before it ends')
  t.equal(octets.uintvarLength(hex('05'), 1, 1), -1)
})

t.test('IPv4 text', async t => {
  t.equal(octets.ipv4Text(hex('00 0a0000ac'), 1), '10.0.0.172')
  t.equal(octets.ipv4NumberText(octets.int32(hex('ff00fe01'), 0)), '255.0.254.1')
})

t.test('IPv6 text: RFC 5952', async t => {
  const text = (groups: string): string => octets.ipv6Text(hex(groups), 0)
  t.equal(text('20010db8000000000000000000000001'), '2001:db8::1')
  t.equal(text('20010db8000000010001000100010001'), '2001:db8:0:1:1:1:1:1', 'one group stays 0')
  t.equal(text('20010000000000010000000000000001'), '2001:0:0:1::1', 'the longest run')
  t.equal(text('20010db8000000000001000000000001'), '2001:db8::1:0:0:1', 'the first of equals')
  t.equal(text('00000000000000000000000000000000'), '::')
  t.equal(text('00000000000000000000000000000001'), '::1')
  t.equal(text('fe800000000000000000000000000000'), 'fe80::')
  t.equal(text('20010db8aaaabbbbccccdddd00000000'), '2001:db8:aaaa:bbbb:cccc:dddd::')
  t.equal(text('00000000000000000000ffffc0000201'), '::ffff:192.0.2.1')
  t.equal(octets.ipText(6, hex('20010db8000000000000000000000001'), 0), '2001:db8::1')
  t.equal(octets.ipText(4, hex('c0000201'), 0), '192.0.2.1')
})
