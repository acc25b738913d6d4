/** Telling HTTP/1.x by its first octets, and finding a request again after framing was lost. */

import fc from 'fast-check'
import t from 'tap'
import {
  findRequestStart,
  startsH2,
  startsRequest,
  startsResponse,
} from '../../src/wire/http1-start.js'
import { ascii, walled } from './octets-of.js'

const asks = (text: string) => startsRequest(ascii(text), 0, text.length)
const answers = (text: string) => startsResponse(ascii(text), 0, text.length)

t.test('requests', async t => {
  const yes = [
    'GET / HTTP/1.1\r\n',
    'GET / HTTP/1.0\n',
    'POST http://mmsc.example/ HTTP/1.1\r\nHost: x',
    'GET /long',
    'GET h',
    'CONNECT mmsc.example:443',
    'PROPFIND /dav HTTP/1.1\r\n',
    'M-POST /x HTTP/1.1\r\n',
    'NOTIFY * HTTP/1.1\r\n',
    'OPTIONS * HTTP/1.1\r\n',
    'X-OWN_METHOD /x HTTP/1.1\r\n',
    'BASELINE-CONTROL /x HTTP/1.1\r\n',
  ]
  for (const text of yes) t.equal(asks(text), 1, JSON.stringify(text))
  const early = [
    '',
    'G',
    'GET',
    'GET ',
    'OPTIONS rtsp://a/b',
    'NOTIFY sip:a@b',
    'FOO /bar',
    'M-SEAR',
  ]
  for (const text of early) t.equal(asks(text), -1, JSON.stringify(text))
  const no = [
    'OPTIONS rtsp://a/b RTSP/1.0\r\n',
    'DESCRIBE rtsp://a/b RTSP/1.0\r\n',
    'INVITE sip:a@b SIP/2.0\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET /\r\n',
    'GET  / HTTP/1.1\r\n',
    'GET / HTTP/1.x\r\n',
    'GET / HTTP/1.1 \r\n',
    'GET HTTP/1.1\r\n',
    ' GET / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    'GET /\x00\x01\x02',
    'ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '\x16\x03\x01\x02\x00\x01',
    'EHLO mail.example\r\n',
  ]
  for (const text of no) t.equal(asks(text), 0, JSON.stringify(text))
  t.equal(asks(`GET /${'a'.repeat(20_000)}`), 0, 'a line without end')
  t.equal(asks(`GET /${'a'.repeat(4000)} HTTP/1.1\r\n`), 1)
})

t.test('responses and the HTTP/2 preface', async t => {
  for (const text of ['HTTP/1.1 200 OK\r\n', 'HTTP/1.0 404', 'HTTP/1.1 999 ']) {
    t.equal(answers(text), 1, text)
    for (let cut = 0; cut < 12; cut++) t.equal(answers(text.slice(0, cut)), -1)
  }
  for (const text of ['HTTP/2 200', 'HTTP/1.1\t200 OK', 'HTTP/1.1 2O0 OK', 'HTTP/x', 'h']) {
    t.equal(answers(text), 0, text)
  }
  const preface = ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  t.equal(startsH2(preface, 0, preface.length), 1)
  for (let cut = 0; cut < 16; cut++) t.equal(startsH2(preface, 0, cut), -1)
  t.equal(startsH2(ascii('PRI * HTTP/1.1\r\n'), 0, 16), 0)
})

t.test('an answer never changes from yes to no, or back, when more octets come', async t => {
  const line = fc.oneof(
    fc.stringMatching(/^[A-Z-]{1,22} [!-~]{0,30}( HTTP\/[12]\.[0-9])?\r?\n$/),
    fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  )
  fc.assert(
    fc.property(line, text => {
      const { buf, off, end } = walled(ascii(text), 0x41)
      for (const decide of [startsResponse, startsH2]) {
        let before: number = -1
        for (let cut = off; cut <= end; cut++) {
          const now = decide(buf, off, cut)
          if (before !== -1 && now !== before) return false
          before = now
        }
      }
      // a request may still turn into no at its line end (another protocol with the same method)
      let sure = false
      for (let cut = off; cut <= end; cut++) {
        const now = startsRequest(buf, off, cut)
        if (sure && now !== 0) return false
        sure = now === 0
      }
      return true
    }),
    { seed: 2, numRuns: 3000 },
  )
  t.pass()
})

t.test('finding a request again', async t => {
  const find = (text: string) => findRequestStart(ascii(text), 0, text.length)
  t.equal(find('GET /a HTTP/1.1\r\n'), 0)
  t.equal(find('binary\x00\r\nGET /a HTTP/1.0'), 9)
  t.equal(find('say GET /a HTTP/1.1\r\nPOST http://b/ HTTP/1.1\r\n'), 21)
  t.equal(find('get /a HTTP/1.1\r\n'), -1)
  t.equal(find('GET /a HTTP/1.2\r\n'), -1)
  t.equal(find('GET /a b HTTP/1.1\r\n'), -1)
  t.equal(find('GET /a HTTP/1.\r\nGET /b HTTP/1.1'), 16)
  t.equal(find(''), -1)
  const regex = /^[A-Z]{1,19} [^\s]+ HTTP\/1\.[01]/m
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('GET', 'x', ' ', '\n', 'HTTP/1.1', '/a', 'HTTP/1.0', 'Z'), {
        maxLength: 40,
      }),
      parts => {
        const text = parts.join('')
        const { buf, off, end } = walled(ascii(text), 0x31)
        const found = findRequestStart(buf, off, end)
        return (found < 0 ? -1 : found - off) === (regex.exec(text)?.index ?? -1)
      },
    ),
    { seed: 3, numRuns: 20_000 },
  )
})
