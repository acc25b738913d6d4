/** HTTP/1.x heads: fields by range, folding, repeated lengths, every truncation, mutation. */

import fc from 'fast-check'
import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { HttpHead, headEnd } from '../../src/wire/http1.js'
import { BodyKind, requestBody, responseBody } from '../../src/wire/http1-body.js'
import {
  absentContentLength,
  beforeParameters,
  fieldText,
  invalidContentLength,
  TargetForm,
  TransferCoding,
} from '../../src/wire/http1-field-value.js'
import { ascii, mutate, range, walled, Xorshift } from './octets-of.js'

const fault = new Fault()
const head = new HttpHead()

const wapRequest = [
  'POST http://mmsc.example:8080/mmsc/send?x=%20 HTTP/1.1',
  'Host: mmsc.example:8080',
  'X-Online-Host:\tmmsc.monternet.com \t',
  'USER-AGENT: Nokia6600/1.0 (Series60)',
  'x-wap-profile: "http://nds1.nds.nokia.com/uaprof/N6600r100.xml"',
  'content-TYPE: application/vnd.wap.mms-message; charset=utf-8',
  'Content-Length: 60031',
  'Expect: 100-Continue',
  'Connection: Keep-Alive, Upgrade',
  'Upgrade: h2c',
  'Referer: http://mmsc.fake/',
  '',
  '',
].join('\r\n')

function request(text: string): boolean {
  const buf = ascii(text)
  return head.decodeRequest(buf, 0, buf.length, fault)
}

function response(text: string): boolean {
  const buf = ascii(text)
  return head.decodeResponse(buf, 0, buf.length, fault)
}

t.test('request: every field that rating reads', async t => {
  const { buf, off, end } = walled(ascii(wapRequest), 0x20)
  t.equal(headEnd(buf, off, end), end)
  t.equal(head.decodeRequest(buf, off, end, fault), true)
  t.equal(range(buf, head.methodOff, head.methodEnd), 'POST')
  t.equal(range(buf, head.targetOff, head.targetEnd), 'http://mmsc.example:8080/mmsc/send?x=%20')
  t.equal(head.targetForm, TargetForm.Absolute)
  t.equal(head.minor, 1)
  t.equal(head.status, 0)
  t.equal(range(buf, head.hostOff, head.hostEnd), 'mmsc.example:8080')
  t.equal(range(buf, head.xOnlineHostOff, head.xOnlineHostEnd), 'mmsc.monternet.com')
  t.equal(range(buf, head.userAgentOff, head.userAgentEnd), 'Nokia6600/1.0 (Series60)')
  t.match(range(buf, head.xWapProfileOff, head.xWapProfileEnd), /^"http.*xml"$/)
  const mediaEnd = beforeParameters(buf, head.contentTypeOff, head.contentTypeEnd)
  t.equal(range(buf, head.contentTypeOff, mediaEnd), 'application/vnd.wap.mms-message')
  t.equal(range(buf, head.upgradeOff, head.upgradeEnd), 'h2c')
  t.equal(head.contentLength, 60031)
  t.equal(head.expect100, true)
  t.equal(head.keepAlive, true)
  t.equal(head.upgrade, true)
  t.equal(head.close, false)
  t.equal(head.locationOff, -1)
  t.equal(head.badLines, 0)
  t.equal(requestBody(head), BodyKind.Length)
})

t.test('response: status, location, media type', async t => {
  const text =
    'HTTP/1.1 302 Found\r\nLocation: http://portal.topup.example/?u=1\r\n' +
    'Content-Type: text/html\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
  const buf = ascii(text)
  t.equal(head.decodeResponse(buf, 0, buf.length, fault), true)
  t.equal(head.status, 302)
  t.equal(range(buf, head.locationOff, head.locationEnd), 'http://portal.topup.example/?u=1')
  t.equal(range(buf, head.contentTypeOff, head.contentTypeEnd), 'text/html')
  t.equal(head.close, true)
  t.equal(head.methodOff, -1)
  t.equal(responseBody(head, false, false), BodyKind.None)
  t.equal(response('HTTP/1.0 200\r\n\r\n'), true, 'reason phrase and its blank left out')
  t.equal(head.minor, 0)
  for (const bad of [
    'HTTP/1.1 20',
    'HTTP/1.1 2x0 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/2 200 OK',
    'ICY 200 OK',
  ]) {
    t.equal(response(`${bad}\r\n\r\n`), false, bad)
    t.equal(fault.code, FaultCode.BadValue)
  }
  t.equal(response('HTTP/1.1 099 X\r\n\r\n'), false, 'a status has three digits from 100 up')
})

