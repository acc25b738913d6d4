import t from 'tap'
import { Fault } from '../../src/wire/fault.js'
import { latin1 } from '../../src/wire/octets.js'
import { isWspRequest, WspPdu, WspType, wspMethod, wspTypeName } from '../../src/wire/wsp.js'
import { httpStatusOf } from '../../src/wire/wsp-assigned.js'
import { looksLikeWsp } from '../../src/wire/wsp-datagram.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside, random } from './hostile.js'

const fault = new Fault()

interface Read {
  pdu: WspPdu
  good: boolean
  fault: string
  uri: string
  contentType: string
  headers: string
  data: string
  capabilities: string
}

function read(octets: Uint8Array, connectionless = false): Read {
  const pdu = new WspPdu()
  fault.clear()
  const good = pdu.decode(octets, 0, octets.length, connectionless, fault)
  return {
    pdu,
    good,
    fault: fault.code === 0 ? '' : fault.key,
    uri: latin1(octets, pdu.uriOff, pdu.uriEnd),
    contentType: latin1(octets, pdu.contentTypeOff, pdu.contentTypeEnd),
    headers: latin1(octets, pdu.headersOff, pdu.headersEnd),
    data: latin1(octets, pdu.dataOff, pdu.dataEnd),
    capabilities: latin1(octets, pdu.capabilitiesOff, pdu.capabilitiesEnd),
  }
}

const get = `
  07           # TID
  40           # Get
  13           # URI: 19 octets
  687474703a2f2f 6d6d73632e74657374 2f61 31 # http://mmsc.test/a1
  a9 4e6f6b696100 # User-Agent: Nokia
`
const post = `
  60           # Post
  09           # URI: 9 octets
  06           # content type and headers: 6 octets
  2f7468652f70617468 # /the/path
  be           # Content-Type: application/vnd.wap.mms-message
  96 6d6d7300  # Host: mms
  8c80         # data
`
const reply = `
  07           # TID
  04           # Reply
  20           # 200 OK
  05           # content type and headers: 5 octets
  94           # application/vnd.wap.wmlc
  a6 6b3100    # Server: k1
  0104 6a00    # data
`
const connect = `
  01           # Connect
  10           # WSP 1.0
  05           # capabilities: 5 octets
  07           # headers: 7 octets
  04 8083d460  # Client-SDU-Size
  a9 4e6f6b696100 # User-Agent: Nokia
`

t.test('Get without a connection', t => {
  const r = read(hex(get), true)
  t.match(r, {
    good: true,
    fault: '',
    uri: 'http://mmsc.test/a1',
    headers: '\xa9Nokia\0',
    data: '',
  })
  t.match(r.pdu, { type: WspType.Get, tid: 7, complete: true, uriWhole: true, status: 0 })
  t.equal(wspMethod(r.pdu.type), 'GET')
  t.end()
})

t.test('Post', t => {
  const r = read(hex(post))
  t.match(r, { good: true, fault: '', uri: '/the/path', contentType: '\xbe', data: '\x8c\x80' })
  t.match(r, { headers: '\x96mms\0' })
  t.match(r.pdu, { type: WspType.Post, tid: -1, complete: true })
  t.end()
})

t.test('Reply', t => {
  const r = read(hex(reply), true)
  t.match(r, { good: true, contentType: '\x94', headers: '\xa6k1\0', data: '\x01\x04j\0', uri: '' })
  t.match(r.pdu, { type: WspType.Reply, tid: 7, statusCode: 0x20, status: 200, complete: true })
  const none = read(hex('04 44 00'))
  t.match(none, { good: true, contentType: '', headers: '', data: '' })
  t.match(none.pdu, { status: 404, complete: true })
  t.end()
})

t.test('Reply whose content type is text, and one whose is long', t => {
  const text = read(hex('04 20 06 612f6200 9900 ff'))
  t.match(text, { contentType: 'a/b\0', headers: '\x99\0', data: '\xff' })
  const long = read(hex('04 20 04 03 b3 89 61 ff'))
  t.match(long, { contentType: '\x03\xb3\x89a', headers: '', data: '\xff' })
  t.end()
})

