/** Export: YAML reads back as the same set, PCC rules decide as the set did, and what has no form is said. */

import t from 'tap'
import { RuleEngine } from '../../src/rules/engine.js'
import { draftOf } from '../../src/rules/export/draft-of.js'
import { exportPolicy } from '../../src/rules/export/ts29512.js'
import { SourceText } from '../../src/rules/import/source-text.js'
import { importRules } from '../../src/rules/import-rules.js'
import { loadRuleSet } from '../../src/rules/load.js'
import { parseRuleSet } from '../../src/rules/parse.js'
import type { AppFacts } from '../../src/rules/rule-facts.js'
import type { RuleSet } from '../../src/rules/rule-set.js'
import { requestOf, visibleFacts } from '../../src/rules/visible.js'
import { flowText, writeRules } from '../../src/rules/write-rules.js'
import { engineOf, flow, profileOf, rule, rulesFolder, setOf } from '../rules/rule-text.js'
import { dialectOf, fixtures, imported } from './imported.js'

function reread(set: RuleSet): RuleSet {
  return parseRuleSet('y', [{ file: 'y', text: writeRules(draftOf(set)) }])
}

/** What matters of a set, without places. */
function plain(set: RuleSet): unknown {
  const { source: _source, ...draft } = { ...draftOf(set), source: undefined }
  return { ...draft, tables: [...draft.tables] }
}

t.test('YAML: the same set again', async t => {
  const shipped = ['newspaper.yaml', 'newspaper-extended.yaml'].map(name =>
    loadRuleSet(`${rulesFolder}${name}`),
  )
  const sets = [...shipped, ...fixtures.map(fixture => imported(fixture).set)]
  for (const set of sets) {
    const again = reread(set)
    t.strictSame(plain(again), plain(set), set.name)
    t.equal(writeRules(draftOf(again)), writeRules(draftOf(set)), set.name)
    t.strictSame(again.notes, set.notes)
  }
})

t.test('YAML: every kind of condition and text', async t => {
  const odd = [
    'a: b',
    '{x}',
    'yes',
    'null',
    '12',
    '-',
    'a\nb',
    '"',
    "'",
    '#x',
    'é彩\u202e',
    ' a ',
    '*',
    '&a',
    '!',
    '%',
    '@',
    '`',
  ]
  const set = setOf({
    level1: [
      rule(1, {
        server: ['10.0.0.0/8', '2001:db8::/32'],
        protocol: ['tcp', 99],
        port: [80, '90-99'],
        apn: ['a*', { suffix: 'b' }],
        rat: 'UTRAN',
        ue: '10.45.0.0/16',
        roaming: false,
        hours: '22:00-06:00 +06:00',
      }),
      ...odd.map((name, i) => rule(i + 2, {}, { name })),
    ],
    level2: {
      unused: odd.map((text, i) => ({
        precedence: i,
        match: { app: 'http', url: { all: [{ contains: text }, { none: [{ equals: text }] }] } },
        charge: 1,
      })),
    },
    proxies: ['10.0.0.172'],
    portals: ['*.portal.example'],
    default: 2,
  })
  t.strictSame(plain(reread(set)), plain(set))
  for (const text of odd)
    t.strictSame(
      parseRuleSet('n', [
        {
          file: 'n',
          text: `ruleset: ${flowText(text)}\nversion: v\nprofile: ugw\nlevel1: []\ncharges: {}\n`,
        },
      ]).name,
      text,
    )
})

const urls = [
  undefined,
  'http://mmsc.monternet.com/a',
  'http://10.23.241.4/a',
  'http://www.example/',
]

t.test('TS 29.512: imported again, it decides as the set did', async t => {
  const set = loadRuleSet(`${rulesFolder}newspaper-extended.yaml`)
  const { decision, applications, left } = exportPolicy(set)
  t.strictSame(left, [])
  const texts = [decision, applications].map(
    (value, i) => new SourceText(`${i}.json`, JSON.stringify(value)),
  )
  const ids = set.charges.map(({ id, tariff }) => [id, tariff] as const)
  const again = importRules(dialectOf('ts29512'), texts, {
    tariffs: new Map(ids),
    links: new Map(),
    proxies: ['10.0.0.172'],
  })
  t.strictSame(again.left, [])
  const before = new RuleEngine(set, profileOf('article'))
  const after = new RuleEngine(again.set, profileOf('article'))
  let compared = 0
  for (const server of ['10.0.0.172', '10.23.241.4', '203.0.113.53', '2001:db8::1'])
    for (const [protocol, port] of [
      [6, 80],
      [17, 9200],
      [17, 9201],
      [17, 9202],
      [17, 9203],
      [6, 443],
      [17, 53],
      [6, 53],
      [1, 0],
    ] as const)
      for (const url of urls) {
        const facts: AppFacts | undefined =
          url === undefined
            ? undefined
            : visibleFacts(port === 80 ? 'http' : 'wsp-co', requestOf(url))
        const own = before.charges[before.decide(flow(server, port, protocol), facts).charge]
        const other = after.charges[after.decide(flow(server, port, protocol), facts).charge]
        compared++
        // a made-up id is no rating group and is not exported
        if (own?.synthetic) t.ok(other?.synthetic, `${server} ${port} ${url}`)
        else t.equal(other?.id, own?.id, `${server} ${port} ${url}`)
      }
  t.equal(compared, 144)
})

