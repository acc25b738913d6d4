/** A process that buys is killed with SIGKILL between every two steps, and started again: what it had begun comes
 * about as a whole, or not at all. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { imsi } from './octets.js'
import { folderOf, imbalance, openShop } from './shop.js'

const buyer = fileURLToPath(new URL('./buyer.js', import.meta.url))
const folder = folderOf(t)
t.setTimeout(120_000)

interface Ended {
  code: number | null
  signal: string | null
}

/** `orders`: killed from outside when it has told of so many, wherever it is then. */
function buy(file: string, plan: string, killAt: number, orders = 0): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const args = [buyer, file, plan, String(killAt)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let told = 0
    child.stdout.on('data', (octets: Buffer) => {
      told += octets.length
      if (orders > 0 && told >= orders) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

/** By plan: the first point that is not one of `buy` too. */
const firstPoint = { buy: 1, reverse: 8, refuse: 7 }

for (const [plan, first] of Object.entries(firstPoint)) {
  t.test(`${plan}: killed at every point, then started again`, { timeout: 120_000 }, async t => {
    let killAt = first
    for (; ; killAt++) {
      const file = join(folder, `${plan}-${killAt}.db`)
      const ended = await buy(file, plan, killAt)
      if (ended.signal === null) {
        t.equal(ended.code, 0, 'there are no more points')
        break
      }
      t.equal(ended.signal, 'SIGKILL')
      // what it has begun is ended by whoever starts next, without the buyer asking again
      const between = openShop(file)
      await between.purchases.recover()
      const ids = between.purchases.book.find('o1') === undefined ? [] : ['o1']
      t.strictSame(imbalance(between, ids), [], `${plan} ${killAt}: recovered`)
      if (plan === 'buy') {
        between.purchases.submit('o1', imsi, 'refuel')
        t.match(await between.purchases.run('o1'), { state: 'ACTIVE' }, 'asked for again')
        t.strictSame(imbalance(between, ['o1']), [])
      }
      between.store.close()
    }
    t.ok(killAt - first >= 4, `${killAt - 1} points`)
  })
}

t.test(
  'killed after each change of state, again and again, until all is done',
  { timeout: 60_000 },
  async t => {
    const file = join(folder, 'again.db')
    let times = 0
    // before a call, after it, and when its answer is in the store: the next start is one step further
    while (times < 10 && (await buy(file, 'buy', 3)).signal !== null) times++
    t.ok(times >= 2 && times < 10, `${times} times`)
    const shop = openShop(file)
    t.equal(shop.purchases.order('o1').state, 'ACTIVE')
    t.strictSame(imbalance(shop, ['o1']), [])
    shop.store.close()
  },
)

t.test('killed at any moment among many purchases', { timeout: 60_000 }, async t => {
  const file = join(folder, 'many.db')
  for (const orders of [3, 6]) t.equal((await buy(file, 'many', 0, orders)).signal, 'SIGKILL')
  const shop = openShop(file)
  await shop.purchases.recover()
  const ids = shop.purchases.book.list(100_000).map(order => order.id)
  t.ok(ids.length >= 6, `${ids.length} orders`)
  t.strictSame(imbalance(shop, ids), [])
  shop.store.close()
})
