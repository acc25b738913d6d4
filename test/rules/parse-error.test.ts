/** Wrong rule files: place, sentence, mark and suggestion of each mistake, and all mistakes at once. */

import t from 'tap'
import { parseRuleSet } from '../../src/rules/parse.js'
import { excerptOf, problemMessage, RuleError } from '../../src/rules/rule-error.js'
import { problemsOf } from './rule-text.js'

const good = `ruleset: t
version: "1"
profile: article
level1:
  - {id: 3, precedence: 30, match: {server: 10.0.0.172/32, port: 80}, charge: 614, level2: wap}
level2:
  wap:
    - {precedence: 1, match: {url: "*mmsc*"}, charge: 378}
charges:
  378: {tariff: free}
  614: {tariff: charged}
default: 614
`

/** Replaces the one occurrence of `from`; gives messages, marks and hints as lines. */
function said(from: string, to: string): string[] {
  if (good.split(from).length !== 2) throw new Error(`not once: ${from}`)
  return problemsOf(good.replace(from, to)).flatMap(problem => [
    problemMessage(problem),
    problem.excerpt,
    problem.hint ?? '',
  ])
}

t.test('the sample itself is right', async t => {
  t.strictSame(problemsOf(good), [])
})

t.test('the sentence of interface.md', async t => {
  t.strictSame(said('{tariff: free}', '{tariff: fre}'), [
    'x.yaml:10:17: unknown tariff "fre"',
    '      378: {tariff: fre}\n                    ^~~',
    'free',
  ])
})

t.test('references', async t => {
  t.strictSame(said('charge: 614, level2', 'charge: 615, level2'), [
    'x.yaml:5:79: charging id 615 is not defined under charges',
    [
      '      - {id: 3, precedence: 30, match: {server: 10.0.0.172/32, port: 80}, charge: 615, level2: wap}',
      `${' '.repeat(82)}^~~`,
    ].join('\n'),
    '614',
  ])
  t.match(said('level2: wap}', 'level2: wpa}'), [
    'x.yaml:5:92: level-2 table "wpa" is not defined',
    /\^~~$/,
    'wap',
  ])
  t.match(said('charge: 378', 'charge: 4294967295'), [
    'x.yaml:8:55: charging id 4294967295 is not defined under charges',
    /\^~{9}$/,
    '',
  ])
  t.match(said('default: 614', 'default: 7'), [
    'x.yaml:12:10: charging id 7 is not defined under charges',
  ])
  const body = said('614: {tariff: charged}', '614: {tarif: charged}')
  t.strictSame(
    body.filter(line => line.startsWith('x.yaml')),
    ['x.yaml:11:8: missing key "tariff"', 'x.yaml:11:9: unknown key "tarif"'],
    'a charge with a wrong body is not undefined too',
  )
})

t.test('keys', async t => {
  t.strictSame(
    said('level1:', 'levle1:').filter((_, i) => i % 3 !== 1),
    ['x.yaml:1:1: missing key "level1"', '', 'x.yaml:4:1: unknown key "levle1"', 'level1'],
  )
  t.strictSame(
    said('precedence: 30', 'precedense: 30').filter((_, i) => i % 3 !== 1),
    [
      'x.yaml:5:5: missing key "precedence"',
      '',
      'x.yaml:5:13: unknown key "precedense"',
      'precedence',
    ],
  )
  t.match(said('server: 10', 'sever: 10'), [
    'x.yaml:5:37: unknown key "sever" in match',
    /\^~{4}$/,
    'server',
  ])
  t.match(said('{url: "*mmsc*"}', '{server: 10.0.0.1}'), [
    'x.yaml:8:31: unknown key "server" in match',
    /\^~{5}$/,
    'it belongs to level-1 rules',
  ])
  t.match(said('port: 80}', 'url: x}'), [
    'x.yaml:5:60: unknown key "url" in match',
    /\^~~$/,
    'it belongs to the rows of a level-2 table',
  ])
  t.match(said('"*mmsc*"', '{contain: mmsc}'), [
    'x.yaml:8:37: unknown key "contain"',
    /\^~{6}$/,
    'contains',
  ])
  t.match(said('version: "1"', 'version: "1"\nversion: "2"'), [
    'x.yaml:3:1: "version" is here twice',
  ])
  t.match(said('378: {tariff: free}', '378: {tariff: free}\n  0x17A: {tariff: charged}'), [
    'x.yaml:11:3: "378" is here twice',
  ])
  t.match(said('378: {tariff: free}', '378: {tariff: free}\n  "0378": {tariff: charged}'), [
    'x.yaml:11:3: charging id 0378 is here twice',
  ])
})

