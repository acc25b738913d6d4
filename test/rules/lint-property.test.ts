/** What the analysis of sets says of rules, against packets and requests by chance: a covered rule never
 * decides and its covers take what it matches, an element of a living rule is decided by it, an empty
 * rule matches nothing. */

import t from 'tap'
import { LintSubject } from '../../src/rules/lint-subject.js'
import type { AppFacts, FlowFacts } from '../../src/rules/rule-facts.js'
import type { RuleCondition } from '../../src/rules/rule-set.js'
import { canonicalUrl } from '../../src/rules/url.js'
import { requestOf } from '../../src/rules/visible.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { flow, rule, setOf } from './rule-text.js'

function pick<T>(random: Xorshift32, from: readonly T[]): T {
  const found = from[random.below(from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

function all<F>(conditions: readonly RuleCondition<F>[], facts: F): boolean {
  return conditions.every(one => one.test(facts))
}

const servers = [
  '198.51.100.0/30',
  '198.51.100.0/31',
  '198.51.100.2/31',
  '198.51.100.1',
  '2001:db8::/126',
  '2001:db8::2',
]
const ues = ['0.0.0.0/0', '10.161.0.0/31', '10.161.0.1', '2001:db8:161::/127']
const ports = [80, '79-81', [80, 443], '0-65535', '0-79', '81-65535', 443]
const protocols = ['tcp', 'udp', ['tcp', 'udp'], 'icmp', [6, 17, 132]]
const apns = ['3gwap', '3g*', { suffix: 'net' }, '*']
const hours = ['00:00-24:00', '00:00-12:00', '22:00-06:00', '12:00-24:00', '06:00-22:00 +02:00']

function level1Match(random: Xorshift32): Record<string, unknown> {
  const match: Record<string, unknown> = {}
  if (random.chance(0.7))
    match.server = Array.from({ length: 1 + random.below(3) }, () => pick(random, servers))
  if (random.chance(0.4)) match.protocol = pick(random, protocols)
  if (random.chance(0.5)) match.port = pick(random, ports)
  if (random.chance(0.15)) match.ue = pick(random, ues)
  if (random.chance(0.15)) match.apn = pick(random, apns)
  if (random.chance(0.1)) match.roaming = random.chance(0.5)
  if (random.chance(0.1)) match.hours = pick(random, hours)
  if (random.chance(0.05)) match.rat = pick(random, ['utran', '?tran', 'geran'])
  return match
}

const US_PER_MINUTE = 60_000_000

function packet(random: Xorshift32): FlowFacts {
  const v4 = random.chance(0.7)
  const server = v4 ? `198.51.100.${random.below(5)}` : `2001:db8::${random.below(5)}`
  const ue = v4 ? `10.161.0.${random.below(3)}` : `2001:db8:161::${random.below(3)}`
  const protocol = pick(random, [6, 6, 17, 1, 132])
  const port = protocol === 1 ? 0 : pick(random, [0, 79, 80, 81, 443, 65535])
  return flow(server, port, protocol, {
    ...(random.chance(0.7) ? { ue: flow(ue).server } : {}),
    ...(random.chance(0.6)
      ? {
          apn: pick(random, ['3gwap', '3gnet', 'x.mnc001.mcc460.gprs', '3gnet.mnc001.mcc460.gprs']),
        }
      : {}),
    ...(random.chance(0.5) ? { roaming: random.chance(0.5) } : {}),
    ...(random.chance(0.5) ? { rat: pick(random, ['utran', 'EUTRAN', 'geran']) } : {}),
    ...(random.chance(0.7) ? { timeUs: random.below(1440) * US_PER_MINUTE } : {}),
  })
}

t.test('level 1', async t => {
  const random = new Xorshift32(21)
  const states = { alive: 0, covered: 0, empty: 0, unknown: 0, together: 0 }
  for (let round = 0; round < 120; round++) {
    const set = setOf({
      level1: Array.from({ length: 2 + random.below(12) }, (_, i) => rule(i, level1Match(random))),
    })
    const subject = new LintSubject(set)
    const packets = Array.from({ length: 300 }, () => packet(random))
    for (const [index, own] of set.level1.entries()) {
      const found = subject.ruleCoverage(index)
      states[found.state]++
      if (found.state === 'alive') {
        const facts = subject.flowOf(index)
        if (!facts || subject.engine.level1(facts) !== index) t.fail(`round ${round}: L1-${own.id}`)
        continue
      }
      if (found.state === 'covered' && found.by.length > 1) states.together++
      const covers = found.state === 'covered' ? found.by.map(by => subject.rule(by)) : []
      for (const facts of packets) {
        if (!all(own.conditions, facts)) continue
        // what is covered is so for packets, of which both are known
        if (facts.ue === undefined || facts.timeUs === undefined) continue
        if (subject.engine.level1(facts) === index) t.fail(`round ${round}: L1-${own.id} decides`)
        if (!covers.some(cover => all(cover.conditions, facts)))
          t.fail(`round ${round}: no cover of L1-${own.id} takes ${JSON.stringify(facts)}`)
      }
    }
  }
  t.equal(states.unknown, 0)
  t.ok(states.alive > 200 && states.covered > 100 && states.empty > 20, JSON.stringify(states))
  t.ok(states.together > 5, `${states.together} by several rules together`)
})

const hosts = ['a.example', 'b.a.example', 'evila.example', 'mmsc.example', 'example', '10.0.0.1']
const hostValues = [
  ...hosts,
  '*.example',
  '*a*',
  { suffix: 'example' },
  { suffix: 'a.example' },
  { contains: 'mmsc' },
  { regex: '^[ab]' },
  { all: [{ contains: 'a' }, { none: [{ suffix: 'a.example' }, 'b*'] }] },
  { none: ['*mmsc*'] },
]
const urlValues = [
  '*',
  'http://*',
  '*mmsc*',
  'http://a.example/*',
  'http://*.example/*',
  { prefix: 'http://a' },
  { suffix: '/' },
  ['*a.example*', '*b.a*'],
  { regex: '^http://[^/]*/x' },
  { all: [{ prefix: 'http://' }, { contains: 'mmsc' }, { none: ['*/x*'] }] },
]
const pathValues = ['/*', '/x*', { contains: 'mmsc' }, { equals: '/' }, '*']

const apps = ['http', ['http', 'mms'], ['tls', 'quic'], ['wsp-cl', 'wsp-co', 'mms'], 'quic', 'dns']

function rowMatch(random: Xorshift32): Record<string, unknown> {
  const match: Record<string, unknown> = {}
  if (random.chance(0.2)) match.app = pick(random, apps)
  if (random.chance(0.5)) match.host = pick(random, hostValues)
  if (random.chance(0.5)) match.url = pick(random, urlValues)
  if (random.chance(0.2)) match.path = pick(random, pathValues)
  if (random.chance(0.15)) match.sni = pick(random, hostValues)
  if (random.chance(0.15)) match.method = pick(random, ['GET', 'P*', ['get', 'post'], 'con*'])
  if (random.chance(0.1)) match.userAgent = pick(random, ['*nokia*', '*'])
  return match
}

/** CONNECT names an authority, and nothing else does. */
function methodOf(random: Xorshift32, url: string): string {
  return url.includes('://') ? pick(random, ['GET', 'POST', 'HEAD']) : 'CONNECT'
}

function request(random: Xorshift32): AppFacts {
  const host = pick(random, hosts)
  if (random.chance(0.2)) {
    const app = pick(random, ['tls', 'quic'] as const)
    return { app, sni: host, host, url: host, urlSource: 'sni' }
  }
  const port = pick(random, ['', '', ':8080'])
  const path = pick(random, ['/', '/x', '/mmsc', '', '?mmsc', '/x/mmsc/'])
  const url = random.chance(0.1) ? `${host}:443` : canonicalUrl(`http://${host}${port}${path}`)
  return {
    app: pick(random, ['http', 'http', 'wsp-cl', 'wsp-co', 'mms'] as const),
    ...requestOf(url),
    ...(random.chance(0.7) ? { method: methodOf(random, url) } : {}),
    ...(random.chance(0.5) ? { userAgent: pick(random, ['Nokia6600', 'x']) } : {}),
  }
}

t.test('level 2', async t => {
  const random = new Xorshift32(22)
  const states = { alive: 0, covered: 0, empty: 0, unknown: 0, together: 0 }
  for (let round = 0; round < 60; round++) {
    const rows = Array.from({ length: 2 + random.below(8) }, (_, i) => ({
      precedence: i,
      match: rowMatch(random),
      charge: 1,
    }))
    const subject = new LintSubject(
      setOf({ level1: [rule(1, {}, { level2: 't' })], level2: { t: rows } }),
    )
    const requests = Array.from({ length: 300 }, () => request(random))
    for (const [index, own] of subject.set.rows.entries()) {
      const found = subject.rowCoverage(index)
      states[found.state]++
      if (found.state === 'alive') {
        const facts = subject.requestOf(index)
        if (!facts || subject.rowFor(0, facts) !== index) t.fail(`round ${round}: t/${index}`)
        continue
      }
      if (found.state === 'covered' && found.by.length > 1) states.together++
      const covers = found.state === 'covered' ? found.by.map(by => subject.row(by)) : []
      for (const facts of requests) {
        if (!all(own.conditions, facts)) continue
        if (subject.rowFor(0, facts) === index) t.fail(`round ${round}: t/${index} decides`)
        if (!covers.some(cover => all(cover.conditions, facts)))
          t.fail(`round ${round}: no cover of t/${index} takes ${JSON.stringify(facts)}`)
      }
    }
  }
  t.equal(states.unknown, 0)
  t.ok(states.alive > 60 && states.covered > 30 && states.empty > 10, JSON.stringify(states))
})

t.test('rows behind the tables of other rules', async t => {
  const random = new Xorshift32(23)
  const states = { alive: 0, covered: 0, unknown: 0, partly: 0 }
  for (let round = 0; round < 60; round++) {
    const tables = Array.from({ length: 5 }, (_, i) => ({
      name: `t${i}`,
      rows: Array.from({ length: 1 + random.below(2) }, (_row, n) => ({
        precedence: n,
        match: random.chance(0.5) ? { host: pick(random, hostValues) } : rowMatch(random),
        charge: 1,
      })),
    }))
    const set = setOf({
      level1: tables.map(({ name }, i) => ({
        id: i,
        precedence: i,
        match: random.chance(0.5) ? { port: pick(random, [80, [80, 443], '79-81']) } : {},
        level2: name,
        ...(random.chance(0.1) ? { charge: 2 } : {}),
      })),
      level2: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
    })
    const subject = new LintSubject(set)
    const facts = Array.from({ length: 400 }, () => ({
      flow: flow('198.51.100.1', pick(random, [79, 80, 443])),
      request: request(random),
    }))
    for (const [index, row] of set.rows.entries()) {
      const reach = subject.rowReach(index)
      states[reach.state]++
      if (reach.state !== 'covered') continue
      if (reach.rows.length > 1) states.partly++
      const covers = reach.rows.map(by => subject.row(by))
      const isCovered = covers.some(cover => all(cover.conditions, reach.request))
      t.ok(isCovered || reach.rules.length > 0, 'a cover matches the witness')
      const { row: decider } = subject.engine.decide(reach.flow, reach.request)
      t.not(decider, index, 'another decides it')
      t.ok(all(row.conditions, reach.request))
      for (const one of facts)
        if (subject.engine.decide(one.flow, one.request).row === index)
          t.fail(`round ${round}: ${index} decides ${JSON.stringify(one)}`)
    }
  }
  t.equal(states.unknown, 0)
  t.ok(states.alive > 100 && states.covered > 30 && states.partly > 1, JSON.stringify(states))
})
