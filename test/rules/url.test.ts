/** URLs for matching: the order of candidates, conflicts, canonical form, hostile text. */

import fc from 'fast-check'
import t from 'tap'
import {
  canonicalUrl,
  hostName,
  type RequestParts,
  requestUrl,
  sniUrl,
  wspUrl,
} from '../../src/rules/url.js'

const isProxyHost = (host: string) => hostName(host) === '10.0.0.172'

function ask(target: string, more: Partial<RequestParts> = {}) {
  return requestUrl({ method: 'GET', target, serverText: '10.0.0.172', isProxyHost, ...more })
}

t.test('canonical form', async t => {
  const table: [raw: string, want: string][] = [
    ['HTTP://MMSC.Monternet.COM/News', 'http://mmsc.monternet.com/News'],
    ['http://a:80/x', 'http://a/x'],
    ['http://a:080/x', 'http://a/x'],
    ['http://a:/x', 'http://a/x'],
    ['http://a:8080/x', 'http://a:8080/x'],
    ['https://a:443/', 'https://a/'],
    ['https://a:80/', 'https://a:80/'],
    ['http://a/x#f', 'http://a/x'],
    ['http://a#f/x', 'http://a'],
    ['http://a/x?q=1#f', 'http://a/x?q=1'],
    ['http://a?q=http://B/', 'http://a?q=http://B/'],
    ['http://a/%7Euser/%2e%2E/', 'http://a/%7Euser/%2e%2E/'],
    ['http://a/../b//c/./', 'http://a/../b//c/./'],
    ['http://a\\@b/', 'http://a\\@b/'],
    ['http://User:PW@Host:80/', 'http://User:PW@host/'],
    ['http://[2001:DB8::1]:80/x', 'http://[2001:db8::1]/x'],
    ['http://[2001:db8::1]/x', 'http://[2001:db8::1]/x'],
    ['http://[2001:db8::1', 'http://[2001:db8::1'],
    ['http://', 'http://'],
    ['http:///path', 'http:///path'],
    ['http://a:b:80/', 'http://a:b:80/'],
    ['::', '::'],
    ['http://[::1]x:80/', 'http://[::1]x/'],
    ['http://a:x/', 'http://a:x/'],
    ['', ''],
    ['#', ''],
    [':80', ':80'],
    ['MMSC.example:443', 'mmsc.example:443'],
    ['ftp://A:21/X', 'ftp://a:21/X'],
    ['http://彩信.CN/', 'http://彩信.cn/'],
  ]
  for (const [raw, want] of table) t.equal(canonicalUrl(raw), want, raw)
})

t.test('a canonical URL is its own canonical form', async t => {
  const part = fc.constantFrom(
    'http://',
    'HTTPS://',
    'A',
    'b',
    '.',
    ':',
    '80',
    '443',
    '@',
    '[',
    ']',
    '/',
    '?',
    '#',
    '%2F',
    'é',
    'İ',
    ' ',
  )
  const urls = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.array(part).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(urls, url => canonicalUrl(canonicalUrl(url)) === canonicalUrl(url)),
    { seed: 80, numRuns: 6000 },
  )
  t.pass('6,000 texts')
})

t.test('the order of candidates', async t => {
  const all = { host: '10.0.0.172', xOnlineHost: 'www.example.com' }
  t.match(ask('mmsc.example:443', { method: 'CONNECT', host: 'mmsc.example:443' }), {
    url: 'mmsc.example:443',
    source: 'connect',
    host: 'mmsc.example',
    path: '',
    conflict: [],
  })
  t.match(ask('http://MMSC.example/a#b', all), {
    url: 'http://mmsc.example/a',
    raw: 'http://MMSC.example/a#b',
    source: 'absolute-form',
    host: 'mmsc.example',
    path: '/a',
  })
  t.match(ask('/a?b', all), {
    url: 'http://www.example.com/a?b',
    source: 'x-online-host',
    host: 'www.example.com',
    path: '/a?b',
    conflict: [],
  })
  t.match(ask('/a', { host: 'WWW.example.com:80' }), {
    url: 'http://www.example.com/a',
    source: 'host',
  })
  t.match(ask('/a', { host: '10.0.0.172' }), { url: 'http://10.0.0.172/a', source: 'host' })
  t.match(ask('/a'), { url: 'http://10.0.0.172/a', source: 'origin-address' })
  t.match(ask('/a', { serverText: '[2001:db8::1]:8080' }), {
    url: 'http://[2001:db8::1]:8080/a',
    source: 'origin-address',
    host: '2001:db8::1',
  })
  t.match(
    ask('/a', { xOnlineHost: 'b' }),
    { source: 'x-online-host' },
    'no Host: the server is the gateway',
  )
})

