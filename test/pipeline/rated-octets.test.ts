/** Octets in packet order, as buckets are debited: the ledger's, to the octet, however few may wait. */

import t from 'tap'
import { RatedOrder, type RatedOrderBounds } from '../../src/pipeline/rated-octets.js'
import type { RatedOctets } from '../../src/rating/rated-octets.js'
import type { UsageRecord } from '../../src/record/usage-record.js'
import type { RuleEngine } from '../../src/rules/engine.js'
import { captureFiles, replayed } from '../facts/capture-set.js'
import { article, engineOf, ugw } from '../helpers/run.js'

t.setTimeout(300_000)

interface Outcome {
  pieces: RatedOctets[]
  order: RatedOrder
  usage: UsageRecord[]
}

async function rated(
  file: string,
  engine: RuleEngine,
  bounds?: RatedOrderBounds,
): Promise<Outcome> {
  const pieces: RatedOctets[] = []
  const order = new RatedOrder(engine, one => pieces.push(one), bounds)
  const { usage } = await replayed(file, {
    engine,
    trace: order.trace,
    observe: (rater, table) => order.attach(rater, table),
  })
  order.end()
  return { pieces, order, usage }
}

/** Octets by subscriber, id and tariff. */
function sums(entries: readonly [key: string, octets: number][]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [key, octets] of entries) all[key] = (all[key] ?? 0) + octets
  return all
}

function ofPieces(pieces: readonly RatedOctets[]): Record<string, number> {
  return sums(
    pieces.map(({ imsi, msisdn, apn, ruleId, tariff, isUp, octets }) => [
      [imsi, msisdn, apn, ruleId, tariff, isUp].join(),
      octets,
    ]),
  )
}

function ofLedger(usage: readonly UsageRecord[]): Record<string, number> {
  return sums(
    usage
      .filter(({ row }) => row !== 'excluded')
      .flatMap(({ imsi = '', msisdn = '', apn = '', rule_id = -1, tariff, ...one }) =>
        [[true, one.up_bytes] as const, [false, one.down_bytes] as const].map(
          ([isUp, octets]): [string, number] => [
            [imsi, msisdn, apn, rule_id, tariff, isUp].join(),
            octets,
          ],
        ),
      )
      .filter(([, octets]) => octets > 0),
  )
}

for (const profile of [article, ugw]) {
  const engine = engineOf(profile)
  for (const file of captureFiles) {
    t.test(`${file}, ${profile.name}`, async t => {
      const { pieces, order, usage } = await rated(file, engine)
      t.strictSame(ofPieces(pieces), ofLedger(usage), 'the ledger')
      t.equal(order.earlyOctets, 0)
      const excluded = usage.filter(({ row }) => row === 'excluded')
      t.equal(
        order.excludedOctets,
        excluded.reduce((sum, one) => sum + one.up_bytes + one.down_bytes, 0),
      )
      const often = await rated(file, engine, { waiting: 1 << 20, look: 1 })
      t.strictSame(often.pieces, pieces, 'whenever it is looked')
      const few = await rated(file, engine, { waiting: 2, look: 1 })
      const total = (all: readonly RatedOctets[]) => all.reduce((sum, one) => sum + one.octets, 0)
      t.equal(total(few.pieces), total(pieces), 'nothing is lost when few may wait')
    })
  }
}

t.test('in packet order, and a request decides what waited for it', async t => {
  const { pieces } = await rated('newspaper.pcap', engineOf())
  const frames = pieces.map(({ frame }) => frame)
  t.strictSame(
    frames,
    frames.toSorted((a, b) => a - b),
  )
  const tables = new Set(pieces.filter(one => one.tariff === 'free').map(one => one.table))
  t.strictSame([...tables], ['wapgw'])
  t.ok(pieces.every(one => one.imsi.length === 15))
  const { order } = await rated('newspaper.pcap', engineOf(), { waiting: 2, look: 1 })
  t.ok(order.earlyOctets > 0, 'and says so where it could not wait')
})
