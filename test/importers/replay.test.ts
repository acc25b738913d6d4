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
