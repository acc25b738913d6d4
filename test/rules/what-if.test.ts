/** What-ifs: the sentences of the newspaper case, what is inferred, what stays invisible, other ways, and the
 * remedy. */

import t from 'tap'
import { alternatives } from '../../src/rules/alternatives.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { loadRuleSet } from '../../src/rules/load.js'
import { remedy } from '../../src/rules/remedy.js'
import { requestOf, visibleFacts } from '../../src/rules/visible.js'
import { type WhatIf, WhatIfError, whatIf } from '../../src/rules/what-if.js'
import { engineOf, flow, profileOf, rule, rulesFolder } from './rule-text.js'

const newspaper = new RuleEngine(loadRuleSet(`${rulesFolder}newspaper.yaml`), profileOf('article'))
const extended = new RuleEngine(
  loadRuleSet(`${rulesFolder}newspaper-extended.yaml`),
  profileOf('article'),
)
const gateway = '10.0.0.172'
const mmsc = 'http://mmsc.monternet.com/news/1'

function text(ask: Partial<WhatIf>, engine = newspaper): string {
  return whatIf(engine, { server: gateway, port: 80, ...ask }).text
}

t.test('the complaining subscriber', async t => {
  const told = whatIf(newspaper, { server: gateway, port: 9203, url: mmsc })
  t.equal(
    told.text,
    '9203: dst 10.0.0.172:9203 -> level-1 rule 6 -> no level-2 -> 4261871614 (0xFE06FFFE) charged; payload WTLS, URL not visible; the same retrieval on port 80 would give 168165378 free. Remedy: WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.',
  )
  t.match(told, {
    type: 'explain',
    verdict: 'CHRG',
    protocol: 'udp',
    app: 'wtls',
    certainty: 'high',
    reasons: ['protocol-inferred', 'opaque'],
    transactions: [],
    level1: { rule_id: 4261871614, rule_id_hex: '0xFE06FFFE', level1: 6, tariff: 'charged' },
    remedy: 'Remedy: WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.',
    rules: { name: 'newspaper', version: '2014-11' },
    profile: 'article',
    profile_version: '1',
  })
  t.strictSame(
    told.alternatives.map(({ server_port, rule_id, tariff }) => [server_port, rule_id, tariff]),
    [
      [80, 168165378, 'free'],
      [9200, 168165378, 'free'],
      [9201, 168165378, 'free'],
      [9202, 4261871614, 'charged'],
    ],
  )
  t.match(
    told.facts.find(({ name }) => name === 'url'),
    { source: 'as asked; not visible to the gateway' },
  )
  t.notOk(JSON.stringify(told.level1).includes('mmsc'), 'the decision knows no URL')
})

t.test('other sentences', async t => {
  t.equal(
    text({ url: mmsc }),
    `80: dst 10.0.0.172:80 -> level-1 rule 3 -> level-2 wapgw/1 -> 168165378 (0x0A060002) free; URL ${mmsc}`,
  )
  t.equal(
    text({ url: 'http://www.example.com/' }),
    '80: dst 10.0.0.172:80 -> level-1 rule 3 -> level-2 wapgw: no row matched -> 4261871614 (0xFE06FFFE) charged; URL http://www.example.com/',
  )
  t.equal(
    text({}),
    '80: dst 10.0.0.172:80 -> level-1 rule 3 -> level-2 wapgw: not asked -> 4261871614 (0xFE06FFFE) charged; payload HTTP, no URL seen',
  )
  t.equal(
    text({ port: 9203 }),
    '9203: dst 10.0.0.172:9203 -> level-1 rule 6 -> no level-2 -> 4261871614 (0xFE06FFFE) charged; payload WTLS, URL not visible; a request with url *mmsc* on port 80 would give 168165378 free. Remedy: WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.',
  )
  t.equal(
    text({ port: 443, url: 'https://mmsc.monternet.com/news/1' }),
    '443: dst 10.0.0.172:443 -> no level-1 rule matched -> default -> 4294967294 (0xFFFFFFFE) charged; payload TLS, server name mmsc.monternet.com; the same retrieval on port 80 would give 168165378 free. Remedy: WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.',
  )
  t.equal(
    text({ server: '2001:DB8::1', port: 443, protocol: 'udp' }),
    '443: dst [2001:db8::1]:443 -> no level-1 rule matched -> default -> 4294967294 (0xFFFFFFFE) charged; payload QUIC, URL not visible',
  )
  t.equal(
    text({ port: 0, protocol: 'icmp' }),
    'dst 10.0.0.172 -> no level-1 rule matched -> default -> 4294967294 (0xFFFFFFFE) charged; payload not recognised, no URL seen',
  )
  const bare = engineOf({ level1: [rule(1, { port: 1 })] })
  const lost = whatIf(bare, { server: '10.0.0.1', port: 80 })
  t.equal(lost.verdict, 'UNKN')
  t.match(lost.text, 'no level-1 rule matched -> no default -> no charging id, tariff unknown')
})

