/** Decisions: order, ties, defaults, level-2 misses in both ways, unsigned ids, proxies and portals. */

import t from 'tap'
import { parseAddress } from '../../src/rules/address.js'
import { DEFAULT_RULE, UNMATCHED } from '../../src/rules/engine.js'
import type { Profile } from '../../src/rules/profile.js'
import { engineOf, flow, profileOf, rule } from './rule-text.js'

const fallThrough: Profile = { ...profileOf('article'), name: 'test', onL2Miss: 'fall-through' }

t.test('precedence, then order in the file', async t => {
  const engine = engineOf({
    level1: [
      { id: 1, precedence: 20, charge: 1 },
      { id: 2, precedence: 10, charge: 1, match: { port: 80 } },
      { id: 3, precedence: 10, charge: 1, match: { port: [80, 81] } },
      { id: 4, precedence: 4294967295, charge: 1 },
      { id: 5, precedence: 0, charge: 1, match: { port: 9 } },
    ],
  })
  t.strictSame(
    engine.set.level1.map(({ id }) => id),
    [5, 2, 3, 1, 4],
  )
  const id = (port: number) => engine.set.level1[engine.level1(flow('1.1.1.1', port))]?.id
  t.strictSame([id(80), id(81), id(82), id(9)], [2, 3, 1, 5])
  const after = engine.level1After(engine.level1(flow('1.1.1.1', 80)), flow('1.1.1.1', 80))
  t.equal(engine.set.level1[after]?.id, 3)
  t.equal(engine.level1After(4, flow('1.1.1.1', 80)), UNMATCHED, 'nothing after the last')
})

t.test('no match: the default, or unmatched', async t => {
  const level1 = [rule(1, { server: '10.0.0.1' })]
  const withDefault = engineOf({ level1, default: 1 })
  t.strictSame(withDefault.decide(flow('10.0.0.2')), { l1: DEFAULT_RULE, row: -1, charge: 0 })
  t.strictSame(withDefault.chargeFields(DEFAULT_RULE, -1), {
    rule_id: 1,
    rule_id_hex: '0x00000001',
    rating_group: 1,
    tariff: 'free',
  })
  const without = engineOf({ level1 })
  t.strictSame(without.decide(flow('10.0.0.2')), { l1: UNMATCHED, row: -1, charge: -1 })
  t.strictSame(without.chargeFields(UNMATCHED, -1), { tariff: 'unknown' }, 'unknown, not free')
  t.notOk(without.hasLevel2(UNMATCHED))
  t.equal(without.level2(DEFAULT_RULE, { app: 'http', url: 'http://a/' }), -1)
})

t.test('level 2: replaces, keeps on a miss, or falls through', async t => {
  const parts = {
    level1: [
      rule(1, { server: '10.0.0.172' }, { level2: 'a' }),
      rule(2, { protocol: 'udp' }),
      rule(3, { port: 80 }, { level2: 'b' }),
      rule(4, { port: 80 }),
    ],
    level2: {
      a: [{ precedence: 1, match: { url: '*mmsc*' }, charge: 1 }],
      b: [
        { precedence: 2, match: { url: '*' }, charge: 4294967295 },
        { precedence: 1, match: { host: 'news' }, charge: 1 },
      ],
    },
    default: 2,
  }
  const keep = engineOf(parts)
  const fall = engineOf(parts, fallThrough)
  const to = flow('10.0.0.172')
  const hit = { app: 'http', url: 'http://mmsc/' } as const
  const miss = { app: 'http', url: 'http://x/', host: 'news' } as const
  t.match(keep.decide(to, hit), { l1: 0, row: 0, charge: 0 })
  t.match(keep.decide(to, miss), { l1: 0, row: -1, charge: 1 })
  t.match(keep.decide(to), { l1: 0, row: -1 }, 'nothing identified: level 1 stands')
  t.match(fall.decide(to), { l1: 0, row: -1 })
  t.match(fall.decide(to, hit), { l1: 0, row: 0 })
  t.match(fall.decide(to, miss), { l1: 2, row: 1 }, 'rule 2 is udp; table b decides')
  t.equal(fall.chargeFields(2, 1).level2, 'b/1')
  t.match(fall.decide(to, { app: 'http' }), { l1: 3, row: -1 }, 'two misses')
  t.ok(keep.hasLevel2(0))
  t.notOk(keep.hasLevel2(1))
  t.equal(keep.level2(1, hit), -1)
})

t.test('ids are unsigned', async t => {
  const engine = engineOf({
    level1: [rule(4294967295, { port: 80 }, { charge: 4261871614 })],
    charges: { 4261871614: { tariff: 'charged', ratingGroup: 4294967295 } },
  })
  t.strictSame(engine.chargeFields(0, -1), {
    rule_id: 4261871614,
    rule_id_hex: '0xFE06FFFE',
    level1: 4294967295,
    rating_group: 4294967295,
    tariff: 'charged',
  })
})

t.test('proxies and portals', async t => {
  const engine = engineOf({
    proxies: ['10.0.0.172', '10.0.0.200/31', '2001:db8::172'],
    portals: ['portal.example', '*.topup.example'],
  })
  const isProxy = (text: string) => {
    const address = parseAddress(text)
    return address !== undefined && engine.isProxy(address)
  }
  t.strictSame(['10.0.0.172', '10.0.0.201', '10.0.0.202', '2001:db8::172'].map(isProxy), [
    true,
    true,
    false,
    true,
  ])
  t.ok(engine.isProxyHost('10.0.0.172'))
  t.ok(engine.isProxyHost('10.0.0.172:80'))
  t.ok(engine.isProxyHost('[2001:DB8::172]:80'))
  t.notOk(engine.isProxyHost('10.0.0.172.evil.test'))
  t.notOk(engine.isProxyHost(''))
  t.ok(engine.isPortal('Portal.Example:8080'))
  t.ok(engine.isPortal('a.topup.example'))
  t.notOk(engine.isPortal('topup.example'))
  t.notOk(engineOf({}).isPortal('portal.example'))
})

t.test('what is assumed says so', async t => {
  const engine = engineOf({
    level1: [
      rule(1, { port: 1 }, { assumed: 'a guess' }),
      rule(2, { port: 2 }, { charge: 1, level2: 'a' }),
    ],
    level2: { a: [{ precedence: 1, charge: 2, assumed: true }] },
    charges: {
      1: { tariff: 'free' },
      2: { tariff: 'charged' },
      3: { tariff: 'free', assumed: true },
    },
    default: 3,
  })
  t.ok(engine.isAssumed(0, -1))
  t.notOk(engine.isAssumed(1, -1))
  t.ok(engine.isAssumed(1, 0))
  t.ok(engine.isAssumed(DEFAULT_RULE, -1))
  t.notOk(engine.isAssumed(UNMATCHED, -1))
})
