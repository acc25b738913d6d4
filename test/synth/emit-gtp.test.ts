/** GTP headers and values against octets written out by hand. */

import t from 'tap'
import {
  emitApn,
  emitEndUserAddress,
  emitMsisdn,
  emitPlmn,
  emitTbcd,
  emitUliV1,
  emitUliV2,
  parseLocation,
} from '../../src/synth/emit-gtp-value.js'
import { emitGtp0 } from '../../src/synth/emit-gtp0.js'
import { emitGtp1, Gtp1Ies } from '../../src/synth/emit-gtp1.js'
import { emitFteid, emitGtp2, Gtp2Ies } from '../../src/synth/emit-gtp2.js'
import { hex } from '../helpers/hex.js'

t.test('digits', async t => {
  t.strictSame(emitTbcd('460010000000101', 8), hex('64 00 01 00 00 00 01 f1'))
  t.strictSame(emitTbcd('1234'), hex('21 43'))
  t.strictSame(emitTbcd('12345'), hex('21 43 f5'))
  t.strictSame(emitTbcd('12', 3), hex('21 ff ff'), 'padded')
  t.strictSame(emitMsisdn('8613012'), hex('91 68 31 10 f2'))
  t.strictSame(emitPlmn('460', '01'), hex('64 f0 10'))
  t.strictSame(emitPlmn('310', '410'), hex('13 00 14'), 'three-digit MNC')
})

t.test('APN and end-user address', async t => {
  t.strictSame(emitApn('3gwap.mnc001'), hex('05 33 67 77 61 70 06 6d 6e 63 30 30 31'))
  t.strictSame(emitEndUserAddress(Uint8Array.of(10, 0, 0, 1), undefined), hex('f1 21 0a 00 00 01'))
  t.strictSame(emitEndUserAddress(undefined, new Uint8Array(0)), hex('f1 57'))
  t.equal(emitEndUserAddress(new Uint8Array(4), new Uint8Array(16))[1], 0x8d)
})

t.test('locations', async t => {
  const cgi = parseLocation('cgi 460-01-4660-22136')
  t.strictSame(cgi, [{ kind: 'cgi', mcc: '460', mnc: '01', numbers: [4660, 22136] }])
  t.strictSame(emitUliV1(cgi ?? []), hex('00 64 f0 10 12 34 56 78'))
  t.strictSame(emitUliV1(parseLocation('rai 460-01-1-2') ?? []), hex('02 64 f0 10 00 01 02 ff'))
  const tai = parseLocation('ecgi 460-01-256 tai 460-01-1') ?? []
  t.strictSame(
    emitUliV2(tai),
    hex(`18            # TAI and ECGI
         64 f0 10 00 01
         64 f0 10 00 00 01 00`),
  )
  for (const bad of ['', 'cgi 460-01-1', 'tai 460-01-1-2', 'xyz 460-01-1', 'cgi 46-01-1-2']) {
    t.equal(parseLocation(bad), undefined, bad)
  }
})

t.test('GTPv1 header: the length counts the optional word', async t => {
  const body = Uint8Array.of(0xaa, 0xbb)
  t.strictSame(
    emitGtp1({ type: 255, teid: 0xfffffff1 }, body),
    hex('30 ff 00 02 ff ff ff f1 aa bb'),
  )
  t.strictSame(
    emitGtp1({ type: 255, teid: 1, seq: 0x0203 }, body),
    hex('32 ff 00 06 00 00 00 01 02 03 00 00 aa bb'),
  )
  t.strictSame(
    emitGtp1({ type: 255, teid: 1, seq: 1, npdu: 9, pduSession: { up: true, qfi: 9 } }, body),
    hex(`37 ff 00 0a 00 00 00 01
         00 01 09 85  # sequence, N-PDU, next extension 0x85
         01 10 09 00  # one word, UL PDU SESSION INFORMATION, QFI 9, no more
         aa bb`),
  )
})

t.test('GTPv1 elements', async t => {
  const ies = new Gtp1Ies().tv(14, 3).tv32(16, 0x80000001).tlv(131, Uint8Array.of(1, 0x61))
  t.strictSame(ies.take(), hex('0e 03 10 80 00 00 01 83 00 02 01 61'))
})

t.test('GTPv0 header', async t => {
  const header = { type: 255, seq: 0x0102, flowLabel: 0x0304, imsi: '460010000000101', nsapi: 5 }
  t.strictSame(
    emitGtp0(header, Uint8Array.of(0xaa)),
    hex(`1e ff 00 01 01 02 03 04 ff ff ff ff
         64 00 01 00 00 00 01 51  # TID: IMSI, NSAPI in the last high nibble
         aa`),
  )
})

t.test('GTPv2 header and elements', async t => {
  t.strictSame(
    emitGtp2(32, 0, 0x010203, Uint8Array.of(0xaa)),
    hex('48 20 00 09 00 00 00 00 01 02 03 00 aa'),
  )
  t.strictSame(emitGtp2(1, undefined, 1, new Uint8Array(0)), hex('40 01 00 04 00 00 01 00'))
  t.strictSame(emitFteid(4, 0x80000001, '192.0.2.1'), hex('84 80 00 00 01 c0 00 02 01'))
  t.equal(emitFteid(5, 1, '2001:db8::1')[0], 0x45)
  t.strictSame(
    new Gtp2Ies().octets(73, 5).put(87, hex('01'), 2).take(),
    hex('49 00 01 00 05 57 00 01 02 01'),
  )
})
