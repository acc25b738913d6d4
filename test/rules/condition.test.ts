/** Each kind of condition: what passes, what does not, what is shown, what is refused. */

import t from 'tap'
import { parseAddress } from '../../src/rules/address.js'
import { level1Conditions, level2Conditions } from '../../src/rules/condition/all.js'
import type { Condition } from '../../src/rules/condition.js'
import type { AppFacts, FlowFacts } from '../../src/rules/rule-facts.js'
import { flow } from './rule-text.js'

function kind<F>(kinds: readonly Condition<F>[], key: string): Condition<F> {
  const found = kinds.find(each => each.key === key)
  if (!found) throw new Error(`no condition ${key}`)
  return found
}

function compiled<F>(one: Condition<F>, value: unknown) {
  const said: string[] = []
  const test = one.compile(
    value,
    (path, text, hint) => said.push([path.join('/'), text, hint].filter(Boolean).join(' | ')),
    issues => said.push(...issues.map(issue => `form: ${issue.message}`)),
  )
  return { test, said }
}

function passes<F>(one: Condition<F>, value: unknown, facts: F): boolean {
  const { test, said } = compiled(one, value)
  if (!test) throw new Error(said.join())
  return test.test(facts)
}

function refused<F>(one: Condition<F>, value: unknown): string[] {
  const { test, said } = compiled(one, value)
  return test ? ['(accepted)'] : said
}

t.test('server and ue', async t => {
  const server = kind(level1Conditions, 'server')
  t.ok(passes(server, '10.0.0.172', flow('10.0.0.172')))
  t.notOk(passes(server, '10.0.0.172', flow('10.0.0.173')))
  t.ok(passes(server, ['10.0.0.0/8', '2001:db8::/32'], flow('2001:db8::1')))
  t.ok(passes(server, '200.0.0.0/7', flow('201.255.0.1')), 'top bit set')
  t.equal(server.show(flow('10.0.0.172')), '10.0.0.172')
  t.equal(compiled(server, ['10.0.0.172', '::/0']).test?.expected, '10.0.0.172/32, ::/0')
  t.strictSame(refused(server, '10.0.0.172/24'), [
    '"10.0.0.172/24" has host bits set | 10.0.0.0/24 or 10.0.0.172/32',
  ])
  t.strictSame(refused(server, ['10.0.0.1', 'mmsc']), [
    '1 | "mmsc" is not an address or prefix | such as 10.0.0.172/32',
  ])
  t.strictSame(refused(server, 10), ['form: takes an address, a prefix, or a list of them'])
  t.strictSame(refused(server, []), ['form: takes an address, a prefix, or a list of them'])
  const ue = kind(level1Conditions, 'ue')
  const subscriber = parseAddress('10.160.0.1')
  if (!subscriber) throw new Error('address')
  t.ok(passes(ue, '10.160.0.0/16', flow('1.1.1.1', 80, 6, { ue: subscriber })))
  t.notOk(passes(ue, '0.0.0.0/0', flow('1.1.1.1')), 'not known: no match')
  t.equal(ue.show(flow('1.1.1.1')), '(not known)')
})

t.test('protocol', async t => {
  const protocol = kind(level1Conditions, 'protocol')
  t.ok(passes(protocol, 'tcp', flow('1.1.1.1', 80, 6)))
  t.ok(passes(protocol, 'UDP', flow('1.1.1.1', 80, 17)))
  t.ok(passes(protocol, [47, 'icmp'], flow('1.1.1.1', 0, 1)))
  t.notOk(passes(protocol, 'icmp', flow('::1', 0, 58)))
  t.equal(protocol.show(flow('1.1.1.1', 0, 58)), 'icmpv6')
  t.equal(protocol.show(flow('1.1.1.1', 0, 253)), '253')
  t.equal(compiled(protocol, [6, '17', 253]).test?.expected, 'tcp, udp, 253')
  t.strictSame(refused(protocol, 'tpc'), ['unknown protocol "tpc" | tcp'])
  t.strictSame(refused(protocol, '300'), ['unknown protocol "300"'])
  t.match(refused(protocol, 256), [/^form: takes a name/])
})

t.test('port', async t => {
  const port = kind(level1Conditions, 'port')
  t.ok(passes(port, 80, flow('1.1.1.1', 80)))
  t.ok(passes(port, '9200-9203', flow('1.1.1.1', 9203, 17)))
  t.notOk(passes(port, '9200-9203', flow('1.1.1.1', 9204, 17)))
  t.ok(passes(port, [80, '8000 - 8999'], flow('1.1.1.1', 8080)))
  t.ok(passes(port, '0-65535', flow('1.1.1.1', 65535)))
  t.notOk(passes(port, '0-65535', flow('1.1.1.1', 0, 1)), 'ICMP has no ports')
  t.equal(port.show(flow('1.1.1.1', 0, 1)), '(no ports)')
  t.equal(compiled(port, [80, '9200-9203', '53-53']).test?.expected, '80, 9200-9203, 53')
  t.strictSame(refused(port, '9203-9200'), ['port range "9203-9200" is empty | "9200-9203"'])
  t.strictSame(refused(port, [80, '1-65536']), ['1 | port 65536 is above 65535'])
  for (const value of [65536, -1, 1.5, '80', 'http', true, {}, []])
    t.match(refused(port, value), [/^form: takes a number from 0 to 65535/])
})

