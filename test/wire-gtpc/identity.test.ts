/** APN, PLMN, location, addresses, causes and RAT as text. */

import t from 'tap'
import { apnNetworkIdentifier, apnText } from '../../src/wire/apn.js'
import { causeAccepts, causeName, causeSaysGone } from '../../src/wire/cause.js'
import { EndUserAddress } from '../../src/wire/end-user-address.js'
import { ratName } from '../../src/wire/rat-type.js'
import { plmnText, raiText, UserLocation } from '../../src/wire/user-location.js'
import { hex } from '../helpers/hex.js'

t.test('APN', async t => {
  const text = (h: string) => apnText(hex(h), 0, hex(h).length)
  t.equal(text('05 3367776170'), '3gwap')
  t.equal(text('03 777777 02 6162 03 6e6574'), 'www.ab.net')
  t.equal(text(''), '')
  t.equal(text('09 6162'), 'ab', 'a label that is cut')
  t.equal(text('02 6162 00 02 6364'), 'ab', 'a zero ends the name')
  t.equal(text('02 1b5b'), '\x1b[', 'control characters are kept: whoever prints escapes')
  t.equal(apnNetworkIdentifier('3gwap.mnc001.mcc460.gprs'), '3gwap')
  t.equal(apnNetworkIdentifier('a.b.MNC01.MCC460.GPRS'), 'a.b')
  t.equal(apnNetworkIdentifier('mnc001.mcc460.gprs'), 'mnc001.mcc460.gprs', 'nothing before it')
  t.equal(apnNetworkIdentifier('3gnet'), '3gnet')
})

t.test('PLMN: MNC of two and of three digits', async t => {
  t.equal(plmnText(hex('64f010'), 0), '460-01')
  t.equal(plmnText(hex('130062'), 0), '310-260')
  t.equal(plmnText(hex('ffffff'), 0), '')
  t.equal(plmnText(hex('64a010'), 0), '')
  t.equal(raiText(hex('64f010 1234 07'), 0), 'rai 460-01-4660-7')
})

t.test('User Location of GTPv1', async t => {
  const location = new UserLocation()
  const read = (h: string) => location.decode1(hex(h), 0, hex(h).length)
  t.ok(read('00 64f010 1234 5678'))
  t.equal(location.text, 'cgi 460-01-4660-22136')
  t.ok(read('01 64f010 1234 ffff'))
  t.equal(location.text, 'sai 460-01-4660-65535')
  t.ok(read('02 64f010 1234 07ff'))
  t.equal(location.text, 'rai 460-01-4660-7')
  t.equal(location.plmn, '460-01')
  t.ok(read('07 64f010 1234 07ff'), 'an unknown type is a value')
  t.equal(location.text, '')
  t.notOk(read('00 64f010 1234 56'))
})

t.test('User Location of GTPv2: all identities in order', async t => {
  const location = new UserLocation()
  const all = hex(`ff
    64f010 0001 0002      # CGI
    64f010 0003 0004      # SAI
    64f010 0005 06ff      # RAI
    64f010 0007           # TAI
    64f010 f0000100       # ECGI: the four high bits are spare
    64f010 0008           # LAI
    64f010 f00009         # Macro eNodeB
    64f010 00000a         # Extended Macro eNodeB`)
  t.ok(location.decode2(all, 0, all.length))
  t.equal(
    location.text,
    'cgi 460-01-1-2 sai 460-01-3-4 rai 460-01-5-6 tai 460-01-7 ecgi 460-01-256 lai 460-01-8 ' +
      'macro-enb 460-01-9 ext-macro-enb 460-01-10',
  )
  for (let end = 0; end < all.length; end++) t.notOk(location.decode2(all, 0, end))
  const tai = hex('18 64f010 0001 64f010 00000100')
  t.ok(location.decode2(tai, 0, tai.length))
  t.equal(location.text, 'tai 460-01-1 ecgi 460-01-256')
})

t.test('End User Address', async t => {
  const a = new EndUserAddress()
  const read = (h: string): [boolean, number, number] => {
    const good = a.decode1(hex(h), 0, hex(h).length)
    return [good, a.v4Off, a.v6Off]
  }
  t.strictSame(read('f121'), [true, -1, -1], 'to be chosen')
  t.strictSame(read('f121 0aa00001'), [true, 2, -1])
  t.strictSame(read('f157 20010db8000000010000000000000001'), [true, -1, 2])
  t.strictSame(read('f18d 0aa00001'), [true, 2, -1])
  t.strictSame(read('f18d 20010db8000000010000000000000001'), [true, -1, 2])
  t.strictSame(read('f18d 0aa00001 20010db8000000010000000000000001'), [true, 2, 6])
  t.strictSame(read('f001'), [true, -1, -1], 'PPP')
  t.strictSame(read('f121 0aa0'), [false, -1, -1])
  t.strictSame(read('f157 2001'), [false, -1, -1])
  t.strictSame(read('f1'), [false, -1, -1])
})

t.test('PDN Address Allocation', async t => {
  const a = new EndUserAddress()
  const read = (h: string): [boolean, number, number, number] => {
    const good = a.decode2(hex(h), 0, hex(h).length)
    return [good, a.v4Off, a.v6Off, a.v6Bits]
  }
  t.strictSame(read('01 0aa00001'), [true, 1, -1, 64])
  t.strictSame(read('02 38 20010db8000000010000000000000001'), [true, -1, 2, 56])
  t.strictSame(read('03 40 20010db8000000010000000000000001 0aa00001'), [true, 18, 2, 64])
  t.strictSame(read('04'), [true, -1, -1, 64], 'Non-IP')
  t.strictSame(read('01 0aa0'), [false, -1, -1, 64])
  t.strictSame(read('03 40 20010db8000000010000000000000001 0a'), [false, -1, 2, 64])
})

t.test('causes', async t => {
  t.equal(causeName(1, 128), 'Request Accepted')
  t.equal(causeName(0, 220), 'Unknown PDP address or PDP type')
  t.equal(causeName(1, 219), 'Missing or unknown APN')
  t.equal(causeName(1, 211), 'All dynamic PDP addresses are occupied')
  t.equal(causeName(2, 16), 'Request accepted')
  t.equal(causeName(2, 93), 'APN access denied - no subscription')
  t.equal(causeName(2, 250), 'cause 250')
  const accepted = (version: number) =>
    Array.from({ length: 256 }, (_, c) => c).filter(c => causeAccepts(version, c))
  t.strictSame([accepted(1)[0], accepted(1).length], [128, 64])
  t.strictSame([accepted(2)[0], accepted(2).length], [16, 48])
  t.ok(causeSaysGone(1, 192) && causeSaysGone(2, 64))
  t.notOk(causeSaysGone(2, 192) || causeSaysGone(1, 199))
})

t.test('RAT', async t => {
  t.equal(ratName(1), 'UTRAN')
  t.equal(ratName(6), 'EUTRAN')
  t.equal(ratName(77), 'RAT 77')
})
