/** Cases that fit subscribers of captures, end to end: a capture with one complaint of each kind, and captures
 * with none. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { recordSchemas } from '../../src/record/schema.js'
import { inProcess, jsonLines, root, tollgate } from '../cli/program.js'
import { caseText, folderOf } from './folder.js'

const folder = folderOf(t, {})
const complaints = join(folder, 'complaints.pcap')

interface Match {
  case: string
  imsi: string
  flows: string[]
  bytes: number
  charged_bytes: number
  evidence: {
    of: string
    flow?: string
    n?: number
    frame?: number
    more?: number
    fields: Record<string, unknown>
  }[]
  handset: Record<string, unknown>
  steps: { kind: string; generic: boolean; text: string[] }[]
  title: string
}

async function matches(
  ...args: string[]
): Promise<{ code: number | null; found: Match[]; summary: Record<string, unknown> }> {
  const run = await inProcess(['cases', 'match', '--json', ...args])
  t.equal(run.err, '', args.join(' '))
  const rows = jsonLines(run.out)
  const summary = rows.pop() ?? { type: '' }
  for (const row of rows) {
    t.ok(recordSchemas['case-match'].safeParse(row).success, JSON.stringify(row))
  }
  t.ok(recordSchemas['case-summary'].safeParse(summary).success, JSON.stringify(summary))
  return { code: run.code, found: rows as unknown as Match[], summary }
}

t.before(async () => {
  const scenario = join(root, 'test', 'cases', 'complaints.yaml')
  const made = await inProcess(['synth', scenario, '-o', complaints])
  t.equal(made.code, 0, made.err)
})

t.test('one complaint of each kind: each subscriber fits his case and no other', async t => {
  const { code, found, summary } = await matches('-r', complaints, '--reveal')
  t.equal(code, 0)
  t.strictSame(found.map(one => `${one.imsi.slice(-2)} ${one.case}`).sort(), [
    '02 newspaper',
    '03 wrong-proxy',
    '04 other-gateway-port',
    '05 x-online-host',
    '06 host-not-listed',
    '07 encrypted-name',
    '08 redirect-to-charged',
    '09 roaming',
    '10 encrypted-on-clear-port',
  ])
  t.match(summary, { matches: 9, subscribers: 11, unmatched: 2, complete: true, left_out: 0 })
})

t.test('the newspaper case: evidence, octets, handset, steps', async t => {
  const { found } = await matches('-r', complaints, '--imsi', '460017013370002', '--reveal')
  const [one] = found
  t.equal(found.length, 1)
  t.match(one, {
    case: 'newspaper',
    evidence: [
      { of: 'flow', fields: { server_port: 9203, app: 'wtls', tariff: 'charged' } },
      { of: 'finding', fields: { server_port: 9203 } },
      { of: 'transaction', n: 1, fields: { mms_type: 'm-notification-ind' } },
    ],
    handset: {
      known: true,
      brand: 'Sony Ericsson',
      model: 'T610',
      by: 'user-agent',
      ua_profile: 'http://wap.sonyericsson.com/UAprof/T610R201.xml',
      tac: '35180800',
    },
    steps: [{ kind: 'port', generic: true }, { kind: 'protocol' }],
  })
  const flows = jsonLines((await inProcess(['flows', '-r', complaints, '--json'])).out)
  const flow = flows.find(row => row.flow === one?.flows[0])
  t.equal(one?.bytes, Number(flow?.up_bytes) + Number(flow?.down_bytes))
  t.equal(one?.charged_bytes, one?.bytes)
})

t.test('octets are those of the requests where a case asks for requests', async t => {
  const { found } = await matches('-r', complaints, '--msisdn', '8613912345676')
  const args = ['replay', complaints, '--json', '--only', 'transaction']
  const transactions = jsonLines((await inProcess(args)).out)
  const photo = transactions.find(row => String(row.url).includes('photo.jpg'))
  t.equal(found[0]?.charged_bytes, Number(photo?.up_bytes) + Number(photo?.down_bytes))
  t.equal(found[0]?.bytes, found[0]?.charged_bytes, 'the free request of the flow is not in it')
})

t.test('one flow: only what fits this flow', async t => {
  const { found: all } = await matches('-r', complaints, '--imsi', '460017013370002')
  const flow = all[0]?.flows[0] ?? ''
  t.strictSame(
    (await matches('-r', complaints, flow)).found.map(one => one.case),
    ['newspaper'],
  )
  // his other flow, through the clear port, is free
  const flows = jsonLines(
    (await inProcess(['flows', '-r', complaints, '--json', '-Y', 'app == wsp-co'])).out,
  )
  const none = await matches('-r', complaints, String(flows[0]?.flow))
  t.equal(none.code, 1)
  t.strictSame(none.found, [])
  t.match(none.summary, { matches: 0, unmatched: 1 })
})

t.test('text: says so when no case fits and when the handset is not known', async t => {
  const content = await inProcess(['cases', 'match', '-r', complaints, '--imsi', '460017013370001'])
  t.equal(content.code, 1)
  const secure = await inProcess(['cases', 'match', '-r', complaints, '--imsi', '460017013370002'])
  t.match(secure.out, /steps +to change the port to 9200\/9201/, 'ports of his generation of WAP')
  t.match(content.out, /Subscriber 46001\*+0001/)
  t.match(content.out, /Handset +Nokia N73, WAP 2\.0/)
  t.match(content.out, /Case +no case fits/)
  const hidden = await inProcess(['cases', 'match', '-r', complaints, '--imsi', '460017013370007'])
  t.equal(hidden.code, 0)
  t.match(hidden.out, /Handset +not recognised: nothing in the capture tells it/)
  for (const line of [...content.out.split('\n'), ...hidden.out.split('\n')])
    t.ok(line.length <= 80, line)
  const chinese = await inProcess([
    'cases',
    'match',
    '-r',
    complaints,
    '--imsi',
    '460017013370007',
    '--lang',
    'zh',
  ])
  t.match(chinese.out, /终端 +未识别/)
  t.match(chinese.out, /原因 +使用加密/)
})

t.test('numbers are masked, whatever the form, unless they are asked for', async t => {
  for (const form of [[], ['--json'], ['--lang', 'zh']]) {
    const run = await inProcess(['cases', 'match', '-r', complaints, ...form])
    t.notMatch(run.out, /46001701337\d{4}|8613912345\d{3}|861234009876/, form.join(' '))
  }
  const clear = await inProcess(['cases', 'match', '-r', complaints, '--reveal'])
  t.match(clear.out, /460017013370002/)
})

t.test('a handset pattern decides; hostile text of a handset is escaped', async t => {
  const own = folderOf(t, {
    'old.yaml': caseText(
      'old',
      '[{flow: app == wtls}, {handset: "wap == 1.x and brand == sony-ericsson"}]',
    ),
    'new.yaml': caseText('new', '[{flow: app == wtls}, {handset: wap == 2.0}]'),
    'unknown.yaml': caseText('unknown', '[{flow: tariff == charged}, {handset: known == no}]'),
  })
  const { found } = await matches('-r', complaints, '--dir', own, '--reveal')
  const of = (id: string) => found.filter(one => one.case === id).map(one => one.imsi.slice(-2))
  t.strictSame(of('old'), ['02'])
  t.strictSame(of('new'), [])
  t.strictSame(of('unknown').sort(), ['04', '05', '07', '09', '10', '11'])
  const hostile = await inProcess([
    'cases',
    'match',
    '-r',
    'captures/hostile-text.pcap',
    '--dir',
    own,
  ])
  t.notMatch(hostile.out, /[^\x20-\x7e\n]/, 'nothing that a terminal obeys')
})

t.test('many records of one kind are counted, not listed', async t => {
  const own = folderOf(t, { 'all.yaml': caseText('all', '[{transaction: up_bytes > 0}]') })
  const { found } = await matches('-r', 'captures/http-keep-alive-mixed.pcap', '--dir', own)
  const all = found.find(one => one.case === 'all')
  const told = all?.evidence.length ?? 0
  const more = all?.evidence.at(-1)?.more ?? 0
  const rows = jsonLines(
    (
      await inProcess([
        'replay',
        'captures/http-keep-alive-mixed.pcap',
        '--json',
        '--only',
        'transaction',
      ])
    ).out,
  )
  t.equal(told + more, rows.length - 1)
})

t.test('blocked: a redirect to the portal of the rules', async t => {
  const newspaper = readFileSync(join(root, 'rules', 'newspaper.yaml'), 'utf8')
  const rules = join(folder, 'portal.yaml')
  writeFileSync(
    rules,
    newspaper.replace(/^level1:/m, 'portals: [portal.operator.example]\nlevel1:'),
  )
  const { found } = await matches('-r', 'captures/redirect-portal.pcap', '--rules', rules)
  t.ok(found.some(one => one.case === 'blocked'))
  const without = await matches('-r', 'captures/redirect-portal.pcap')
  t.notOk(without.found.some(one => one.case === 'blocked'))
})

t.test('captures without sessions: subscribers go by their address', async t => {
  const run = await inProcess(['cases', 'match', '-r', 'captures/no-control.pcap', '--json'])
  const summary = jsonLines(run.out).at(-1)
  t.ok(Number(summary?.subscribers) > 0)
})

t.test('usage: what cannot be asked', async t => {
  for (const [args, code, message] of [
    [['-r', complaints, '999999'], 1, /flow 999999 is not in complaints\.pcap/],
    [['-r', complaints, 'x'], 2, /"x" is not the number of a flow/],
    [['-r', complaints, '--imsi', '46001'], 1, /no subscriber/],
    [['-r', complaints, '--imsi', 'x'], 2, /--imsi: "x" is not a number/],
    [['-r', complaints, '3', '--imsi', '460017013370001'], 2, /not two/],
    [['-r', 'none.pcap'], 2, /no such file/],
    [[], 2, /cases match needs a capture/],
    [['-r', complaints, '--lang', 'fr'], 2, /lang/],
  ] as const) {
    const run = await inProcess(['cases', 'match', ...args])
    t.equal(run.code, code, args.join(' '))
    t.match(run.err, message)
  }
})

t.test('as a process', async t => {
  const run = await tollgate(['cases', 'match', '-r', 'captures/newspaper.pcap', '133'])
  t.equal(run.code, 0)
  t.equal(run.err, '')
  t.match(run.out, /Case +newspaper: /)
})
