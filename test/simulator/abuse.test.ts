/** Flags of traffic that looks made to be free, with the octets at risk under the loaded rules (rules.md section 5, T5,
 * T7 to T10; docs/abuse.md): each on a generated capture, and none on captures of usual traffic. */

import { readdirSync } from 'node:fs'
import t from 'tap'
import type { FindingRecord } from '../../src/record/explain-record.js'
import { compileFilter } from '../../src/record/filter/evaluate.js'
import { parseFilter } from '../../src/record/filter/parser.js'
import { flags } from '../../src/record/flag.js'
import { openSource } from '../../src/source/open-source.js'
import { captureFiles, replayed } from '../facts/capture-set.js'
import { article, engineOf, lines, type Ran, root, run } from '../helpers/run.js'

/** Names free wherever they are, port 53 free, and CONNECT free to wherever the proxy leads. */
const generous = `ruleset: generous
version: "1"
profile: article
proxies: [10.0.0.172]
level1:
  - {id: 1, precedence: 10, match: {port: 53}, charge: 11}
  - {id: 2, precedence: 20, match: {server: 10.0.0.172/32, protocol: tcp, port: 80}, charge: 13}
  - {id: 3, precedence: 30, match: {protocol: tcp}, charge: 20, level2: names}
level2:
  names:
    - {precedence: 1, match: {host: {suffix: free.example}}, charge: 12}
charges:
  11: {tariff: free, name: DNS}
  12: {tariff: free, name: by name}
  13: {tariff: free, name: by proxy}
  20: {tariff: charged, name: data}
default: 20
`
/** The proxy is free only where the URL says so. */
const byName = generous
  .replace('charge: 13}', 'charge: 20, level2: proxy}')
  .replace(
    'level2:\n',
    'level2:\n  proxy:\n    - {precedence: 1, match: {url: "*mmsc*"}, charge: 12}\n',
  )

const engine = engineOf(article, generous)

/** Findings of flags: what frees the octets, and how many. */
function found(ran: Ran): [flag: string, rule: number, atRisk: number | undefined][] {
  return ran.findings.map(one => [one.finding, one.rule_id, one.at_risk_bytes])
}

function flowsWith(ran: Ran, flag: string) {
  return ran.flows.filter(one => one.flags?.some(name => name === flag))
}

function octetsOf(one: { up_bytes: number; down_bytes: number }): number {
  return one.up_bytes + one.down_bytes
}

t.test('T5: octets that are sent again and are others', async t => {
  const ran = await replayed('fake-retransmission.pcap')
  const [flow, ...more] = flowsWith(ran, 'retx-payload-differs')
  t.strictSame(more, [], 'the same octets again are no tunnel')
  // 3 times the request, 19 of 20 times the segment of the answer: the first is all there is to compare with
  t.match(ran.findings, [
    { finding: 'retx-payload-differs', flows: [flow?.flow], confidence: 'high' },
  ])
  const atRisk = ran.findings[0]?.at_risk_bytes ?? 0
  t.equal(atRisk, flow?.at_risk_bytes)
  const [request, segment] = [66 + 40, 1360 + 40]
  t.equal(atRisk, 3 * request + 19 * segment)
  t.match(ran.findings[0]?.evidence, [/frame \d+: sequence number \d+, 66 octets/])

  const left = await replayed('fake-retransmission.pcap', {
    engine: engineOf({ ...article, retransmission: 'exclude' }),
  })
  t.equal(left.findings[0]?.at_risk_bytes, atRisk, 'at risk too where repetitions are not counted')
  t.match(left.findings[0]?.text, 'sent before are not counted')

  const rules = generous.replace('charge: 13}', 'charge: 20}')
  const charged = await replayed('fake-retransmission.pcap', { engine: engineOf(article, rules) })
  t.equal(flowsWith(charged, 'retx-payload-differs').length, 1)
  t.strictSame(charged.findings, [], 'nothing is free because of it')
})

