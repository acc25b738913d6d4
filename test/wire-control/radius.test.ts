/** RADIUS packets and attributes. RFC 2865 sections 3 and 5, RFC 2866 section 5, RFC 2869 section 5.1, RFC 3162
 * section 2.3, TS 29.061 clause 16.4.7. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { RadiusHeader, radiusCodeName } from '../../src/wire/radius.js'
import { RadiusCursor } from '../../src/wire/radius-attribute.js'
import { acctStatusName, terminateCauseName } from '../../src/wire/radius-dictionary.js'
import { type RadiusMessage, readRadius } from '../../src/wire/radius-message.js'
import { hex } from '../helpers/hex.js'
import { hostile } from '../wire-wap/hostile.js'
import { asText, lengthsAtMost } from './hostile-lengths.js'

const fault = new Fault()

/** A packet of these attributes, its Length counted. */
function packet(code: number, attributes: string): Uint8Array {
  const octets = hex(`00 2a 0000 ${'00'.repeat(16)} ${attributes}`)
  octets[0] = code
  new DataView(octets.buffer).setUint16(2, octets.length)
  return octets
}

function read(octets: Uint8Array): RadiusMessage {
  const message = readRadius(octets, 0, octets.length, fault)
  if (message === undefined) throw new RangeError(`not read: ${fault.key}`)
  return message
}

t.test('header', async t => {
  const h = new RadiusHeader()
  const octets = hex(`
    04 ff 0016                        # Accounting-Request, Identifier 255, Length
    000102030405060708090a0b0c0d0e0f  # Authenticator
    1902 ffff                         # an empty Class; padding behind Length`)
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.match(h, { code: 4, identifier: 255, length: 22, attributesOff: 20, end: 22 })
  t.equal(radiusCodeName(4), 'Accounting-Request')
  t.equal(radiusCodeName(99), 'code 99')
  octets[3] = 19
  t.notOk(h.decode(octets, 0, octets.length, fault))
  t.equal(fault.key, 'radius/bad-length', 'RFC 2865 section 3: at least 20')
  octets[2] = 255
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.equal(fault.key, 'radius/truncated')
  t.equal(h.end, octets.length)
  t.notOk(h.decode(octets, 0, 19, fault))
  t.equal(fault.key, 'radius/truncated')
})

/** What a GGSN sends when a session has used more than 4 GB. */
const stop = packet(
  4,
  `28 06 00000002                          # Acct-Status-Type: Stop
   01 0d 38363133393132333435 36           # User-Name
   1f 0d 38363133393132333435 36           # Calling-Station-Id: MSISDN
   1e 07 636d776170                        # Called-Station-Id: APN cmwap
   08 06 0a2d0001                          # Framed-IP-Address
   61 0c 0040 20010db800010002             # Framed-IPv6-Prefix /64, eight octets of it
   2c 0a 3741303030303031                  # Acct-Session-Id
   04 06 0a000001                          # NAS-IP-Address
   20 06 67677331                          # NAS-Identifier
   3d 06 00000012                          # NAS-Port-Type
   2a 06 00000001                          # Acct-Input-Octets
   34 06 00000002                          # Acct-Input-Gigawords
   2b 06 ffffffff                          # Acct-Output-Octets
   35 06 00000001                          # Acct-Output-Gigawords
   2f 06 00000007                          # Acct-Input-Packets
   30 06 573a1234                          # Acct-Output-Packets: a time, as one controller sends it
   30 06 00000009                          # Acct-Output-Packets
   2e 06 00000e10                          # Acct-Session-Time
   31 06 00000004                          # Acct-Terminate-Cause: Idle Timeout
   37 06 5f000000                          # Event-Timestamp
   19 06 01020304                          # Class
   1a 17 000028af 01 11 343630303131323334353637383930  # 3GPP-IMSI
   1a 0c 000028af 02 06 80000001           # 3GPP-Charging-ID, top bit set
   1a 16 000028af 06 06 0a000005 07 06 0a000006 15 04 0006  # SGSN, GGSN, RAT type in one
   1a 09 000028af 0a 03 35                 # 3GPP-NSAPI
   1a 09 000028af 0b 03 ff                 # 3GPP-Session-Stop-Indicator
   1a 0c 000028af 0d 06 30383030           # 3GPP-Charging-Characteristics
   1a 15 000028af 16 0f 82 64f010 1234 64f010 00abcdef  # 3GPP-User-Location-Info: TAI and ECGI
   1a 0a 00003a05 05 04 6162               # another vendor's`,
)

