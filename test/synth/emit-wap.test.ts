/** WTP, WSP, WTLS, MMS, DNS and TLS against octets written out by hand. */

import t from 'tap'
import { emitDns } from '../../src/synth/emit-dns.js'
import { emitChunked, emitHead } from '../../src/synth/emit-http.js'
import { emitMms } from '../../src/synth/emit-mms.js'
import { emitClientHello } from '../../src/synth/emit-tls.js'
import { emitWebsocketFrame } from '../../src/synth/emit-websocket.js'
import { emitGet, emitPost, emitReply, withTid, wspStatus } from '../../src/synth/emit-wsp.js'
import {
  emitLongInteger,
  emitTextString,
  emitUintvar,
  emitWithLength,
  emitWspHeaders,
} from '../../src/synth/emit-wsp-header.js'
import { emitWtlsRecord } from '../../src/synth/emit-wtls.js'
import {
  concatenate,
  emitAbort,
  emitAck,
  emitInvoke,
  emitNegativeAck,
  emitResult,
  emitSegment,
} from '../../src/synth/emit-wtp.js'
import { octetsOf } from '../../src/synth/octet-builder.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { hex } from '../helpers/hex.js'

const data = Uint8Array.of(0xaa)

t.test('WTP', async t => {
  const invoke = { tid: 0x1234, class: 2, trailer: 'no-sar' } as const
  t.strictSame(emitInvoke(invoke, data), hex('0e 12 34 12 aa'))
  t.strictSame(emitInvoke({ ...invoke, tidNew: true, repeated: true }, data), hex('0f 12 34 32 aa'))
  t.strictSame(emitInvoke({ ...invoke, trailer: 'more' }, data), hex('08 12 34 12 aa'))
  t.strictSame(emitResult(0x1234, 'last', false, data), hex('12 92 34 aa'), 'direction bit set')
  t.strictSame(emitSegment(true, 1, 7, 'group', true, data), hex('35 80 01 07 aa'))
  t.strictSame(emitSegment(false, 1, 1, 'last', false, data), hex('2a 00 01 01 aa'))
  t.strictSame(emitAck({ tid: 1, responder: false }), hex('18 00 01'))
  t.strictSame(emitAck({ tid: 1, responder: true, tve: true }), hex('1c 80 01'))
  t.strictSame(emitAck({ tid: 1, responder: false, psn: 4 }), hex('98 00 01 19 04'))
  t.strictSame(emitNegativeAck(1, false, [2, 3]), hex('38 00 01 02 02 03'))
  t.strictSame(emitAbort(1, false, true, 4), hex('21 00 01 04'))
})

t.test('WTP concatenation: one or two octets of length', async t => {
  t.strictSame(concatenate([data]), data, 'a single PDU stands alone')
  t.strictSame(concatenate([data, hex('bb cc')]), hex('00 01 aa 02 bb cc'))
  const long = new Uint8Array(200)
  t.strictSame(concatenate([data, long]).subarray(0, 5), hex('00 01 aa 80 c8'))
})

t.test('WSP integers and strings', async t => {
  t.strictSame(emitUintvar(0), hex('00'))
  t.strictSame(emitUintvar(127), hex('7f'))
  t.strictSame(emitUintvar(128), hex('81 00'))
  t.strictSame(emitUintvar(0x87a5), hex('82 8f 25'), 'the example of clause 8.1.2')
  t.strictSame(emitUintvar(0xffffffff), hex('8f ff ff ff 7f'))
  t.strictSame(emitLongInteger(0), hex('01 00'))
  t.strictSame(emitLongInteger(0x123456), hex('03 12 34 56'))
  t.strictSame(emitTextString('a'), hex('61 00'))
  t.strictSame(emitTextString('é'), hex('7f c3 a9 00'), 'quoted: first octet above 127')
  t.equal(emitWithLength(new Uint8Array(30))[0], 30)
  t.strictSame(emitWithLength(new Uint8Array(31)).subarray(0, 2), hex('1f 1f'))
})