t.test('TS 29.512: precedences stay where there is no level 2', async t => {
  const { decision, applications } = exportPolicy(
    setOf({
      level1: [
        rule(7, { protocol: 'udp', port: [53, '5000-5010'] }),
        rule(9, { server: '10.0.0.0/8' }, { name: 'ten' }),
      ],
    }),
  )
  t.strictSame(applications, [])
  t.match(Object.values(decision.pccRules), [
    {
      pccRuleId: 'L1-7',
      precedence: 7,
      flowInfos: [{ flowDescription: 'permit out 17 from any 53,5000-5010 to assigned' }],
    },
    {
      pccRuleId: 'ten',
      precedence: 9,
      flowInfos: [{ flowDescription: 'permit out ip from 10.0.0.0/8 to assigned' }],
    },
  ])
  t.strictSame(decision.chgDecs, { 2: { chgId: '2', ratingGroup: 2 } })
})

t.test('TS 29.512: what has no form there', async t => {
  const { left, decision } = exportPolicy(
    setOf({
      level1: [
        rule(1, { apn: 'internet' }),
        rule(2, { protocol: 'icmp', port: 80 }),
        rule(3, {}, { level2: 'w' }),
      ],
      level2: {
        w: [
          { precedence: 1, match: { method: 'GET' }, charge: 1 },
          { precedence: 2, match: { url: { none: ['*a*'] } }, charge: 1 },
          { precedence: 3, match: { host: 'a.example', sni: 'b.example' }, charge: 1 },
          { precedence: 4, match: { app: 'wsp-cl', url: 'a' }, charge: 1 },
          { precedence: 5, match: { app: 'http', url: 'a' }, charge: 1 },
        ],
      },
    }),
  )
  t.match(left, [
    /L1-1: apn internet has no form in a PCC rule/,
    /L1-2: ports of a protocol that has none/,
    /L1-3 w\/1: method GET has no form in a PFD/,
    /L1-3 w\/2: url none of \*a\* has no form in a PFD/,
    /L1-3 w\/3: host and sni together/,
    /L1-3 w\/4: app wsp-cl has no form in a PFD/,
  ])
  t.strictSame(Object.keys(decision.pccRules), ['L1-3 w/5', 'L1-3'])
})

t.test('a rule without a charge of its own', async t => {
  const parts = {
    level1: [
      { id: 1, precedence: 1, match: { port: 80 }, level2: 'w' },
      rule(2, { server: '10.0.0.0/8' }),
    ],
    level2: { w: [{ precedence: 1, match: { app: 'http', url: '*free*' }, charge: 1 }] },
  }
  const engine = engineOf(parts)
  const seen = (url: string, app: 'http' | 'wsp-co' = 'http') =>
    engine.decide(flow('10.0.0.1'), { app, url })
  t.match(
    engine.decide(flow('10.0.0.1')),
    { l1: 1, row: -1 },
    'without a request it is passed over',
  )
  t.match(seen('http://x/free'), { l1: 0, row: 0 })
  t.match(seen('http://x/'), { l1: 1, row: -1 }, 'a miss goes on')
  t.match(seen('http://x/free', 'wsp-co'), { l1: 1, row: -1 })
  t.match(engine.decide(flow('192.0.2.1'), { app: 'http', url: 'http://x/' }), {
    l1: -2,
    charge: -1,
  })
  t.equal(engine.asksRequests(1), true)
  t.throws(() => setOf({ level1: [{ id: 1, precedence: 1 }] }), /missing key "charge"/)
})

t.test(
  'lines that were not understood lower the certainty of what they could have decided',
  async t => {
    const text = (extra: object) =>
      JSON.stringify({
        ruleset: 't',
        version: '1',
        profile: 'ugw',
        charges: { 2: { tariff: 'charged' } },
        default: 2,
        level1: [
          rule(10, { port: 80 }),
          rule(20, { port: 81 }, { unsupported: 'x:1 is not tested' }),
          rule(30, { port: 82 }),
        ],
        ...extra,
      })
    const engine = (extra: object) =>
      new RuleEngine(parseRuleSet('t', [{ file: 't', text: text(extra) }]), profileOf('ugw'))
    const doubtful = (own: RuleEngine) => [0, 1, 2, -1].map(l1 => own.isDoubtful(l1, -1))
    t.strictSame(doubtful(engine({})), [false, true, false, false])
    const line = { at: 'x:2', text: 'p2p', why: 'w' }
    t.strictSame(doubtful(engine({ opaque: [line] })), [false, true, false, false])
    t.strictSame(doubtful(engine({ opaque: [{ ...line, precedence: 10 }] })), [
      false,
      true,
      true,
      true,
    ])
  },
)
