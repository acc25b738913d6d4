/** The indexes decide as trying every rule in order does: random rule sets, random facts near their edges,
 * more than 100,000 decisions. And a rule of lowest priority changes no match. */

import fc from 'fast-check'
import t from 'tap'
import { formatAddress, maskWord } from '../../src/rules/address.js'
import { RuleEngine, UNMATCHED } from '../../src/rules/engine.js'
import { explain } from '../../src/rules/explain.js'
import { LiteralFinder } from '../../src/rules/literal-finder.js'
import { PrefixTable } from '../../src/rules/prefix-table.js'
import type { Profile } from '../../src/rules/profile.js'
import type { AddressWords, AppFacts, FlowFacts } from '../../src/rules/rule-facts.js'
import type { Prefix, RuleCondition } from '../../src/rules/rule-set.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { engineOf, profileOf, rule, setOf } from './rule-text.js'

function pick<T>(random: Xorshift32, from: readonly T[]): T {
  const found = from[random.below(from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

/** Few bits vary, so that prefixes nest and facts fall on their edges. */
function address(random: Xorshift32): AddressWords {
  const low = random.below(4) | (random.below(4) << 8) | (random.below(2) << 31)
  if (random.chance(0.7)) return { version: 4, w0: 0x0a000000 ^ low, w1: 0, w2: 0, w3: 0 }
  return { version: 6, w0: 0x20010db8, w1: low, w2: random.below(2) << 31, w3: random.below(3) }
}

function prefix(random: Xorshift32): Prefix {
  const own = address(random)
  const bits = pick(
    random,
    own.version === 4 ? [0, 1, 8, 24, 30, 31, 32] : [0, 32, 33, 64, 65, 128],
  )
  return {
    version: own.version,
    w0: own.w0 & maskWord(bits, 0),
    w1: own.w1 & maskWord(bits, 1),
    w2: own.w2 & maskWord(bits, 2),
    w3: own.w3 & maskWord(bits, 3),
    bits,
  }
}

const ports = [0, 53, 80, 443, 8080, 9200, 9201, 9202, 9203, 65535]
const protocols = [1, 6, 17, 58, 132]
const portValues = [
  80,
  9203,
  [9200, 9201],
  '9200-9203',
  '0-65535',
  ['80-90', 443],
  '1-1024',
  0,
  65535,
]
const protocolValues = ['tcp', 'udp', ['tcp', 'udp'], 'icmp', 58, 'sctp']
const hosts = ['mmsc.example', 'a.mmsc.example', 'evilmmsc.example', 'example', 'wap.example', 'x']
const hostValues = [
  ...hosts,
  '*.example',
  'm*c.example',
  '*',
  { suffix: 'example' },
  { suffix: 'mmsc.example' },
  { regex: 'm+sc' },
  { prefix: 'a' },
  { contains: 'SC' },
  ['x', { equals: 'wap.example' }],
]
const urls = hosts.flatMap(host => [
  `http://${host}/`,
  `http://${host}/News/1`,
  `http://${host}/?q=mmsc`,
])
const urlValues = [
  ...urls,
  '*mmsc*',
  '*news*',
  'http://?.*',
  '*/',
  { suffix: '/news/1' },
  { regex: '/\\?q=' },
  ['*wap*', '*x/'],
]

function level1Match(random: Xorshift32): Record<string, unknown> {
  const match: Record<string, unknown> = {}
  if (random.chance(0.7))
    match.server = Array.from({ length: 1 + random.below(3) }, () => {
      const own = prefix(random)
      return `${formatAddress(own)}/${own.bits}`
    })
  if (random.chance(0.6)) match.protocol = pick(random, protocolValues)
  if (random.chance(0.6)) match.port = pick(random, portValues)
  if (random.chance(0.1)) match.apn = pick(random, ['3gwap', '*net'])
  if (random.chance(0.1)) match.roaming = random.chance(0.5)
  return match
}

function level2Match(random: Xorshift32): Record<string, unknown> {
  const match: Record<string, unknown> = {}
  if (random.chance(0.5)) match.host = pick(random, hostValues)
  if (random.chance(0.5)) match.url = pick(random, urlValues)
  if (random.chance(0.1)) match.method = pick(random, ['GET', 'P*'])
  return match
}

function randomSet(random: Xorshift32, profile: Profile): RuleEngine {
  const count = 1 + random.below(40)
  const rows = () =>
    Array.from({ length: random.below(60) }, () => ({
      precedence: random.below(20),
      match: level2Match(random),
      charge: 1,
    }))
  return engineOf(
    {
      level1: Array.from({ length: count }, (_, id) => ({
        id,
        precedence: random.below(20),
        match: level1Match(random),
        charge: 2,
        ...(random.chance(0.5) ? { level2: pick(random, ['a', 'b']) } : {}),
      })),
      level2: { a: rows(), b: rows() },
      ...(random.chance(0.5) ? { default: 1 } : {}),
    },
    profile,
  )
}

function flowFacts(random: Xorshift32): FlowFacts {
  return {
    server: address(random),
    protocol: pick(random, protocols),
    port: pick(random, ports),
    ...(random.chance(0.5) ? { apn: pick(random, ['3gwap', '3gnet']) } : {}),
    ...(random.chance(0.5) ? { roaming: random.chance(0.5) } : {}),
  }
}

function appFacts(random: Xorshift32): AppFacts {
  return {
    app: 'http',
    ...(random.chance(0.9) ? { url: pick(random, urls) } : {}),
    ...(random.chance(0.9) ? { host: pick(random, hosts) } : {}),
    ...(random.chance(0.5) ? { method: pick(random, ['GET', 'POST']) } : {}),
  }
}

function all<F>(conditions: readonly RuleCondition<F>[], facts: F): boolean {
  return conditions.every(one => one.test(facts))
}

/** Every rule and row in order, from the definition. */
function bruteForce(engine: RuleEngine, flow: FlowFacts, app: AppFacts | undefined) {
  const { set, profile } = engine
  for (const [l1, own] of set.level1.entries()) {
    if (!all(own.conditions, flow)) continue
    const table = set.tables[own.table]
    if (!table || !app) return { l1, row: -1 }
    for (let row = table.first; row < table.first + table.count; row++)
      if (all(set.rows[row]?.conditions ?? [], app)) return { l1, row }
    if (profile.onL2Miss === 'keep-level1') return { l1, row: -1 }
  }
  return { l1: set.default < 0 ? UNMATCHED : -1, row: -1 }
}

const fallThrough: Profile = { ...profileOf('article'), name: 'test', onL2Miss: 'fall-through' }

t.test('index equals brute force', async t => {
  const random = new Xorshift32(168165378)
  let checks = 0
  let rowsHit = 0
  for (let round = 0; round < 210; round++) {
    const engine = randomSet(random, round % 2 === 0 ? profileOf('article') : fallThrough)
    for (let i = 0; i < 500; i++) {
      const flow = flowFacts(random)
      const app = random.chance(0.7) ? appFacts(random) : undefined
      const want = bruteForce(engine, flow, app)
      const got = engine.decide(flow, app)
      if (got.l1 !== want.l1 || got.row !== want.row)
        t.strictSame(
          { l1: got.l1, row: got.row },
          want,
          `round ${round}, ${JSON.stringify({ flow, app })}`,
        )
      if (i < 4) {
        const told = explain(engine, flow, app, { all: i < 2 })
        const fields = engine.chargeFields(got.l1, got.row)
        if (
          told.rule_id !== fields.rule_id ||
          told.level1 !== fields.level1 ||
          told.level2 !== fields.level2
        )
          t.strictSame(told, fields, `explained otherwise in round ${round}`)
      }
      rowsHit += got.row >= 0 ? 1 : 0
      checks++
    }
  }
  t.ok(checks >= 100_000, `${checks} decisions`)
  t.ok(rowsHit > 10_000, `${rowsHit} of them on level 2`)
})

t.test('a rule of lowest priority changes no match', async t => {
  const random = new Xorshift32(4261871614)
  for (let round = 0; round < 30; round++) {
    const before = randomSet(random, profileOf('article'))
    const texts = before.set.level1.map(own => own.id)
    const last = setOf({ level1: [rule(999, level1Match(random))] }).level1
    const after = new RuleEngine(
      { ...before.set, level1: [...before.set.level1, ...last] },
      before.profile,
    )
    for (let i = 0; i < 200; i++) {
      const flow = flowFacts(random)
      const first = before.level1(flow)
      const second = after.level1(flow)
      if (first >= 0 && first !== second) t.fail(`round ${round}: ${first} became ${second}`)
      if (first < 0 && second >= 0 && second !== texts.length)
        t.fail('only the new rule may be new')
    }
  }
  t.pass('6,000 decisions')
})

t.test('literals are found as by looking for each', async t => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), maxLength: 12 })
  const literals = fc.array(
    texts.filter(one => one !== ''),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(literals, texts, (list, text) => {
      const found: number[] = []
      new LiteralFinder(list.map((literal, value) => ({ literal, value }))).find(text, found)
      const want = list.flatMap((literal, value) => (text.includes(literal) ? [value] : []))
      return [...new Set(found)].sort((a, b) => a - b).join() === want.join()
    }),
    { seed: 1975, numRuns: 5000 },
  )
  t.pass('5,000 sets')
})

t.test('prefixes are found exactly', async t => {
  const random = new Xorshift32(32)
  const entries = Array.from({ length: 3000 }, (_, value) => {
    const bits = random.below(33)
    const w0 = random.next() & maskWord(bits, 0)
    return { prefix: { version: 4 as const, bits, w0, w1: 0, w2: 0, w3: 0 }, value }
  })
  const last = new Map(entries.map(({ prefix, value }) => [`${prefix.w0}/${prefix.bits}`, value]))
  const table = new PrefixTable(entries)
  for (const { prefix } of entries) {
    const { version, bits, w0 } = prefix
    const want = last.get(`${w0}/${bits}`)
    if (table.find(version, bits, w0, 0, 0, 0) !== want) t.fail(`${w0}/${bits}`)
    if (table.find(6, bits, w0, 0, 0, 0) !== -1) t.fail('versions apart')
  }
  t.equal(new PrefixTable([]).find(4, 32, 1, 0, 0, 0), -1)
  t.strictSame(
    [...table.lengths4.bits],
    [...table.lengths4.bits].sort((a, b) => b - a),
    'longest first',
  )
})