t.test('X-Online-Host', async t => {
  const via = (xOnlineHost: string, host = '10.0.0.172') => ask('/p', { host, xOnlineHost })
  t.equal(via('MMSC.example:80').url, 'http://mmsc.example/p')
  t.equal(via('mmsc.example:8080').url, 'http://mmsc.example:8080/p')
  t.equal(via('http://mmsc.example/ignored').url, 'http://mmsc.example/p')
  t.equal(via('  mmsc.example ').url, 'http://mmsc.example/p')
  t.equal(via('').source, 'host')
  t.equal(via('mmsc.example', '10.0.0.172:80').source, 'x-online-host')
  t.match(
    via('mmsc.example', 'www.example.com'),
    {
      url: 'http://www.example.com/p',
      source: 'host',
      conflict: [{ source: 'x-online-host', url: 'http://mmsc.example/p' }],
    },
    'towards no gateway it is only a conflict',
  )
})

t.test('conflicts list what disagrees', async t => {
  t.strictSame(
    ask('http://free.example/a', { host: 'paid.example', xOnlineHost: 'other.example' }).conflict,
    [
      { source: 'host', url: 'http://paid.example/a' },
      { source: 'x-online-host', url: 'http://other.example/a' },
    ],
  )
  t.strictSame(ask('http://a/x', { host: 'A:80' }).conflict, [], 'the same in canonical form')
  t.strictSame(
    ask('http://a/x', { host: '10.0.0.172' }).conflict,
    [],
    'the gateway is no candidate',
  )
  t.strictSame(ask('http://a/x', { host: '10.0.0.172', xOnlineHost: 'b' }).conflict, [
    { source: 'x-online-host', url: 'http://b/x' },
  ])
  t.strictSame(ask('free:443', { method: 'CONNECT', host: 'paid' }).conflict, [
    { source: 'host', url: 'paid' },
  ])
  t.strictSame(ask('a:443', { method: 'CONNECT', host: '10.0.0.172' }).conflict, [])
})

t.test('targets of other forms', async t => {
  t.equal(ask('*', { method: 'OPTIONS', host: 'a' }).url, 'http://a')
  t.equal(ask('', { host: 'a' }).url, 'http://a')
  t.equal(ask('?q', { host: 'a' }).url, 'http://a?q')
  t.equal(
    ask('.evil.test/', { host: 'a' }).url,
    'http://a/.evil.test/',
    'garbage does not extend the host',
  )
  t.equal(ask('//b/x', { host: 'a' }).url, 'http://a//b/x')
  t.equal(ask('/a b', { host: 'h' }).url, 'http://h/a b')
  t.match(ask('http://user:pw@evil.test@real.test/'), { host: 'real.test' })
})

t.test('quirk embedded-http', async t => {
  const target = '/?u=HTTP://Free.example/x'
  t.match(ask(target, { host: 'paid' }), {
    url: 'http://paid/?u=HTTP://Free.example/x',
    source: 'host',
  })
  t.match(ask(target, { host: 'paid', embeddedHttp: true }), {
    url: 'http://free.example/x',
    source: 'absolute-form',
    conflict: [{ source: 'host', url: `http://paid${target}` }],
  })
  t.match(ask('http://a/', { embeddedHttp: true }), { url: 'http://a/' }, 'not its own start')
})

t.test('WSP and SNI', async t => {
  t.match(wspUrl('HTTP://Wap.example:80/i', undefined, '10.0.0.172'), {
    url: 'http://wap.example/i',
    source: 'wsp',
  })
  t.equal(wspUrl('/i', 'wap.example', '10.0.0.172').url, 'http://wap.example/i')
  t.equal(wspUrl('i', undefined, '10.0.0.172').url, 'http://10.0.0.172/i')
  t.match(sniUrl('WWW.Example.com'), {
    url: 'www.example.com',
    host: 'www.example.com',
    path: '',
    source: 'sni',
  })
})

t.test('host names', async t => {
  const table: [text: string, want: string][] = [
    ['A.Example.', 'a.example'],
    ['a:80', 'a'],
    ['a:', 'a'],
    ['10.0.0.172:9203', '10.0.0.172'],
    ['[2001:DB8::1]:80', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[', '['],
    ['', ''],
    ['.', ''],
    [':80', ''],
  ]
  for (const [text, want] of table) t.equal(hostName(text), want, text)
})

t.test('any text is accepted', async t => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const option = fc.option(text, { nil: undefined })
  fc.assert(
    fc.property(
      text,
      text,
      option,
      option,
      fc.boolean(),
      (method, target, host, xOnlineHost, embeddedHttp) => {
        const found = ask(target, { method, host, xOnlineHost, embeddedHttp })
        return (
          found.url === canonicalUrl(found.raw) &&
          !found.path.includes('#') &&
          found.conflict.every(({ url }) => url !== found.url)
        )
      },
    ),
    { seed: 443, numRuns: 4000 },
  )
  t.pass('4,000 requests')
})
