/** Buckets and rating: which bucket pays, to the octet and to the packet; what a month ends and brings. */

import t from 'tap'
import { holdingOf } from '../../src/products/holdings.js'
import { RatedRun } from '../../src/products/rated-run.js'
import type { Holding } from '../../src/rating/bucket-rater.js'
import { Calendar } from '../../src/rating/calendar.js'
import type { RatedOctets } from '../../src/rating/rated-octets.js'
import type { BucketRecord } from '../../src/record/bucket-record.js'
import { bucket as bucketShape, rating, ratingSummary } from '../../src/record/bucket-record.js'
import type { BusinessEvent } from '../../src/record/business-event.js'
import { readFeedEvent } from '../../src/record/business-schema.js'
import { catalogueOf, everyKind } from './catalogue-text.js'
import { holding, imsi, msisdn, octetsAt } from './octets.js'

const catalogue = catalogueOf(everyKind)
const day = '2026-11-10T12:00:00+08:00'

function rated(holdings: readonly Holding[], octets: readonly RatedOctets[], of = catalogue) {
  const events: BusinessEvent[] = []
  const run = new RatedRun(of, holdings, { onEvent: event => events.push(event) })
  for (const one of octets) run.take(one)
  run.finish()
  const buckets = [...run.buckets()]
  for (const record of buckets) bucketShape.parse(record)
  for (const record of run.ratings()) rating.parse(record)
  const find = (id: string, month?: string): BucketRecord => {
    const found = buckets.find(
      one => one.bucket === id && (month === undefined || one.month === month),
    )
    if (found === undefined) throw new TypeError(`no bucket ${id} ${month}`)
    return found
  }
  return { events, buckets, find, summary: ratingSummary.parse(run.summary()), run }
}

function grant(product: string, ts = '2026-11-01T00:00:00+08:00', more = {}): Holding {
  return holding(catalogue, { op: 'grant', ts, bucket: `b-${product}`, product, ...more })
}

/** Of somebody whose IMSI billing does not know. */
function numberHolding(more: { left_bytes?: number }): Holding {
  const event = { type: 'holding', op: 'grant', ts: day, msisdn, bucket: 'n' } as const
  return holdingOf({ ...event, product: 'base', ...more }, catalogue)
}

t.test(
  'directed card before refuel pack before base package, a packet split to the octet',
  async t => {
    const video = { table: 'video' }
    const packets = [
      octetsAt(day, 250, video),
      octetsAt(day, 100, video), // 50 of the card, 50 of the refuel pack
      octetsAt(day, 449, video),
      octetsAt(day, 2, { isUp: true }), // the refuel pack has one left
    ]
    const { find, events, summary } = rated(
      ['base', 'refuel', 'video'].map(id => grant(id)),
      packets,
    )
    t.match(find('b-video'), { down_bytes: 300, left_bytes: 0, state: 'exhausted' })
    t.equal(find('b-video').depleted_frame, packets[1]?.frame)
    t.match(find('b-refuel'), { up_bytes: 1, down_bytes: 499, left_bytes: 0 })
    t.match(find('b-refuel'), { depleted: '2026-11-10T04:00:00.000000Z', depleted_flow: '1' })
    t.match(find('b-base'), { up_bytes: 1, left_bytes: 999, state: 'open', month: '2026-11' })
    t.strictSame(events, [], 'the base package had enough')
    t.match(summary, { rated_bytes: 801, debited_bytes: 801, billed_bytes: 0, exhausted: 2 })
  },
)

t.test('a directed card does not pay for other traffic', async t => {
  const { find, summary } = rated(
    [grant('video')],
    [octetsAt(day, 100), octetsAt(day, 7, { table: 'music' })],
  )
  t.equal(find('b-video').left_bytes, 300)
  t.match(summary, { billed_bytes: 107, debited_bytes: 0 })
})

