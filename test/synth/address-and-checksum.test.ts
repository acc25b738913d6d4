/** Addresses, the Internet checksum, IP fragments and chance. */

import t from 'tap'
import { addressOctets, addressText, isAddress, prefix64 } from '../../src/synth/address.js'
import { emitIp } from '../../src/synth/emit-ip.js'
import { emitUdp } from '../../src/synth/emit-udp.js'
import { internetChecksum } from '../../src/synth/internet-checksum.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { hex } from '../helpers/hex.js'

t.test('addresses', async t => {
  t.ok(isAddress('10.0.0.172'))
  t.ok(isAddress('2001:db8::1'))
  for (const bad of ['10.0.0', '10.0.0.256', '0x7f.1', '', 'example.com', '1:2:3']) {
    t.notOk(isAddress(bad), bad)
  }
  t.strictSame(addressOctets('10.0.0.172'), Uint8Array.of(10, 0, 0, 172))
  t.equal(addressOctets('2001:db8::1').length, 16)
  t.equal(addressText('2001:0DB8:0:0:0:0:0:1'), '2001:db8::1')
  t.equal(prefix64('2001:db8:46:1:2:3:4:5'), '2001:db8:46:1::/64')
})

t.test('the checksum of RFC 1071 section 3', async t => {
  // 0001 f203 f4f5 f6f7: sum ddf2 after the carry, complement 220d
  t.equal(internetChecksum(hex('00 01 f2 03 f4 f5 f6 f7')), 0x220d)
  t.equal(internetChecksum(hex('00 01 f2 03 f4 f5 f6 f7 00')), 0x220d, 'odd: padded with zero')
  t.equal(internetChecksum(new Uint8Array(0)), 0xffff)
})

t.test('an IPv4 header against a known one', async t => {
  // the example header that is in many textbooks: checksum b1e6
  const known = hex(`
    45 00 00 3c # version, TOS, total length 60
    1c 46 00 00 # id, no fragment (the textbook has DF)
    40 06 f1 e6 # TTL 64, TCP, checksum (b1e6 with DF: 4000 more)
    ac 10 0a 63 ac 10 0a 0c`)
  const header = {
    src: addressOctets('172.16.10.99'),
    dst: addressOctets('172.16.10.12'),
    protocol: 6,
    id: 0x1c46,
    ttl: 64,
  }
  const [packet] = emitIp(header, new Uint8Array(40), 1500)
  t.strictSame(packet?.subarray(0, 20), known)
})

t.test('fragments cover the payload without gap or overlap', async t => {
  const payload = new Uint8Array(4000).map((_, i) => i)
  for (const [src, dst, skip] of [
    ['10.0.0.1', '10.0.0.2', 20],
    ['2001:db8::1', '2001:db8::2', 48],
  ] as const) {
    const header = {
      src: addressOctets(src),
      dst: addressOctets(dst),
      protocol: 17,
      id: 7,
      ttl: 64,
    }
    const fragments = emitIp(header, payload, 1400)
    t.equal(fragments.length, 3)
    const pieces = fragments.map(one => one.subarray(skip))
    t.strictSame(Uint8Array.from(pieces.flatMap(one => [...one])), payload)
    for (const one of fragments) t.ok(one.length <= 1400)
    for (const one of pieces.slice(0, -1)) t.equal(one.length % 8, 0)
  }
})

t.test('a UDP checksum that comes out as zero is sent as all ones', async t => {
  const src = addressOctets('0.0.0.0')
  // pseudo-header: 0011 + 000a, header: lengths 000a + port, and a payload that fills up to ffff
  const rest = 0xffff - (0x0011 + 0x000a + 0x000a)
  const datagram = emitUdp(src, src, 0, 0, Uint8Array.of(rest >>> 8, rest & 0xff))
  t.strictSame(datagram.subarray(6, 8), Uint8Array.of(0xff, 0xff))
})

t.test('chance repeats itself', async t => {
  const a = new Xorshift32(7)
  const b = new Xorshift32(7)
  for (let i = 0; i < 100; i++) t.equal(a.next(), b.next())
  t.not(new Xorshift32(8).next(), new Xorshift32(7).next())
  t.ok(new Xorshift32(0).next() > 0, 'a zero seed does not stay zero')
  t.equal(new Xorshift32(1).next(), 270369, 'the first value of the published triple')
})
