/** What a rule file becomes: the shipped sets, order, defaults of left-out keys, digests, merged files. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { loadRuleSet } from '../../src/rules/load.js'
import { parseRuleSet, readRuleSet } from '../../src/rules/parse.js'
import { problemMessage } from '../../src/rules/rule-error.js'
import { placeText, rowLabel, ruleLabel } from '../../src/rules/rule-set.js'
import { rulesFolder, setOf } from './rule-text.js'

t.test('newspaper.yaml', async t => {
  const file = `${rulesFolder}newspaper.yaml`
  const set = loadRuleSet(file)
  t.match(set, { name: 'newspaper', version: '2014-11', profile: 'article', notes: [] })
  t.equal(set.source.sha256, createHash('sha256').update(readFileSync(file)).digest('hex'))
  t.strictSame(
    set.level1.map(rule => [
      ruleLabel(rule),
      rule.precedence,
      set.charges[rule.charge]?.id,
      rule.table,
    ]),
    [
      ['L1-3', 30, 4261871614, 0],
      ['L1-4', 40, 4261871614, 0],
      ['L1-5', 50, 4261871614, -1],
      ['L1-6', 60, 4261871614, -1],
    ],
  )
  t.strictSame(
    set.rows.map(row => rowLabel(set, row)),
    ['wapgw/1', 'wapgw/2'],
  )
  t.strictSame(
    set.charges.map(({ id, idHex, tariff, ratingGroup, synthetic }) => [
      id,
      idHex,
      tariff,
      ratingGroup,
      synthetic,
    ]),
    [
      [168165378, '0x0A060002', 'free', 168165378, false],
      [168165379, '0x0A060003', 'free', 168165379, false],
      [4261871614, '0xFE06FFFE', 'charged', 4261871614, false],
      [4294967294, '0xFFFFFFFE', 'charged', 4294967294, true],
    ],
  )
  t.equal(set.charges[set.default]?.id, 4294967294)
  t.equal(placeText(set.at).slice(rulesFolder.length), 'newspaper.yaml:10:10')
  const lines = readFileSync(file, 'utf8').split('\n')
  for (const rule of set.level1)
    t.ok(
      lines[rule.at.line - 1]?.slice(rule.at.col - 1).startsWith(`{id: ${rule.id},`),
      ruleLabel(rule),
    )
  for (const { key, at } of set.level1.flatMap(rule => rule.conditions))
    t.ok(
      lines[at.line - 1]?.slice(0, at.col - 1).endsWith(`${key}: `),
      `${key} at ${at.line}:${at.col}`,
    )
})

t.test('newspaper-extended.yaml marks what it adds', async t => {
  const set = loadRuleSet(`${rulesFolder}newspaper-extended.yaml`)
  t.strictSame(set.level1.filter(rule => rule.assumed !== undefined).map(ruleLabel), [
    'L1-1',
    'L1-2',
    'L1-7',
  ])
  t.match(set.notes, [/assumed/])
})

t.test('left-out keys', async t => {
  const set = setOf({ level1: [{ id: 0, precedence: 0, charge: 4294967295, assumed: false }] })
  t.match(set.level1[0], { conditions: [], table: -1, name: undefined, assumed: undefined })
  t.equal(set.default, -1)
  t.strictSame([set.proxies, set.portals, set.tables, set.rows], [[], [], [], []])
  t.equal(set.charges[2]?.ratingGroup, 4294967295)
})

t.test('hexadecimal ids', async t => {
  const text = `ruleset: t
version: v
profile: ugw
level1: [{id: 1, precedence: 1, charge: 4261871614}]
charges: {0xFE06FFFE: {tariff: charged}}
default: 0xFE06FFFE
`
  const set = parseRuleSet('t', [{ file: 't', text }])
  t.strictSame(
    set.charges.map(({ id }) => id),
    [4261871614],
  )
  t.equal(set.default, 0)
})

const head = 'ruleset: m\nversion: v\nprofile: article\n'
const rules = 'level1: [{id: 2, precedence: 2, charge: 1, level2: t}]\n'
const table = (precedence: number) => `level2: {t: [{precedence: ${precedence}, charge: 1}]}\n`
const charges = 'charges: {1: {tariff: free}}\ndefault: 1\n'

t.test('several files are one set', async t => {
  const texts = [
    { file: 'a.yaml', text: head + rules },
    { file: 'b.yaml', text: `level1: [{id: 1, precedence: 1, charge: 1}]\n${table(9)}` },
    { file: 'c.yaml', text: table(3) + charges },
  ]
  const set = parseRuleSet('d', texts)
  t.strictSame(set.level1.map(ruleLabel), ['L1-1', 'L1-2'])
  t.strictSame(
    set.rows.map(({ precedence }) => precedence),
    [3, 9],
  )
  t.strictSame(
    set.rows.map(({ at }) => at.file),
    ['c.yaml', 'b.yaml'],
  )
  t.match(set.tables, [{ name: 't', first: 0, count: 2, at: { file: 'b.yaml', line: 2 } }])
  t.strictSame(set.notes, ['merged from 3 files in name order: a.yaml, b.yaml, c.yaml'])
  const whole = createHash('sha256')
    .update(texts.map(({ text }) => text).join(''))
    .digest('hex')
  t.equal(set.source.sha256, whole)
})

t.test('files that do not go together', async t => {
  const said = (...texts: string[]) =>
    readRuleSet(
      'd',
      texts.map((text, i) => ({ file: `${i}.yaml`, text })),
    ).problems.map(problemMessage)
  const one = `${head}level1: []\n${charges}`
  t.strictSame(said(one, 'ruleset: n\n'), ['1.yaml:1:1: a second rule set: "m" is in 0.yaml'])
  t.strictSame(said(one, 'default: 1\n'), ['1.yaml:1:1: "default" is also in 0.yaml'])
  t.strictSame(said(one, 'charges: {1: {tariff: free}}\n'), [
    '1.yaml:1:11: charging id 1 is here twice',
  ])
  t.strictSame(said('ruleset: m\nprofile: ugw\n', charges), [
    '0.yaml:1:1: missing key "version" in all files',
  ])
  t.strictSame(said(one, 'level1: [{id: 2, precedence: 1, charge: 9}]'), [
    '1.yaml:1:41: charging id 9 is not defined under charges',
  ])
})
