/** Traffic cards: bound directed and undirected, consumed first, unbound, expired; statistics to the octet, and what is
 * deducted for them. */

import { join } from 'node:path'
import t from 'tap'
import { Cards } from '../../src/products/cards.js'
import { FaultyPlatform } from '../../src/products/faulty-platform.js'
import { holdingOf } from '../../src/products/holdings.js'
import { RatedRun } from '../../src/products/rated-run.js'
import { Settlements } from '../../src/products/settlement.js'
import { holdingSchema } from '../../src/record/holding-event.js'
import { imsi, msisdn, octetsAt } from './octets.js'
import { folderOf, openShop, type Shop, second } from './shop.js'

const folder = folderOf(t)
let number = 0
const later = '2026-11-10T13:00:00+08:00'

function open(): Shop & { cards: Cards } {
  const shop = openShop(join(folder, `${++number}.db`))
  return { ...shop, cards: new Cards(shop.store, shop.catalogue, () => shop.clock.us) }
}

/** Rates octets with all that is held by now, and takes the statistics. */
function rate(shop: Shop, run: string, octets: readonly [number, string][]): RatedRun {
  const holdings = shop.purchases.book
    .holdings()
    .map(({ event }) => holdingOf(holdingSchema.parse(event), shop.catalogue))
  const rated = new RatedRun(shop.catalogue, holdings)
  for (const [count, table] of octets) rated.take(octetsAt(later, count, { table }))
  rated.finish()
  new Settlements(shop.store, shop.catalogue, shop.ledger).count(run, rated.buckets())
  return rated
}

async function buy(shop: Shop, id: string, product: string): Promise<void> {
  shop.purchases.submit(id, imsi, product)
  await shop.purchases.run(id)
}

t.test('directed card before refuel pack before base package', async t => {
  const shop = open()
  const { cards, purchases } = shop
  await buy(shop, 'base', 'base')
  await buy(shop, 'refuel', 'refuel')
  cards.issue('c1', 'video')
  const card = cards.bind('c1', msisdn)
  t.match(card, { state: 'BOUND', directed: { tables: ['video'] }, bucket: 'card-c1' })
  const order = purchases.buckets.of(purchases.subscribers.find(imsi)?.id ?? 0)
  t.strictSame(
    order.map(one => one.product),
    ['video', 'refuel', 'base'],
  )
  rate(shop, 'r1', [
    [100, 'video'],
    [10, ''],
    [300, 'video'],
  ])
  t.equal(purchases.buckets.usedOctets('card-c1'), 300)
  t.equal(purchases.buckets.usedOctets('order-refuel'), 110)
  t.equal(cards.find('c1')?.state, 'EXHAUSTED')
  rate(shop, 'r1', [[100, 'video']])
  t.equal(purchases.buckets.usedOctets('card-c1'), 100, 'the same run again replaces its figures')
  t.equal(cards.find('c1')?.state, 'IN_USE')
})

t.test('a designated subscriber: any traffic, and before all others', async t => {
  const shop = open()
  const { cards, purchases } = shop
  purchases.subscribers.put({ imsi, msisdn, designated: true, active: true })
  await buy(shop, 'abroad', 'abroad')
  cards.issue('c1', 'video')
  t.throws(() => cards.bind('c1', imsi, { tables: ['video'] }), /takes no directed information/)
  t.match(cards.bind('c1', imsi), { directed: undefined, state: 'BOUND' })
  t.equal(purchases.buckets.find('card-c1')?.priority, 41, 'above the roaming pack')
  rate(shop, 'r', [
    [50, ''],
    [60, 'music'],
  ])
  t.equal(purchases.buckets.usedOctets('card-c1'), 110)
})