t.test('request line', async t => {
  const good: [string, TargetForm, string][] = [
    ['GET / HTTP/1.1', TargetForm.Origin, '/'],
    ['GET http://a/ HTTP/1.0', TargetForm.Absolute, 'http://a/'],
    ['CONNECT mmsc.example:443 HTTP/1.1', TargetForm.Authority, 'mmsc.example:443'],
    ['OPTIONS * HTTP/1.1', TargetForm.Asterisk, '*'],
    ['GET a/b HTTP/1.1', TargetForm.Other, 'a/b'],
    ['GET /two words HTTP/1.1', TargetForm.Origin, '/two words'],
    ['M-SEARCH * HTTP/1.1', TargetForm.Asterisk, '*'],
    ['GET 1http://a/ HTTP/1.1', TargetForm.Other, '1http://a/'],
  ]
  for (const [line, form, target] of good) {
    const buf = ascii(`${line}\r\nHost: h\r\n\r\n`)
    t.equal(head.decodeRequest(buf, 0, buf.length, fault), true, line)
    t.equal(head.targetForm, form)
    t.equal(range(buf, head.targetOff, head.targetEnd), target)
    t.equal(head.isConnect, line.startsWith('CONNECT'))
  }
  for (const bad of [
    'GET /',
    'GET / HTTP/2.0',
    'GET  HTTP/1.1',
    'GET HTTP/1.1',
    '/ HTTP/1.1',
    ' GET / HTTP/1.1',
    'G(T / HTTP/1.1',
    'PRI * HTTP/2.0',
  ]) {
    t.equal(request(`${bad}\r\n\r\n`), false, bad)
    t.equal(fault.code, FaultCode.BadValue)
    t.equal(fault.key, 'http1/bad-value')
  }
  t.equal(request('\r\n\r\nGET / HTTP/1.1\r\n\r\n'), true, 'empty lines before the request line')
  t.equal(request('GET / HTTP/1.1\nHost: lf.only\n\n'), true, 'bare LF')
})

t.test('fields: repeats, folds, blanks and broken lines', async t => {
  const text =
    'GET / HTTP/1.1\r\nHost: first.example\r\nHost: second.example\r\nUser-Agent: a\r\n\t b\r\n c\r\n' +
    'no colon here\r\n: no name\r\nX-Online-Host : spaced.example\r\nX-Online-Host: later.example\r\n' +
    'Connection: foo\r\nConnection: close\r\n\r\n'
  const buf = ascii(text)
  t.equal(head.decodeRequest(buf, 0, buf.length, fault), true)
  t.equal(range(buf, head.hostOff, head.hostEnd), 'first.example')
  t.equal(head.hostLines, 2)
  t.equal(fieldText(buf, head.userAgentOff, head.userAgentEnd), 'a b c')
  t.equal(range(buf, head.xOnlineHostOff, head.xOnlineHostEnd), 'spaced.example')
  t.equal(head.badLines, 2)
  t.equal(head.close, true)
  // a folded header line must not be read as a field of its own: request smuggling
  t.equal(request('GET / HTTP/1.1\r\nX: y\r\n Host: folded.example\r\n\r\n'), true)
  t.equal(head.hostOff, -1)
  // a name that differs in one bit from a known one
  t.equal(request('GET / HTTP/1.1\r\nHosT: a\r\nH\x0fst: b\r\n\r\n'), true)
  t.equal(head.hostLines, 1)
  t.equal(head.badLines, 1)
  t.equal(request(`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(2000)}\r\n`), false, 'endless fields')
  t.equal(fault.code, FaultCode.Limit)
})