t.test(
  'the last octet: depleted by a packet that fits exactly, and the next is blocked',
  async t => {
    const packets = [octetsAt(day, 600), octetsAt(day, 400), octetsAt(day, 1)]
    const { find, events, summary } = rated([grant('base')], packets)
    t.equal(find('b-base').depleted_frame, packets[1]?.frame)
    t.match(summary, { debited_bytes: 1000, blocked_bytes: 1, billed_bytes: 0, caps: 1 })
    t.equal(events.length, 1)
    t.match(events[0], {
      type: 'cap_reached',
      imsi,
      msisdn,
      ts_event: '2026-11-10T04:00:00.000000Z',
      month: '2026-11',
      package_id: 'base',
      limit_bytes: 1000,
      used_bytes: 1000,
      enforce: 'stop',
      scope: 'general',
    })
    t.equal(readFeedEvent(events[0]).ok, true, 'in the form of the feed')
  },
)

t.test('capped only when nothing that covers the traffic has any left', async t => {
  const both = [grant('base'), grant('refuel')]
  const { events } = rated(both, [octetsAt(day, 500), octetsAt(day, 1000)])
  t.match(events, [{ package_id: 'base', limit_bytes: 1500, used_bytes: 1500 }])
  t.equal(events.length, 1)
  const onePacket = rated(both, [octetsAt(day, 1500)])
  t.match(onePacket.events, [{ package_id: 'base' }], 'one packet may empty two')
  t.equal(onePacket.events.length, 1)
  t.equal(onePacket.summary.exhausted, 2)
  const directed = rated([grant('video'), grant('base')], [octetsAt(day, 300, { table: 'video' })])
  t.strictSame(directed.events, [], 'the base package goes on')
})

t.test('a renewal after the cap, and a cap again: two events', async t => {
  const later = '2026-11-10T13:00:00+08:00'
  const packets = [octetsAt(day, 1200), octetsAt(later, 500), octetsAt(later, 5)]
  const { events, summary } = rated([grant('base'), grant('refuel', later)], packets)
  t.strictSame(
    events.map(event => event.package_id),
    ['base', 'refuel'],
  )
  t.not(events[0]?.event_id, events[1]?.event_id)
  t.match(summary, { debited_bytes: 1500, blocked_bytes: 205 })
})

t.test('month boundary in the time zone of the file', async t => {
  const last = '2026-11-30T23:59:59+08:00'
  const first = '2026-12-01T00:00:00+08:00'
  const { find, summary, buckets } = rated(
    [grant('base'), grant('refuel')],
    [octetsAt(last, 100), octetsAt(first, 100)],
  )
  t.match(find('b-refuel'), {
    state: 'expired',
    down_bytes: 100,
    left_bytes: 400,
    valid_to: '2026-11-30T16:00:00.000000Z',
  })
  t.match(find('b-base', '2026-11'), { state: 'expired', down_bytes: 0 })
  t.match(find('b-base', '2026-12'), { state: 'open', down_bytes: 100, left_bytes: 900 })
  t.equal(buckets.length, 3)
  t.equal(summary.debited_bytes, 200)
  const zones = { '+08:00': 2, UTC: 1, 'Asia/Shanghai': 2, 'America/Sao_Paulo': 1 }
  for (const [zone, months] of Object.entries(zones)) {
    const moved = { ...catalogue, calendar: new Calendar(zone) }
    const own = rated([grant('base', '2026-11-05T00:00:00Z')], [octetsAt(first, 1)], moved)
    t.equal(own.buckets.length, months, zone)
  }
})

t.test('a packet that is late does not reopen a month', async t => {
  const { find } = rated(
    [grant('base')],
    [octetsAt('2026-12-01T00:00:00+08:00', 10), octetsAt('2026-11-30T23:59:59+08:00', 10)],
  )
  t.equal(find('b-base', '2026-12').down_bytes, 20)
})

