import t from 'tap'
import { Fault } from '../../src/wire/fault.js'
import { charsetName, wapText } from '../../src/wire/wap-charset.js'
import { headerFieldNames, languages, mediaTypes } from '../../src/wire/wsp-assigned.js'
import {
  mediaTypeText,
  WspHeaderWalk,
  wspHeaderFacts,
  wspHeaderList,
} from '../../src/wire/wsp-header.js'
import { WspValue } from '../../src/wire/wsp-value.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside } from './hostile.js'

const fault = new Fault()

/** `Name: value` of every field, and the fault. */
function list(text: string): string[] {
  const octets = hex(text)
  const fields = wspHeaderList(octets, 0, octets.length, fault).map(f => `${f.name}: ${f.value}`)
  return fault.code === 0 ? fields : [...fields, fault.key]
}

function media(text: string): string {
  const octets = hex(text)
  return mediaTypeText(octets, 0, octets.length)
}

const push = `
  91 be        # Content-Type: application/vnd.wap.mms-message, short
  af 84        # X-Wap-Application-Id: mms.ua, short
  8e 687474703a2f2f61 00 # Content-Location: http://a
  96 6d6d73632e7400 # Host: mmsc.t
  a9 4e6f6b69613736353000 # User-Agent: Nokia7650
  a4 2f7200    # Referer: /r
  8d 02 0123   # Content-Length: 291, long
  582d466f6f00 62617200 # X-Foo: bar
`

t.test('the fields that rules ask for', t => {
  const octets = hex(push)
  t.same(wspHeaderFacts(octets, 0, octets.length, fault), {
    host: 'mmsc.t',
    userAgent: 'Nokia7650',
    contentType: 'application/vnd.wap.mms-message',
    contentLocation: 'http://a',
    applicationId: 'x-wap-application:mms.ua',
    contentUri: '',
    referer: '/r',
    profile: '',
  })
  t.equal(fault.code, 0)
  t.end()
})

t.test('a list of them all', t => {
  t.same(list(push), [
    'Content-Type: application/vnd.wap.mms-message',
    'X-Wap-Application-Id: x-wap-application:mms.ua',
    'Content-Location: http://a',
    'Host: mmsc.t',
    'User-Agent: Nokia7650',
    'Referer: /r',
    'Content-Length: 291',
    'X-Foo: bar',
  ])
  t.end()
})

t.test('the forms of a value', t => {
  t.same(list('a9 7f 8100'), ['User-Agent: \x81'], 'a quote before a first octet above 127')
  t.same(list('93 22 616200'), ['ETag: ab'], 'quoted string')
  t.same(list('92 04 65920080'), ['Date: 2024-01-01T00:00:00.000Z'])
  t.same(list('80 94'), ['Accept: application/vnd.wap.wmlc'])
  t.same(list('80 03 94 8081'), ['Accept: application/vnd.wap.wmlc'], 'with parameters')
  t.same(list('80 03 02 0202'), ['Accept: application/vnd.uplanet.signal'], 'long integer')
  t.same(list('bb ea'), ['Accept-Charset: utf-8'])
  t.same(list('bb 04 02 03e8 80'), ['Accept-Charset: iso-10646-ucs-2'])
  t.same(list('83 99'), ['Accept-Language: en'])
  t.same(list('8c 01 8c'), ['Content-Language: rm'], 'a number above 127 is a long integer')
  t.same(list('8b 80'), ['Content-Encoding: gzip'])
  t.same(list('86 e0'), ['Allow: POST'])
  t.same(list('c3 93'), ['Encoding-Version: 1.3'])
  t.same(list('b4 81'), ['Push-Flag: 1'])
  t.same(list('87 05 8061006200'), ['Authorization: 0x8061006200'], 'unknown data in hex')
  t.same(list('8d 1f 02 0123'), ['Content-Length: 291'], 'length behind a length quote')
  t.same(list('8d 01 ff'), ['Content-Length: 255'])
  t.end()
})

t.test('code pages', t => {
  t.same(list('7f 02 85 86 7f 01 9681'), ['page 2 field 0x05: 6', 'Host: 1'])
  t.same(list('10 85 86 01 96 81'), ['page 16 field 0x05: 6', 'Host: 1'], 'short cut shift')
  t.same(
    wspHeaderFacts(hex('02 96 6100'), 0, 4, fault).host,
    '',
    'Host of another page is not Host',
  )
  t.end()
})

