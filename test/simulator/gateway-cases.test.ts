/** The cases that gateways get wrong (rules.md section 5), each over a generated capture. docs/gateway-cases.md lists
 * them with their tests elsewhere. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import type { ExplainRecord } from '../../src/record/explain-record.js'
import type { UsageRecord } from '../../src/record/usage-record.js'
import { findProfile, type Profile } from '../../src/rules/profile.js'
import { replayed } from '../facts/capture-set.js'
import { article, engineOf, lines, root, ugw } from '../helpers/run.js'

const free = 168165378
const data = 4261871614

function profile(name: string): Profile {
  const found = findProfile(name)
  if (found === undefined) throw new RangeError(`no profile ${name}`)
  return found
}

function octets(usage: readonly UsageRecord[], id: number): number {
  const rows = usage.filter(row => row.rule_id === id)
  return rows.reduce((sum, row) => sum + row.up_bytes + row.down_bytes, 0)
}

function slicesOf(record: ExplainRecord | undefined, name: string) {
  return (record?.slices ?? []).filter(one => one.class === name)
}

const text = readFileSync(`${root}/rules/newspaper.yaml`, 'utf8')
/** The same service by a level-1 rule behind the one with a table. */
const withNext = text.replace(
  /^level2:$/m,
  '  - {id: 9, precedence: 90, match: {server: 10.0.0.172/32}, charge: 168165379}\nlevel2:',
)

t.test('T1: handshake on the level-1 id under ugw, on that of the URL under article', async t => {
  for (const [under, id] of [
    [article, free],
    [ugw, data],
    [profile('staros-default'), data],
    [profile('staros-delayed'), free],
    [profile('udg'), free],
  ] as const) {
    const { explained, flows } = await replayed('http-keep-alive-mixed.pcap', {
      engine: engineOf(under),
    })
    t.equal(explained, undefined)
    const flow = flows[0]?.flow ?? ''
    const ran = await replayed('http-keep-alive-mixed.pcap', {
      engine: engineOf(under),
      explainFlow: flow,
    })
    const [handshake, more] = slicesOf(ran.explained, 'handshake')
    t.equal(more, undefined)
    t.match(handshake, { rule_id: id, up_packets: 2, down_packets: 1 }, under.name)
  }
})

t.test('T2: what comes before a split ClientHello, and a hello without a name', async t => {
  const { flows } = await replayed('tls-sni-split.pcap')
  const server = flows.find(flow => flow.app === 'tls')?.server ?? ''
  const host = flows.find(flow => flow.app === 'tls')?.host ?? ''
  const sni = `${text.replace(
    /^level2:$/m,
    `  - {id: 9, precedence: 90, match: {server: ${server}}, charge: ${data}, level2: names}\nlevel2:\n  names:\n    - {precedence: 1, match: {sni: ${host}}, charge: ${free}}`,
  )}`
  const all = await replayed('tls-sni-split.pcap', { engine: engineOf(article, sni) })
  const late = await replayed('tls-sni-split.pcap', { engine: engineOf(ugw, sni) })
  t.ok(octets(all.usage, free) > octets(late.usage, free))
  t.equal(
    octets(all.usage, free) - octets(late.usage, free),
    octets(late.usage, data) - octets(all.usage, data),
    'what came before the name stays on level 1',
  )
  const none = await replayed('tls-no-sni.pcap')
  t.ok(none.flows.some(flow => flow.app === 'tls' && flow.host === undefined))
  const outer = none.flows.filter(flow => flow.reasons.includes('ech-outer-sni'))
  t.equal(outer.length, 1, 'an encrypted hello shows its outer name alone, and says so')
  t.match(outer[0], { host: String, certainty: 'medium' })
})

t.test('T3: one connection, free and charged in turn; acknowledgements by policy', async t => {
  const own = await replayed('http-keep-alive-mixed.pcap')
  t.strictSame(
    own.transactions.map(one => one.tariff),
    ['free', 'charged', 'free', 'charged'],
  )
  const level1 = await replayed('http-keep-alive-mixed.pcap', {
    engine: engineOf({ ...article, pureAck: 'level1' }),
  })
  t.ok(level1.summary.free_bytes < own.summary.free_bytes)
  t.equal(level1.summary.bytes, own.summary.bytes)
})

