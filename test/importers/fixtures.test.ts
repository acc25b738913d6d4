/** Each dialect's fixture: what it decides is what the dialect's documentation implies, what comes out is a rule file
 * without errors, and every line of it is represented or in the report. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseCases, runCases } from '../../src/rules/cases.js'
import { checkReading } from '../../src/rules/check.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { dialects } from '../../src/rules/import/all.js'
import { dialectNames } from '../../src/rules/import/dialect-names.js'
import { readRuleSet } from '../../src/rules/parse.js'
import { findProfile } from '../../src/rules/profile.js'
import { inProcess } from '../cli/program.js'
import { argumentsOf, fixtureFolder, fixtures, fixtureTexts, imported } from './imported.js'

t.strictSame(
  dialects.map(({ name }) => name),
  [...dialectNames],
  'the help lists every dialect',
)
t.strictSame(
  fixtures.map(({ dialect }) => dialect).sort(),
  [...dialectNames].sort(),
  'one a dialect',
)

for (const fixture of fixtures)
  t.test(fixture.dialect, async t => {
    const { dialect } = fixture
    const { set, text, left, total, represented } = imported(fixture)
    const file = `${dialect}.cases.yaml`
    const { cases } = parseCases(file, readFileSync(`${fixtureFolder}${file}`, 'utf8'))
    const profile = findProfile(set.profile)
    if (!profile) throw new Error(`no profile ${set.profile}`)
    for (const { note, ok, want, got } of runCases(new RuleEngine(set, profile), cases))
      t.ok(ok, `${note}: want ${want}, got ${got}`)
    const checked = checkReading(readRuleSet('x.yaml', [{ file: 'x.yaml', text }]))
    t.strictSame(
      checked.findings.filter(({ severity }) => severity === 'error'),
      [],
    )
    t.equal(represented, total - left.length)
    t.ok(left.length > 0, 'each fixture has something that is left out')
    const lines = new Map(fixtureTexts(fixture).map(source => [source.file, source.lineCount]))
    for (const { file, line, col, why } of left) {
      t.ok(line >= 1 && line <= (lines.get(file) ?? 0), `${file}:${line}`)
      t.ok(col >= 1 && why.length > 0)
    }
    t.equal(set.source.dialect, dialect)
    t.equal(set.opaque.length, left.length, 'the report is kept in the file')
    for (const { origin } of [...set.level1, ...set.rows]) {
      const [, name = '', line = ''] = /^(.*):(\d+)$/.exec(origin ?? '') ?? []
      t.ok(Number(line) <= (lines.get(name) ?? 0), `origin ${origin}`)
    }
  })

t.test('the case files run as a user runs them', async t => {
  for (const fixture of fixtures) {
    const { dialect } = fixture
    const cases = readFileSync(`${fixtureFolder}${dialect}.cases.yaml`)
    const folder = t.testdir({ [`${dialect}.cases.yaml`]: cases })
    const out = `${folder}/${dialect}.yaml`
    const made = await inProcess(['rules', 'import', ...argumentsOf(fixture), '-o', out, '-q'])
    t.equal(made.code, 1, `${dialect}: something is left out`)
    t.equal(made.out, '')
    const ran = await inProcess(['rules', 'test', folder])
    t.match(ran, { code: 0, err: '' }, ran.out)
    t.match(ran.out, /^\d+ passed, 0 failed$/m)
  }
})

t.test('the same source gives the same file', async t => {
  for (const fixture of fixtures) t.equal(imported(fixture).text, imported(fixture).text)
})

t.test('comments hold the source line, and rules their names and precedences', async t => {
  const [staros] = fixtures
  if (!staros) throw new Error('no fixture')
  const { text } = imported(staros)
  t.match(
    text,
    /^ {2}# staros\.cfg:84: action priority 100 +ruledef wapgw-other charging-action wap-browse$/m,
  )
  t.match(
    text,
    /^ {2}- \{id: 7, precedence: 100, name: wapgw-other, .*origin: "staros\.cfg:84"\}$/m,
  )
  t.match(
    text,
    /^ {2}168165378: \{tariff: charged, name: wap-browse, ratingGroup: 20, online: true, offline: true\}$/m,
  )
})