t.test('what is inferred, and what is said', async t => {
  t.match(whatIf(newspaper, { server: gateway, port: 8080 }), { protocol: 'tcp', app: 'http' })
  t.match(whatIf(newspaper, { server: gateway, port: 9200, url: mmsc }), {
    app: 'wsp-cl',
    verdict: 'FREE',
    alternatives: [],
    transactions: [{ n: 1, url: mmsc, decision: { level2: 'wapgw/1' } }],
  })
  t.match(whatIf(newspaper, { server: gateway, port: 7777, url: mmsc }), {
    protocol: 'tcp',
    app: 'http',
    reasons: ['protocol-inferred', 'app-unknown'],
  })
  t.match(whatIf(newspaper, { server: gateway, port: 80, protocol: 6, app: 'tls', url: mmsc }), {
    reasons: ['opaque'],
    transactions: [{ url: 'mmsc.monternet.com', url_source: 'sni', decision: { tariff: 'free' } }],
  })
  const assumed = whatIf(extended, { server: '10.23.241.4', port: 9203 })
  t.match(assumed, { verdict: 'FREE', certainty: 'medium', level1: { level1: 1 } })
  t.ok(assumed.reasons.includes('assumed-rule'))
  t.match(whatIf(newspaper, { server: gateway, port: 80, url: 'HTTP://MMSC.x:80/' }), {
    transactions: [{ url: 'http://mmsc.x/', url_raw: 'HTTP://MMSC.x:80/' }],
  })
})

t.test('context facts reach the rules', async t => {
  const engine = engineOf({
    level1: [
      rule(1, {
        apn: '3gwap',
        rat: 'GERAN',
        ue: '10.160.0.0/16',
        roaming: true,
        hours: '00:00-01:00',
      }),
    ],
    default: 1,
  })
  const ask = {
    server: '1.1.1.1',
    port: 80,
    apn: '3gwap',
    rat: 'geran',
    ue: '10.160.0.1',
    roaming: true,
    timeUs: 1,
  }
  t.equal(whatIf(engine, ask).level1.level1, 1)
  t.equal(whatIf(engine, { ...ask, timeUs: 3_600_000_000 }).level1.level1, undefined)
  t.match(whatIf(engine, { ...ask, imsi: '460011234567890' }), {
    imsi: '460011234567890',
    ue: '10.160.0.1',
  })
})

t.test('questions that make no sense', async t => {
  const asks: [Partial<WhatIf>, string][] = [
    [{ server: 'mmsc' }, 'server "mmsc" is not an IP address'],
    [{ ue: '10' }, 'ue "10" is not an IP address'],
    [{ port: 65536 }, 'port 65536 is not a whole number from 0 to 65535'],
    [{ port: Number.NaN }, 'port NaN is not a whole number from 0 to 65535'],
    [{ protocol: 'tpc' }, 'unknown protocol "tpc"'],
  ]
  for (const [ask, message] of asks) t.throws(() => text(ask), new WhatIfError(message))
})

t.test('other ways are ways for a request', async t => {
  const dns = alternatives(extended, flow(gateway, 8080), 'http', requestOf('http://x/'))
  t.notOk(
    dns.some(({ server_port }) => server_port === 53),
    'DNS carries no retrieval',
  )
  t.notOk(dns.some(({ tariff }) => tariff === 'free'))
  t.strictSame(alternatives(newspaper, flow(gateway, 80), 'http', undefined), [], 'no request yet')
  t.equal(
    alternatives(newspaper, flow(gateway, 9201, 17), 'wtls', undefined)[0]?.server_port,
    80,
    'encrypted on a clear port',
  )
  const own = engineOf({
    level1: [
      rule(
        1,
        { server: '10.0.0.1', protocol: ['tcp', 'udp'], port: [8000, '9000-9001', '10000-20000'] },
        { charge: 1 },
      ),
      rule(2, { server: '10.0.0.2', protocol: 'tcp', port: 8001 }, { charge: 1 }),
    ],
    default: 2,
  })
  const found = alternatives(own, flow('10.0.0.1', 81), 'http', requestOf('http://x/'))
  t.strictSame(
    found.map(({ server_port, protocol, tariff }) => `${server_port} ${protocol} ${tariff}`),
    [
      '80 tcp charged',
      '9200 udp charged',
      '9201 udp charged',
      '8000 tcp free',
      '9000 tcp free',
      '9001 tcp free',
    ],
  )
  t.equal(remedy(found), 'Remedy: port 8000 (HTTP).')
})

t.test('remedies name only what is free', async t => {
  const way = (server_port: number, tariff: 'free' | 'charged') => ({
    change: `port ${server_port} (x)`,
    server_port,
    protocol: 'udp',
    rule_id: 1,
    tariff,
  })
  const all = [way(80, 'free'), way(9200, 'free'), way(9201, 'free')]
  t.equal(remedy(all), 'Remedy: WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.')
  t.equal(remedy(all, '2.0'), 'Remedy: WAP 2.0 handset -> port 80.')
  t.equal(remedy(all, '1.x'), 'Remedy: WAP 1.x handset -> port 9200/9201.')
  t.equal(remedy([way(80, 'charged'), way(9201, 'free')]), 'Remedy: WAP 1.x handset -> port 9201.')
  t.equal(remedy([way(80, 'charged')]), undefined)
  t.equal(remedy([]), undefined)
})

t.test('what a gateway sees', async t => {
  const known = requestOf('https://User@Mmsc.Example:8443/a?b#c')
  t.strictSame(known, {
    url: 'https://User@mmsc.example:8443/a?b',
    host: 'mmsc.example',
    path: '/a?b',
  })
  t.strictSame(requestOf('mmsc.example'), { url: 'mmsc.example', host: 'mmsc.example', path: '' })
  t.equal(visibleFacts('wtls', known), undefined)
  t.equal(visibleFacts('dns', known), undefined)
  t.equal(visibleFacts('quic', {}), undefined)
  t.match(visibleFacts('quic', known), {
    sni: 'mmsc.example',
    url: 'mmsc.example',
    urlSource: 'sni',
  })
  t.match(visibleFacts('tls', { ...known, sni: 'Other.Example' }), { sni: 'other.example' })
  t.match(visibleFacts('http', known), { app: 'http', ...known })
  t.equal(visibleFacts('http', {}), undefined)
})