t.test('bound twice, to another, unbound, expired', async t => {
  const shop = open()
  const { cards, purchases, clock } = shop
  const other = purchases.subscribers.put({
    imsi: '460010000000001',
    msisdn: '',
    designated: false,
    active: true,
  })
  cards.issue('c1', 'video')
  t.equal(cards.issue('c1', 'video').state, 'IDLE')
  t.throws(() => cards.issue('c1', 'night'), /card c1 is one of video/)
  t.throws(() => cards.bind('none', imsi), /no such card/)
  t.throws(() => cards.bind('c1', '460019999999999'), /no such subscriber/)
  t.throws(() => cards.unbind('c1'), /is not bound/)
  cards.bind('c1', imsi, { charges: [7] })
  t.equal(cards.bind('c1', imsi, { charges: [7] }).state, 'BOUND', 'twice is once')
  t.throws(() => cards.bind('c1', imsi, { charges: [8] }), /card c1 is BOUND/)
  t.throws(() => cards.bind('c1', other.imsi, { charges: [7] }), /card c1 is BOUND/)
  t.equal(cards.unbind('c1').state, 'UNBOUND')
  t.equal(cards.unbind('c1').state, 'UNBOUND')
  t.throws(() => cards.bind('c1', imsi, { charges: [7] }), /card c1 is UNBOUND/)
  t.strictSame(
    purchases.book.holdings().map(({ event }) => event.op),
    ['grant', 'release'],
  )
  cards.issue('c2', 'video')
  cards.bind('c2', imsi)
  clock.us += 30 * 86_400 * second
  t.equal(cards.find('c2')?.state, 'EXPIRED')
  cards.issue('n', 'night')
  t.throws(() => cards.bind('n', imsi), /directed information is needed/)
  cards.issue('c3', 'video')
  t.throws(() => cards.issue('c4', 'video'), /sold out/)
})

t.test('another priority, from then on', async t => {
  const shop = open()
  const { cards, purchases, clock } = shop
  await buy(shop, 'base', 'base')
  await buy(shop, 'refuel', 'refuel')
  clock.us += second
  cards.prioritise('order-base', 900)
  cards.prioritise('order-base', 900)
  rate(shop, 'r', [[5, '']])
  t.equal(purchases.buckets.usedOctets('order-base'), 5)
  t.throws(() => cards.prioritise('none', 1), /no usable bucket/)
  t.throws(() => cards.prioritise('order-base', -1), /a priority is/)
})

t.test('settlement by statistics: what is due, once', async t => {
  const shop = open()
  const { cards, account, purchases } = shop
  cards.issue('c1', 'video')
  cards.bind('c1', imsi)
  const settlements = new Settlements(shop.store, shop.catalogue, shop.ledger)
  t.equal(await settlements.settle('card-c1'), undefined, 'nothing used')
  rate(shop, 'r1', [[101, 'video']])
  t.match(await settlements.settle('card-c1'), { state: 'DONE', octets: 101, amount: 6 })
  t.equal(await settlements.settle('card-c1'), undefined)
  rate(shop, 'r2', [[100, 'video']])
  t.match(await settlements.settleAll(), [{ state: 'DONE', octets: 201, amount: 3 }])
  t.match(account(), { taken: 9, held: 0 })
  const statistics = purchases.buckets.used('card-c1')
  t.strictSame(statistics, [{ period: '', up: 0, down: 201 }], 'statistics are the rated volume')
  await buy(shop, 'o', 'refuel')
  rate(shop, 'r3', [[5, '']])
  t.strictSame(await settlements.settleAll(), [], 'a pack that is paid is not paid again')
})

t.test('settlement without an answer is asked for again under its key', async t => {
  const shop = open()
  shop.cards.issue('c1', 'video')
  shop.cards.bind('c1', imsi)
  rate(shop, 'r1', [[100, 'video']])
  const deaf = new FaultyPlatform(shop.ledger, { unanswered: 1 }, 1)
  const lost = new Settlements(shop.store, shop.catalogue, deaf)
  t.match(await lost.settle('card-c1'), { state: 'PENDING' })
  rate(shop, 'r2', [[100, 'video']])
  const settlements = new Settlements(shop.store, shop.catalogue, shop.ledger)
  t.match(await settlements.settle('card-c1'), { state: 'DONE', amount: 3, octets: 100 })
  t.match(await settlements.settle('card-c1'), { state: 'DONE', amount: 3, octets: 200 })
  t.equal(shop.account().taken, 6)
  const poor = open()
  poor.cards.issue('c1', 'video')
  const nobody = poor.purchases.subscribers.put({
    imsi: '460010000000001',
    msisdn: '',
    designated: false,
    active: true,
  })
  poor.cards.bind('c1', nobody.imsi)
  poor.purchases.buckets.count('r', 'card-c1', { period: '', up: 1, down: 0 })
  const own = new Settlements(poor.store, poor.catalogue, poor.ledger)
  t.match(await own.settle('card-c1'), { state: 'REFUSED', reason: 'no-account' })
  poor.ledger.deposit('d', nobody.imsi, 100)
  t.match(await own.settle('card-c1'), { state: 'DONE', amount: 3 }, 'due until it is paid')
})