t.test('damage ends the walk and keeps what came before', t => {
  t.same(list('96 6100 00 a9 6200'), ['Host: a', 'wsp-header/bad-value'])
  t.same(list('96 6100 a9 6262'), ['Host: a', 'wsp-header/truncated'], 'text without end')
  t.same(list('96 6100 a9'), ['Host: a', 'wsp-header/truncated'])
  t.same(list('96 6100 582d'), ['Host: a', 'wsp-header/truncated'], 'name without end')
  t.same(list('96 6100 7f'), ['Host: a', 'wsp-header/truncated'], 'shift without page')
  t.same(list('96 6100 8d 1f ffffffffff 00'), ['Host: a', 'wsp-header/truncated'])
  t.same(list('96 6100 8d 1f 83ff7f 00'), ['Host: a', 'wsp-header/truncated'], 'length 65535')
  t.same(list('96 6100 8d 1e 00'), ['Host: a', 'wsp-header/truncated'])
  t.same(list('8d 07 01020304050607'), ['Content-Length: 0x01020304050607'], 'not a safe integer')
  t.equal(list('9981'.repeat(200)).length, 101, 'at most a hundred and the limit')
  t.equal(list('9981'.repeat(200)).at(-1), 'wsp-header/limit')
  t.end()
})

t.test('media types', t => {
  t.equal(media('be'), 'application/vnd.wap.mms-message')
  t.equal(media('da'), 'application/octet-stream')
  t.equal(media('d9'), '0x59', 'not assigned')
  t.equal(media('ff'), '0x7f')
  t.equal(media('612f6200'), 'a/b')
  t.equal(media('03 83 8181'), 'text/plain', 'charset parameter')
  t.equal(media('1f 04 83 818181'), 'text/plain')
  t.equal(media('05 612f6200 81'), 'a/b', 'text inside the general form')
  t.equal(media('02 0202'), '', 'a length that ends early')
  t.equal(media(''), '')
  t.equal(media('00'), '')
  t.equal(media('6162'), '')
  t.end()
})

t.test('tables', t => {
  t.equal(headerFieldNames.length, 0x4b)
  t.equal(headerFieldNames[0x2f], 'X-Wap-Application-Id')
  t.equal(headerFieldNames[0x43], 'Encoding-Version')
  t.equal(mediaTypes[0x33], 'application/vnd.wap.multipart.related')
  t.equal(mediaTypes[0x4d], 'application/vnd.wv.csp+wbxml')
  t.same(
    [0x19, 0x2f, 0x41, 0x50, 0x5c, 0x7f, 0x81, 0x8c].map(n => languages[n]),
    ['en', 'vi', 'zh', 'uk', 'zu', 'ug', 'na', 'rm'],
  )
  t.end()
})

t.test('character sets', t => {
  const text = (digits: string, mib: number): string => {
    const octets = hex(digits)
    const { text, lossy } = wapText(octets, 0, octets.length, mib)
    return lossy ? `${text} lossy` : text
  }
  t.equal(text('c3a5', 106), 'å')
  t.equal(text('e5', 4), 'å')
  t.equal(text('c3a5', 3), 'å', 'UTF-8 that says us-ascii')
  t.equal(text('e5', 3), 'å lossy')
  t.equal(text('e5', 106), 'å lossy')
  t.equal(text('c3a5', 0), 'å')
  t.equal(text('c3a5', 9999), 'å', 'a set that nobody knows')
  t.equal(text('4f60597d', 1000), '你好')
  t.equal(text('feff4f60', 1015), '你')
  t.equal(text('fffe604f', 1015), '你')
  t.equal(text('604f', 1014), '你')
  t.equal(text('c4e3', 2025), '你')
  t.equal(text('c4e3', 113), '你')
  t.equal(text('a741', 2026), '你')
  t.equal(text('82a0', 17), 'あ')
  t.equal(charsetName(106), 'utf-8')
  t.equal(charsetName(9999), '9999')
  t.equal(charsetName(0), '*')
  for (let mib = 0; mib < 2300; mib++) {
    if (charsetName(mib) !== String(mib)) t.equal(text('6161', mib).length > 0, true, `set ${mib}`)
  }
  t.end()
})

t.test('cut and mutated', t => {
  const walk = new WspHeaderWalk()
  const reader = (buf: Uint8Array, off: number, end: number): string => {
    const local = new Fault()
    const places: number[] = []
    walk.start(buf, off, end)
    while (walk.next(local)) {
      inside(off, end, walk.nameOff, walk.nameEnd, 'name')
      inside(off, end, walk.value.off, walk.value.end, 'value')
      inside(off, end, walk.value.next, walk.value.next, 'next')
      places.push(walk.code, walk.value.off - off, walk.value.end - off)
      if (places.length > 3 * (end - off)) throw new Error('no end')
    }
    const value = new WspValue()
    const good = value.decode(buf, off, end)
    inside(off, end, value.off, value.end, 'first value')
    return JSON.stringify([
      places,
      local.code,
      good,
      wspHeaderList(buf, off, end, local),
      wspHeaderFacts(buf, off, end, local),
      mediaTypeText(buf, off, end),
    ])
  }
  hostile(t, 'push headers', hex(push), reader)
  hostile(t, 'forms', hex('80 03 94 8081 bb 04 02 03e8 80 8d 1f 02 0123 7f 02 85 86'), reader)
  t.end()
})
