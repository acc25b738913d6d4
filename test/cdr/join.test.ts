/** Whose line of a bill it is, what differs, and what would close the gap. rules.md 2.15. */

import t from 'tap'
import { Actual } from '../../src/charging/actual.js'
import { type ChargedUsage, nobody } from '../../src/charging/charged-usage.js'
import { actualTotals, type ComparedRow, compare } from '../../src/charging/compare.js'
import { GapCandidates } from '../../src/charging/gap-candidates.js'
import { Predicted } from '../../src/charging/predicted.js'
import type { ComparisonRecord } from '../../src/record/comparison-record.js'
import type { FlowRecord } from '../../src/record/flow-record.js'
import type { SubscriberRecord } from '../../src/record/subscriber-record.js'
import { utcTime } from '../../src/record/time.js'
import type { UsageRecord } from '../../src/record/usage-record.js'

const startUs = Date.parse('2014-11-21T01:30:00Z') * 1000
const span = { firstUs: startUs, lastUs: startUs + 600e6 }
const exact = { octets: 0, share: 0 }
const anna = { imsi: '460010000000001', msisdn: '8613800000001' }
const berta = { imsi: '460010000000002', msisdn: '8613800000002' }

function predictedUsage(
  who: object,
  group: number | undefined,
  up: number,
  down: number,
): UsageRecord {
  return {
    type: 'usage',
    schema: 'tollgate.usage/1',
    ...who,
    ...(group === undefined
      ? { row: 'unmatched' as const }
      : { rule_id: group, rule_id_hex: '0x00000001', rating_group: group }),
    tariff: 'charged',
    up_packets: 1,
    down_packets: 1,
    up_bytes: up,
    down_bytes: down,
    first: utcTime(startUs),
    last: utcTime(startUs + 60e6),
  }
}

function subscriber(
  who: object,
  id: number,
  ue: string,
  from: number,
  to?: number,
): SubscriberRecord {
  return {
    type: 'subscriber',
    schema: 'tollgate.subscriber/1',
    ...who,
    contexts: [
      {
        context: id,
        apn: 'a',
        charging_id: id,
        ggsn: '192.0.2.1',
        ue_v4: ue,
        created: utcTime(startUs + from * 1e6),
        created_frame: 1,
        ...(to === undefined ? {} : { ended: utcTime(startUs + to * 1e6) }),
      },
    ],
    flows: 0,
    up_bytes: 0,
    down_bytes: 0,
    free_bytes: 0,
    charged_bytes: 0,
    unknown_bytes: 0,
    blocked_flows: 0,
  }
}

function world(): Predicted {
  const predicted = new Predicted()
  predicted.usage(predictedUsage(anna, 5, 100, 200))
  predicted.usage(predictedUsage(anna, 6, 10, 20))
  predicted.usage(predictedUsage(anna, undefined, 1, 0))
  predicted.usage(predictedUsage(berta, 5, 7, 8))
  predicted.usage(predictedUsage({}, 5, 1000, 0))
  // one after the other they have the same address and the same number of two gateways
  predicted.contexts(subscriber(anna, 77, '10.0.0.1', 0, 100))
  predicted.contexts(subscriber(berta, 78, '10.0.0.1', 200))
  return predicted
}

function line(parts: Partial<ChargedUsage>): ChargedUsage {
  const octetsUp = parts.octetsUp ?? 0
  const octetsDown = parts.octetsDown ?? 0
  const octets = Math.max(octetsUp, 0) + Math.max(octetsDown, 0)
  return { ...nobody, source: 'pgw-cdr', octetsUp, octetsDown, octets, ...parts }
}

function rows(lines: readonly Partial<ChargedUsage>[], tolerance = exact) {
  const predicted = world()
  const actual = new Actual(predicted, span)
  for (const one of lines) actual.usage(line(one))
  return { predicted, actual, rows: compare(predicted, actual.sums, tolerance) }
}

function said({ record }: ComparedRow): string {
  const group = record.rating_group ?? (record.urr === undefined ? 'all' : `urr ${record.urr}`)
  return `${record.imsi?.slice(-1)} ${record.source ?? '-'} ${group} ${record.difference_bytes} ${record.status}`
}

t.test('by IMSI, MSISDN, Charging ID and gateway, address and time', async t => {
  const predicted = world()
  const owner = (parts: Partial<ChargedUsage>) => predicted.ownerOf(line(parts))?.imsi.slice(-1)
  const at = (s: number) => ({ firstUs: startUs + s * 1e6, lastUs: startUs + (s + 1) * 1e6 })
  t.equal(owner(anna), '1')
  t.equal(owner({ msisdn: berta.msisdn }), '2')
  t.equal(owner({ imsi: '46001******0001', chargingId: 77, gateway: '192.0.2.1' }), '1', 'masked')
  t.equal(owner({ chargingId: 77, gateway: '192.0.2.2' }), undefined, "another gateway's number")
  t.equal(owner({ chargingId: 77, ...at(300) }), undefined, 'the session was over')
  t.equal(owner({ ue: '10.0.0.1', ...at(50) }), '1')
  t.equal(owner({ ue: '10.0.0.1', ...at(250) }), '2')
  t.equal(owner({ ue: '10.0.0.1', ...at(150) }), undefined, 'nobody had it then')
  t.equal(owner({ ue: '10.0.0.1' }), undefined, 'without a time it could be either')
  t.equal(
    owner({ imsi: '460010000000009', ue: '10.0.0.1', ...at(50) }),
    undefined,
    'it names another',
  )
  t.equal(owner({}), undefined)
})

