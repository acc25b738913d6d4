/** Purchases: the happy path, each failure, every message repeated and out of order, time-outs, reversal. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type ChargingPlatform, PlatformUnreachable } from '../../src/products/charging-platform.js'
import type { LedgerPlatform } from '../../src/products/ledger-platform.js'
import { type OrderMessage, orderMessages } from '../../src/products/order.js'
import { bucketIdOf } from '../../src/products/order-traffic.js'
import { Store } from '../../src/products/store.js'
import { readFeedEvent } from '../../src/record/business-schema.js'
import { holdingSchema } from '../../src/record/holding-event.js'
import { imsi, msisdn } from './octets.js'
import { folderOf, imbalance, money, openShop, second } from './shop.js'

const folder = folderOf(t)
let number = 0
const file = () => join(folder, `${++number}.db`)
const messages = Object.keys(orderMessages) as OrderMessage[]

t.test('bought: reserved, allotted, paid, usable, in that order', async t => {
  const seen: string[] = []
  const shop = openShop(file(), { onChange: (_, to) => seen.push(to) })
  const { purchases, account } = shop
  purchases.submit('o1', imsi, 'refuel')
  await purchases.receive('o1', 'pre-authentication')
  t.match(account(), { balance: money, held: 0 })
  await purchases.receive('o1', 'pre-deduction')
  t.match(account(), { balance: money - 1000, held: 1000, taken: 0 })
  t.equal(purchases.buckets.find(bucketIdOf('o1')), undefined)
  await purchases.receive('o1', 'authentication-confirm')
  t.match(purchases.buckets.find(bucketIdOf('o1')), { state: 'allotted', volume: 500 })
  t.strictSame(purchases.book.holdings(), [], 'not usable yet')
  shop.clock.us += second
  await purchases.receive('o1', 'deduction-confirm')
  t.match(account(), { held: 0, taken: 1000 })
  t.match(purchases.buckets.find(bucketIdOf('o1')), { state: 'usable', fromUs: shop.clock.us })
  t.strictSame(seen, ['PREAUTH', 'RESERVED', 'GRANTED', 'ACTIVE'])
  const events = purchases.book.businessEvents(0).map(({ event }) => event)
  t.ok(events.every(event => readFeedEvent(event).ok))
  t.match(events, [
    { type: 'renewal', status: 'accepted', ts_event: '2026-11-10T04:00:00.000000Z', imsi, msisdn },
    {
      type: 'renewal',
      status: 'provisioned',
      effective_ts: '2026-11-10T04:00:01.000000Z',
      volume_bytes: 500,
      scope: 'general',
      order_id: 'o1',
      package_id: 'refuel',
      month: '2026-11',
    },
  ])
  const [grant] = purchases.book.holdings()
  t.match(holdingSchema.parse(grant?.event), {
    op: 'grant',
    product: 'refuel',
    bucket: bucketIdOf('o1'),
  })
  t.strictSame(imbalance(shop, ['o1']), [])
  t.equal(purchases.book.steps('o1').length, 5)
})

t.test('each message repeated, and each too early', async t => {
  const shop = openShop(file())
  const { purchases } = shop
  purchases.submit('o1', msisdn, 'refuel')
  t.equal(purchases.submit('o1', msisdn, 'refuel').state, 'NEW', 'the same order')
  for (const [i, message] of messages.entries()) {
    for (const later of messages.slice(i + 1)) {
      t.equal(await purchases.receive('o1', later), 'out-of-order', `${later} before ${message}`)
    }
    t.equal(await purchases.receive('o1', message), 'done')
    for (const earlier of messages.slice(0, i + 1)) {
      t.equal(await purchases.receive('o1', earlier), 'repeated')
    }
  }
  t.equal(purchases.submit('o1', imsi, 'refuel').state, 'ACTIVE')
  t.throws(() => purchases.submit('o1', imsi, 'night'), /order o1 is for another/)
  t.strictSame(imbalance(shop, ['o1']), [])
})

t.test('pre-authentication: who and what', async t => {
  const shop = openShop(file())
  const { purchases } = shop
  const buy = async (id: string, who: string, product: string) => {
    purchases.submit(id, who, product)
    return await purchases.run(id)
  }
  purchases.subscribers.put({
    imsi: '460010000000009',
    msisdn: '',
    designated: false,
    active: false,
  })
  t.match(await buy('a', '460019999999999', 'refuel'), {
    state: 'PREAUTH_FAILED',
    reason: 'no such subscriber',
  })
  t.match(await buy('b', '460010000000009', 'refuel'), { reason: 'subscriber is not active' })
  t.match(await buy('c', imsi, 'none'), { reason: 'no such product' })
  t.match(await buy('d', imsi, 'old'), { reason: 'product is not on sale' })
  t.match(await buy('e', imsi, 'base'), { state: 'ACTIVE' })
  t.match(await buy('f', imsi, 'big'), { reason: 'excluded by base' })
  for (const id of ['g', 'h', 'i']) t.match(await buy(id, imsi, 'video'), { state: 'ACTIVE' })
  t.match(await buy('j', imsi, 'video'), { state: 'PREAUTH_FAILED', reason: 'sold out' })
  t.match(await buy('k', imsi, 'refuel'), { state: 'ACTIVE' })
  t.match(await buy('l', imsi, 'abroad'), { state: 'RESERVE_FAILED', reason: 'insufficient-funds' })
  t.strictSame(imbalance(shop, [...'abcdefghijkl']), [])
})

t.test('two that exclude each other, at the same time', async t => {
  const { purchases } = openShop(file())
  purchases.submit('a', imsi, 'base')
  purchases.submit('b', imsi, 'big')
  await purchases.step('a')
  await purchases.step('b')
  t.match(purchases.order('b'), { state: 'PREAUTH_FAILED', reason: 'excluded by base' })
})

t.test('a subscriber who is stopped between the phases: money given back', async t => {
  const shop = openShop(file())
  const { purchases } = shop
  purchases.submit('o1', imsi, 'refuel')
  await purchases.step('o1')
  await purchases.step('o1')
  t.equal(shop.account().held, 1000)
  purchases.subscribers.put({ imsi, msisdn, designated: false, active: false })
  t.match(await purchases.run('o1'), {
    state: 'CONFIRM_FAILED',
    reason: 'subscriber is not active',
  })
  t.match(shop.account(), { balance: money, held: 0, taken: 0 })
  t.strictSame(purchases.book.businessEvents(0), [], 'nothing was accepted')
  t.strictSame(imbalance(shop, ['o1']), [])
})

/** Answers to the named call are lost `times` times; it has its effect when `arrives`. */
function losing(name: keyof ChargingPlatform, times: number, arrives: boolean) {
  return (ledger: LedgerPlatform): ChargingPlatform => {
    let left = times
    const call = async (
      own: keyof ChargingPlatform,
      work: () => ReturnType<ChargingPlatform['capture']>,
    ) => {
      if (own !== name || left-- <= 0) return await work()
      if (arrives) await work()
      throw new PlatformUnreachable(own)
    }
    return {
      reserve: (key, account, amount) =>
        call('reserve', () => ledger.reserve(key, account, amount)),
      capture: key => call('capture', () => ledger.capture(key)),
      refund: key => call('refund', () => ledger.refund(key)),
    }
  }
}

