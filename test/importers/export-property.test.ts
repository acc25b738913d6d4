/** PFDs decide as the rows did that they were made of: every kind of pattern on every field that has a form there,
 * exported, imported again, and asked about URLs and names around the pattern. */

import t from 'tap'
import { RuleEngine } from '../../src/rules/engine.js'
import { exportPolicy } from '../../src/rules/export/ts29512.js'
import { SourceText } from '../../src/rules/import/source-text.js'
import { importRules } from '../../src/rules/import-rules.js'
import { requestOf, visibleFacts } from '../../src/rules/visible.js'
import { Xorshift32 } from '../../src/synth/xorshift.js'
import { flow, profileOf, rule, setOf } from '../rules/rule-text.js'
import { dialectOf } from './imported.js'

const words = ['portal', 'portal.example', '.example', 'news', 'a', '10.0.0.1', 'x-y']
const regexes = ['portal', '^portal', 'example$', '^(a|b)\\.', 'p.*l', 'a|b', '(?i)NEWS', 'x\\Q.y']
const names = [
  'portal.example',
  'www.portal.example',
  'portal.example.org',
  'evilportal.example',
  'a.news.example',
  'a',
  'b.a',
  '10.0.0.1',
  'x.y',
  'x-y.example',
  'other',
]
const urls = names.flatMap(name =>
  ['/', '/portal', '/news?a=.example', '/x.y'].map(path => `http://${name}${path}`),
)

function pick<T>(random: Xorshift32, from: readonly T[]): T {
  const found = from[random.below(from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

const kinds: readonly ((random: Xorshift32) => unknown)[] = [
  random => `*${pick(random, words)}*`,
  random => `${pick(random, words)}*`,
  random => `*${pick(random, words)}`,
  random => `?${pick(random, words)}*`,
  random => ({ equals: pick(random, words) }),
  random => ({ prefix: pick(random, ['', 'http://']) + pick(random, words) }),
  random => ({ suffix: pick(random, words) }),
  random => ({ contains: pick(random, words) }),
  random => ({ regex: pick(random, regexes) }),
]

t.test('exported, imported, it decides the same', async t => {
  const random = new Xorshift32(29512)
  const flows = [flow('203.0.113.9', 80), flow('203.0.113.9', 443)]
  let hits = 0
  for (let round = 0; round < 60; round++)
    for (const field of ['url', 'host', 'sni'])
      for (const kind of kinds) {
        const value = random.chance(0.3) ? [kind(random), kind(random)] : kind(random)
        const match = field === 'sni' ? { app: ['tls', 'quic'], sni: value } : { [field]: value }
        const set = setOf({
          level1: [rule(1, { protocol: 'tcp' }, { level2: 'w' })],
          level2: { w: [{ precedence: 1, match, charge: 1 }] },
        })
        const { decision, applications, left } = exportPolicy(set)
        t.strictSame(left, [])
        const texts = [decision, applications].map(
          (part, i) => new SourceText(`${i}.json`, JSON.stringify(part)),
        )
        const again = importRules(dialectOf('ts29512'), texts, {
          tariffs: new Map([
            [1, 'free'],
            [2, 'charged'],
          ]),
          links: new Map(),
          proxies: [],
        })
        t.strictSame(again.left, [])
        const [before, after] = [set, again.set].map(
          one => new RuleEngine(one, profileOf('article')),
        )
        for (const url of urls)
          for (const facts of flows) {
            const request = visibleFacts(facts.port === 443 ? 'tls' : 'http', requestOf(url))
            const [own, other] = [before, after].map(
              engine => engine?.charges[engine.decide(facts, request).charge]?.id,
            )
            if (own === 1) hits++
            if (own !== other)
              t.fail(`${JSON.stringify(match)} ${url}: ${own} before, ${other} after`)
          }
      }
  t.ok(hits > 5000, `${hits} hits`)
})
