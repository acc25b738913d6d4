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

interface Ended {
  code: number | null
  signal: string | null
}

function buy(file: string, plan: string, killAt: number, afterMs = 0): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [buyer, file, plan, String(killAt)], { stdio: 'inherit' })
    const timer = afterMs > 0 ? setTimeout(() => child.kill('SIGKILL'), afterMs) : undefined
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal })
    })
  })
}

for (const plan of ['buy', 'reverse', 'refuse']) {
  t.test(`${plan}: killed at every point, then started again`, { timeout: 120_000 }, async t => {
    let killAt = 1
    for (; ; killAt++) {
      const file = join(folder, `${plan}-${killAt}.db`)
      const first = await buy(file, plan, killAt)
      if (first.signal === null) {
        t.equal(first.code, 0, 'there are no more points')
        break
      }
      t.equal(first.signal, 'SIGKILL')
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
    t.ok(killAt >= 10, `${killAt - 1} points`)
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
  for (const afterMs of [900, 1100]) await buy(file, 'many', 0, afterMs)
  const shop = openShop(file)
  await shop.purchases.recover()
  const ids = shop.purchases.book.list(100_000).map(order => order.id)
  t.ok(ids.length > 4, `${ids.length} orders`)
  t.strictSame(imbalance(shop, ids), [])
  shop.store.close()
})
