/** A shop for tests: store, ledger, purchases, a clock that only the test moves; and what must always hold. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalogue } from '../../src/products/catalogue.js'
import type { ChargingPlatform } from '../../src/products/charging-platform.js'
import { LedgerPlatform } from '../../src/products/ledger-platform.js'
import { finalStates } from '../../src/products/order.js'
import { bucketIdOf } from '../../src/products/order-traffic.js'
import { type PurchaseOptions, Purchases } from '../../src/products/purchase.js'
import { Store } from '../../src/products/store.js'
import { catalogueOf, everyKind } from './catalogue-text.js'
import { imsi, msisdn, timeOf } from './octets.js'

export const second = 1_000_000
export const openingUs = timeOf('2026-11-10T12:00:00+08:00')
/** of the subscriber of the tests, at the start */
export const money = 10_000

export interface Shop {
  readonly store: Store
  readonly ledger: LedgerPlatform
  readonly purchases: Purchases
  readonly catalogue: Catalogue
  readonly clock: { us: number }
  /** the subscriber's account */
  account(): { balance: number; held: number; taken: number }
}

export function folderOf(t: { teardown(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-products-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function openShop(
  file: string,
  options: Partial<PurchaseOptions> & {
    platform?: (ledger: LedgerPlatform) => ChargingPlatform
  } = {},
): Shop {
  const store = new Store(file)
  const ledger = new LedgerPlatform(store)
  const catalogue = catalogueOf(everyKind)
  const clock = { us: openingUs }
  const platform = options.platform?.(ledger) ?? ledger
  const purchases = new Purchases(store, catalogue, platform, { clock: () => clock.us, ...options })
  purchases.subscribers.put({ imsi, msisdn, designated: false, active: true })
  ledger.deposit('opening', msisdn, money)
  const account = () => ledger.account(msisdn) ?? { balance: 0, held: 0, taken: 0 }
  return { store, ledger, purchases, catalogue, clock, account }
}

/** What is wrong with money and traffic, when every order has ended; empty when they are conserved. */
export function imbalance(shop: Shop, orderIds: readonly string[]): string[] {
  const wrong: string[] = []
  const { purchases } = shop
  let taken = 0
  const sold = new Map<string, number>()
  for (const id of orderIds) {
    const order = purchases.book.find(id)
    if (order === undefined) continue
    if (!finalStates.has(order.state)) wrong.push(`${id} is ${order.state}`)
    const bucket = purchases.buckets.find(bucketIdOf(id))
    const isUsable = bucket?.state === 'usable'
    if (isUsable !== (order.state === 'ACTIVE'))
      wrong.push(`${id} ${order.state}: ${bucket?.state}`)
    if (bucket?.state === 'allotted') wrong.push(`${id}: allotted for ever`)
    if (order.state !== 'ACTIVE') continue
    taken += order.price
    sold.set(order.product, (sold.get(order.product) ?? 0) + 1)
  }
  const account = shop.account()
  if (account.taken !== taken) wrong.push(`taken ${account.taken}, for ${taken}`)
  if (account.held !== 0) wrong.push(`held ${account.held}`)
  if (account.balance + account.held + account.taken !== money) wrong.push('money is lost or made')
  for (const product of shop.catalogue.products.keys()) {
    const taken = purchases.stock.taken(product)
    if (taken !== (sold.get(product) ?? 0)) wrong.push(`stock of ${product}: ${taken} taken`)
  }
  return [...wrong, ...eventFaults(shop, orderIds)]
}

/** Events tell of each order what came of it, once. */
function eventFaults({ purchases }: Shop, orderIds: readonly string[]): string[] {
  const wrong: string[] = []
  const events = purchases.book.businessEvents(0).map(({ event }) => event)
  for (const id of orderIds) {
    const own = events.filter(event => event.order_id === id).map(event => event.status)
    const state = purchases.book.find(id)?.state
    const last = own.at(-1)
    if (new Set(own).size !== own.length) wrong.push(`${id}: an event twice: ${own.join(' ')}`)
    if (state === 'ACTIVE' && last !== 'provisioned')
      wrong.push(`${id}: ACTIVE, told ${own.join(' ')}`)
    if (state !== 'ACTIVE' && last !== undefined && last !== 'reversed')
      wrong.push(`${id}: ${state}, told ${own.join(' ')}`)
  }
  return wrong
}
