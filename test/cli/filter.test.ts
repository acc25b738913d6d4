/** The filter language (interface.md 6.4): what it selects, and what it says of wrong text. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { fieldNames, filterFields, findField } from '../../src/record/filter/all.js'
import { compileFilter } from '../../src/record/filter/evaluate.js'
import { nearestWord } from '../../src/record/filter/nearest.js'
import { type Filter, type FilterError, parseFilter } from '../../src/record/filter/parser.js'
import { printFilter } from '../../src/record/filter/print.js'
import { filterErrorLines } from '../../src/record/filter/report.js'

const flow = {
  type: 'flow',
  flow: '81',
  ts: '2026-11-21T15:02:26.031000Z',
  end: '2026-11-21T15:03:06.031000Z',
  imsi: '460011234567890',
  msisdn: '8613800138000',
  apn: '3gwap',
  rat: 'GERAN',
  teid_up: '0x80004003',
  teid_down: '0x00000001',
  ue: '10.45.0.18',
  ue_port: 40012,
  server: '10.0.0.172',
  server_port: 9203,
  protocol: 'udp',
  direction: 'known',
  app: 'wtls',
  verdict: 'CHRG',
  rule_id: 4_261_871_614,
  level1: 6,
  tariff: 'charged',
  up_packets: 7,
  down_packets: 12,
  up_bytes: 612,
  down_bytes: 999_388,
  certainty: 'high',
  reasons: ['opaque'],
}
const web = {
  ...flow,
  flow: '9',
  server: '2001:db8::80',
  server_port: 80,
  protocol: 'tcp',
  app: 'http',
  host: 'MMSC.example.net',
  url: 'http://mmsc.example.net/a.b',
  verdict: 'FREE',
  rule_id: 168_165_378,
  level1: 3,
  level2: 'wapgw/1',
  tariff: 'free',
}
const subscriber = {
  type: 'subscriber',
  imsi: '460019999999999',
  contexts: [{ apn: 'cmnet', ue_v4: '10.45.0.99', ue_v6: '2001:db8:46::/64', teid_up: '0x11' }],
  flows: 3,
}

function passes(text: string, record: object): boolean {
  const result = parseFilter(text)
  if (!result.ok) throw new Error(`${text}: ${result.error.message}`)
  return compileFilter(result.filter)(record)
}

function wrong(text: string): FilterError {
  const result = parseFilter(text)
  if (result.ok) throw new Error(`${text}: accepted`)
  return result.error
}

t.test('tests on a charged flow', async t => {
  const yes = [
    'verdict == CHRG',
    'verdict == chrg',
    'verdict != FREE',
    'verdict in {FREE, CHRG}',
    'tariff == charged and app == wtls',
    'rule == 4261871614',
    'rule == 0xFE06FFFE',
    'rule == 0xfe06fffe',
    'rule == L1-6',
    'rule_id == 4261871614',
    'rule_id > 2147483647',
    'imsi == 460011234567890',
    'imsi == "460011234567890"',
    'e212.imsi contains 4600112',
    'teid == 0x80004003',
    'gtp.teid == 2147500035',
    'teid == 1',
    'ue in 10.45.0.0/16',
    'ue == 10.45.0.18',
    'ue in {10.46.0.0/16, 10.45.0.16/29}',
    'ip.addr == 10.0.0.172',
    'ip.addr == 10.45.0.18',
    'addr == 0.0.0.0/0',
    'server contains ".172"',
    'udp.port == 9203',
    'udp.port == 40012',
    'server_port in {9200-9203}',
    'port in {80, 9202..9203}',
    'bytes == 1MB',
    'bytes >= 1000kB',
    'bytes > 976KiB',
    'bytes < 1.1mb',
    'age == 40s',
    'age < 1m',
    'age > 39999ms',
    'pkts == 19',
    'ts >= "2026-11-21T15:00:00Z"',
    'ts > 2026-11-21T21:00:00+06:00',
    'host exists or server exists',
    'not host exists',
    '!host exists',
    'not host == "x"',
    'reason == opaque',
    'apn matches "^3g(wap|net)$"',
    'apn matches "^3GWAP"',
    '460011234567890',
    '10.45.0.18',
    '0xFE06',
    '81',
    '"0.0.172"',
    'L1-6',
    'flow == 81 && !(verdict == FREE || verdict == BLCK)',
    'verdict eq CHRG and bytes gt 1kB',
  ]
  for (const text of yes) t.equal(passes(text, flow), true, text)
  const no = [
    'verdict == FREE',
    'verdict != CHRG',
    'host == "x"',
    'host != "x"',
    'host contains ""',
    'tcp.port == 9203',
    'ip.addr != 10.0.0.172',
    'ue in 10.46.0.0/16',
    'ue in 10.45.0.16/31',
    'server == 2001:db8::/32',
    'bytes > 1MB',
    'age >= 41s',
    'teid == 0x80004004',
    'port in {80, 443}',
    'level2 exists',
    '172',
    '8',
    'rule == 6',
  ]
  for (const text of no) t.equal(passes(text, flow), false, text)
})

t.test('tests on a free flow over IPv6, and on other records', async t => {
  t.ok(passes('server in 2001:db8::/32', web))
  t.ok(passes('ip.addr == 2001:0DB8::80', web))
  t.ok(passes('host == mmsc.EXAMPLE.net', web), 'text is compared without regard to case')
  t.ok(passes('http.host contains "mmsc"', web))
  t.ok(passes('url matches "/a\\.b$"', web), 'a backslash of a pattern stays')
  t.notOk(passes('url matches "/a\\.c$"', web))
  t.ok(passes('rule == wapgw/1', web))
  t.ok(passes('tcp.port == 80', web))
  t.ok(passes('mmsc', web), 'a bare word is part of the host')
  t.ok(passes('apn == cmnet and ue == 10.45.0.99 and teid == 17', subscriber))
  t.ok(passes('ue in 2001:db8:46::/48', subscriber))
  t.ok(passes('flows >= 3', subscriber))
  t.notOk(passes('verdict exists', subscriber))
})

t.test('not binds before and, and before or', async t => {
  const table = [
    ['a or b and c', '(a) or ((b) and (c))'],
    ['a and b or c', '((a) and (b)) or (c)'],
    ['not a and b', '((not a)) and (b)'],
    ['not (a or b) and c', '(not ((a) or (b))) and (c)'],
    ['a || b && !c', 'a or (b and (not c))'],
    ['! ! a', 'not (not (a))'],
  ] as const
  for (const [left, right] of table) t.same(parseFilter(left), parseFilter(right), left)
  t.notSame(parseFilter('(a or b) and c'), parseFilter('a or b and c'))
})

t.test('wrong text: message, place, suggestion', async t => {
  const hots = 'verdict == CHRG and hots contains "wap"'
  t.same(filterErrorLines(hots, wrong(hots)), [
    'unknown field "hots"',
    '    verdict == CHRG and hots contains "wap"',
    '                        ^~~~',
    '  did you mean: host',
  ])
  const charged = 'verdict == CHARGED or bytes > 1'
  t.same(filterErrorLines(charged, wrong(charged)), [
    '"CHARGED" is no verdict; it is one of FREE CHRG BLCK MIXD PEND UNKN',
    '    verdict == CHARGED or bytes > 1',
    '               ^~~~~~~',
  ])
  const single = 'verdict = CHRG'
  t.same(filterErrorLines(single, wrong(single)), [
    '"=" is not an operator; write "=="',
    '    verdict = CHRG',
    '            ^',
  ])
  const hostile = 'host == "\u001b[31m" nonsense'
  t.same(filterErrorLines(hostile, wrong(hostile)), [
    'expected "and" or "or" before "nonsense"',
    '    host == "\\x1b[31m" nonsense',
    '                       ^~~~~~~~',
  ])
  const messages = [
    ['bytes contains "1"', '"bytes" does not take "contains"; it takes == != < <= > >= in exists'],
    ['host > 1', '"host" does not take ">"; it takes == != contains matches in exists'],
    ['ue == 10.45.0.0/33', '"10.45.0.0/33" is not an address or a network (10.45.0.0/16)'],
    ['ue == 10.45', '"10.45" is not an address or a network (10.45.0.0/16)'],
    ['bytes > many and app == http', '"many" is not a number of octets (1200, 1MB)'],
    ['age > 3x or a', '"3x" is not a time span (30s, 5m)'],
    ['teid == 0x100000000 or a', '"0x100000000" is not a TEID (0x00004003)'],
    ['port in {9203-9200} or a', '"9203-9200" is not a number'],
    ['port == 9200-9203 or a', '"9200-9203" is not a number'],
    ['host == and', 'expected a value after "==", found "and"'],
    ['and host == a', 'expected a field or a word before "and"'],
    ['port in {}', 'the set is empty'],
    ['a)', '")" closes nothing'],
    ['(a b)', 'expected "and", "or" or ")" before "b"'],
    ['a & b', '"&" is not an operator; write "&&"'],
  ] as const
  for (const [text, message] of messages) t.equal(wrong(text).message, message, text)
  t.match(wrong('host matches "(a"').message, /^bad pattern: /)
  t.match(wrong(`${'('.repeat(200)}a${')'.repeat(200)}`).message, /nested too deeply/)
  t.match(wrong('not '.repeat(100_000)).message, /nested too deeply/)
})

t.test('unfinished is not wrong', async t => {
  const unfinished = [
    '',
    'verdict ==',
    'verdict == CH',
    'bytes > 1M',
    'ue in 10.45.0',
    'a and',
    'not',
    '(a or b',
    'host contains "wa',
    'port in {80,',
    'host matches "(a',
    'a &',
  ]
  for (const text of unfinished) t.equal(wrong(text).unfinished, true, text)
  for (const text of ['hots == 1', 'verdict == XX', 'a b', 'bytes > 1M and', 'url matches "(a"']) {
    t.equal(wrong(text).unfinished, false, text)
  }
})

t.test('a pattern cannot hang the program', async t => {
  const evil = { host: `${'a'.repeat(5000)}!` }
  t.equal(passes('host matches "^(a+)+$"', evil), false)
})

t.test('names', async t => {
  t.equal(nearestWord('hots', fieldNames()), 'host')
  t.equal(nearestWord('verdcit', fieldNames()), 'verdict')
  t.equal(nearestWord('zzzzzz', fieldNames()), undefined)
  t.equal(findField('HTTP.Host'), findField('host'))
  const names = [...fieldNames()]
  const listed = filterFields.flatMap(field => [field.name, ...field.aliases])
  t.equal(names.length, listed.length, 'no name twice')
  for (const name of listed) t.match(name, /^[a-z][a-z0-9_.]*$/)
  const manual = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  for (const { name } of filterFields) t.ok(manual.includes(`\`${name}\``), name)
})

const word = fc.stringMatching(/^[A-Za-z0-9_.:*/-]{1,12}$/)
const anyText = fc.oneof(word, fc.string({ maxLength: 12 }))
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ kind: fc.constant('search' as const), text: anyText }),
  fc.record({ kind: fc.constant('exists' as const), field: fc.constantFrom('host', 'bytes') }),
  fc.record({
    kind: fc.constant('compare' as const),
    field: fc.constantFrom('host', 'imsi', 'url'),
    op: fc.constantFrom('==' as const, '!=' as const, 'contains' as const),
    value: anyText,
  }),
  fc.record({
    kind: fc.constant('in' as const),
    field: fc.constantFrom('host', 'apn'),
    values: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  }),
)
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>(tie => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ kind: fc.constant('not' as const), of: tie('filter') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}))

t.test('print and parse are inverse; any text gives a result', async () => {
  fc.assert(
    fc.property(anyFilter, filter => {
      const text = printFilter(filter)
      const result = parseFilter(text)
      return result.ok && JSON.stringify(result.filter) === JSON.stringify(filter)
    }),
    { seed: 20_261_121, numRuns: 500 },
  )
  const parts = fc.constantFrom('host', '==', '"a', '(', ')', '{', '}', ',', 'in', 'and', '!', ' ')
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 4 })), { maxLength: 12 }), list => {
      const text = list.join(' ')
      const result = parseFilter(text)
      if (result.ok) compileFilter(result.filter)(flow)
      return result.ok || (result.error.at >= 0 && result.error.end <= text.length)
    }),
    { seed: 20_261_122, numRuns: 1000 },
  )
})
