/** `rules import`, `rules export` and `rules from-signalling` as an operator runs them: exit codes, places, nothing half
 * written. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { inProcess, jsonLines } from '../cli/program.js'
import { argumentsOf, fixtureFolder, fixtures } from './imported.js'

const example = 'docs/examples/staros.cfg'
const run = (...args: string[]) => inProcess(args)

t.test('import: what is written, what is said', async t => {
  const folder = t.testdir({})
  const out = `${folder}/r.yaml`
  const made = await run('rules', 'import', '--from', 'staros', example, '-o', out)
  t.equal(made.code, 0)
  t.equal(made.out, '')
  t.match(
    made.err,
    /2 level-1 rules, 1 level-2 row, 2 charges; 26 of 26 lines or values represented, 0 left out/,
  )
  t.strictSame(readdirSync(folder), ['r.yaml'], 'nothing beside it')
  t.match(await run('rules', 'check', out), { code: 0 })
  t.match(await run('rules', 'import', '--from', 'staros', example, '-o', out), {
    code: 2,
    err: /r\.yaml: exists\n {2}try: --force/,
  })
  t.match(await run('rules', 'import', '--from', 'staros', example, '-o', out, '--force', '-q'), {
    code: 0,
    err: '',
  })
  const why = await run(
    'why',
    '--rules',
    out,
    '--server',
    '10.0.0.172',
    '--port',
    '80',
    '--url',
    'http://a.news.example/',
  )
  t.match(why.out, /row news\/1 was imported from staros\.cfg:23/)
})

t.test('import: the report as JSON', async t => {
  const [first] = fixtures
  if (!first) throw new Error('no fixture')
  const out = `${t.testdir({})}/r.yaml`
  const { code, out: text } = await run(
    'rules',
    'import',
    ...argumentsOf(first),
    '-o',
    out,
    '--json',
  )
  t.equal(code, 1)
  const records = jsonLines(text)
  t.match(records.at(-1), {
    type: 'summary',
    dialect: 'staros',
    left_out: 2,
    total: 88,
    represented: 86,
  })
  t.match(records[0], { type: 'left-out', at: /staros\.cfg:44:7$/, text: 'p2p protocol = skype' })
  t.equal(records.filter(({ type }) => type === 'left-out').length, 2)
})

t.test('import: refusals have a place, and leave the file that is there', async t => {
  const folder = t.testdir({
    'cut.mml': 'ADD USERPROFILE:USERPROFILENAME="a";\nADD RULE:RULENAME="r',
  })
  const out = `${folder}/r.yaml`
  writeFileSync(out, 'old\n')
  const cut = await run(
    'rules',
    'import',
    '--from',
    'huawei-udg',
    `${folder}/cut.mml`,
    '-o',
    out,
    '--force',
  )
  t.equal(cut.code, 3)
  t.match(
    cut.err,
    /cut\.mml:2:19: the quoted value of RULENAME does not end\n {4}ADD RULE:RULENAME="r\n {22}\^/,
  )
  t.equal(readFileSync(out, 'utf8'), 'old\n')
  t.strictSame(readdirSync(folder).sort(), ['cut.mml', 'r.yaml'])
  const missing = await run(
    'rules',
    'import',
    '--from',
    'staros',
    `${folder}/none`,
    '-o',
    out,
    '--force',
  )
  t.match(missing, { code: 2, err: /none: no such file/ })
  t.match(await run('rules', 'import', '--from', 'staros', folder, '-o', out, '--force'), {
    code: 2,
    err: /is a directory/,
  })
  const nowhere = `${folder}/no/r.yaml`
  t.match(await run('rules', 'import', '--from', 'staros', example, '-o', nowhere), { code: 6 })
  t.notOk(existsSync(nowhere))
})

t.test('import: usage', async t => {
  const refused = async (pattern: RegExp, ...args: string[]) =>
    t.match(await run('rules', 'import', ...args), { code: 2, err: pattern }, args.join(' '))
  await refused(/needs --from DIALECT\n {2}try: staros, huawei-ugw/, example, '-o', '-')
  await refused(/"cisco" is not one of staros/, '--from', 'cisco', example, '-o', '-')
  await refused(/needs -o FILE/, '--from', 'staros', example)
  await refused(/both write to standard output/, '--from', 'staros', example, '-o', '-', '--json')
  await refused(
    /--tariff: "7=gratis" is not ID=TARIFF/,
    '--from',
    'staros',
    example,
    '-o',
    '-',
    '--tariff',
    '7=gratis',
  )
  await refused(/--link: "x" is not/, '--from', 'staros', example, '-o', '-', '--link', 'x')
  await refused(
    /--proxy: "x" is not an address/,
    '--from',
    'staros',
    example,
    '-o',
    '-',
    '--proxy',
    'x',
  )
})

t.test('import: text of the source cannot act on the terminal', async t => {
  const folder = t.testdir({
    'x.cfg': readFileSync(example, 'utf8').replace(
      'rulebase WAP',
      'rulebase WAP\n    \u001b[31mred\u0007 \u202e',
    ),
  })
  const made = await run('rules', 'import', '--from', 'staros', `${folder}/x.cfg`, '-o', '-')
  t.equal(made.code, 1)
  t.notMatch(made.err + made.out, /\p{Cc}(?<!\n)|\p{Cf}/u)
})

t.test('export', async t => {
  const folder = t.testdir({})
  const out = `${folder}/p.json`
  t.match(await run('rules', 'export', '--to', 'ts29512', 'rules/newspaper.yaml', '-o', out), {
    code: 0,
    out: '',
    err: /note: tariffs have no form in a decision; an import is told by --tariff \d+=(?:free|charged)/,
  })
  t.strictSame(readdirSync(folder).sort(), ['p.json', 'p.pfds.json'])
  const again = await run(
    'rules',
    'import',
    '--from',
    'ts29512',
    out,
    `${folder}/p.pfds.json`,
    '-o',
    `${folder}/r.yaml`,
  )
  t.match(again, { code: 0, err: /9 level-1 rules, 4 level-2 rows/ })
  t.match(await run('rules', 'export', '--to', 'ts29512', 'rules/newspaper.yaml', '-o', out), {
    code: 2,
    err: /exists/,
  })
  t.match(await run('rules', 'export', '--to', 'ts29512', 'rules/newspaper.yaml', '-o', '-'), {
    code: 2,
    err: /second file/,
  })
  t.match(await run('rules', 'export', 'rules/newspaper.yaml', '-o', '-'), {
    code: 2,
    err: /needs --to FORM/,
  })
  const sheet = `${folder}/s.yaml`
  await run('rules', 'import', '--from', 'sheet', `${fixtureFolder}sheet.csv`, '-o', sheet)
  t.match(await run('rules', 'export', '--to', 'ts29512', sheet, '-o', `${folder}/s.json`), {
    code: 1,
    err: /left out: sheet\.csv:8: takes back/,
  })
})

t.test('from-signalling: a capture without rules', async t => {
  const capture = 'captures/gtpv2.pcap'
  t.match(await run('rules', 'from-signalling', '-r', capture), {
    code: 0,
    out: '',
    err: /no rule of Gx or PFCP/,
  })
  const out = `${t.testdir({})}/r.yaml`
  t.match(await run('rules', 'from-signalling', '-r', capture, '-o', out), {
    code: 1,
    err: /no rule of Gx or PFCP/,
  })
  t.notOk(existsSync(out))
  t.match(await run('rules', 'from-signalling'), { code: 2, err: /needs a capture/ })
})