t.test('values', async t => {
  t.match(said('10.0.0.172/32', '10.0.0.172/24'), [
    'x.yaml:5:45: "10.0.0.172/24" has host bits set',
    /\^~{12}$/,
    '10.0.0.0/24 or 10.0.0.172/32',
  ])
  t.match(said('port: 80', 'port: http'), [
    'x.yaml:5:66: port takes a number from 0 to 65535, "low-high", or a list of them',
    /\^~~~$/,
  ])
  t.match(said('port: 80', 'port: [80, "90-81"]'), [
    'x.yaml:5:71: port range "90-81" is empty',
    /\^~{6}$/,
    '"81-90"',
  ])
  t.match(said('id: 3', 'id: 4294967296'), [
    'x.yaml:5:10: id 4294967296 is above 4294967295',
    /\^~{9}$/,
  ])
  t.match(said('id: 3', 'id: 18446744073709551616'), [
    'x.yaml:5:10: id 18446744073709551616 is above 4294967295',
  ])
  t.match(said('id: 3', 'id: -1'), ['x.yaml:5:10: id -1 is below 0'])
  t.match(said('id: 3', 'id: 1.5'), ['x.yaml:5:10: id takes a whole number'])
  t.match(said('id: 3', 'id: three'), ['x.yaml:5:10: id takes a number'])
  t.match(said('614: {tariff: charged}', '614: {tariff: charged}\n  4294967296: {tariff: free}'), [
    'x.yaml:12:3: charging id 4294967296 is not a whole number from 0 to 4294967295',
    /\^~{9}$/,
  ])
  t.match(said('version: "1"', 'version: 1.10'), [
    'x.yaml:2:10: version takes text',
    /\^~~~$/,
    '"1.10"',
  ])
  t.match(said('version: "1"', 'version:'), ['x.yaml:2:1: version takes text'])
  t.match(said('profile: article', 'profile: artical'), [
    'x.yaml:3:10: unknown profile "artical"',
    /\^~{6}$/,
    'article',
  ])
  t.match(said('default: 614', 'signalling: 615'), ['x.yaml:12:13: charging id 615 is not defined'])
  t.match(said('match: {url: "*mmsc*"}', 'match: "*mmsc*"'), [
    'x.yaml:8:30: match takes a mapping of keys',
    /\^~{7}$/,
    '{} for everything',
  ])
  t.match(said('"*mmsc*"', '{regex: "a(b"}'), ['x.yaml:8:44: regex: missing closing ): `a(b`'])
  t.match(said('"*mmsc*"', '""'), ['x.yaml:8:36: empty pattern'])
  t.match(said('default: 614', 'proxies: [10.0.0.172, wap]'), [
    'x.yaml:12:23: "wap" is not an address or prefix',
  ])
  t.match(said('default: 614', 'portals: [""]'), ['x.yaml:12:11: empty pattern'])
  t.match(said('{id: 3,', '3 #'), ['x.yaml:5:5: level1 takes a mapping of keys'])
})

t.test('duplicate rule ids name the first place', async t => {
  t.match(said('level2:\n', '  - {id: 3, precedence: 40, charge: 614}\nlevel2:\n'), [
    'x.yaml:6:10: rule id 3 is already used at x.yaml:5:5',
  ])
})

t.test('syntax', async t => {
  t.match(said('{tariff: free}', '{tariff: free'), [/^x\.yaml:1[01]:\d+: /])
  t.match(said('\nlevel1:', '\n\tlevel1:'), ['x.yaml:4:1: tabs are not allowed as indentation'])
  t.match(said('default: 614', 'default: *none'), [
    'x.yaml:12:10: no anchor "none" before this alias',
    /\^~{4}$/,
  ])
  t.match(said('default: 614', 'default: !money 614'), ['x.yaml:12:10: unresolved tag: !money'])
  t.match(said('default: 614', 'default: 614\n---\nruleset: b'), [
    'x.yaml:13:1: a second document: one file is one rule set',
  ])
  t.match(problemsOf('').map(problemMessage), ['x.yaml:1:1: rule set takes a mapping of keys'])
  t.match(problemsOf('- a').map(problemMessage), ['x.yaml:1:1: rule set takes a mapping of keys'])
  t.match(problemsOf('\ufeffruleset: t\n').map(problemMessage), [/^x\.yaml:1:\d: missing key/])
})

t.test('all mistakes at once, each once', async t => {
  const text = good
    .replace('10.0.0.172/32', '10.0.0.172/24')
    .replace('tariff: free', 'tariff: fre')
    .replace('default: 614', 'defualt: 614')
    .replace('"*mmsc*"', '{regex: "["}')
  t.strictSame(
    problemsOf(text)
      .map(({ id, line }) => `${id} ${line}`)
      .sort(),
    ['BAD-VALUE 10', 'BAD-VALUE 8', 'HOST-BITS-SET 5', 'UNKNOWN-KEY 12'],
  )
  t.throws(() => parseRuleSet('x.yaml', [{ file: 'x.yaml', text }]), RuleError)
  try {
    parseRuleSet('x.yaml', [{ file: 'x.yaml', text }])
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    t.equal(error.problems.length, 4)
    t.equal(error.message, 'x.yaml:12:1: unknown key "defualt"')
    t.strictSame([error.file, error.line, error.col, error.hint], ['x.yaml', 12, 1, 'default'])
    t.equal(error.excerpt, '    defualt: 614\n    ^~~~~~~')
  }
})

t.test('aliases lead to the place of their use', async t => {
  const text = good.replace('default: 614', 'default: &d 9').replace('charge: 378', 'charge: *d')
  t.match(problemsOf(text).map(problemMessage), [/not define|no anchor/])
  const reused = good
    .replace('{url: "*mmsc*"}', '&m {url: "*mmsc*"}')
    .replace('charge: 378}', 'charge: 378}\n    - {precedence: 2, match: *m, charge: 378}')
  t.strictSame(problemsOf(reused), [])
})

t.test('marks', async t => {
  t.equal(excerptOf('a\tb\tc', 4, 1), '    a b c\n        ^')
  t.equal(
    excerptOf('名: x\n', 3, 1),
    '    \\u540d: x\n            ^',
    'ASCII: a character a column',
  )
  t.equal(excerptOf('a: \u001b[31m', 3, 5), '    a: \\x1b[31m\n       ^~~~~~~~')
  const [line = '', mark = ''] = excerptOf(`${'a'.repeat(500)}X${'b'.repeat(500)}`, 500, 1).split(
    '\n',
  )
  t.equal(line[mark.indexOf('^')], 'X', 'a long line is cut around the mark')
  t.ok(line.length <= 100)
  t.equal(excerptOf('ab', 2, 1), '    ab\n      ^', 'at the end of the text')
  t.equal(excerptOf('', 0, 1), '    \n    ^')
})
