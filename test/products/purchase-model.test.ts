/** Purchases over a network that loses, repeats and delays, with restarts at any time: when all has come to an end,
 * what was taken is what was sold. */

import fc from 'fast-check'
import t from 'tap'
import { FaultyPlatform } from '../../src/products/faulty-platform.js'
import { finalStates, type OrderMessage, orderMessages } from '../../src/products/order.js'
import { OrderConflict, Purchases } from '../../src/products/purchase.js'
import { imsi } from './octets.js'
import { imbalance, openShop, second } from './shop.js'

const ids = ['a', 'b', 'c', 'd', 'e']
const products = ['refuel', 'video', 'night', 'base', 'big']
const order = fc.nat({ max: ids.length - 1 })
const action = fc.oneof(
  fc.record({ kind: fc.constant('submit' as const), order }),
  fc.record({
    kind: fc.constant('receive' as const),
    order,
    message: fc.constantFrom(...(Object.keys(orderMessages) as OrderMessage[])),
  }),
  fc.record({ kind: fc.constant('run' as const), order }),
  fc.record({ kind: fc.constant('reverse' as const), order }),
  fc.record({ kind: fc.constant('restart' as const) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 200 }) }),
)
const chance = fc.double({ min: 0, max: 0.24, noNaN: true })
const chances = fc.record({
  lost: chance,
  unanswered: chance,
  duplicated: chance,
  late: chance,
  refused: chance,
})

async function conserves(
  actions: readonly (typeof action extends fc.Arbitrary<infer A> ? A : never)[],
  faults: typeof chances extends fc.Arbitrary<infer F> ? F : never,
  seed: number,
): Promise<string[]> {
  const shop = openShop(':memory:')
  const faulty = new FaultyPlatform(shop.ledger, faults, seed)
  const options = { clock: () => shop.clock.us, timeoutUs: 300 * second }
  const start = () => new Purchases(shop.store, shop.catalogue, faulty, options)
  let purchases = start()
  const known = (i: number) => purchases.book.find(ids[i] ?? '')
  for (const one of actions) {
    if (one.kind === 'submit')
      purchases.submit(ids[one.order] ?? '', imsi, products[one.order] ?? '')
    else if (one.kind === 'wait') shop.clock.us += one.seconds * second
    else if (one.kind === 'restart') {
      purchases = start()
      await purchases.recover()
    } else {
      const found = known(one.order)
      if (found === undefined) continue
      if (one.kind === 'receive') await purchases.receive(found.id, one.message)
      else if (one.kind === 'run') await purchases.run(found.id)
      else await purchases.reverse(found.id)
    }
  }
  // the network gets well again
  const healed = new Purchases(shop.store, shop.catalogue, shop.ledger, options)
  await faulty.deliver()
  for (let i = 0; i < 20; i++) {
    shop.clock.us += 60 * second
    await healed.recover()
  }
  await faulty.deliver()
  const wrong = imbalance(shop, ids)
  const open = healed.book.list(100).filter(one => !finalStates.has(one.state))
  shop.store.close()
  return [...wrong, ...open.map(one => `${one.id} stays ${one.state}`)]
}

t.test('money and traffic are conserved', { timeout: 120_000 }, async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 40 }),
      chances,
      fc.integer(),
      async (actions, faults, seed) => {
        const wrong = await conserves(actions, faults, seed)
        if (wrong.length > 0) throw new Error(wrong.join('; '))
      },
    ),
    { numRuns: 300, seed: 20261122 },
  )
  t.pass('300 runs')
})

t.test('the check can fail', async t => {
  const shop = openShop(':memory:')
  shop.purchases.submit('a', imsi, 'refuel')
  await shop.purchases.step('a')
  await shop.purchases.step('a')
  t.match(imbalance(shop, ['a']), [/a is RESERVED/, /held 1000/, /stock of refuel/])
  t.ok(new OrderConflict('x') instanceof Error)
})

t.test('every fault happens', async t => {
  const shop = openShop(':memory:')
  for (const kind of ['lost', 'unanswered', 'duplicated', 'late', 'refused'] as const) {
    const faulty = new FaultyPlatform(shop.ledger, { [kind]: 1 }, 1)
    const before = shop.account()
    const call = faulty.reserve(kind, '8613012345678', 1)
    if (kind === 'refused') t.match(await call, { ok: false })
    else if (kind === 'duplicated') t.match(await call, { ok: true })
    else await t.rejects(call, kind)
    const isThere = kind === 'unanswered' || kind === 'duplicated'
    t.equal(shop.account().held - before.held, isThere ? 1 : 0, kind)
    await faulty.deliver()
    t.equal(shop.account().held - before.held, isThere || kind === 'late' ? 1 : 0, `${kind}, later`)
  }
})