t.test('idle hours, across midnight', async t => {
  const at = (clock: string) => octetsAt(`2026-11-10T${clock}+08:00`, 10)
  const packets = [at('06:59:59'), at('07:00:00'), at('22:59:59'), at('23:00:00')]
  const { find, summary } = rated([grant('night')], packets)
  t.equal(find('b-night').down_bytes, 20)
  t.equal(summary.billed_bytes, 20)
})

t.test('a roaming pack abroad only; a place that is not known is neither', async t => {
  const packets = [true, false, undefined].map(roaming => octetsAt(day, 10, { roaming }))
  const { find, summary } = rated([grant('abroad', day)], packets)
  t.equal(find('b-abroad').down_bytes, 10)
  t.equal(summary.billed_bytes, 20)
})

t.test('free octets are not debited, and unknown is a class of its own', async t => {
  const packets = [octetsAt(day, 10, { tariff: 'free' }), octetsAt(day, 20, { tariff: 'unknown' })]
  const { find, summary } = rated([grant('base')], packets)
  t.equal(find('b-base').left_bytes, 1000)
  t.match(summary, { free_bytes: 10, unknown_bytes: 20, rated_bytes: 30, debited_bytes: 0 })
})

t.test(
  'holdings: by number, partly used, released, of another priority, granted twice',
  async t => {
    const byNumber = numberHolding({ left_bytes: 5 })
    t.match(rated([byNumber], [octetsAt(day, 9)]).summary, { debited_bytes: 5, blocked_bytes: 4 })
    const late = '2026-11-10T12:00:05+08:00'
    const release = holding(catalogue, { op: 'release', ts: late, bucket: 'b-base' })
    const released = rated([grant('base'), release], [octetsAt(day, 1), octetsAt(late, 1)])
    t.match(released.find('b-base'), { state: 'released', down_bytes: 1 })
    t.equal(released.summary.billed_bytes, 1)
    const first = holding(catalogue, { op: 'priority', ts: late, bucket: 'b-base', priority: 99 })
    const moved = rated(
      [grant('base'), grant('refuel'), first],
      [octetsAt(day, 1), octetsAt(late, 2)],
    )
    t.equal(moved.find('b-refuel').down_bytes, 1)
    t.equal(moved.find('b-base').down_bytes, 2)
    const twice = rated([grant('base'), grant('base')], [octetsAt(day, 1500)])
    t.equal(twice.summary.debited_bytes, 1000)
  },
)

t.test('a number that becomes known later, and an IMSI without holdings', async t => {
  const byNumber = numberHolding({})
  const packets = [
    octetsAt(day, 10, { msisdn: '' }),
    octetsAt(day, 10),
    octetsAt(day, 10, { imsi: '460010000000001', msisdn: '' }),
  ]
  const { find, summary, run } = rated([byNumber], packets)
  t.equal(find('n').down_bytes, 10)
  t.match(summary, { billed_bytes: 20, subscribers: 2, absent_holders: 0 })
  t.strictSame(
    [...run.ratings()].map(one => [one.imsi, one.rated_bytes]),
    [
      [imsi, 20],
      ['460010000000001', 10],
    ],
  )
})

t.test('subscribers above the bound are unknown, together', async t => {
  const run = new RatedRun(catalogue, [], { maxSubscribers: 1 })
  run.take(octetsAt(day, 1))
  run.take(octetsAt(day, 2, { imsi: '460010000000001' }))
  run.take(octetsAt(day, 3, { imsi: '460010000000002' }))
  run.take(octetsAt(day, 4))
  t.match(
    [...run.ratings()],
    [
      { rated_bytes: 5, billed_bytes: 5 },
      { others: true, unknown_bytes: 5 },
    ],
  )
  t.match(run.summary(), { rated_bytes: 10, unknown_bytes: 5 })
})

t.test('a damaged clock does not cost time', async t => {
  const far = octetsAt(day, 1, { timeUs: 253_402_300_799_000_000 })
  const { find } = rated([grant('base')], [octetsAt(day, 1), far])
  t.equal(find('b-base', '9999-12').down_bytes, 1)
})