t.test('no answer: asked again, then undone', async t => {
  const cases = [
    ['reserve', 2, true, 'ACTIVE'],
    ['reserve', 2, false, 'ACTIVE'],
    ['reserve', 99, true, 'RESERVE_FAILED'],
    ['reserve', 99, false, 'RESERVE_FAILED'],
    ['capture', 2, true, 'ACTIVE'],
    ['capture', 2, false, 'ACTIVE'],
    ['capture', 99, true, 'REVERSED'],
    ['capture', 99, false, 'REVERSED'],
  ] as const
  for (const [call, times, arrives, want] of cases) {
    const shop = openShop(file(), { platform: losing(call, times, arrives) })
    const { purchases } = shop
    purchases.submit('o1', imsi, 'refuel')
    for (let i = 0; i < 20; i++) {
      await purchases.recover()
      const { state } = purchases.order('o1')
      if (call === 'capture' && i === 0) t.equal(state, 'CAPTURE_PENDING')
      shop.clock.us += 10 * second
    }
    t.equal(purchases.order('o1').state, want, `${call} ${times} ${arrives}`)
    t.strictSame(imbalance(shop, ['o1']), [])
    if (want === 'REVERSED') {
      const told = purchases.book
        .businessEvents(0)
        .map(({ event }) => `${event.type} ${event.status}`)
      t.strictSame(told, ['renewal accepted', 'reversal reversed'])
    }
  }
})

