/** Each lint finds the fault that was planted in its file, at its place, and clean files have none. A file of
 * `lint/faulty/` begins with `# planted: ID line:col`, and with other ids that the fault brings along.
 * What a finding says is asked of the engine again with its witness. */

import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { checkReading, checkRules, lintRecord } from '../../src/rules/check.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { lints } from '../../src/rules/lint/all.js'
import type { LintFinding } from '../../src/rules/lint.js'
import { LintSubject } from '../../src/rules/lint-subject.js'
import { readRuleSet } from '../../src/rules/parse.js'
import { type RuleSet, rowLabel, ruleLabel } from '../../src/rules/rule-set.js'
import { profileOf, rulesFolder } from './rule-text.js'

const folder = fileURLToPath(new URL('../../../test/rules/lint/', import.meta.url))

function filesOf(kind: 'faulty' | 'clean'): string[] {
  return readdirSync(`${folder}${kind}`).map(name => `${folder}${kind}/${name}`)
}

interface Planted {
  id: string
  place: string
  also: string[]
}

function plantedIn(file: string): Planted {
  const [, id = '', place = '', also = ''] =
    /^# planted: (\S+) (\d+:\d+)(?:; also (.+))?\n/.exec(readFileSync(file, 'utf8')) ?? []
  return { id, place, also: also.split(' ').filter(one => one !== '') }
}

/** The conditions of the rule or row that a finding is about. */
function conditionsHold(set: RuleSet, { rules, witness }: LintFinding): boolean | undefined {
  const [label] = rules
  const rule = set.level1.find(one => ruleLabel(one) === label)
  const row = set.rows.find(one => rowLabel(set, one) === label)
  const { flow, request } = witness ?? {}
  if (rule && flow) return rule.conditions.every(({ test }) => test(flow))
  if (row && request) return row.conditions.every(({ test }) => test(request))
  return undefined
}

/** What the engine says of a witness against what the finding says; empty when they agree. */
function contradictions(set: RuleSet, finding: LintFinding): string[] {
  const { id, rules, witness } = finding
  if (!witness) return []
  const engine = new RuleEngine(set, profileOf(set.profile))
  const [first = '', ...others] = rules
  const found: string[] = []
  // of a request that is charged elsewhere the witness shows what is seen of it there
  if (id !== 'DIFFERENTIAL' && conditionsHold(set, finding) === false)
    found.push(`${first} does not match its witness`)
  const { flow, request } = witness
  if (!flow) return found
  const { l1, row, charge } = engine.decide(flow, request)
  const rule = set.level1[l1]
  const tableRow = set.rows[row]
  const level1 = rule ? ruleLabel(rule) : 'default'
  const level2 = tableRow ? rowLabel(set, tableRow) : undefined
  const tariff = engine.charges[charge]?.tariff ?? 'unknown'
  const says = `${level1} ${level2 ?? ''} ${tariff}`
  const expect = (holds: boolean) => {
    if (!holds) found.push(`${id} ${rules.join(' ')}: the engine says ${says}`)
  }
  if (id === 'SHADOWED') expect(others.includes(request ? (level2 ?? '') : level1))
  if (id === 'SUBSTRING-HOST' || id === 'WILDCARD-LEADING') expect(tariff === 'free')
  if (id === 'FREE-PORT-53/ICMP' || id === 'PREFIX-TOO-WIDE')
    expect(tariff === 'free' && level1 === first)
  if (id === 'DIFFERENTIAL') expect(tariff === 'charged' && rules.includes(level1))
  if (id === 'BLIND-SIBLING') expect(tariff === 'charged' && level1 === first)
  if (id === 'ORDER-DECIDES' || id === 'PARTIAL-OVERLAP-DIFF-TARIFF')
    expect(rules.includes(level2 ?? level1))
  if (id === 'NO-DEFAULT') expect(level1 === 'default' && charge < 0)
  if (id === 'CLEAR-TEXT-ONLY') expect(level2 === first && tariff === 'free')
  if (id === 'L7-ON-OPAQUE' || id === 'L7-WITHOUT-ROUTE' || id === 'PROXY-IP-MISSING')
    expect(level1 === first)
  return found
}

t.test('each planted fault is found where it is, and nothing else', async t => {
  const found = new Set<string>()
  for (const file of filesOf('faulty')) {
    const name = basename(file)
    const { id, place, also } = plantedIn(file)
    const checked = checkRules(file)
    const records = checked.findings.map(lintRecord)
    const own = records.filter(record => record.id === id)
    t.strictSame(
      own.map(({ at }) => at),
      [`${file}:${place}`],
      `${name}: ${id}`,
    )
    const others = new Set(records.map(record => record.id).filter(one => one !== id))
    t.strictSame([...others].sort(), also.toSorted(), `${name}: nothing else`)
    for (const record of records) found.add(record.id)
    for (const finding of checked.ruleSet ? checked.findings : [])
      t.strictSame(contradictions(checked.ruleSet!, finding), [], `${name}: ${finding.id}`)
  }
  const withCapture = new Set(['NEVER-HIT', 'DOMAIN-RULE-SHARED-IP'])
  const never = lints.map(({ id }) => id).filter(id => !found.has(id) && !withCapture.has(id))
  t.strictSame(never, [], 'every lint was seen')
})

t.test('clean files', async t => {
  for (const file of filesOf('clean'))
    t.strictSame(checkRules(file).findings.map(lintRecord), [], basename(file))
})

t.test('severity of a shadowed rule follows the money', async t => {
  const severity = (name: string) =>
    checkRules(`${folder}faulty/${name}.yaml`).findings.find(({ id }) => id === 'SHADOWED')
      ?.severity
  t.equal(severity('SHADOWED'), 'error')
  t.equal(severity('SHADOWED-same-money'), 'info')
})

