/** GTPv2 header, elements, F-TEIDs and bearer contexts. TS 29.274 clauses 5 and 8. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { Gtp2Header } from '../../src/wire/gtp2-c.js'
import { Gtp2Facts } from '../../src/wire/gtp2-facts.js'
import { FTeid } from '../../src/wire/gtp2-ie.js'
import { ipv4Text, ipv6Text, tbcd } from '../../src/wire/octets.js'
import { hex } from '../helpers/hex.js'

const fault = new Fault()

function collect(text: string): { m: Gtp2Facts; octets: Uint8Array } {
  const octets = hex(text)
  const m = new Gtp2Facts()
  fault.clear()
  m.collect(octets, 0, octets.length, fault)
  return { m, octets }
}

t.test('header with TEID', async t => {
  const octets = hex(`
    48 20 000d  # version 2, T; Create Session Request; length counts what follows octet 4
    80000001    # TEID
    a1b2c3 00   # sequence number of three octets, spare
    03 0001 00 05`)
  const h = new Gtp2Header()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.match(h, { type: 32, teid: 0x80000001 | 0, sequence: 0xa1b2c3, ieOff: 12, end: 17 })
  t.notOk(h.piggybacked)
})

t.test('header without TEID: Echo', async t => {
  const octets = hex('40 01 0009 000007 00 03 0001 00 05')
  const h = new Gtp2Header()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.match(h, { type: 1, hasTeid: false, teid: 0, sequence: 7, ieOff: 8, end: 13 })
})

t.test('P flag: the second message begins where the first ends', async t => {
  const octets = hex('58 21 0008 00000001 00000100 48 5f 0008 00000001 00000200')
  const h = new Gtp2Header()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.ok(h.piggybacked)
  t.equal(h.end, 12)
  t.ok(h.decode(octets, h.end, octets.length, fault))
  t.equal(h.type, 95)
  t.notOk(h.piggybacked)
})

t.test('lengths that cannot be', async t => {
  const h = new Gtp2Header()
  const short = hex('48 20 0004 00000001 00000100')
  t.notOk(h.decode(short, 0, short.length, fault))
  t.equal(fault.key, 'gtp2-c/bad-length')
  const long = hex('48 20 ffff 00000001 00000100')
  t.ok(h.decode(long, 0, long.length, fault))
  t.equal(fault.key, 'gtp2-c/truncated')
  t.equal(fault.need, 65539)
  t.equal(h.end, long.length)
})

t.test('F-TEID with both addresses', async t => {
  const octets = hex(`
    c1                                # V4, V6, S1-U SGW
    ffffffff                          # TEID
    0a000001
    20010db8000000000000000000000001`)
  const f = new FTeid()
  fault.clear()
  t.ok(f.decode(octets, 0, octets.length, fault))
  t.equal(f.interfaceType, 1)
  t.equal(f.teid, -1)
  t.equal(ipv4Text(octets, f.v4Off), '10.0.0.1')
  t.equal(ipv6Text(octets, f.v6Off), '2001:db8::1')
  for (let end = 0; end < octets.length; end++) t.notOk(f.decode(octets, 0, end, fault))
})

t.test('Create Session Request', async t => {
  const { m, octets } = collect(`
    01 0008 00 00010121436587f9              # IMSI
    4c 0006 00 214365870921                  # MSISDN, without the octet of GTPv1
    4b 0008 00 5321436587092110              # MEI
    56 000d 00 18 00f110 0001 00f110 00000100  # ULI: TAI, ECGI
    53 0003 00 00f110                        # Serving Network
    52 0001 00 06                            # RAT EUTRAN
    4d 0002 00 0802                          # Indication: OI, SI
    57 0009 00 8a 00000011 0a000001          # F-TEID S11 MME
    57 0009 01 87 00000000 0a000002          # F-TEID PGW, none yet
    47 0009 00 08 696e7465726e6574           # APN
    4f 0005 00 01 00000000                   # PAA IPv4, none yet
    5f 0002 00 0800                          # Charging Characteristics
    5d 0012 00                               # Bearer Context to be created
      49 0001 00 05                          #   EBI
      57 0009 02 84 00000012 0a000003        #   S5 SGW GTP-U
    03 0001 00 09                            # Recovery`)
  t.equal(fault.code, FaultCode.None)
  t.equal(tbcd(octets, m.imsiOff, m.imsiEnd), '001010123456789')
  t.equal(tbcd(octets, m.msisdnOff, m.msisdnEnd), '123456789012')
  t.equal(tbcd(octets, m.meiOff, m.meiEnd), '3512345678901201')
  t.equal(m.rat, 6)
  t.equal(m.indication, 0x0802)
  t.equal(m.chargingCharacteristics, 0x0800)
  t.equal(m.recovery, 9)
  t.equal(m.fTeidCount, 2)
  t.strictSame([...m.fTeidInstance.subarray(0, 2)], [0, 1])
  t.equal(m.fTeids[0]!.teid, 0x11)
  t.equal(m.bearerCount, 1)
  t.equal(m.bearers[0]!.ebi, 5)
  t.equal(m.bearers[0]!.fTeids[0]!.interfaceType, 4)
})

t.test('bearer contexts: cause, charging id, instance', async t => {
  const { m } = collect(`
    02 0002 00 1000
    5d 0020 00
      49 0001 00 05  02 0002 00 1000
      57 0009 00 81 00000001 0a000001
      5e 0004 00 ffffffff
    5d 0005 01  49 0001 00 06`)
  t.equal(fault.code, FaultCode.None)
  t.equal(m.cause, 16)
  t.match(m.bearers[0], { instance: 0, ebi: 5, cause: 16, chargingId: 4294967295, fTeidCount: 1 })
  t.match(m.bearers[1], { instance: 1, ebi: 6, cause: -1, chargingId: -1, fTeidCount: 0 })
})

t.test('EBI instance 0 is the linked bearer, instance 1 are those that go', async t => {
  const { m } = collect('49 0001 00 05 49 0001 01 06 49 0001 01 07')
  t.equal(m.linkedEbi, 5)
  t.strictSame([...m.ebis.subarray(0, m.ebiCount)], [6, 7])
})

t.test('a bearer context that runs past its end is a fault, the rest is read', async t => {
  const { m } = collect('5d 0005 00 49 0009 00 05  03 0001 00 07')
  t.equal(fault.key, 'gtp2-ie/bad-length')
  t.equal(m.recovery, 7)
  t.equal(m.bearers[0]!.ebi, -1)
})

t.test('twelve bearers are one more than a UE can have', async t => {
  const { m } = collect('5d 0005 00 49 0001 00 05 '.repeat(12))
  t.equal(m.bearerCount, 11)
  t.equal(fault.key, 'gtp2-ie/limit')
})

t.test('every collect starts from nothing', async t => {
  const m = new Gtp2Facts()
  const octets = hex(
    '02 0002 00 1000 49 0001 01 06 5d 0005 00 49 0001 00 05 57 0009 00 8a0000000101010101',
  )
  m.collect(octets, 0, octets.length, fault)
  t.equal(m.bearerCount, 1)
  m.collect(octets, 0, 0, fault)
  t.match(m, { cause: -1, ebiCount: 0, bearerCount: 0, fTeidCount: 0, elements: 0 })
})