t.test('a refund without an answer is asked for until there is one', async t => {
  const shop = openShop(file(), { platform: losing('refund', 30, false) })
  const { purchases } = shop
  purchases.submit('o1', imsi, 'refuel')
  await purchases.run('o1')
  t.match(await purchases.reverse('o1'), { state: 'REVERSING' })
  t.equal(purchases.buckets.find(bucketIdOf('o1'))?.state, 'revoked', 'no traffic meanwhile')
  for (let i = 0; i < 40; i++) {
    shop.clock.us += 61 * second
    await purchases.recover()
  }
  t.match(purchases.order('o1'), { state: 'REVERSED', reason: 'taken back' })
  t.strictSame(imbalance(shop, ['o1']), [])
  const told = purchases.book.businessEvents(0).map(({ event }) => event.status)
  t.strictSame(told, ['accepted', 'provisioned', 'reversed'])
  t.strictSame(
    purchases.book.holdings().map(({ event }) => event.op),
    ['grant', 'release'],
  )
})

t.test('time-out in each state', async t => {
  const wants = ['PREAUTH_FAILED', 'RESERVE_FAILED', 'CONFIRM_FAILED', 'REVERSED']
  for (const [steps, want] of wants.entries()) {
    const shop = openShop(file(), { timeoutUs: 60 * second })
    const { purchases } = shop
    purchases.submit('o1', imsi, 'refuel')
    for (let i = 0; i < steps; i++) await purchases.step('o1')
    shop.clock.us += 60 * second
    await purchases.recover()
    t.match(purchases.order('o1'), { state: want, reason: 'timeout' })
    t.strictSame(imbalance(shop, ['o1']), [])
  }
})

t.test('taken back in each state; not when used', async t => {
  for (let steps = 0; steps <= 4; steps++) {
    const shop = openShop(file())
    const { purchases } = shop
    purchases.submit('o1', imsi, 'refuel')
    for (let i = 0; i < steps; i++) await purchases.step('o1')
    const { state } = await purchases.reverse('o1')
    t.equal(state, steps === 0 ? 'PREAUTH_FAILED' : 'REVERSED')
    t.equal((await purchases.reverse('o1')).state, state, 'twice is once')
    t.strictSame(imbalance(shop, ['o1']), [])
  }
  const shop = openShop(file())
  shop.purchases.submit('o1', imsi, 'refuel')
  await shop.purchases.run('o1')
  shop.purchases.buckets.count('run', bucketIdOf('o1'), { period: '', up: 0, down: 1 })
  await t.rejects(shop.purchases.reverse('o1'), /1 octets of it are used/)
})

t.test('late messages at the platform move nothing', async t => {
  const { ledger, account } = openShop(file())
  t.strictSame(await ledger.refund('k'), { ok: true })
  t.match(await ledger.reserve('k', msisdn, 5), { ok: false, reason: 'cancelled' })
  await ledger.reserve('x', msisdn, 5)
  t.match(await ledger.reserve('x', msisdn, 6), { ok: false, reason: 'conflict' })
  await ledger.capture('x')
  await ledger.capture('x')
  await ledger.refund('x')
  await ledger.refund('x')
  t.match(await ledger.capture('x'), { ok: false, reason: 'not-reserved' })
  t.match(await ledger.capture('y'), { ok: false, reason: 'not-reserved' })
  t.match(await ledger.reserve('z', 'nobody', 1), { ok: false, reason: 'no-account' })
  ledger.deposit('opening', msisdn, 99)
  t.strictSame(account(), { balance: money, held: 0, taken: 0 })
})

t.test('a file that is no store', async t => {
  const text = file()
  writeFileSync(text, 'not a database, but long enough to be looked at as one\n'.repeat(100))
  t.throws(() => new Store(text), /not a database/)
  t.throws(() => new Store(join(folder, 'no', 'such', 'folder')), /unable to open/)
})