t.test('T4: pipelined requests are cut at their boundaries', async t => {
  const cut = await replayed('http-pipelined.pcap')
  const whole = await replayed('http-pipelined.pcap', {
    engine: engineOf({ ...article, split: 'whole-packet-first' }),
  })
  t.equal(cut.transactions.length, 4)
  t.not(cut.summary.free_bytes, whole.summary.free_bytes)
})

t.test('T5: repeated octets have a charge of their own where the profile says so', async t => {
  const rules = text.replace(/^default: .*$/m, `$&\nretransmissions: ${data}`)
  const engine = engineOf({ ...article, retransmission: 'separate-id' }, rules)
  const apart = await replayed('retransmission-other-payload.pcap', { engine })
  const usual = await replayed('retransmission-other-payload.pcap')
  t.ok(octets(apart.usage, data) >= octets(usual.usage, data))
})

t.test('T6: the gateway counts what reaches nobody: more than the handset got', async t => {
  const counted = await replayed('tcp-retransmission.pcap')
  const got = await replayed('tcp-retransmission.pcap', {
    engine: engineOf({ ...article, retransmission: 'exclude' }),
  })
  t.ok(got.summary.excluded_bytes > 0)
  t.equal(counted.summary.free_bytes + counted.summary.charged_bytes, counted.summary.bytes)
  t.equal(
    got.summary.bytes - got.summary.excluded_bytes,
    got.summary.free_bytes + got.summary.charged_bytes,
  )
})

t.test('T14: after the server name nothing tells hosts apart', async t => {
  const { flows, transactions } = await replayed('tls-sni-split.pcap')
  for (const flow of flows.filter(one => one.app === 'tls')) {
    const own = transactions.filter(one => one.flow === flow.flow)
    t.equal(own.length, 1, 'one name, one transaction, whatever is asked inside')
  }
})

t.test('T18: the id above 2^31 is unsigned in every record', async t => {
  const all = lines(await replayed('newspaper.pcap')).join('\n')
  t.match(all, '"rule_id":4261871614,"rule_id_hex":"0xFE06FFFE"')
  t.notMatch(all, /-33095682/)
})

t.test(
  'T19: a retrieval whose URL no row lists is a miss, with the row that came near',
  async t => {
    const { flows, transactions } = await replayed('mms-over-http.pcap')
    const missed = transactions.find(one => one.tariff === 'charged')
    const ran = await replayed('mms-over-http.pcap', { explainFlow: missed?.flow ?? '' })
    t.ok(flows.length > 0)
    const decisions = [
      ran.explained?.level1,
      ...(ran.explained?.transactions ?? []).map(one => one.decision),
    ]
    t.ok(decisions.some(one => (one?.near_miss.length ?? 0) > 0))
  },
)

t.test('T21: after a miss the level-1 charge stands, or the next rule decides', async t => {
  const tariffs = async (under: Profile) =>
    (
      await replayed('http-keep-alive-mixed.pcap', { engine: engineOf(under, withNext) })
    ).transactions.map(one => [one.level1, one.tariff])
  t.strictSame(await tariffs(ugw), [
    [3, 'free'],
    [3, 'charged'],
    [3, 'free'],
    [3, 'charged'],
  ])
  t.strictSame(await tariffs(profile('udg')), [
    [3, 'free'],
    [9, 'free'],
    [3, 'free'],
    [9, 'free'],
  ])
})

t.test('l34: no payload is asked', async t => {
  const { summary, transactions } = await replayed('http-keep-alive-mixed.pcap', {
    engine: engineOf(profile('l34')),
  })
  t.equal(summary.free_bytes, 0)
  t.ok(transactions.every(one => one.level2 === undefined))
  t.match(summary, { profile: 'l34', profile_version: '1' })
})

t.test('udg-signalling: handshake and close on the charge of signalling', async t => {
  const rules = text.replace(/^default: .*$/m, '$&\nsignalling: 168165379')
  const { usage, flows } = await replayed('http-x-online-host.pcap', {
    engine: engineOf(profile('udg-signalling'), rules),
  })
  const row = usage.find(one => one.rule_id === 168165379)
  t.ok(row !== undefined && row.up_packets > 0)
  t.ok(flows.some(flow => flow.rule_ids?.includes(168165379) === true))
})