t.test('body length rules of RFC 9112 section 6.3, in order', async t => {
  const at = (status: number, fields: string, toHead = false, toConnect = false) => {
    t.equal(response(`HTTP/1.1 ${status} X\r\n${fields}\r\n`), true)
    return responseBody(head, toHead, toConnect)
  }
  const length = 'Content-Length: 5\r\n'
  const chunked = 'Transfer-Encoding: chunked\r\n'
  t.equal(at(200, length), BodyKind.Length)
  t.equal(at(200, ''), BodyKind.Close)
  t.equal(at(200, 'Content-Length: 0\r\n'), BodyKind.None)
  t.equal(at(200, chunked), BodyKind.Chunked)
  t.equal(at(200, length + chunked), BodyKind.Chunked)
  t.equal(at(200, 'Transfer-Encoding: gzip, Chunked , \r\n'), BodyKind.Chunked)
  t.equal(at(200, 'Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n'), BodyKind.Close)
  t.equal(at(200, `Transfer-Encoding: xchunked\r\n${length}`), BodyKind.Close)
  t.equal(at(200, length, true), BodyKind.None)
  for (const status of [100, 103, 204, 304]) t.equal(at(status, length), BodyKind.None)
  t.equal(at(101, length), BodyKind.Tunnel)
  t.equal(at(200, length, false, true), BodyKind.Tunnel)
  t.equal(at(204, '', false, true), BodyKind.Tunnel)
  t.equal(at(407, length, false, true), BodyKind.Length)
  const lengths: [string, number][] = [
    ['Content-Length: 7\r\nContent-Length: 7\r\n', 7],
    ['Content-Length: 7, 7\r\n', 7],
    ['Content-Length: 7\r\nContent-Length: 8\r\n', invalidContentLength],
    ['Content-Length: 7, 8\r\n', invalidContentLength],
    ['Content-Length: +7\r\n', invalidContentLength],
    ['Content-Length: 7 7\r\n', invalidContentLength],
    ['Content-Length: 0x7\r\n', invalidContentLength],
    ['Content-Length:\r\n', invalidContentLength],
    ['Content-Length: 7,\r\n', invalidContentLength],
    ['Content-Length: 9007199254740991\r\n', Number.MAX_SAFE_INTEGER],
    ['Content-Length: 9007199254740992\r\n', invalidContentLength],
    ['Content-Length: 99999999999999999999\r\n', invalidContentLength],
    ['Content-Length: x\r\nContent-Length: 7\r\n', invalidContentLength],
    ['X-Content-Length: 7\r\n', absentContentLength],
  ]
  for (const [fields, want] of lengths) {
    t.equal(request(`POST / HTTP/1.1\r\n${fields}\r\n`), true)
    t.equal(head.contentLength, want, JSON.stringify(fields))
  }
  t.equal(at(200, 'Content-Length: x\r\n'), BodyKind.Unknown)
  t.equal(request(`POST / HTTP/1.1\r\n${chunked}\r\n`), true)
  t.equal(requestBody(head), BodyKind.Chunked)
  t.equal(head.transferCoding, TransferCoding.Chunked)
  t.equal(request('POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n'), true)
  t.equal(requestBody(head), BodyKind.Unknown)
  t.equal(request('GET / HTTP/1.1\r\n\r\n'), true)
  t.equal(requestBody(head), BodyKind.None)
})

t.test('head end: at every cut, resumed, and with bare LF', async t => {
  for (const text of [
    wapRequest,
    `\r\n${wapRequest}`,
    'GET / HTTP/1.1\nHost: a\n\n',
    'GET / HTTP/1.1\r\nA: b\n\r\n',
  ]) {
    const { buf, off, end } = walled(ascii(`${text}body\r\n\r\nmore`), 0x0a)
    const want = off + text.length
    for (let cut = off; cut <= end; cut++) {
      t.equal(headEnd(buf, off, cut), cut < want ? -1 : want, `cut at ${cut - off}`)
      for (const from of [off, Math.min(cut, want - 1), Math.max(off, Math.min(cut, want) - 3)]) {
        t.equal(headEnd(buf, off, cut, from), cut < want ? -1 : want, `resumed from ${from - off}`)
      }
    }
  }
  t.equal(headEnd(ascii('\r\n\r\n'), 0, 4), -1, 'empty lines alone are no head')
})

