/** Single facts of the dialects: grammar, places of refusals, reasons for what is left out. Importers.md. */

import t from 'tap'
import { parsePrefix } from '../../src/rules/address.js'
import {
  flowMatch,
  otherPorts,
  otherPrefixes,
  rangePrefixes,
} from '../../src/rules/import/flow-term.js'
import { filterMeaning } from '../../src/rules/import/ip-filter-rule.js'
import {
  hostPatterns,
  urlPatternProblem,
  urlPatterns,
} from '../../src/rules/import/wildcard-url.js'
import { importText, leftOf, refusalOf } from './imported.js'

t.test('IPFilterRule', async t => {
  const flow = (text: string) => {
    const meaning = filterMeaning(text)
    return 'why' in meaning ? meaning.why : flowMatch(meaning.term)
  }
  t.strictSame(flow('permit out 6 from 10.0.0.172 80 to assigned'), {
    server: ['10.0.0.172/32'],
    protocol: ['tcp'],
    port: [80],
  })
  t.strictSame(flow('permit in 17 from 10.45.0.2 to 192.0.2.0/24 53,5000-5010'), {
    server: ['192.0.2.0/24'],
    protocol: ['udp'],
    port: [53, '5000-5010'],
    ue: ['10.45.0.2/32'],
  })
  t.strictSame(flow('permit out ip from 2001:db8::/32 443 to any'), {
    server: ['2001:db8::/32'],
    protocol: ['tcp', 'udp'],
    port: [443],
  })
  t.strictSame(flow('permit out ip from any to assigned'), {})
  t.match(flow('permit out ip from 10.0.0.1/8 to any'), /host bits set: 10\.0\.0\.0\/8/)
  t.match(flow('permit out ip from !10.0.0.0/8 to any'), /negated/)
  t.match(flow('deny out ip from any to any'), /permit only/)
  t.match(flow('permit out 6 from any 80-70 to any'), /not a list of ports/)
  t.match(flow('permit out 1 from any 80 to any'), /protocol that has none/)
  t.match(flow('permit out 6 from any 80'), /"to" is missing/)
  t.match(flow('permit out 300 from any to any'), /unknown protocol/)
  t.match(filterMeaning('permit out 6 from any 80 to any 5060'), { wider: /handset's port/ })
  t.match(filterMeaning('permit out 6 from any to any established'), { wider: /established/ })
  t.match(filterMeaning('permit in ip from 10.68.28.39 80 to any', 'the-specific'), {
    term: { port: [{ low: 80, high: 80 }] },
  })
})

t.test('sets of addresses and ports', async t => {
  const prefix = parsePrefix('128.0.0.0/2')
  if ('kind' in prefix) throw new Error('no prefix')
  t.strictSame(flowMatch({ server: otherPrefixes(prefix) }), {
    server: ['0.0.0.0/1', '192.0.0.0/2'],
  })
  t.strictSame(flowMatch({ server: rangePrefixes(0x0a000001, 0x0a000006) }).server, [
    '10.0.0.1/32',
    '10.0.0.2/31',
    '10.0.0.4/31',
    '10.0.0.6/32',
  ])
  t.strictSame(flowMatch({ server: rangePrefixes(0, 0xffffffff) }).server, ['0.0.0.0/0'])
  t.strictSame(otherPorts({ low: 0, high: 80 }), [{ low: 81, high: 65535 }])
})

t.test('wildcard URLs of Huawei and ZTE', async t => {
  t.strictSame(urlPatterns('*.x.example/*'), ['*.x.example/*'])
  t.strictSame(urlPatterns('x.example/a%2cb'), [
    'http://x.example/a,b',
    'https://x.example/a,b',
    'x.example/a,b',
  ])
  t.strictSame(urlPatterns('w&#3f.example/*'), [
    { regex: '^(?:[a-z][a-z0-9+.-]*://)?w[^/:]\\.example/.*$' },
  ])
  t.strictSame(hostPatterns('x.example/a/b'), ['x.example'])
  t.match(urlPatternProblem('a'.repeat(120)), /120 characters; the most is 119/)
  t.match(urlPatternProblem('&#3f&#3f&#3f&#3f&#3f&#3f'), /6 single-character wildcards/)
})

t.test('MML: what is wrong, and where', async t => {
  const refusal = (text: string) => refusalOf(() => importText('huawei-udg', text))
  const profile = 'ADD USERPROFILE:USERPROFILENAME="a";\n'
  t.equal(refusal(profile), undefined)
  t.equal(refusal(`${profile}ADD RULE:RULENAME="r",PRIO`), 'x:2:23: KEY=VALUE expected')
  t.equal(
    refusal(`${profile}ADD RULE:RULENAME="r"`),
    'x:2:1: the statement does not end with ";": the file is cut short',
  )
  t.equal(
    refusal(`${profile}ADD RULE:RULENAME="r;\n`),
    'x:2:19: the quoted value of RULENAME does not end',
  )
  t.equal(refusal(`${profile}ADD RULE:A=1,A=2;`), 'x:2:14: A is here twice')
  t.equal(
    refusal(`${profile}what is this?\n${profile}`),
    'x:2:1: not a statement: VERB OBJECT:KEY=VALUE,...;',
  )
  t.match(refusal('LST RULE:;'), /no user profile in this source|KEY=VALUE/)
  t.match(
    refusal(`${profile}ADD USERPROFILE:USERPROFILENAME="b";`),
    /several of user profile \(2\): a, b/,
  )
  t.strictSame(leftOf(importText('huawei-udg', `${profile}${profile}`)), [
    '2: there is a USERPROFILE of this name already',
  ])
  t.strictSame(
    leftOf(importText('huawei-udg', `${profile}MOD RULE:RULENAME="r";RMV RULE:RULENAME="s";`)),
    ['2: there is no such RULE to change'],
  )
})

t.test('StarOS: what is wrong, and where', async t => {
  const refusal = (text: string) => refusalOf(() => importText('staros', text))
  t.equal(
    refusal('active-charging service A\n ruledef r\n  ip any-match = TRUE\n'),
    'x:2:1: "ruledef r" is not closed: the file is cut short',
  )
  t.equal(
    refusal('active-charging service A\n ruledef r\n  http host = "a b\n'),
    'x:3:15: the quoted text does not end on this line',
  )
  t.equal(refusal('active-charging service A\n#exit\n'), 'x: no rulebase in this source')
  const two = 'active-charging service A\nrulebase a\n#exit\nrulebase b\n#exit\n#exit\n'
  t.match(refusal(two), /several of rulebase \(2\): a, b/)
  t.equal(importText('staros', two, 'b').set.name, 'x b')
})

function rulebase(lines: string, ruledefs: string): string {
  return `active-charging service A
charging-action c
content-id 7
#exit
${ruledefs}
rulebase B
${lines}
#exit
#exit`
}

t.test('StarOS: lines without a form, and what they could have decided', async t => {
  const one = (lines: string) =>
    importText(
      'staros',
      rulebase('action priority 5 ruledef r charging-action c', `ruledef r\n${lines}\n#exit`),
    )
  // in a conjunction the rule is broader, and says so
  const and = one('ip server-ip-address = 10.0.0.1\nip uplink = TRUE')
  t.match(leftOf(and), ['7: ip uplink depends on the direction'])
  t.match(and.set.level1, [{ unsupported: 'x:7 is not tested', precedence: 5 }])
  // in a disjunction it could have matched more
  const or = one('ip server-ip-address = 10.0.0.1\nip uplink = TRUE\nmulti-line-or all-lines')
  t.match(or.set.opaque, [{ at: 'x:7', precedence: 5 }])
  t.equal(or.set.level1[0]?.unsupported, undefined)
  // with nothing that is understood there is no rule that would match everything
  const none = one('p2p protocol = skype')
  t.equal(none.set.level1.length, 0)
  t.match(none.set.opaque, [{ precedence: 5 }, { at: 'x:9', precedence: 5 }])
  t.match(leftOf(one('tcp either-port = 80\nudp either-port = 80')), [
    '10: never matches: its lines contradict',
  ])
  t.match(leftOf(one('http host = a.example')), ['9: never matches: no route leads to an analyzer'])
  t.match(leftOf(one('ip server-domain-name = a.example')), [
    '6: asks for addresses that the gateway learns',
  ])
})

t.test('StarOS: operators', async t => {
  const route =
    'route priority 1 ruledef rt analyzer http\naction priority 5 ruledef r charging-action c'
  const rt = 'ruledef rt\ntcp either-port = 80\n#exit'
  const match = (line: string) => {
    const { set, left } = importText('staros', rulebase(route, `${rt}\nruledef r\n${line}\n#exit`))
    t.strictSame(left, [], line)
    return set.rows[0]?.conditions.map(({ key, expected }) => `${key} ${expected}`).join(', ')
  }
  t.equal(match('http host = a.example'), 'app http, mms, host equals a.example')
  t.equal(match('http uri starts-with /a'), 'app http, mms, path prefix /a')
  t.equal(match('http url ends-with .jar'), 'app http, mms, url *.jar')
  t.equal(match('http url ends-with a?b'), 'app http, mms, url regex a\\?b$')
  t.equal(
    match('http user-agent !contains Opera'),
    'app http, mms, userAgent none of contains Opera',
  )
  t.equal(match('http content type = text/html'), 'app http, mms, contentType equals text/html')
  t.equal(match('http request method = POST'), 'app http, mms, method equals POST')
  t.equal(match('http host regex ^a\\077b$'), 'app http, mms, host regex ^a?b$')
  t.equal(
    match('http host contains a\nhttp host contains b'),
    'app http, mms, host contains a and contains b',
  )
  t.equal(match('http any-match = TRUE'), 'app http, mms')
  const flowOf = (line: string) =>
    importText('staros', rulebase(route, `${rt}\nruledef r\n${line}\n#exit`))
      .set.level1[0]?.conditions.map(({ key, expected }) => `${key} ${expected}`)
      .join(', ')
  t.equal(flowOf('tcp either-port >= 1024'), 'protocol tcp, port 1024-65535')
  t.equal(flowOf('udp either-port != 53'), 'protocol udp, port 0-52, 54-65535')
  t.equal(flowOf('udp either-port range 5000 to 5010'), 'protocol udp, port 5000-5010')
  t.equal(flowOf('ip server-ip-address != 128.0.0.0/1'), 'server 0.0.0.0/1')
  t.equal(flowOf('ip subscriber-ip-address = 10.45.0.0/16'), 'ue 10.45.0.0/16')
})

t.test('StarOS: charging actions and actions', async t => {
  const ruledef = 'ruledef r\nip any-match = TRUE\n#exit'
  const dynamic = importText(
    'staros',
    rulebase('action priority 5 dynamic-only ruledef r charging-action c', ruledef),
  )
  t.match(
    dynamic.set.opaque.find(({ precedence }) => precedence !== undefined),
    { why: 'active only when Gx installs it', precedence: 5 },
  )
  const missing = importText(
    'staros',
    rulebase('action priority 5 ruledef s charging-action c', ruledef),
  )
  t.match(leftOf(missing).at(-1), /ruledef "s" is not defined/)
  const unreported = importText(
    'staros',
    rulebase('action priority 5 ruledef r charging-action c', ruledef),
  )
  t.match(unreported.set.charges, [{ id: 7, tariff: 'unknown', online: false, offline: false }])
  t.match(unreported.remarks.map(({ text }) => text).join(), /unreported, which is not "free"/)
})

t.test('UGW: the link to the L7 entries is asked for, not guessed', async t => {
  const text = `cbb-id b charge-method online rg 7
charge-property p up-initial online b down-initial online b
category-group cg charge-property p
filter f l34-protocol tcp server-ip 10.0.0.172 32 server-port eq 80
filter-group fg filter f
l7-info l url a.example/* l7-category-group cg
l7-info-group lg l7-info l sequence 1
rule r filter-group fg service-category-group cg priority 1
user-profile u
 rule-binding r priority 1`
  const { set, left } = importText('huawei-ugw', text)
  t.match(
    left.map(({ why }) => why),
    ['no rule that was imported uses it', 'no rule that was imported uses it', /--link cg=GROUP/],
  )
  t.match(set.level1, [{ unsupported: /the L7 entries of cg are not known/ }])
})

t.test('JSON: what is wrong, and where', async t => {
  const refusal = (text: string) => refusalOf(() => importText('ts29512', text))
  t.match(refusal('{"pccRules": {"a": {'), /^x:1:\d+: /)
  t.match(refusal('{\n  "pccRules": {\n    "a": [1, 2\n'), /^x:\d+:\d+: /)
  t.match(refusal('[]'), 'x:1:1: no pccRules in this source')
  t.match(refusal('"text"'), 'x:1:1: not a JSON object or array')
  t.match(refusal('{"pccRules":{"a":{},"a":{}}}'), /x:1:21: "a" is here twice/)
  t.match(refusal(`{"a":${'['.repeat(60)}${']'.repeat(60)}}`), /nested deeper/)
})

t.test('secrets and numbers of a subscriber are not repeated', async t => {
  const key = '0123456789abcdef0123456789abcdef'
  const doc = (imsi: string) => ({
    imsi,
    msisdn: ['8613012340001'],
    security: { k: key, opc: key },
    slice: [{ session: [{ name: 'internet', pcc_rule: [{ flow: [{ description: 'wrong' }] }] }] }],
  })
  const { text, left, remarks } = importText('open5gs', JSON.stringify(doc('001010000000001')))
  const shown = text + JSON.stringify(left) + JSON.stringify(remarks)
  for (const secret of [key, '001010000000001', '8613012340001']) t.notMatch(shown, secret)
  const both = JSON.stringify([doc('001010000000001'), doc('001010000000002')])
  t.equal(
    refusalOf(() => importText('open5gs', both)),
    'x: several of subscriber (2): 00101******0001, 00101******0002',
  )
  const one = importText('open5gs', both, '001010000000002')
  t.notMatch(one.text, '001010000000002')
  t.equal(one.set.name, 'x 00101******0002')
})

t.test('sheet: heads, separators and quotes', async t => {
  const rows = (text: string) =>
    importText('sheet', text).set.level1.map(({ conditions }) =>
      conditions.map(({ key, expected }) => `${key} ${expected}`).join(', '),
    )
  t.strictSame(rows('Service ID;L3 IP;Protocol;L4 Ports\n7;10.0.0.1;tcp;80|90-99\n'), [
    'server 10.0.0.1/32, protocol tcp, port 80, 90-99',
  ])
  t.strictSame(rows('service_id\tip\tport\n7\t10.0.0.0/8\t\n'), ['server 10.0.0.0/8'])
  t.strictSame(rows('id,url\n7,a.example\n'), ['server 10.0.0.172/32'])
  t.match(
    refusalOf(() => importText('sheet', 'a,b\n1,2\n')),
    'x:1:1: the first line has no heads',
  )
  t.match(
    refusalOf(() => importText('sheet', 'id,url\n7,"a\n')),
    /^x:\d+:1: .*[Qq]uote/,
  )
})