t.test('Accounting-Request of a GGSN', async t => {
  const message = read(stop)
  t.equal(fault.code, FaultCode.None)
  t.match(message, {
    code: 4,
    identifier: 42,
    status: 2,
    userName: '86139123456',
    callingStationId: '86139123456',
    calledStationId: 'cmwap',
    framedIp: '10.45.0.1',
    framedIpv6Prefixes: ['2001:db8:1:2::/64'],
    sessionId: '7A000001',
    nasIp: '10.0.0.1',
    nasIdentifier: 'ggs1',
    nasPortType: 18,
    octetsUp: 2n * 2n ** 32n + 1n,
    octetsDown: 2n ** 33n - 1n,
    packetsUp: 7,
    packetsDown: 9,
    sessionS: 3600,
    terminateCause: 4,
    eventS: 0x5f000000,
    classes: ['01020304'],
  })
  t.match(message.gpp, {
    imsi: '460011234567890',
    chargingId: 0x8000_0001,
    sgsn: '10.0.0.5',
    ggsn: '10.0.0.6',
    ratType: 6,
    nsapi: '5',
    sessionStop: true,
    chargingCharacteristics: '0800',
    location: 'tai 460-01-4660 ecgi 460-01-11259375',
    imeisv: undefined,
  })
  t.equal(acctStatusName(2), 'Stop')
  t.equal(acctStatusName(77), 'status 77')
  t.equal(terminateCauseName(4), 'Idle Timeout')
  t.equal(terminateCauseName(0), 'cause 0')
})

t.test('gigawords may come before the octets, and count nothing without them', async t => {
  t.equal(read(packet(4, '34 06 00000001 2a 06 00000005')).octetsUp, 0x1_0000_0005n)
  t.equal(read(packet(4, '34 06 00000001')).octetsUp, undefined)
})

t.test(
  'Framed-IP-Address of all ones but the last is no address (RFC 2865 section 5.8)',
  async t => {
    t.equal(read(packet(2, '08 06 fffffffe')).framedIp, undefined)
    t.equal(read(packet(2, '08 06 ffffffff')).framedIp, undefined)
    t.equal(read(packet(2, '08 06 fffffffd')).framedIp, '255.255.255.253')
    t.equal(fault.code, FaultCode.None)
  },
)

t.test('prefixes: all octets, none, and what RFC 3162 section 2.3 forbids', async t => {
  const whole = read(packet(4, '61 14 0038 20010db8000100000000000000000000  61 04 0000'))
  t.strictSame(whole.framedIpv6Prefixes, ['2001:db8:1::/56', '::/0'])
  t.equal(fault.code, FaultCode.None)
  t.strictSame(
    read(packet(4, '7b 14 0081 20010db8000100000000000000000000')).framedIpv6Prefixes,
    [],
  )
  t.equal(fault.key, 'radius-attribute/bad-value', '/129')
  read(packet(4, '61 15 0040 20010db800010000000000000000000000'))
  t.equal(fault.key, 'radius-attribute/bad-value', 'seventeen octets')
  read(packet(4, '61 03 00'))
  t.equal(fault.key, 'radius-attribute/bad-length')
})

t.test('a value of another length than its type is a fault and no value', async t => {
  const message = read(packet(4, '28 05 000002  2a 04 0001  08 05 0a2d00  01 03 61'))
  t.equal(fault.key, 'radius-attribute/bad-length')
  t.match(message, { framedIp: undefined, userName: 'a', attributes: 4 })
})

t.test(
  'an attribute that states less than its header, or more than there is, ends the walk',
  async t => {
    t.equal(read(packet(4, '01 03 61 19 01 01 03 62')).userName, 'a')
    t.equal(fault.key, 'radius-attribute/bad-length')
    t.match(fault, { at: 24, need: 2, have: 5 })
    t.equal(read(packet(4, '01 03 61 19 00 01 03 62')).userName, 'a')
    t.equal(read(packet(4, '01 03 61 19 ff 01 03 62')).userName, 'a')
    t.match(fault, { at: 24, need: 255, have: 5 })
    t.equal(read(packet(4, '01 03 61 01')).userName, 'a')
    t.equal(fault.key, 'radius-attribute/truncated')
  },
)

t.test('what is broken inside Vendor-Specific is lost, what follows it is not', async t => {
  const broken = read(
    packet(4, '1a 0b 000028af 01 ff 313233  1a 05 000028  1a 06 000028af  01 03 62'),
  )
  t.equal(fault.key, 'radius-attribute/bad-length')
  t.match(broken, { userName: 'b', gpp: { imsi: undefined } })
  const cursor = new RadiusCursor()
  const octets = hex('1a 0c 000028af 02 03 01 03 03 02  1a 0a 00003a05 05 04 6162')
  const seen: number[][] = []
  cursor.open(0, octets.length)
  while (cursor.next(octets, fault)) {
    seen.push([cursor.attributeOff, cursor.vendor, cursor.type, cursor.off, cursor.end])
  }
  t.strictSame(seen, [
    [0, 10415, 2, 8, 9],
    [0, 10415, 3, 11, 12],
    [12, 14853, 26, 18, 22],
  ])
})

t.test('thousands of short Vendor-Specific attributes take no stack', async t => {
  const octets = packet(4, `${'1a 03 00 '.repeat(21_000)} 01 03 62`)
  t.equal(read(octets).userName, 'b')
})

t.test('cut, mutated and with lengths at most', async t => {
  const all = (buf: Uint8Array, off: number, end: number): string => {
    const message = readRadius(buf, off, end, fault)
    const where = `${fault.key} ${fault.code === FaultCode.None ? '' : fault.at - off}`
    return message === undefined ? where : `${asText(message)} ${where}`
  }
  hostile(t, 'stop', stop, all)
  lengthsAtMost(t, 'stop', stop, all)
})
