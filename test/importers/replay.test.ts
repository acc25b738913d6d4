/** An imported set at work on a capture: tables without a charge decide requests, what was not understood lowers the
 * certainty of what it could have decided, and every octet is in one row. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { inProcess, jsonLines } from '../cli/program.js'
import { fixtures, imported } from './imported.js'

t.test('newspaper.pcap under the StarOS fixture', async t => {
  const [staros] = fixtures
  if (!staros) throw new Error('no fixture')
  const rules = `${t.testdir({})}/staros.yaml`
  writeFileSync(rules, imported(staros).text)
  const capture = 'captures/newspaper.pcap'
  const { code, out } = await inProcess(['replay', capture, '--rules', rules, '--json'])
  t.equal(code, 0)
  const records = jsonLines(out)
  const flows = records.filter(({ type }) => type === 'flow')
  const byUrl = (part: string) => flows.find(({ url }) => String(url).includes(part))
  const free = byUrl('http://10.23.241.4/')
  t.match(free, {
    verdict: 'FREE',
    level2: 'mmsc-address/1',
    rule_id: 168165379,
    certainty: 'high',
  })
  // behind the p2p rule of precedence 40, of which nothing was understood
  const charged = byUrl('http://wap.portal.example/')
  t.match(charged, {
    verdict: 'CHRG',
    level1: 7,
    rating_group: 20,
    certainty: 'low',
    reasons: ['unsupported-condition'],
  })
  const usage = records.filter(({ type }) => type === 'usage')
  const octets = usage.reduce((sum, row) => sum + Number(row.up_bytes) + Number(row.down_bytes), 0)
  t.equal(octets, records.at(-1)?.bytes)
  const why = await inProcess([
    'why',
    '-r',
    capture,
    '--rules',
    rules,
    String(free?.flow),
    '--json',
  ])
  t.match(jsonLines(why.out)[0], {
    verdict: 'FREE',
    transactions: [{ decision: { rule_id: 168165379, level2: 'mmsc-address/1' } }],
  })
  const doubt = await inProcess(['why', '-r', capture, '--rules', rules, String(charged?.flow)])
  t.match(doubt.out, /not understood, could decide before: staros\.cfg:\d+:/)
})

/** Both rules name the same URL; the first one is for HTTP alone. */
const wwwAndHttp = `active-charging service ACS
    ruledef rt-wsp-cl
      udp either-port = 9200
      rule-application routing
    #exit
    ruledef rt-http
      tcp either-port = 80
      rule-application routing
    #exit
    ruledef by-http
      http url contains mmsc
    #exit
    ruledef by-www
      www url contains mmsc
    #exit
    ruledef catch-all
      ip any-match = TRUE
    #exit
    charging-action act-http
      content-id 101
      cca charging credit rating-group 101
    #exit
    charging-action act-www
      content-id 102
      cca charging credit rating-group 102
    #exit
    charging-action act-rest
      content-id 103
      cca charging credit rating-group 103
    #exit
    rulebase RB
      route priority 10 ruledef rt-wsp-cl analyzer wsp-connection-less
      route priority 20 ruledef rt-http analyzer http
      action priority 10 ruledef by-http charging-action act-http
      action priority 20 ruledef by-www charging-action act-www
      action priority 65535 ruledef catch-all charging-action act-rest
    #exit
#exit
`

t.test('T20: a rule for HTTP does not hold for WSP, one for the web does', async t => {
  const folder = t.testdir({ 'gateway.cfg': wwwAndHttp })
  const rules = `${folder}/rules.yaml`
  const made = await inProcess([
    'rules',
    'import',
    '--from',
    'staros',
    `${folder}/gateway.cfg`,
    '-o',
    rules,
  ])
  t.equal(made.code, 0, made.err)
  const idsOf = async (capture: string) => {
    const args = [
      'replay',
      `captures/${capture}.pcap`,
      '--rules',
      rules,
      '--json',
      '--only',
      'transaction',
    ]
    const records = jsonLines((await inProcess(args)).out)
    const asked = records.filter(({ url }) => String(url).includes('mmsc'))
    t.ok(asked.length > 0, `${capture} asks for the MMS centre`)
    return new Set(asked.map(({ app, rule_id }) => `${String(app)} ${String(rule_id)}`))
  }
  t.strictSame(await idsOf('wsp-connectionless'), new Set(['wsp-cl 102']))
  t.strictSame(await idsOf('http-keep-alive-mixed'), new Set(['http 101']))
})
