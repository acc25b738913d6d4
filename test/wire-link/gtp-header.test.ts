/** GTPv1-U and GTPv0 headers. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { Gtp0 } from '../../src/wire/gtp0.js'
import { Gtp1U } from '../../src/wire/gtp1-u.js'
import { hex } from '../helpers/hex.js'
import { everyTruncation, xorshift } from './truncation.js'

const fault = new Fault()

t.test('G-PDU with nothing optional', async t => {
  const gtp = new Gtp1U()
  const message = hex('30 ff 0002 f0000001 4500 dead') // two octets behind the message
  t.ok(gtp.decode(message, 0, message.length, fault))
  t.match(gtp, { type: 255, sequence: -1, nPdu: -1, firstExtension: 0, payload: 8 })
  t.equal(gtp.teid >>> 0, 0xf0000001)
  t.equal(gtp.messageEnd, 10, 'trailing octets are not the message')
  everyTruncation(t, new Gtp1U(), message, 8, 'G-PDU')
})

t.test('sequence, N-PDU and extension headers', async t => {
  const gtp = new Gtp1U()
  const message = hex(`
    37 ff 0012 00000001 # E, S, PN; 18 octets follow
    f001 05 85          # sequence, N-PDU number, PDU session container
    01 1009 c0          # 4 octets, then PDCP PDU number
    02 000100000000 00  # 8 octets, then none
    4500`)
  t.ok(gtp.decode(message, 0, message.length, fault))
  t.match(gtp, { sequence: 0xf001, nPdu: 5, firstExtension: 0x85, payload: 24, messageEnd: 26 })
  everyTruncation(t, new Gtp1U(), message, 24, 'extension headers')
  message[0] = 0x31
  t.ok(gtp.decode(message, 0, message.length, fault))
  t.match(gtp, { sequence: -1, nPdu: 5, firstExtension: 0, payload: 12 }, 'E clear: type unread')
  message[0] = 0x32
  t.ok(gtp.decode(message, 0, message.length, fault))
  t.match(gtp, { sequence: 0xf001, nPdu: -1, payload: 12 })
})

function key(octets: string): string {
  const gtp = new Gtp1U()
  const buf = hex(octets)
  fault.clear()
  return gtp.decode(buf, 0, buf.length, fault) ? 'good' : fault.key
}

t.test('what is not GTPv1-U', async t => {
  t.equal(key('20 ff 0000 00000001'), 'gtp1-u/unsupported', "GTP'")
  t.equal(key('50 ff 0000 00000001'), 'gtp1-u/unsupported', 'version 2')
  t.equal(key('10 ff 0000 00000001'), 'gtp1-u/unsupported', 'version 0')
  t.equal(key('38 ff 0000 00000001'), 'good', 'the reserved bit is not evaluated (5.1)')
  t.equal(key('30 63 0000 00000001'), 'good', 'an unknown type is a value')
})

t.test('lengths that lie', async t => {
  const gtp = new Gtp1U()
  const wrap = hex('30 ff ffff 00000001')
  t.ok(gtp.decode(wrap, 0, 8, fault))
  t.equal(gtp.messageEnd, 65543, 'a length near 65535 does not wrap')
  t.equal(key('32 ff 0003 00000001 00000000'), 'gtp1-u/bad-length', 'no room for the word')
  t.equal(key('34 ff 0008 00000001 00000085 00 000000'), 'gtp1-u/bad-length', 'zero length')
  t.equal(key('34 ff 0008 00000001 00000085 02 00000000000000'), 'gtp1-u/bad-length')
  t.equal(key('34 ff 0004 00000001 00000085'), 'gtp1-u/truncated', 'E set, nothing behind')
  t.equal(key(`34 ff 0400 00000001 00000085 ${'01000085'.repeat(16)} 01000000`), 'gtp1-u/limit')
  t.equal(key(`34 ff 0400 00000001 00000085 ${'01000085'.repeat(15)} 01000000`), 'good')
})

t.test('200,000 random headers stay inside', async t => {
  const next = xorshift(0x2152)
  const gtp = new Gtp1U()
  const buf = new Uint8Array(64)
  let good = 0
  let outside = 0
  for (let n = 0; n < 200_000; n++) {
    for (let i = 0; i < buf.length; i++) buf[i] = next()
    buf[8] = 0x30 | (next() & 7)
    if ((next() & 3) !== 0) buf[10] = 0
    const end = 8 + (next() % 57)
    fault.clear()
    if (gtp.decode(buf, 8, end, fault)) {
      good++
      if (gtp.payload > end || gtp.payload > gtp.messageEnd || gtp.payload < 16) outside++
    } else if (fault.code === FaultCode.None) outside++
  }
  t.equal(outside, 0)
  t.ok(good > 10_000, `${good} decoded`)
})

t.test('GTPv0', async t => {
  const gtp = new Gtp0()
  const message = hex(`
    1e ff 0002      # version 0, PT 1, no SNDCP number; T-PDU; 2 octets follow the header
    f001 8002       # sequence, flow label
    ff ffffff       # SNDCP N-PDU number, spare
    6400100000000051 # TID
    4500 00`)
  t.ok(gtp.decode(message, 0, message.length, fault))
  t.match(gtp, { type: 255, sequence: 0xf001, flowLabel: 0x8002, tidOff: 12, payload: 20 })
  t.equal(gtp.messageEnd, 22)
  everyTruncation(t, new Gtp0(), message, 20, 'GTPv0')
  message[0] = 0x0e
  t.notOk(gtp.decode(message, 0, message.length, fault))
  t.equal(fault.key, 'gtp0/unsupported')
  message[0] = 0x3e
  t.notOk(gtp.decode(message, 0, message.length, fault))
})
