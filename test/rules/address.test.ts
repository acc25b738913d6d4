/** Addresses and prefixes: text to words and back, membership on every bit, host bits. */

import t from 'tap'
import {
  formatAddress,
  formatPrefix,
  inPrefix,
  maskWord,
  parseAddress,
  parsePrefix,
} from '../../src/rules/address.js'

function address(text: string) {
  const found = parseAddress(text)
  if (!found) throw new Error(text)
  return found
}

function prefix(text: string) {
  const found = parsePrefix(text)
  if ('kind' in found) throw new Error(`${text}: ${found.kind}`)
  return found
}

t.test('IPv4 in one word, IPv6 in four', async t => {
  t.strictSame(parseAddress('10.0.0.172'), { version: 4, w0: 0x0a0000ac, w1: 0, w2: 0, w3: 0 })
  t.equal(address('255.255.255.255').w0, -1, 'top bit set: an int32 pattern')
  t.strictSame(parseAddress('2001:db8::ff00:42'), {
    version: 6,
    w0: 0x20010db8,
    w1: 0,
    w2: 0,
    w3: -16777150, // 0xff000042
  })
  for (const text of ['0.0.0.0', '10.0.0.172', '255.255.255.255', '::', '::1', '2001:db8::42'])
    t.equal(formatAddress(address(text)), text)
})

t.test('what is not an address', async t => {
  for (const text of [
    '',
    '10',
    '10.1',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.256',
    '10.0.0.1.2',
    'fe80::1%eth0',
    '2001:db8',
    ':::',
    'host',
    ' 10.0.0.1',
    '10.0.0.1/32',
  ])
    t.equal(parseAddress(text), undefined, JSON.stringify(text))
})

t.test('prefixes', async t => {
  t.equal(formatPrefix(prefix('10.0.0.172')), '10.0.0.172/32')
  t.equal(formatPrefix(prefix('0.0.0.0/0')), '0.0.0.0/0')
  t.equal(formatPrefix(prefix('2001:db8::/32')), '2001:db8::/32')
  t.equal(formatPrefix(prefix('::/0')), '::/0')
  for (const text of [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
    '/8',
    'x/8',
  ])
    t.strictSame(parsePrefix(text), { kind: 'not-a-prefix' }, text)
  t.strictSame(parsePrefix('10.0.0.172/24'), {
    kind: 'host-bits',
    hint: '10.0.0.0/24 or 10.0.0.172/32',
  })
  t.strictSame(parsePrefix('2001:db8::1/64'), {
    kind: 'host-bits',
    hint: '2001:db8::/64 or 2001:db8::1/128',
  })
  t.strictSame(parsePrefix('128.0.0.0/0'), {
    kind: 'host-bits',
    hint: '0.0.0.0/0 or 128.0.0.0/32',
  })
})

t.test('masks at every length', async t => {
  t.equal(maskWord(0, 0), 0)
  t.equal(maskWord(1, 0), -0x80000000)
  t.equal(maskWord(31, 0), -2)
  t.equal(maskWord(32, 0), -1)
  t.equal(maskWord(33, 0), -1)
  t.equal(maskWord(32, 1), 0)
  t.equal(maskWord(33, 1), -0x80000000)
  t.equal(maskWord(128, 3), -1)
  t.equal(maskWord(127, 3), -2)
})

t.test('membership differs on exactly the leading bits', async t => {
  const base = address('203.0.113.255')
  for (let bits = 0; bits <= 32; bits++) {
    const network = { ...base, w0: base.w0 & maskWord(bits, 0), bits }
    for (let flip = 0; flip < 32; flip++) {
      const other = { ...base, w0: base.w0 ^ (1 << (31 - flip)) }
      if (inPrefix(other, network) !== flip >= bits) t.fail(`/${bits}, bit ${flip}`)
    }
    t.ok(inPrefix(base, network), `/${bits}`)
  }
  t.notOk(inPrefix(address('::'), prefix('0.0.0.0/0')), 'versions apart')
  t.notOk(inPrefix(address('0.0.0.0'), prefix('::/0')), 'versions apart')
  t.ok(inPrefix(address('2001:db8:0:1::5'), prefix('2001:db8:0:1::/64')))
  t.notOk(inPrefix(address('2001:db8:0:2::5'), prefix('2001:db8:0:1::/64')))
})
