/** What each information element of GTPv1 says: one line of hex an element. TS 29.060 clause 7.7. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { Gtp1Facts } from '../../src/wire/gtp1-facts.js'
import { gtp0TvLengths, gtp1TvLengths } from '../../src/wire/gtp1-ie.js'
import { ipv4Text, tbcd } from '../../src/wire/octets.js'
import { hex } from '../helpers/hex.js'

const fault = new Fault()
const layer = 14

function collect(text: string, lengths = gtp1TvLengths): { m: Gtp1Facts; octets: Uint8Array } {
  const octets = hex(text)
  const m = new Gtp1Facts()
  fault.clear()
  m.collect(octets, 0, octets.length, lengths, layer, fault)
  return { m, octets }
}

t.test('Create PDP Context Request', async t => {
  const { m, octets } = collect(`
    02 2143658709214365                # IMSI
    03 00f110 1234 01                  # RAI 001-01-4660-1
    0e 07                              # Recovery 7
    0f fc                              # Selection Mode
    10 deadbeef                        # TEID Data I
    11 80000002                        # TEID Control Plane
    14 f5                              # NSAPI 5, spare bits set
    1a 0800                            # Charging Characteristics: normal
    1b 0102 1c 0304                    # Trace Reference, Trace Type
    80 0002 f121                       # End User Address: IPv4, none yet
    83 0007 06 696e7465726e            # APN (a label cut by nobody)
    84 0003 800000                     # PCO: stepped over
    85 0004 0a000001                   # SGSN, signalling
    85 0004 0a000002                   # SGSN, user traffic
    86 0007 91 214365870921            # MSISDN, international
    87 0004 000b921f                   # QoS
    97 0001 01                         # RAT UTRAN
    98 0008 01 00f110 1234 5678        # ULI, SAI
    99 0002 4000                       # MS Time Zone: stepped over
    9a 0008 5321436587092110           # IMEISV
    b6 0001 05                         # Direct Tunnel Flags`)
  t.equal(fault.code, FaultCode.None)
  t.equal(m.elements, 22)
  t.equal(tbcd(octets, m.imsiOff, m.imsiOff + 8), '1234567890123456')
  t.equal(m.recovery, 7)
  t.ok(m.hasTeidData && m.hasTeidControl)
  t.equal(m.teidData, 0xdeadbeef | 0)
  t.equal(m.teidControl, 0x80000002 | 0)
  t.equal(m.nsapi, 5)
  t.equal(m.linkedNsapi, -1)
  t.equal(m.chargingCharacteristics, 0x0800)
  t.equal(m.euaEnd - m.euaOff, 2)
  t.equal(m.apnEnd - m.apnOff, 7)
  t.equal(m.gsnCount, 2)
  t.equal(ipv4Text(octets, m.gsnOff[1]!), '10.0.0.2')
  t.equal(tbcd(octets, m.msisdnOff, m.msisdnEnd), '123456789012')
  t.equal(m.qosEnd - m.qosOff, 4)
  t.equal(m.rat, 1)
  t.equal(octets[m.uliOff], 1)
  t.equal(tbcd(octets, m.imeiOff, m.imeiEnd), '3512345678901201')
  t.equal(m.directTunnelFlags, 5)
  t.equal(m.cause, -1)
})

t.test('Create PDP Context Response', async t => {
  const { m, octets } = collect(`
    01 80                              # Cause: accepted
    08 fe                              # Reordering Required
    0e 01                              # Recovery
    10 00000001  11 00000002           # TEIDs
    7f ffffffff                        # Charging ID, all ones
    80 0006 f121 0aa00001              # End User Address
    85 0004 0a000003                   # GGSN, signalling
    85 0004 0a000004                   # GGSN, user traffic
    85 0010 20010db8000000000000000000000001  # alternatives
    85 0010 20010db8000000000000000000000002
    85 0004 0a000009                   # a fifth is one too many`)
  t.equal(m.cause, 128)
  t.equal(m.chargingId, 4294967295)
  t.equal(m.gsnCount, 4)
  t.strictSame([...m.gsnLength], [4, 4, 16, 16])
  t.equal(ipv4Text(octets, m.euaOff + 2), '10.160.0.1')
})

t.test('a secondary context: two NSAPIs, the second is the linked one', async t => {
  const { m } = collect('10 00000009 14 06 14 05')
  t.equal(m.nsapi, 6)
  t.equal(m.linkedNsapi, 5)
})

t.test('Delete PDP Context Request', async t => {
  const { m } = collect('13 ff 14 05')
  t.equal(m.teardown, 1)
  t.equal(m.nsapi, 5)
})

t.test('the first of two counts', async t => {
  const { m } = collect('01 80 01 c7 0e 01 0e 02 10 00000001 10 00000002 97 0001 01 97 0001 02')
  t.equal(m.cause, 128)
  t.equal(m.recovery, 1)
  t.equal(m.teidData, 1)
  t.equal(m.rat, 1)
})

t.test('version 0: flow labels', async t => {
  const { m } = collect('06 0b921f 10 0001 11 ffff', gtp0TvLengths)
  t.equal(m.teidData, 1)
  t.equal(m.teidControl, 0xffff)
})

t.test('an element of an impossible length is counted, the others are read', async t => {
  const { m } = collect('85 0005 0a00000100 97 0000 14 05')
  t.equal(fault.key, 'gtp1-ie/bad-length')
  t.equal(m.gsnCount, 0)
  t.equal(m.rat, -1)
  t.equal(m.nsapi, 5)
})

t.test('every collect starts from nothing', async t => {
  const m = new Gtp1Facts()
  const first = hex('01 80 02 2143658709214365 10 00000001 13 01 14 05 14 06 85 0004 0a000001')
  m.collect(first, 0, first.length, gtp1TvLengths, layer, fault)
  m.collect(first, 0, 0, gtp1TvLengths, layer, fault)
  t.match(m, {
    elements: 0,
    cause: -1,
    imsiOff: -1,
    hasTeidData: false,
    teardown: -1,
    nsapi: -1,
    linkedNsapi: -1,
    gsnCount: 0,
  })
})