t.test('T7: port 53 for other things than names', async t => {
  const ran = await replayed('dns-tunnel.pcap', { engine })
  const flagged = flowsWith(ran, 'dns-nonconforming')
  const byOctets = [...flagged].sort((a, b) => octetsOf(b) - octetsOf(a))
  t.strictSame(
    byOctets.map(one => [one.protocol, one.app, one.at_risk_bytes]),
    [
      ['udp', 'dns', 5730],
      ['tcp', 'http', 4745],
      ['udp', 'other', 3696],
    ],
  )
  for (const flow of flagged) t.equal(flow.at_risk_bytes, octetsOf(flow))
  t.strictSame(
    new Set(ran.findings.map(one => [one.rule_id, one.level1].join())),
    new Set(['11,1']),
  )
  const evidence = ran.findings.flatMap(one => one.evidence).join('\n')
  t.match(evidence, /no DNS question in them/)
  t.match(evidence, /TXT or NULL records of 1004 octets, the 4th such message/)
  t.match(evidence, /HTTP on TCP port 53/)
  const charged = await replayed('dns-tunnel.pcap')
  t.equal(flowsWith(charged, 'dns-nonconforming').length, 3)
  t.strictSame(charged.findings, [], 'the newspaper charges port 53')
})

t.test('T8: a name that is not one of the server', async t => {
  const ran = await replayed('host-spoof.pcap', { engine })
  const flagged = flowsWith(ran, 'host-spoof')
  t.strictSame(
    flagged.map(one => [one.server, one.server_port, one.at_risk_bytes === octetsOf(one)]),
    [
      ['198.51.100.66', 443, true],
      ['198.51.100.66', 80, true],
    ],
    'not the server itself, not its neighbour, not a name that nobody asked for',
  )
  for (const one of ran.findings) {
    t.match(one, { finding: 'host-spoof', level2: 'names/1', confidence: 'high' })
    t.match(one.text, 'only because the request names free.example')
    t.match(one.evidence, [
      /frame \d+: (Host|server name) free\.example at 198\.51\.100\.66, .*shop\.example; the DNS answer in frame 4 gave 192\.0\.2\.80/,
    ])
  }
  t.equal(ran.findings.length, 2)
})

t.test('T9: request target, Host and X-Online-Host that disagree', async t => {
  const ran = await replayed('http-conflicting-names.pcap')
  t.strictSame(found(ran), [['url-conflict', 168165378, 1290]])
  t.match(
    ran.findings[0]?.text,
    'the gateway reads the request target: by the Host they would be charged',
  )
  const flagged = ran.transactions.filter(one => one.flags !== undefined)
  t.strictSame(
    flagged.map(one => [one.n, one.tariff, one.at_risk_bytes]),
    [
      [1, 'charged', undefined],
      [2, 'free', 1290],
    ],
  )
  // T9: with the quirk the URL inside the query counts, against the target that holds it
  const byHost = byName.replace('{url: "*mmsc*"}', '{host: {suffix: wap.example}}')
  const third = async (embeddedHttp: boolean) => {
    const engine = engineOf({ ...article, embeddedHttp }, byHost)
    const { transactions } = await replayed('http-conflicting-names.pcap', { engine })
    return transactions.find(one => one.n === 3)
  }
  const flagged9 = await third(true)
  t.match(flagged9, { tariff: 'free', flags: ['url-conflict'] })
  t.equal(flagged9?.at_risk_bytes, flagged9 === undefined ? -1 : octetsOf(flagged9))
  t.match(await third(false), { tariff: 'charged', flags: undefined })
  // X-Online-Host to a gateway is what such a gateway is for
  const online = await replayed('http-x-online-host.pcap')
  t.strictSame(online.findings, [])
})