t.test('apn and rat', async t => {
  const apn = kind(level1Conditions, 'apn')
  const at = (name: string) => flow('1.1.1.1', 80, 6, { apn: name })
  t.ok(passes(apn, '3gwap', at('3GWAP')))
  t.ok(passes(apn, '3gwap', at('3gwap.mnc001.mcc460.gprs')), 'without its operator identifier')
  t.ok(passes(apn, '*.gprs', at('3gwap.mnc001.mcc460.gprs')), 'and with it')
  t.notOk(passes(apn, '3gwap', at('3gwap.example')))
  t.notOk(passes(apn, '*', flow('1.1.1.1')), 'not known: no match')
  t.equal(apn.show(flow('1.1.1.1')), '(not known)')
  t.strictSame(refused(apn, ''), ['empty pattern | leave the key out to match everything'])
  const rat = kind(level1Conditions, 'rat')
  t.ok(passes(rat, ['GERAN', 'UTRAN'], flow('1.1.1.1', 80, 6, { rat: 'geran' })))
  t.notOk(passes(rat, 'GERAN', flow('1.1.1.1')))
  t.equal(rat.show(flow('1.1.1.1', 80, 6, { rat: 'UTRAN' })), 'UTRAN')
})

t.test('roaming', async t => {
  const roaming = kind(level1Conditions, 'roaming')
  const away = flow('1.1.1.1', 80, 6, { roaming: true, servingPlmn: '20801' })
  t.ok(passes(roaming, true, away))
  t.notOk(passes(roaming, false, away))
  t.notOk(passes(roaming, false, flow('1.1.1.1')), 'not known is not at home')
  t.equal(roaming.show(away), 'true (20801)')
  t.equal(roaming.show(flow('1.1.1.1', 80, 6, { roaming: false })), 'false')
  t.equal(roaming.show(flow('1.1.1.1')), '(not known)')
  t.strictSame(refused(roaming, 'yes'), ['form: takes true or false'])
})

t.test('hours', async t => {
  const hours = kind(level1Conditions, 'hours')
  const at = (iso: string) => flow('1.1.1.1', 80, 6, { timeUs: Date.parse(iso) * 1000 })
  t.ok(passes(hours, '08:00-18:00', at('2014-11-21T08:00:00Z')), 'from: included')
  t.notOk(passes(hours, '08:00-18:00', at('2014-11-21T18:00:00Z')), 'to: not included')
  t.ok(passes(hours, '08:00-18:00', at('2014-11-21T17:59:59.999Z')))
  t.ok(passes(hours, '22:00-06:00', at('2014-11-21T23:30:00Z')), 'past midnight')
  t.ok(passes(hours, '22:00-06:00', at('2014-11-21T05:59:00Z')))
  t.notOk(passes(hours, '22:00-06:00', at('2014-11-21T12:00:00Z')))
  t.ok(passes(hours, '22:00-06:00 +06:00', at('2014-11-21T16:00:00Z')), '22:00 in Dhaka')
  t.notOk(passes(hours, '22:00-06:00 +06:00', at('2014-11-21T15:59:00Z')))
  t.ok(passes(hours, '20:00-24:00 -05:30', at('2014-11-22T01:30:00Z')))
  t.ok(passes(hours, '00:00-24:00', at('1969-12-31T23:59:59Z')), 'before 1970 too')
  t.notOk(passes(hours, '00:00-24:00', flow('1.1.1.1')), 'no time: no match')
  t.equal(hours.show(at('2014-11-21T08:05:00Z')), '08:05 UTC')
  t.equal(hours.show(flow('1.1.1.1')), '(no time)')
  t.strictSame(refused(hours, '08:00-08:00'), ['hours "08:00-08:00" are empty | "00:00-24:00"'])
  t.strictSame(refused(hours, ['00:00-24:30']), ['0 | hours "00:00-24:30" end after 24:00'])
  for (const value of ['8-18', '25:00-26:00', '08:00-18:00 UTC', 800])
    t.match(refused(hours, value), [/^form: takes "HH:MM-HH:MM"/], String(value))
})

t.test('payload texts', async t => {
  const keys = [
    'url',
    'path',
    'method',
    'contentType',
    'userAgent',
    'mmsFrom',
    'mmsSubject',
  ] as const
  for (const key of keys) {
    const one = kind(level2Conditions, key)
    const facts: AppFacts = { app: 'mms', [key]: 'Daily News' }
    t.ok(passes(one, '*news*', facts), key)
    t.notOk(passes(one, '*sport*', facts), key)
    t.notOk(passes(one, '*', { app: 'mms' }), `${key}: not seen, no match`)
    t.equal(one.show(facts), 'Daily News')
    t.match(one.show({ app: 'mms' }), /^\(no .* seen\)$/)
  }
  t.match(refused(kind(level2Conditions, 'url'), 5), [/^form: takes a glob/])
  t.match(refused(kind(level2Conditions, 'url'), { equals: 'a', prefix: 'b' }), [/^form: takes/])
})

t.test('host and sni', async t => {
  for (const key of ['host', 'sni'] as const) {
    const one = kind(level2Conditions, key)
    const at = (name: string): AppFacts => ({ app: 'http', [key]: name })
    t.ok(passes(one, { suffix: 'example.com' }, at('WAP.example.com.:8080')), 'port and dot')
    t.notOk(passes(one, { suffix: 'example.com' }, at('notexample.com')))
    t.ok(passes(one, '10.23.241.4', at('10.23.241.4:80')))
    t.ok(passes(one, '2001:db8::1', at('[2001:db8::1]:80')))
    t.notOk(passes(one, '*', { app: 'http' }))
  }
})

t.test('every kind has a key of its own and says what it is', async t => {
  const all: readonly { key: string; doc: string }[] = [...level1Conditions, ...level2Conditions]
  t.equal(new Set(all.map(({ key }) => key)).size, all.length)
  t.ok(all.every(({ doc }) => doc.length > 5))
  const facts: FlowFacts = flow('1.1.1.1')
  t.ok(level1Conditions.every(one => one.show(facts) !== ''))
})