t.test('the published case finds itself', async t => {
  const { findings, ruleSet } = checkRules(`${rulesFolder}newspaper.yaml`)
  const of = (id: string) => findings.filter(one => one.id === id).map(lintRecord)
  t.match(of('DIFFERENTIAL'), [
    {
      severity: 'warn',
      at: /newspaper\.yaml:23:7$/,
      rules: ['wapgw/1', 'wapgw/2', 'L1-5', 'L1-6'],
      message:
        'requests of wapgw/1, wapgw/2 to 10.0.0.172, such as http://mmsc.example/, are free on tcp 80, udp 9200, 9201 and charged on udp 9202, 9203 by L1-5, L1-6',
    },
  ])
  t.match(of('BLIND-SIBLING'), [
    { at: /:18:5$/, rules: ['L1-5', 'L1-3'], witness: '10.0.0.172:9202 udp' },
    { at: /:19:5$/, rules: ['L1-6', 'L1-3'], witness: '10.0.0.172:9203 udp' },
  ])
  t.match(of('SUBSTRING-HOST'), [
    { at: /:23:36$/, rules: ['wapgw/1'], witness: /http:\/\/evil\.example\/\?mmsc$/ },
    { at: /:24:36$/, rules: ['wapgw/2'], witness: /http:\/\/evil\.example\/\?10\.23\.241\.4$/ },
  ])
  t.match(of('ORDER-DECIDES'), [{ severity: 'info', rules: ['wapgw/2', 'wapgw/1'] }])
  t.match(of('IP-LITERAL'), [{ severity: 'info', rules: ['wapgw/2'] }])
  t.equal(findings.length, 7)
  t.notOk(findings.some(({ severity }) => severity === 'error'))
  for (const finding of findings) t.strictSame(contradictions(ruleSet!, finding), [], finding.id)
})

t.test('the extended set: DNS is free towards any server', async t => {
  const { findings, ruleSet } = checkRules(`${rulesFolder}newspaper-extended.yaml`)
  t.match(
    findings.filter(({ id }) => id === 'FREE-PORT-53/ICMP'),
    [{ rules: ['L1-2'], severity: 'warn' }],
  )
  for (const finding of findings) t.strictSame(contradictions(ruleSet!, finding), [], finding.id)
})

t.test('in the light of a capture', async t => {
  const text = `ruleset: x
version: "1"
profile: article
level1:
  - {id: 1, precedence: 1, match: {server: 198.51.100.7}, charge: 1}
  - {id: 2, precedence: 2, match: {server: 198.51.100.8}, charge: 1}
charges: {1: {tariff: free}, 2: {tariff: charged}}
default: 2
`
  const hits = {
    flows: 1,
    transactions: 0,
    packets: 1,
    octetsUp: 1,
    octetsDown: 0,
    last: undefined,
  }
  const { findings } = checkReading(readRuleSet('x.yaml', [{ file: 'x.yaml', text }]), {
    files: ['x.pcap'],
    flows: 2,
    hits: new Map([['L1-1', hits]]),
    names: new Map([
      ['198.51.100.7', new Set(['free.example', 'cdn.other.example2', 'www.free.example'])],
      ['198.51.100.8', new Set(['a.free.example', 'b.free.example'])],
      ['203.0.113.9', new Set(['a.example', 'b.example2'])],
    ]),
  })
  t.match(findings.map(lintRecord), [
    { id: 'DOMAIN-RULE-SHARED-IP', rules: ['L1-1'], at: 'x.yaml:5:44', severity: 'warn' },
    { id: 'NEVER-HIT', rules: ['L1-2'], severity: 'info' },
  ])
  t.equal(findings.length, 2)
})

t.test('bounds are told, never taken for clean', async t => {
  const rows = [
    { precedence: 1, match: { url: '*a*', method: { regex: '\\bGET\\b' } }, charge: 2 },
    { precedence: 2, match: { url: '*b*' }, charge: 2 },
  ]
  const whole = {
    ruleset: 'x',
    version: '1',
    profile: 'article',
    level1: [
      { id: 1, precedence: 1, match: { protocol: 'tcp', port: 80 }, charge: 2, level2: 't' },
    ],
    level2: { t: rows },
    charges: { 2: { tariff: 'charged' } },
    default: 2,
  }
  const { findings } = checkReading(
    readRuleSet('x.yaml', [{ file: 'x.yaml', text: JSON.stringify(whole) }]),
  )
  t.match(findings.map(lintRecord), [{ id: 'UNDECIDED', severity: 'warn', rules: ['t/1'] }])
})

t.test('under fall-through a rule behind one with a table is alive', async t => {
  const whole = {
    ruleset: 'x',
    version: '1',
    profile: 'article',
    level1: [
      { id: 1, precedence: 1, match: { protocol: 'tcp' }, charge: 2, level2: 't' },
      { id: 2, precedence: 2, match: { protocol: 'tcp', port: 80 }, charge: 2 },
    ],
    level2: { t: [{ precedence: 1, match: { host: { suffix: 'portal.example' } }, charge: 2 }] },
    charges: { 2: { tariff: 'charged' } },
    default: 2,
  }
  const { set } = readRuleSet('x.yaml', [{ file: 'x.yaml', text: JSON.stringify(whole) }])
  t.ok(set)
  if (!set) return
  t.equal(new LintSubject(set).ruleCoverage(1).state, 'covered', 'keep-level1')
  const fallThrough = { ...profileOf('article'), onL2Miss: 'fall-through' as const }
  t.equal(new LintSubject(set, undefined, fallThrough).ruleCoverage(1).state, 'alive')
})
