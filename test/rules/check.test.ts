/** `rules check`: findings of files that cannot be read, and of sets that can. */

import t from 'tap'
import { checkReading, checkRules, lintRecord, lintSummary } from '../../src/rules/check.js'
import { readRuleSet } from '../../src/rules/parse.js'
import { rulesFolder } from './rule-text.js'

function check(text: string) {
  return checkReading(readRuleSet('x.yaml', [{ file: 'x.yaml', text }]))
}

const start = 'ruleset: x\nversion: v\nprofile: article\n'

t.test('the shipped sets have no errors', async t => {
  for (const [name, warnings] of [
    ['newspaper.yaml', 5],
    ['newspaper-extended.yaml', 8],
  ] as const) {
    const checked = checkRules(`${rulesFolder}${name}`)
    t.match(lintSummary(name, checked), { type: 'summary', errors: 0, warnings, infos: 2 })
  }
})

t.test('problems of the file are errors', async t => {
  const checked = check(`${start}level1: []\ncharges: {1: {tariff: fre}}\n`)
  t.equal(checked.ruleSet, undefined)
  t.strictSame(checked.findings.map(lintRecord), [
    {
      type: 'lint',
      schema: 'tollgate.lint/1',
      id: 'BAD-VALUE',
      severity: 'error',
      at: 'x.yaml:5:23',
      rules: [],
      message: 'unknown tariff "fre"',
      hint: 'free',
      excerpt: '    charges: {1: {tariff: fre}}\n                          ^~~',
    },
  ])
  t.match(lintSummary('x.yaml', checked), { errors: 1, warnings: 0 })
  t.notOk('rules' in lintSummary('x.yaml', checked))
  t.match(checkRules('/nonexistent/x.yaml').findings.map(lintRecord), [
    { id: 'UNREADABLE', severity: 'error', at: '/nonexistent/x.yaml', message: 'no such file' },
  ])
})

t.test('lints of the set as a whole', async t => {
  const { findings, ruleSet } = check(`${start}level1:
  - {id: 3, precedence: 10, match: {port: 80}, charge: 1, level2: a}
  - {id: 4, precedence: 10, match: {port: 81}, charge: 1}
level2:
  a: [{precedence: 1, charge: 1}, {precedence: 1, charge: 1}]
  b: [{precedence: 1, charge: 1}]
charges:
  1: {tariff: free}
  2: {tariff: charged}
`)
  const kinds = ['DUP-PRECEDENCE', 'UNUSED-OBJECT', 'NO-DEFAULT']
  const records = findings.map(lintRecord).filter(({ id }) => kinds.includes(id))
  t.strictSame(
    records.map(({ id, severity, at, rules }) => [id, severity, at, rules]),
    [
      ['DUP-PRECEDENCE', 'warn', 'x.yaml:6:5', ['L1-3', 'L1-4']],
      ['DUP-PRECEDENCE', 'warn', 'x.yaml:8:35', ['a/1', 'a/1']],
      ['UNUSED-OBJECT', 'warn', 'x.yaml:12:3', []],
      ['UNUSED-OBJECT', 'warn', 'x.yaml:9:3', []],
      ['NO-DEFAULT', 'warn', 'x.yaml:1:10', []],
    ],
  )
  t.ok(ruleSet, 'warnings do not keep the set from being used')
  t.match(records[0]?.message, 'precedence 10 is also that of L1-3 at x.yaml:5:5')
})

t.test('a rule that matches everything is a default', async t => {
  const text = `${start}level1: [{id: 1, precedence: 1, charge: 1}]\ncharges: {1: {tariff: free}}\n`
  t.strictSame(check(text).findings, [])
})
