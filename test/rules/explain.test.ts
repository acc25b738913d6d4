/** Explanations: what was tried and where it stands in the file, near misses, shadowed rules, notes. */

import t from 'tap'
import { explain } from '../../src/rules/explain.js'
import type { Profile } from '../../src/rules/profile.js'
import { engineOf, flow, profileOf, rule } from './rule-text.js'

const parts = {
  level1: [
    rule(
      1,
      { server: '10.0.0.172', protocol: 'tcp', port: 80 },
      { level2: 'wap', name: 'gateway' },
    ),
    rule(2, { server: '10.0.0.172', protocol: 'udp', port: 9203 }),
    rule(3, { server: '10.0.0.0/8' }, { charge: 1, assumed: 'a guess' }),
  ],
  level2: {
    wap: [
      { precedence: 1, match: { url: '*mmsc*', method: 'GET' }, charge: 1 },
      { precedence: 2, match: { url: '*' }, charge: 1, name: 'anything' },
    ],
  },
  default: 2,
}
const engine = engineOf(parts)

function outline(told: ReturnType<typeof explain>): string[] {
  return told.tried.map(({ rule, result, tests }) => {
    const last = tests.at(-1)
    return `${rule} ${result}${result === 'miss' ? ` ${last?.field} ${last?.expected} <> ${last?.actual}` : ''}`
  })
}

t.test('tried in order, each up to its first failure', async t => {
  const told = explain(engine, flow('10.0.0.172', 9203, 17), undefined)
  t.strictSame(outline(told), ['L1-1 miss protocol tcp <> udp', 'L1-2 hit'])
  t.match(told, { rule_id: 2, level1: 2, tariff: 'charged', near_miss: [] })
  t.match(told.tried[0], { name: 'gateway', level: 1, charge: 2, tariff: 'charged' })
  t.match(told.tried[0]?.at, /^t\.yaml:1:\d+$/)
  t.strictSame(
    told.tried[0]?.tests.map(({ hit }) => hit),
    [true, false],
  )
  t.strictSame(told.notes, ['URL not read: rule L1-2 has no level-2 table'])
})

t.test('level 2: hit, miss, not asked', async t => {
  const to = flow('10.0.0.172')
  const hit = explain(engine, to, { app: 'http', url: 'http://mmsc/', method: 'POST' })
  t.strictSame(outline(hit), ['L1-1 hit', 'wap/1 miss method GET <> POST', 'wap/2 hit'])
  t.match(hit, {
    rule_id: 1,
    level1: 1,
    level2: 'wap/2',
    replaced: { rule: 'L1-1', rule_id: 2 },
    near_miss: [{ rule: 'wap/1', failed: { field: 'method' } }],
  })
  const miss = explain(engine, to, { app: 'http' })
  t.strictSame(outline(miss), [
    'L1-1 hit',
    'wap/1 miss url *mmsc* <> (no URL seen)',
    'wap/2 miss url * <> (no URL seen)',
  ])
  t.notOk('replaced' in miss)
  t.match(miss.near_miss, [{ rule: 'wap/2' }], 'wap/1 failed two conditions')
  t.strictSame(miss.notes, ['no row of wap matched: the level-1 charge stands'])
  const silent = explain(engine, to, undefined)
  t.strictSame(silent.notes, ['level 2 not asked: no request was identified (table wap)'])
})

t.test('fall-through goes on and says so', async t => {
  const fall: Profile = { ...profileOf('article'), onL2Miss: 'fall-through' }
  const told = explain(engineOf(parts, fall), flow('10.0.0.172'), { app: 'http' })
  t.strictSame(
    outline(told).filter(line => !line.startsWith('wap')),
    ['L1-1 hit', 'L1-2 miss protocol udp <> tcp', 'L1-3 hit'],
  )
  t.equal(told.level1, 3)
  t.strictSame(told.notes, [
    'no row of wap matched: level 1 goes on after rule L1-1',
    'URL not read: rule L1-3 has no level-2 table',
    'rule L1-3 is assumed: a guess',
  ])
})

t.test('shadowed rules on request', async t => {
  const to = flow('10.0.0.172', 9203, 17)
  const told = explain(engine, to, undefined, { all: true })
  t.strictSame(outline(told), ['L1-1 miss protocol tcp <> udp', 'L1-2 hit', 'L1-3 shadowed'])
  t.equal(told.rule_id, 2)
  const both = explain(
    engine,
    flow('10.0.0.172'),
    { app: 'http', url: 'http://mmsc/', method: 'GET' },
    { all: true },
  )
  t.strictSame(outline(both), ['L1-1 hit', 'wap/1 hit', 'wap/2 shadowed', 'L1-3 shadowed'])
  t.equal(both.level2, 'wap/1')
})

t.test('default and unmatched', async t => {
  const told = explain(engine, flow('11.0.0.1'), undefined)
  t.match(told.tried.at(-1), { rule: 'default', result: 'hit', charge: 2, tests: [] })
  t.match(told.tried.at(-1)?.at, /^t\.yaml:1:\d+$/)
  t.notOk('level1' in told)
  t.match(
    told.near_miss,
    [
      { rule: 'L1-1', tariff: 'charged' },
      { rule: 'L1-3', tariff: 'free' },
    ].reverse(),
    'another tariff comes first',
  )
  const without = engineOf({ level1: parts.level1.slice(1), level2: parts.level2 })
  const lost = explain(without, flow('11.0.0.1'), undefined)
  t.equal(lost.tariff, 'unknown')
  t.notOk('rule_id' in lost)
  t.match(lost.notes, ['no level-1 rule matched and the rule set has no default: tariff unknown'])
})

t.test('near misses are bounded', async t => {
  const many = engineOf({
    level1: Array.from({ length: 50 }, (_, i) => rule(i, { port: i + 1 })),
    default: 1,
  })
  const told = explain(many, flow('1.1.1.1', 9203), undefined)
  t.equal(told.near_miss.length, 20)
  t.equal(told.tried.length, 51)
  t.match(told.notes, ['50 rules failed just one condition; 20 are listed'])
})