t.test('Connect, ConnectReply, Resume', t => {
  const c = read(hex(connect))
  t.match(c, { good: true, capabilities: '\x04\x80\x83\xd4`', headers: '\xa9Nokia\0' })
  t.match(c.pdu, { type: WspType.Connect, version: 0x10, complete: true, sessionId: -1 })
  const r = read(hex('02 8105 02 00 0180'))
  t.match(r, { good: true, capabilities: '\x01\x80', headers: '' })
  t.match(r.pdu, { type: WspType.ConnectReply, sessionId: 133, complete: true })
  const s = read(hex('09 05 02 0180 a94100'))
  t.match(s, { good: true, capabilities: '\x01\x80', headers: '\xa9A\0' })
  t.match(read(hex('09 05')).pdu, { type: WspType.Resume, sessionId: 5, complete: true })
  t.end()
})

t.test('Disconnect, Suspend, Push, ConfirmedPush, Redirect, Data Fragment', t => {
  t.match(read(hex('05 8100')).pdu, { type: WspType.Disconnect, sessionId: 128, complete: true })
  t.match(read(hex('08 00')).pdu, { type: WspType.Suspend, sessionId: 0, complete: true })
  const push = read(hex('09 06 03 be af84 8c82'), true)
  t.match(push, { good: true, contentType: '\xbe', headers: '\xaf\x84', data: '\x8c\x82' })
  t.match(push.pdu, { type: WspType.Push, tid: 9, complete: true })
  t.match(read(hex('07 01 be 00')), { good: true, contentType: '\xbe', headers: '', data: '\0' })
  t.match(read(hex('03 80 0a000001')).pdu, { type: WspType.Redirect, complete: true })
  t.match(read(hex('80 02 9900 6162')), { good: true, headers: '\x99\0', data: 'ab' })
  t.end()
})

t.test('a message that is cut keeps what is whole', t => {
  const whole = read(hex('40 05 2f61'))
  t.match(whole, { good: true, uri: '/a', fault: 'wsp/truncated' })
  t.match(whole.pdu, { uriWhole: false, complete: false })
  // a Post of 65535 octets of headers: the URI is all there, as in the first of several WTP packets
  const first = read(hex('60 09 83ff7f 2f7468652f70617468 be 96'))
  t.match(first, { good: true, uri: '/the/path', contentType: '\xbe', headers: '\x96', data: '' })
  t.match(first.pdu, { uriWhole: true, complete: false })
  const none = read(hex('60 09 06 2f7468652f70617468'))
  t.match(none.pdu, { uriWhole: true, complete: false, headersOff: 12, headersEnd: 12 })
  t.match(read(hex('04 20 8100')).pdu, { status: 200, complete: false })
  t.match(read(hex('01 10 05 07 0480')).pdu, { version: 0x10, complete: false })
  t.end()
})

t.test('a content type that runs out of its headers is a fault of length', t => {
  const r = read(hex('04 20 02 6162 63'))
  t.match(r, { good: true, fault: 'wsp/bad-length', contentType: '', headers: '', data: 'c' })
  t.equal(r.pdu.complete, false)
  t.end()
})

t.test('what is refused', t => {
  for (const text of [
    '',
    '40',
    '60',
    '60 05',
    '04',
    '04 20',
    '01',
    '01 10',
    '01 10 05',
    '02',
    '05',
  ]) {
    t.match(read(hex(text)), { good: false, fault: 'wsp/truncated' }, text)
  }
  t.match(read(hex('07'), true), { good: false, fault: 'wsp/truncated' })
  t.match(read(hex('00')), { good: false, fault: 'wsp/bad-value' })
  t.match(read(hex('3f 01')), { good: false, fault: 'wsp/bad-value' })
  t.match(read(hex('40 ffffffffff 2f')), { good: false, fault: 'wsp/truncated' }, 'six octets')
  t.match(read(hex('40 ffffffff7f 2f')).pdu, { uriWhole: false, complete: false }, '2^35 - 1')
  t.match(read(hex('40 8080808080 2f')), { good: false })
  t.end()
})

