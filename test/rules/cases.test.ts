/** The case files beside the shipped rule sets: the whole verdict matrix of the published case. And the
 * runner itself: a wrong case fails. */

import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseCases, runCases } from '../../src/rules/cases.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { loadRuleSet } from '../../src/rules/load.js'
import { RuleError } from '../../src/rules/rule-error.js'
import { profileOf, rulesFolder } from './rule-text.js'

const files = readdirSync(rulesFolder).filter(name => name.endsWith('.cases.yaml'))

t.strictSame(files, ['newspaper-extended.cases.yaml', 'newspaper.cases.yaml'])

function engineFor(file: string): RuleEngine {
  const set = loadRuleSet(`${rulesFolder}${file}`)
  return new RuleEngine(set, profileOf(set.profile))
}

for (const file of files)
  t.test(file, async t => {
    const { rules, cases } = parseCases(file, readFileSync(`${rulesFolder}${file}`, 'utf8'))
    const results = runCases(engineFor(rules), cases)
    t.ok(results.length >= 84 + 15, `${results.length} cases`)
    for (const { note, ok, want, got } of results) t.ok(ok, `${note}: want ${want}, got ${got}`)
  })

/** rules.md section 1, by hand: F378, F379 free, C 4261871614, D default; extended where it differs. */
t.test('the matrix of the specification', async t => {
  const urls = [
    'http://mmsc.monternet.com/news/1',
    'http://10.23.241.4/news/1',
    'http://wap.monternet.com/index.wml',
    undefined,
  ]
  const read = ['168165378 free', '168165379 free', '4261871614 charged', '4261871614 charged']
  const table: [port: number, level1: string, extended: string, cells: string[]][] = [
    [80, 'L1-3', 'L1-3', read],
    [9200, 'L1-4', 'L1-4', read],
    [9201, 'L1-4', 'L1-4', read],
    [9202, 'L1-5', 'L1-5', Array(4).fill('4261871614 charged')],
    [9203, 'L1-6', 'L1-6', Array(4).fill('4261871614 charged')],
    [8080, 'default', 'L1-7', Array(4).fill('4294967294 charged')],
    [443, 'default', 'L1-7', Array(4).fill('4294967294 charged')],
  ]
  for (const extended of [false, true]) {
    const engine = engineFor(extended ? 'newspaper-extended.yaml' : 'newspaper.yaml')
    for (const [port, plain, other, cells] of table)
      for (const [i, url] of urls.entries()) {
        const [result] = runCases(engine, [
          { note: 'cell', server: '10.0.0.172', port, url, want: '' },
        ])
        const level1 = extended ? other : plain
        const charge = level1 === 'L1-7' ? '4261871614 charged' : (cells[i] ?? '')
        const words = result?.got.split(' ') ?? []
        t.equal(words[0], level1, `${port} ${url}`)
        t.equal(words.slice(-2).join(' '), charge, `${port} ${url}`)
      }
  }
})

t.test('a wrong case fails', async t => {
  const engine = engineFor('newspaper.yaml')
  const one = { note: 'n', server: '10.0.0.172', port: 9203 }
  t.match(runCases(engine, [{ ...one, want: 'L1-6 4261871614 free' }]), [
    { ok: false, want: 'L1-6 4261871614 free', got: 'L1-6 4261871614 charged' },
  ])
  t.match(runCases(engine, [{ ...one, server: 'mmsc', want: 'unmatched' }]), [{ ok: false }])
  t.match(
    runCases(engine, [{ ...one, port: 7, want: 'unmatched' }]),
    [{ ok: false }],
    'which protocol?',
  )
})

t.test('a wrong case file is refused with its place', async t => {
  const refusal = (text: string) => {
    try {
      parseCases('c.yaml', text)
    } catch (error) {
      if (error instanceof RuleError) return error.message
      throw error
    }
    return 'accepted'
  }
  t.equal(refusal('rules: x.yaml\ncasse: []\n'), 'c.yaml:2:1: unknown key "casse"')
  t.equal(refusal('cases: []\n'), 'c.yaml:1:1: missing key "rules"')
  t.equal(
    refusal(
      'rules: x\nmatrix:\n  - {note: n, server: 10.0.0.1, urls: [null], ports: {80: [a, b]}}\n',
    ),
    'c.yaml:3:59: 2 cells for 1 URLs',
  )
  t.equal(refusal('rules: [\n').startsWith('c.yaml:'), true)
})
