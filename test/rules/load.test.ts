/** Rule files from disk: files, directories, and what cannot be read. */

import { mkdirSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { loadReading, loadRuleSet } from '../../src/rules/load.js'
import { problemMessage, RuleError } from '../../src/rules/rule-error.js'
import { rulesFolder } from './rule-text.js'

const set = 'ruleset: a\nversion: v\nprofile: article\nlevel1: []\ncharges: {}\n'

function refusal(path: string): string[] {
  return loadReading(path).problems.map(problemMessage)
}

t.test('a directory with one set', async t => {
  const folder = t.testdir({
    'b.yaml': set,
    'b.cases.yaml': 'rules: b.yaml\n',
    '.hidden.yaml': '[',
    'note.txt': '[',
  })
  t.equal(loadRuleSet(folder).name, 'a')
  t.strictSame(loadRuleSet(folder).source, {
    file: folder,
    files: [`${folder}/b.yaml`],
    dialect: 'tollgate',
    sha256: loadRuleSet(`${folder}/b.yaml`).source.sha256,
  })
  writeFileSync(`${folder}/c.yml`, 'charges: {7: {tariff: free}}\n')
  t.match(loadRuleSet(folder).notes, [/^merged from 2 files in name order: .*b\.yaml, .*c\.yml$/])
})

t.test('two sets in a directory are not merged', async t => {
  t.match(refusal(rulesFolder), [
    /newspaper\.yaml:10:1: a second rule set: "newspaper-extended" is in .*newspaper-extended\.yaml$/,
  ])
})

t.test('what cannot be read', async t => {
  const folder = t.testdir({
    empty: {},
    'latin1.yaml': Buffer.from('ruleset: caf\xe9\n', 'latin1'),
  })
  t.strictSame(refusal(`${folder}/x.yaml`), [`${folder}/x.yaml: no such file`])
  t.strictSame(refusal(`${folder}/latin1.yaml/x`), [`${folder}/latin1.yaml/x: no such file`])
  t.strictSame(refusal(`${folder}/empty`), [
    `${folder}/empty: no rule file (*.yaml) in this directory`,
  ])
  t.strictSame(refusal(`${folder}/latin1.yaml`), [`${folder}/latin1.yaml: not UTF-8 text`])
  mkdirSync(`${folder}/empty/inner.yaml`)
  t.match(refusal(`${folder}/empty`), [/EISDIR/])
  t.throws(() => loadRuleSet(`${folder}/x.yaml`), RuleError)
})