t.test(
  'every truncation of a head: false, or a partial head that holds whole lines only',
  async t => {
    const octets = ascii(wapRequest)
    const lineEnd = wapRequest.indexOf('\n') + 1
    for (let cut = 0; cut < octets.length; cut++) {
      const { buf, off, end } = walled(octets.subarray(0, cut), 0x0a)
      t.equal(head.decodeRequest(buf, off, end, fault), false, `cut at ${cut}`)
      t.equal(fault.code, FaultCode.Truncated)
      t.ok(fault.at >= off && fault.at <= end)
      t.equal(head.decodePartialRequest(buf, off, end, fault), cut >= lineEnd, `partial at ${cut}`)
      if (cut < lineEnd) continue
      t.equal(head.partial, true)
      t.match(range(buf, head.targetOff, head.targetEnd), /^http:.*%20$/)
      t.equal(head.hostOff >= 0, cut >= wapRequest.indexOf('X-Online'))
      t.equal(head.contentLength, cut >= wapRequest.indexOf('Expect') ? 60031 : absentContentLength)
    }
    const whole = ascii('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n')
    for (let cut = 0; cut < whole.length; cut++) {
      t.equal(head.decodeResponse(whole, 0, cut, fault), false)
    }
  },
)

function rangesInside(off: number, end: number): boolean {
  const pairs = [
    [head.methodOff, head.methodEnd],
    [head.targetOff, head.targetEnd],
    [head.hostOff, head.hostEnd],
    [head.xOnlineHostOff, head.xOnlineHostEnd],
    [head.userAgentOff, head.userAgentEnd],
    [head.contentTypeOff, head.contentTypeEnd],
    [head.locationOff, head.locationEnd],
    [head.upgradeOff, head.upgradeEnd],
    [head.xWapProfileOff, head.xWapProfileEnd],
  ]
  return pairs.every(([a, b]) => a === -1 || (a! >= off && b! >= a! && b! <= end))
}

t.test('120,000 mutations: ranges stay inside, and nothing outside [off, end) matters', async t => {
  const random = new Xorshift(0x9112)
  const seeds = [
    ascii(wapRequest),
    ascii('HTTP/1.1 200 OK\r\nContent-Type: a\r\n b\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ascii('GET / HTTP/1.0\nHost: 10.0.0.172\nX-Online-Host: mmsc.a\n\n'),
  ]
  let outside = 0
  let unstable = 0
  let good = 0
  for (let n = 0; n < 120_000; n++) {
    const octets = mutate(seeds[n % 3]!, random)
    const seen: string[] = []
    for (const wall of [0x0a, 0x20]) {
      const { buf, off, end } = walled(octets, wall)
      const ok =
        n % 6 < 3
          ? n % 3 === 1
            ? head.decodeResponse(buf, off, end, fault)
            : head.decodeRequest(buf, off, end, fault)
          : head.decodePartialRequest(buf, off, end, fault)
      if (ok) good++
      if (ok && !rangesInside(off, end)) outside++
      seen.push(`${ok} ${headEnd(buf, off, end)} ${JSON.stringify(head)}`)
    }
    if (seen[0] !== seen[1]) unstable++
  }
  t.equal(outside, 0)
  t.equal(unstable, 0)
  t.ok(good > 10_000, `${good} of the mutated heads were still heads`)
})

t.test('property: a written head reads back', async t => {
  const name = fc.constantFrom('Host', 'X-ONLINE-HOST', 'User-agent', 'content-type', 'X-Other')
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
  const field = fc.tuple(name, value)
  fc.assert(
    fc.property(
      fc.array(field, { maxLength: 12 }),
      fc.stringMatching(/^\/[!-~]{0,40}$/),
      (fields, path) => {
        const buf = ascii(
          `GET ${path} HTTP/1.1\r\n${fields.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`,
        )
        const first = (wanted: string) =>
          fields.find(([n]) => n.toLowerCase() === wanted)?.[1] ?? '(absent)'
        return (
          headEnd(buf, 0, buf.length) === buf.length &&
          head.decodeRequest(buf, 0, buf.length, fault) &&
          range(buf, head.targetOff, head.targetEnd) === path &&
          range(buf, head.hostOff, head.hostEnd) === first('host') &&
          range(buf, head.xOnlineHostOff, head.xOnlineHostEnd) === first('x-online-host') &&
          range(buf, head.userAgentOff, head.userAgentEnd) === first('user-agent') &&
          range(buf, head.contentTypeOff, head.contentTypeEnd) === first('content-type')
        )
      },
    ),
    { seed: 9112, numRuns: 2000 },
  )
  t.pass()
})