t.test('names and numbers', t => {
  t.equal(wspMethod(0x61), 'PUT')
  t.equal(wspMethod(0x42), 'HEAD')
  t.equal(wspMethod(0x51), 'EXTENDED-51')
  t.equal(wspMethod(0x7f), 'EXTENDED-7F')
  t.equal(wspMethod(4), '')
  t.equal(wspTypeName(0x60), 'Post')
  t.equal(wspTypeName(0x9f), '0x9f')
  const status = [
    0x10, 0x11, 0x20, 0x26, 0x30, 0x34, 0x36, 0x37, 0x4f, 0x50, 0x51, 0x60, 0x65, 0x66,
  ]
  t.same(
    status.map(code => httpStatusOf[code]),
    [100, 101, 200, 206, 300, 304, 0, 307, 415, 416, 417, 500, 505, 0],
  )
  t.ok(isWspRequest(0x60) && isWspRequest(1) && !isWspRequest(2) && !isWspRequest(0x45))
  t.end()
})

function looks(octets: Uint8Array): boolean {
  return looksLikeWsp(octets, 0, octets.length)
}

t.test('what looks like connectionless WSP', t => {
  t.ok(looks(hex(get)))
  t.ok(looks(hex(reply)))
  t.ok(looks(hex(`07 ${post}`)))
  t.ok(looks(hex('09 06 03 be af84 8c82')), 'Push')
  t.notOk(looks(hex('')))
  t.notOk(looks(hex('07 40 05 2f61')), 'URI cut')
  t.notOk(looks(hex('07 40 03 61622e')), 'no scheme and no path')
  t.notOk(looks(hex('07 40 03 2f2062')), 'a space')
  t.notOk(looks(hex('07 04 1f 01 94')), 'status not assigned')
  t.notOk(looks(hex('07 04 20 00')), 'Reply without content type')
  t.notOk(looks(hex('07 05 01')), 'Disconnect needs a connection')
  t.notOk(looks(hex('16 fefd 0000 00000000 0000 0004 0e000000')), 'DTLS')
  const next = random(5)
  const octets = new Uint8Array(64)
  let taken = 0
  for (let n = 0; n < 20_000; n++) {
    for (let i = 0; i < octets.length; i++) octets[i] = next() & 255
    if (looks(octets)) taken++
  }
  t.ok(taken < 60, `${taken} of 20000 random datagrams`)
  t.end()
})

t.test('cut and mutated', t => {
  const pdu = new WspPdu()
  const reader = (buf: Uint8Array, off: number, end: number): string => {
    const found: unknown[] = [looksLikeWsp(buf, off, end)]
    for (const connectionless of [false, true]) {
      const local = new Fault()
      const good = pdu.decode(buf, off, end, connectionless, local)
      if ((good && pdu.complete) === (local.code !== 0))
        throw new Error('fault and answer disagree')
      inside(off, end, pdu.uriOff, pdu.uriEnd, 'URI')
      inside(off, end, pdu.contentTypeOff, pdu.contentTypeEnd, 'content type')
      inside(off, end, pdu.headersOff, pdu.headersEnd, 'headers')
      inside(off, end, pdu.capabilitiesOff, pdu.capabilitiesEnd, 'capabilities')
      inside(off, end, pdu.dataOff, pdu.dataEnd, 'data')
      found.push(good, { ...pdu }, local.code)
    }
    return JSON.stringify(found, (k, v) => (/(Off|End)$/.test(k) ? v - off : v))
  }
  hostile(t, 'Get', hex(get), reader)
  hostile(t, 'Post', hex(post), reader)
  hostile(t, 'Reply', hex(reply), reader)
  hostile(t, 'Connect', hex(connect), reader)
  hostile(t, 'Push', hex('09 06 03 be af84 8c82'), reader)
  hostile(t, 'Resume', hex('09 05 02 0180 a94100'), reader)
  t.end()
})
