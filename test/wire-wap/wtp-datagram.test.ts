import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { WtpType } from '../../src/wire/wtp.js'
import { looksLikeWtp, WtpDatagram } from '../../src/wire/wtp-datagram.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside, random } from './hostile.js'

interface Range {
  type: number
  octets: number
  fault: string
}

/** The ranges of a datagram, checked to follow each other and to add up to it. */
function ranges(octets: Uint8Array, off = 0, end = octets.length): Range[] {
  const datagram = new WtpDatagram()
  const fault = new Fault()
  const found: Range[] = []
  let at = off
  datagram.start(octets, off, end)
  while (datagram.next(fault)) {
    if (datagram.off !== at) throw new Error(`gap at ${at}: range begins at ${datagram.off}`)
    if (datagram.end <= datagram.off) throw new Error('a range without octets')
    at = datagram.end
    const { type, payloadOff, payloadEnd } = datagram.pdu
    inside(datagram.off, datagram.end, payloadOff, payloadEnd, 'payload')
    const damaged = fault.code !== FaultCode.None
    if (damaged !== (type === WtpType.NotAllowed)) throw new Error('fault and type disagree')
    found.push({ type, octets: datagram.end - datagram.off, fault: damaged ? fault.key : '' })
  }
  if (at !== end) throw new Error(`octets ${at} to ${end} are in no range`)
  return found
}

const single = '0a 0001 12 40 01 2f' // Invoke: Get /
const two = `
  00            # concatenated PDUs follow
  03            # three octets
  18 0005       # Ack
  0e            # fourteen octets
  0a 0006 12    # Invoke, class 2
  40 08 68747470 3a2f2f61 # Get http://a
`

t.test('one PDU is the whole datagram', t => {
  t.same(ranges(hex(single)), [{ type: WtpType.Invoke, octets: 7, fault: '' }])
  t.same(ranges(hex('')), [])
  t.end()
})

t.test('concatenated: the lengths and the leading zero belong to the PDU behind them', t => {
  t.same(ranges(hex(two)), [
    { type: WtpType.Ack, octets: 5, fault: '' },
    { type: WtpType.Invoke, octets: 15, fault: '' },
  ])
  t.end()
})

t.test('concatenated: a length of two octets', t => {
  const octets = new Uint8Array(1 + 2 + 300 + 1 + 3)
  octets.set(hex('00 812c 12 8001 04')) // 0x012c = 300: Result, Reply
  octets.set(hex('03 18 0001'), 303)
  t.same(ranges(octets), [
    { type: WtpType.Result, octets: 303, fault: '' },
    { type: WtpType.Ack, octets: 4, fault: '' },
  ])
  t.end()
})

t.test('concatenated: damage costs no octet and no later PDU', t => {
  t.same(ranges(hex('00')), [{ type: 0, octets: 1, fault: 'wtp/truncated' }])
  t.same(ranges(hex('00 00 03 18 0005')), [
    { type: 0, octets: 2, fault: 'wtp/truncated' },
    { type: WtpType.Ack, octets: 4, fault: '' },
  ])
  t.same(ranges(hex('00 02 18 00 03 18 0005')), [
    { type: 0, octets: 4, fault: 'wtp/truncated' },
    { type: WtpType.Ack, octets: 4, fault: '' },
  ])
  t.same(ranges(hex('00 03 18 0005 04 18 00')), [
    { type: WtpType.Ack, octets: 5, fault: '' },
    { type: 0, octets: 3, fault: 'wtp/bad-length' },
  ])
  t.same(ranges(hex('00 03 18 0005 ff')), [
    { type: WtpType.Ack, octets: 5, fault: '' },
    { type: 0, octets: 1, fault: 'wtp/truncated' },
  ])
  t.same(ranges(hex('00 ffff 18 0005')), [{ type: 0, octets: 6, fault: 'wtp/bad-length' }])
  t.end()
})

t.test('cut and mutated: the ranges still add up', t => {
  const read = (buf: Uint8Array, off: number, end: number): string =>
    JSON.stringify([ranges(buf, off, end), looksLikeWtp(buf, off, end)])
  hostile(t, 'single', hex(single), read)
  hostile(t, 'two', hex(two), read)
  t.end()
})

function looks(text: string): boolean {
  const octets = hex(text)
  return looksLikeWtp(octets, 0, octets.length)
}

t.test('what looks like WTP', t => {
  t.ok(looks(single))
  t.ok(looks(two))
  t.ok(looks('12 8001 04 20 01 94'), 'Result with a Reply')
  t.ok(looks('12 8001'), 'Result without data')
  t.ok(looks('18 8001'), 'Ack')
  t.ok(looks('98 0002 19 02'), 'Ack of a group')
  t.ok(looks('20 0005 01'), 'Abort')
  t.ok(looks('21 0005 e1'), 'Abort by WSP')
  t.ok(looks('38 0008 02 03 05'), 'Negative Ack')
  t.end()
})

t.test('what does not', t => {
  t.notOk(looks(''))
  t.notOk(looks('00'))
  t.notOk(looks('0a 0001 12'), 'Invoke without data')
  t.notOk(looks('0a 0001 13 40 01 2f'), 'class 3')
  t.notOk(looks('0a 8001 12 40 01 2f'), 'Invoke with the TID of a responder')
  t.notOk(looks('0a 0001 12 04 20 01 94'), 'Invoke with a Reply')
  t.notOk(looks('12 8001 40 01 2f'), 'Result with a Get')
  t.notOk(looks('18 8001 00'), 'Ack with an octet too much')
  t.notOk(looks('20 0005 0b'), 'Abort for a reason that is not assigned')
  t.notOk(looks('22 0005 01'), 'Abort type 2')
  t.notOk(looks('2c 000d 01 6162'), 'a lone segment has nothing to know it by')
  t.notOk(looks('07 40 0a 68747470 3a2f2f61 622f'), 'connectionless Get')
  t.notOk(looks('16 fefd 0000 00000000 0000 0004 0e000000'), 'DTLS handshake')
  t.notOk(looks('17 fefd 0001 00000000 0001 0004 12345678'), 'DTLS data')
  t.notOk(looks('c3 0001 0004 01000100'), 'WTLS')
  t.notOk(looks('1234 0100 0001 0000 0000 0000 01610000010001'), 'DNS')
  t.end()
})

t.test('random datagrams are rarely taken for WTP', t => {
  const next = random(20260101)
  const octets = new Uint8Array(64)
  let taken = 0
  for (let n = 0; n < 20_000; n++) {
    for (let i = 0; i < octets.length; i++) octets[i] = next() & 255
    if (looksLikeWtp(octets, 0, octets.length)) taken++
  }
  t.ok(taken < 60, `${taken} of 20000`)
  t.end()
})
