/** Rule files made to hurt: depth, aliases, size, text that steers a terminal, seeded damage. Each ends in
 * a problem with a place, none in an exception, a hang or the end of the process. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { RuleEngine } from '../../src/rules/engine.js'
import { parseRuleSet, readRuleSet } from '../../src/rules/parse.js'
import { problemMessage } from '../../src/rules/rule-error.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { flow, problemsOf, profileOf, rulesFolder } from './rule-text.js'

t.test('nesting', async t => {
  const texts = {
    'flow lists': '['.repeat(20_000) + ']'.repeat(20_000),
    'flow lists, open': '['.repeat(4000),
    'flow maps': '{a: '.repeat(4000) + '}'.repeat(4000),
    'block lists on one line': `${'- '.repeat(4000)}x`,
    'explicit keys': `${'? '.repeat(20_000)}x`,
    'block maps': Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  }
  for (const [name, text] of Object.entries(texts)) {
    const problems = problemsOf(text)
    t.equal(problems.length, 1, name)
    t.match(problems[0], { id: 'LIMIT', text: 'nested deeper than 32 levels' }, name)
  }
  t.not(problemsOf('['.repeat(32) + ']'.repeat(32))[0]?.id, 'LIMIT', '32 levels are read')
})

t.test('aliases', async t => {
  const letters = [...'abcdefghi']
  const bomb = letters
    .map(
      (c, i) =>
        `${c}: &${c} [${Array(9)
          .fill(i === 0 ? 'x' : `*${letters[i - 1]}`)
          .join(',')}]`,
    )
    .join('\n')
  t.match(problemsOf(bomb), [{ id: 'LIMIT', line: 2, col: 8 }])
  const many = `a: &a x\nb: [${Array(101).fill('*a').join(',')}]`
  t.match(problemsOf(many), [{ id: 'LIMIT', text: 'more than 100 aliases', line: 2, col: 5 }])
  t.ok(problemsOf('ruleset: &a [*a]').length > 0, 'a node that holds itself')
})

t.test('keys of objects are data', async t => {
  const problems = problemsOf('__proto__: {level1: []}\nconstructor: 1\ntoString: 2\n')
  t.strictSame(
    problems
      .filter(({ id }) => id === 'UNKNOWN-KEY')
      .map(({ text }) => text)
      .sort(),
    ['unknown key "__proto__"', 'unknown key "constructor"', 'unknown key "toString"'],
  )
})

t.test('text that steers a terminal comes out escaped', async t => {
  const [problem] = problemsOf('ruleset: t\n"\\e[31m\u0007\u202e": 1\n')
  t.ok(problem)
  for (const { excerpt } of problemsOf('ruleset: "\u202e\u009b31m"\nx\u202ey: 1\n'))
    t.match(excerpt, /^[\x20-\x7e\n]*$/)
})

t.test('seeded damage of the shipped files', async t => {
  const random = new Xorshift32(4261871614)
  const bits = [
    ...'[]{}:,-*&!|>"\'#%@`?\t\n 0aé',
    '\u0000',
    '- ',
    '? ',
    '*a',
    '&a ',
    '!!int ',
    '---\n',
  ]
  let refused = 0
  for (const file of ['newspaper.yaml', 'newspaper-extended.yaml']) {
    const name = `${rulesFolder}${file}`
    const text = readFileSync(name, 'utf8')
    for (let i = 0; i < 120; i++) {
      let damaged = text
      for (let n = random.below(3); n >= 0; n--) {
        const at = random.below(damaged.length)
        const cut = at + random.below(3) * random.below(20)
        damaged = damaged.slice(0, at) + bits[random.below(bits.length)] + damaged.slice(cut)
      }
      const { set, problems } = readRuleSet(name, [{ file: name, text: damaged }])
      if ((set === undefined) === (problems.length === 0)) t.fail('a set or problems')
      refused += problems.length > 0 ? 1 : 0
      const lines = damaged.split('\n').length
      for (const problem of problems)
        if (problem.line < 1 || problem.line > lines || problem.col < 1)
          t.fail(`${problemMessage(problem)} lies outside the file`)
    }
    for (let cut = 0; cut < text.length; cut += 41)
      readRuleSet(name, [{ file: name, text: text.slice(0, cut) }])
  }
  t.ok(refused > 60, `${refused} of 240 refused`)
})

t.test('ten thousand rules', async t => {
  const lines = ['ruleset: big', 'version: "1"', 'profile: article', 'level1:']
  for (let i = 0; i < 10_000; i++)
    lines.push(
      `  - {id: ${i}, precedence: ${i}, match: {server: 10.${i >> 8}.${i & 255}.0/24, protocol: tcp, port: 80}, charge: ${i % 10}, level2: t}`,
    )
  lines.push('level2:', '  t:')
  for (let i = 0; i < 1000; i++)
    lines.push(
      `    - {precedence: ${i}, match: {host: {suffix: h${i}.example}}, charge: ${i % 10}}`,
    )
  lines.push('charges:')
  for (let i = 0; i < 10; i++) lines.push(`  ${i}: {tariff: free}`)
  const start = process.hrtime.bigint()
  const set = parseRuleSet('big.yaml', [{ file: 'big.yaml', text: lines.join('\n') }])
  const parsed = process.hrtime.bigint()
  const engine = new RuleEngine(set, profileOf('article'))
  const compiled = process.hrtime.bigint()
  const ms = (from: bigint, to: bigint) => `${(to - from) / 1_000_000n} ms`
  t.comment(`10,000 rules, 1,000 rows: read ${ms(start, parsed)}, index ${ms(parsed, compiled)}`)
  t.strictSame(engine.decide(flow('10.19.136.1'), { app: 'http', host: 'a.h77.example' }), {
    l1: 5000,
    row: 77,
    charge: 7,
  })
  t.equal(engine.level1(flow('11.0.0.1')), -2)
  const facts = flow('10.19.136.1')
  const from = process.hrtime.bigint()
  for (let i = 0; i < 300_000; i++) engine.level1(facts)
  t.comment(`300,000 level-1 look-ups: ${ms(from, process.hrtime.bigint())}`)
})