t.test('WSP headers and PDUs', async t => {
  t.strictSame(emitWspHeaders({ 'user-agent': 'x' }), hex('a9 78 00'))
  t.strictSame(emitWspHeaders({ 'x-own': 'y' }), hex('78 2d 6f 77 6e 00 79 00'))
  t.strictSame(emitWspHeaders({ 'x-wap-application-id': '4' }), hex('af 84'))
  t.strictSame(emitGet('a', { accept: '*/*' }), hex('40 01 61 80 80'))
  t.strictSame(emitPost('a', 'application/vnd.wap.mms-message', {}, data), hex('60 01 01 61 be aa'))
  t.strictSame(emitReply(200, 'text/plain', {}, data), hex('04 20 01 83 aa'))
  t.strictSame(withTid(255, data), hex('ff aa'))
  const statuses = [200, 204, 302, 404, 406, 500, 503].map(wspStatus)
  t.strictSame(statuses, [0x20, 0x24, 0x32, 0x44, 0x46, 0x60, 0x63])
})

t.test('WTLS record', async t => {
  t.strictSame(emitWtlsRecord(4, true, 2, data), hex('e4 00 02 00 01 aa'))
  t.strictSame(emitWtlsRecord(3, false, 0, data), hex('c3 00 00 00 01 aa'))
})

t.test('MMS', async t => {
  const random = new Xorshift32(1)
  t.strictSame(
    emitMms({ type: 'm-send-conf', transaction_id: 'T', message_id: 'M' }, 0, random),
    hex('8c 81 98 54 00 8d 90 92 80 8b 4d 00'),
  )
  t.strictSame(
    emitMms({ type: 'm-notifyresp-ind', transaction_id: 'T' }, 0, random),
    hex('8c 83 98 54 00 8d 90 95 81'),
  )
  const subject = emitMms({ type: 'm-notification-ind', subject: '你' }, 0, random)
  // 96, value-length 6, UTF-8, quote, the character, end of string
  t.match(Buffer.from(subject).toString('hex'), '9606ea7fe4bda000')
})

t.test('DNS', async t => {
  const query = {
    id: 0x1234,
    response: false,
    name: 'a.bc',
    type: 'A',
    rcode: 0,
    truncated: false,
    answers: [],
  } as const
  const question = '01 61 02 62 63 00 00 01 00 01'
  t.strictSame(emitDns(query), hex(`12 34 01 00 00 01 00 00 00 00 00 00 ${question}`))
  const answer = { ...query, response: true, answers: ['10.0.0.1'] }
  t.strictSame(
    emitDns(answer),
    hex(`12 34 81 80 00 01 00 01 00 00 00 00 ${question}
         c0 0c 00 01 00 01 00 00 01 2c 00 04 0a 00 00 01`),
  )
  const text = emitDns({ ...query, type: 'TXT', response: true, answers: [{ text: 300 }] })
  const record = text.subarray(12 + 10 + 10)
  t.strictSame(record.subarray(0, 3), hex('01 2e ff'), '302 octets: strings of 255 and 45')
})

t.test('HTTP', async t => {
  t.strictSame(emitChunked(octetsOf('abcde'), 3), octetsOf('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'))
  t.strictSame(
    emitHead('GET / HTTP/1.1', [
      ['Host', 'a'],
      ['Expect', null],
    ]),
    octetsOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  )
})

t.test('TLS: the server name is there once, or not at all', async t => {
  const random = new Xorshift32(1)
  const named = Buffer.from(emitClientHello('mmsc.example', false, random))
  t.equal(named.readUIntBE(1, 3), named.length - 4)
  t.ok(named.includes('mmsc.example'))
  const anonymous = Buffer.from(emitClientHello(undefined, true, random))
  t.ok(anonymous.includes(Buffer.from([0xfe, 0x0d])), 'ECH')
})

t.test('WebSocket frames', async t => {
  const random = new Xorshift32(1)
  t.strictSame(emitWebsocketFrame(false, 5, random).subarray(0, 2), hex('82 05'))
  t.strictSame(emitWebsocketFrame(true, 126, random).subarray(0, 4), hex('82 fe 00 7e'))
  t.equal(emitWebsocketFrame(true, 126, random).length, 2 + 2 + 4 + 126)
})
