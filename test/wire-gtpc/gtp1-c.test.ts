/** GTPv1-C header and the walk over information elements: TS 29.060 clauses 6 and 7.7. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { Gtp1C } from '../../src/wire/gtp1-c.js'
import { Gtp1IeCursor, gtp0TvLengths, gtp1TvLengths } from '../../src/wire/gtp1-ie.js'
import { hex } from '../helpers/hex.js'

const fault = new Fault()

t.test('header with a sequence number', async t => {
  const octets = hex(`
    32          # version 1, GTP, S
    10          # Create PDP Context Request
    0006        # length: four optional octets and one element
    80000001    # TEID with the top bit set
    beef 00 00  # sequence, N-PDU number, no extension
    0e 05       # Recovery 5
    ffff        # behind the message`)
  const h = new Gtp1C()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.equal(fault.code, FaultCode.None)
  t.equal(h.type, 0x10)
  t.equal(h.teid, 0x80000001 | 0)
  t.equal(h.sequence, 0xbeef)
  t.equal(h.ieOff, 12)
  t.equal(h.end, 14, 'octets after the stated length are not elements')
})

t.test('extension headers are stepped over: PDCP PDU number, Suspend Request', async t => {
  const octets = hex(`
    36 12 000e 00000007
    0001 00 c0  # next: PDCP PDU number
    01 1234 c1  # one unit of four octets, next: Suspend Request
    01 0000 00
    0e 05`)
  const h = new Gtp1C()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.equal(h.ieOff, 20)
  t.equal(h.end, 22)
})

t.test('an extension header of length 0 does not loop', async t => {
  const octets = hex('36 12 000a 00000007 000100c0 00123400 0e05')
  t.notOk(new Gtp1C().decode(octets, 0, octets.length, fault))
  t.equal(fault.key, 'gtp1-c/bad-length')
})

t.test("GTP' and other versions are not read", async t => {
  for (const flags of [0x0e, 0x22, 0x48, 0xff]) {
    const octets = hex('32 10 0004 00000000 00010000')
    octets[0] = flags
    t.notOk(new Gtp1C().decode(octets, 0, octets.length, fault))
    t.equal(fault.key, 'gtp1-c/unsupported')
  }
})

t.test('a length of 65535 is a message that the capture cut', async t => {
  const octets = hex('32 10 ffff 00000000 00010000 0e05')
  const h = new Gtp1C()
  t.ok(h.decode(octets, 0, octets.length, fault))
  t.equal(fault.key, 'gtp1-c/truncated')
  t.equal(fault.need, 65543, 'a plain number: it does not wrap')
  t.equal(h.end, octets.length)
})

function walk(octets: Uint8Array, lengths = gtp1TvLengths): [number, number, number][] {
  const cursor = new Gtp1IeCursor()
  const seen: [number, number, number][] = []
  fault.clear()
  cursor.open(0, octets.length, lengths, 14)
  while (cursor.next(octets, fault)) seen.push([cursor.type, cursor.off, cursor.end])
  return seen
}

t.test('TV lengths come from the table, TLV lengths from the element', async t => {
  const octets = hex(`
    02 2143658709214365  # IMSI
    1c 0001              # Trace Type, not used here
    85 0004 0a000001     # GSN Address
    c8 0003 aabbcc       # an unknown TLV is stepped over
    14 05                # NSAPI`)
  t.strictSame(walk(octets), [
    [2, 1, 9],
    [28, 10, 12],
    [133, 15, 19],
    [200, 22, 25],
    [20, 26, 27],
  ])
  t.equal(fault.code, FaultCode.None)
})

t.test('an unknown TV ends the walk: nobody knows how long it is', async t => {
  t.strictSame(walk(hex('14 05 46 00 00 14 06')), [[20, 1, 2]])
  t.equal(fault.key, 'gtp1-ie/bad-value')
  t.equal(fault.at, 2)
  t.equal(fault.have, 0x46)
})

t.test('an element beyond the message is a fault, those before it stay', async t => {
  t.strictSame(walk(hex('14 05 85 ffff 0a000001')), [[20, 1, 2]])
  t.equal(fault.key, 'gtp1-ie/bad-length')
  t.equal(fault.need, 65535)
  t.strictSame(walk(hex('14 05 02 214365')), [[20, 1, 2]])
  t.equal(fault.key, 'gtp1-ie/bad-length')
})

t.test('flow labels of version 0 are two octets where a TEID has four', async t => {
  const octets = hex('10 0001 11 0002 06 0b921f')
  t.strictSame(walk(octets, gtp0TvLengths), [
    [16, 1, 3],
    [17, 4, 6],
    [6, 7, 10],
  ])
})

t.test('the tables are those of the standards', async t => {
  const lengths = (table: Int8Array) =>
    [...table.entries()].filter(([, n]) => n >= 0).map(([type, n]) => `${type}:${n}`)
  t.equal(
    lengths(gtp1TvLengths).join(' '),
    '1:1 2:8 3:6 4:4 5:4 8:1 9:28 11:1 12:3 13:1 14:1 15:1 16:4 17:4 18:5 19:1 20:1 21:1 22:9 ' +
      '23:1 24:1 25:2 26:2 27:2 28:2 29:1 126:1 127:4',
  )
  t.equal(
    lengths(gtp0TvLengths).join(' '),
    '1:1 2:8 3:6 4:4 5:4 6:3 8:1 9:28 11:1 12:3 13:1 14:1 15:1 16:2 17:2 18:3 19:1 127:4',
  )
})