t.test('two SIMs of one number are two subscribers', async t => {
  const predicted = world()
  const owner = (parts: Partial<ChargedUsage>) => predicted.ownerOf(line(parts))?.imsi.slice(-1)
  const { msisdn } = anna
  t.equal(owner({ imsi: '460019999999999', msisdn }), undefined, 'the line names another SIM')
  t.equal(owner({ imsi: '46001******0001', msisdn }), '1', 'a masked IMSI names nobody')
  const twin = { imsi: '460010000000003', msisdn }
  predicted.contexts(subscriber(twin, 79, '10.0.0.3', 0))
  t.equal(owner(twin), '3')
  t.equal(owner({ msisdn }), undefined, 'either of them')
  t.equal(owner({ msisdn, chargingId: 79, gateway: '192.0.2.1' }), '3')
})

t.test('addresses join however they are written, IPv6 by the /64', async t => {
  const predicted = world()
  const clara = { imsi: '460010000000004', msisdn: '8613800000004' }
  const dora = { imsi: '460010000000005', msisdn: '8613800000005' }
  const six = (who: object, id: number, gateway: string, prefix: string) => {
    const record = subscriber(who, id, '', 0)
    const [context] = record.contexts
    const { ue_v4: _none, ...rest } = context!
    predicted.contexts({ ...record, contexts: [{ ...rest, ggsn: gateway, ue_v6: prefix }] })
  }
  six(clara, 90, '2001:db8:2::1', '2001:db8:46:1::/64')
  six(dora, 90, '2001:db8:2::2', '2001:db8:46:2::/64')
  const owner = (parts: Partial<ChargedUsage>) => predicted.ownerOf(line(parts))?.imsi.slice(-1)
  for (const ue of [
    '2001:db8:46:1::/64',
    '2001:db8:46:1::',
    '2001:db8:46:1::5',
    '2001:DB8:46:1:0:0:0:5',
    '2001:0db8:0046:0001:0000:0000:0000:0000/64',
  ]) {
    t.equal(owner({ ue }), '4', ue)
  }
  t.equal(owner({ ue: '2001:db8:46:2:ffff::1' }), '5')
  t.equal(owner({ ue: '2001:db8:46:3::1' }), undefined)
  t.equal(owner({ ue: '#78' }), undefined, 'no address')
  t.equal(owner({ ue: '::ffff:10.0.0.1', firstUs: startUs, lastUs: startUs + 1e6 }), '1')
  t.equal(owner({ chargingId: 90, gateway: '2001:DB8:2:0::1' }), '4')
  t.equal(owner({ chargingId: 90, gateway: '2001:db8:2:0:0:0:0:2' }), '5')
})

t.test('each source is compared for itself; nothing is added across them', async t => {
  const { rows: found, actual } = rows([
    { ...anna, ratingGroup: 5, octetsUp: 60, octetsDown: 200 },
    { ...anna, ratingGroup: 5, octetsUp: 40, octetsDown: 0 },
    { ...anna, ratingGroup: 7, octetsUp: 3, octetsDown: 0 },
    { ...anna, source: 's-cdr', octetsUp: 111, octetsDown: 220 },
    { ...anna, source: 'gy', ratingGroup: 6, octetsUp: -1, octetsDown: -1, octets: 30 },
    { imsi: '460019999999999', ratingGroup: 5, octetsUp: 1 },
    { ...anna, ratingGroup: 5, octetsUp: 1, firstUs: startUs - 9e9, lastUs: startUs - 8e9 },
  ])
  t.strictSame(found.map(said), [
    '1 gy 5 -300 no-record',
    '1 gy 6 0 equal',
    '1 pgw-cdr 5 0 equal',
    '1 pgw-cdr 6 -30 no-record',
    '1 pgw-cdr 7 3 no-prediction',
    '1 s-cdr all 0 equal',
    '2 - 5 -15 no-record',
  ])
  t.match(actual, { linesElsewhere: 1, linesOtherTime: 1 })
  t.equal(found[2]?.record.lines, 2)
  t.equal(found[1]?.record.actual_up_bytes, undefined, 'Gy did not tell up from down')
})