t.test('T10: a free CONNECT, to wherever', async t => {
  const anywhere = await replayed('connect-anywhere.pcap', { engine })
  t.equal(flowsWith(anywhere, 'connect-anywhere').length, 3, 'not the one that was refused')
  t.match(anywhere.findings, [{ finding: 'connect-anywhere', rule_id: 13, confidence: 'high' }])
  t.match(anywhere.findings[0]?.evidence.join(), 'CONNECT nowhere.invalid:443 would be free too')
  const named = await replayed('connect-anywhere.pcap', { engine: engineOf(article, byName) })
  const [flow, ...more] = flowsWith(named, 'connect-anywhere')
  t.strictSame(more, [])
  t.match(named.findings, [{ flows: [flow?.flow], rule_id: 12, confidence: 'medium' }])
  t.match(named.findings[0]?.evidence.join(), 'mmsc.wap.example:25, status 200; port 25 is not 443')
})

t.test('why says it, and explaining changes nothing', async t => {
  for (const file of ['fake-retransmission', 'dns-tunnel', 'host-spoof', 'connect-anywhere']) {
    const usual = await replayed(`${file}.pcap`, { engine })
    for (const flow of usual.flows) {
      const traced = await replayed(`${file}.pcap`, { engine, explainFlow: flow.flow })
      t.strictSame(lines(traced), lines(usual), `${file} ${flow.flow}`)
      const notes = traced.explained?.flags ?? []
      t.strictSame(new Set(notes.map(one => one.flag)), new Set(flow.flags ?? []))
      for (const note of notes) t.match(note.evidence, /(frame|flow) \d+/)
    }
  }
})

t.test('the filter finds flows, requests and findings by flag', async t => {
  const ran = await replayed('host-spoof.pcap', { engine })
  const records = ran.records.map(one => ({ ...one }))
  const of = (expression: string) => {
    const parsed = parseFilter(expression)
    if (!parsed.ok) throw new Error(parsed.error.message)
    return records.filter(compileFilter(parsed.filter)).map(one => one.type)
  }
  t.strictSame(of('flag == host-spoof').sort(), [
    'finding',
    'finding',
    'flow',
    'flow',
    'transaction',
    'transaction',
  ])
  t.strictSame(of('flag == dns-nonconforming'), [])
  t.ok(of('at_risk_bytes > 1kB').length > 0)
})

/** Captures that show what the flags are about. */
const made = new Set([
  'connect-anywhere.pcap',
  'dns-tunnel.pcap',
  'fake-retransmission.pcap',
  'host-spoof.pcap',
  'http-conflicting-names.pcap',
  'http-connect.pcap',
])

t.test('usual traffic has no flags, whatever is free', async t => {
  for (const file of captureFiles.filter(one => !made.has(one))) {
    for (const rules of [generous, byName]) {
      const ran = await replayed(file, { engine: engineOf(article, rules) })
      t.strictSame(
        [...ran.flows, ...ran.transactions].filter(one => one.flags !== undefined),
        [],
        file,
      )
    }
  }
})

const others = `${root}/../shared/captures/`
const names = existing(others)

/** Made so that no question can be read: a compression pointer out of the message, and a message that is damaged. */
const damaged = new Set([
  'ndpi__malformed_dns.pcap',
  'pcapflowlab__15_dns_ipv4_malformed_pointer_oob.pcap',
])

t.test('captures of others have none', async t => {
  if (names.length === 0) {
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'the shared captures are required')
    t.comment('shared captures not here: not compared')
  }
  for (const name of names.filter(one => !damaged.has(one))) {
    const source = await openSource([`${others}${name}`])
    const ran = await run(source, { engine, plainIp: true })
    await source.close()
    const suspected = ran.findings.filter(one => isFlag(one))
    const flagged = [...ran.flows, ...ran.transactions].filter(one => one.flags !== undefined)
    t.strictSame([...suspected, ...flagged], [], name)
  }
})

function isFlag({ finding }: FindingRecord): boolean {
  return flags.some(flag => flag === finding)
}

function existing(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => /\.pcap(ng)?$/.test(name))
  } catch {
    return []
  }
}
