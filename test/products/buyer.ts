/** A process that buys, for tests that kill it: `buyer.js STORE PLAN KILL_AT`. It kills itself at the point of that
 * number: before and after each call to the platform and after each change of state. 0: never. Plans: `buy`;
 * `reverse`: and take back; `refuse`: the platform refuses the capture; `many`: without end. */

import { writeSync } from 'node:fs'
import type { ChargingPlatform } from '../../src/products/charging-platform.js'
import { refused } from '../../src/products/charging-platform.js'
import type { LedgerPlatform } from '../../src/products/ledger-platform.js'
import { imsi } from './octets.js'
import { openShop } from './shop.js'

const [file = '', plan = '', killAt = '0'] = process.argv.slice(2)
let points = 0

function point(): void {
  points++
  if (points === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

async function between<T>(call: () => Promise<T>): Promise<T> {
  point()
  const answer = await call()
  point()
  return answer
}

function platform(ledger: LedgerPlatform): ChargingPlatform {
  return {
    reserve: (key, account, amount) => between(() => ledger.reserve(key, account, amount)),
    capture: key =>
      between(async () =>
        plan === 'refuse' ? refused('not-reserved') : await ledger.capture(key),
      ),
    refund: key => between(() => ledger.refund(key)),
  }
}

const { purchases, store } = openShop(file, { platform, onChange: point })
await purchases.recover()
purchases.submit('o1', imsi, 'refuel')
point()
await purchases.run('o1')
if (plan === 'reverse') await purchases.reverse('o1')
if (plan === 'many') {
  for (let i = 0; ; i++) {
    purchases.submit(`m${i}`, imsi, 'night')
    await purchases.run(`m${i}`)
    if (i % 2 === 0) await purchases.reverse(`m${i}`)
    writeSync(1, '.')
  }
}
store.close()