t.test('totals: of each source, rating groups apart from the session', async t => {
  const { rows: found } = rows([
    { ...anna, source: 'eg-cdr', octetsUp: 111, octetsDown: 220 },
    { ...anna, source: 'eg-cdr', ratingGroup: 5, octetsUp: 101, octetsDown: 200 },
    { ...anna, source: 'eg-cdr', ratingGroup: 6, octetsUp: 10, octetsDown: 20 },
    { ...berta, source: 'eg-cdr', ratingGroup: 5, octetsUp: 7, octetsDown: 8 },
    { ...anna, source: 'pfcp', urr: 1, octetsUp: 1, octetsDown: 0 },
    { ...anna, source: 'pfcp', urr: 2, octetsUp: 2, octetsDown: 0 },
  ])
  t.strictSame(actualTotals(found), [
    { source: 'eg-cdr', counted: 'rating-groups', bytes: 346 },
    { source: 'eg-cdr', counted: 'session', bytes: 331 },
    { source: 'pfcp', counted: 'unassigned', bytes: 3 },
  ])
})

t.test('tolerance is of octets or of a share, for up and down each', async t => {
  const bill = [{ ...anna, ratingGroup: 5, octetsUp: 103, octetsDown: 197 }]
  const status = (tolerance: { octets: number; share: number }) =>
    rows(bill, tolerance).rows[0]?.record.status
  t.equal(status(exact), 'differs', 'the sum is the same, the parts are not')
  t.equal(status({ octets: 2, share: 0 }), 'differs')
  t.equal(status({ octets: 3, share: 0 }), 'within-tolerance')
  t.equal(status({ octets: 0, share: 0.01 }), 'within-tolerance')
})

t.test('PFCP: one URR is all of the session, several ask for their rating groups', async t => {
  const urr = (number: number, octetsUp: number, octetsDown: number) => ({
    ...anna,
    source: 'pfcp' as const,
    urr: number,
    octetsUp,
    octetsDown,
  })
  const one = rows([urr(1, 111, 220)]).rows
  t.equal(said(one[0]!), '1 pfcp urr 1 0 equal')
  const two = rows([urr(1, 100, 200), urr(2, 10, 20)]).rows
  t.strictSame(two.slice(0, 2).map(said), [
    '1 pfcp urr 1 300 unassigned',
    '1 pfcp urr 2 30 unassigned',
  ])
  const gaps = new GapCandidates(two, span)
  t.equal(gaps.wanted, false)
  t.match(two[1]?.record.candidates, [{ kind: 'rating-group', rating_group: 6, urr: 2 }])
})

function flow(group: number, up: number, down: number): FlowRecord {
  const usage = predictedUsage(anna, group, up, down)
  const { first, last, row: _row, ...rest } = usage
  return {
    ...rest,
    type: 'flow',
    schema: 'tollgate.flow/1',
    flow: '133',
    ts: first,
    end: last,
    end_reason: 'fin',
    ue: '10.0.0.1',
    server: '10.0.0.172',
    server_port: 80,
    protocol: 'tcp',
    direction: 'known',
    app: 'http',
    transactions: 1,
    verdict: 'CHRG',
    certainty: 'high',
    reasons: [],
    community_id: '1:x',
  }
}

t.test('candidates: moved octets, a flow of that size, another policy, time outside', async t => {
  const bill = [
    { ...anna, ratingGroup: 5, octetsUp: 90, octetsDown: 150 },
    { ...anna, ratingGroup: 6, octetsUp: 20, octetsDown: 70 },
    {
      ...berta,
      ratingGroup: 5,
      octetsUp: 70,
      octetsDown: 80,
      firstUs: startUs - 60e6,
      lastUs: startUs,
    },
  ]
  const { rows: found, predicted } = rows(bill)
  const gaps = new GapCandidates(found, span)
  t.ok(gaps.wanted)
  const owner = predicted.find(anna.imsi, '')!
  gaps.sized(flow(5, 10, 50), owner)
  gaps.sized(flow(9, 10, 50), owner)
  gaps.sized(flow(5, 50, 10), owner)
  const other = new Predicted()
  other.usage(predictedUsage(anna, 5, 90, 150))
  other.usage(predictedUsage(anna, 6, 20, 70))
  gaps.variant(other, { kind: 'policy', text: 'x', policy: 'handshake', value: 'level1' })
  const kinds = (record: ComparisonRecord) =>
    record.candidates.map(one => one.flow ?? one.policy ?? one.rating_group ?? one.kind)
  t.strictSame(
    found.map(({ record }) => kinds(record)),
    [[6, '133', 'handshake'], [5, '133', 'handshake'], ['time']],
  )
})

t.test('sums beyond 2^53 and endless rating groups are told, not rounded', async t => {
  const { actual, rows: found } = rows([
    { ...anna, ratingGroup: 5, octets: Number.MAX_SAFE_INTEGER },
    { ...anna, ratingGroup: 5, octets: 5 },
  ])
  t.match(actual.damages, [/more than 2\^53 octets/])
  t.equal(found[0]?.record.actual_bytes, Number.MAX_SAFE_INTEGER)
  for (let i = 0; i < 50; i++) actual.damage(`x.cdr: ${i}`)
  t.equal(actual.damages.length, 21)
  t.match(actual.damages.at(-1), /^and 31 more/)
})
