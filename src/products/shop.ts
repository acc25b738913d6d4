/** All that sells: products, store, purchases, cards and settlements over one charging platform. */

import { Cards } from './cards.js'
import type { Catalogue } from './catalogue.js'
import type { ChargingPlatform } from './charging-platform.js'
import { LedgerPlatform } from './ledger-platform.js'
import { Purchases } from './purchase.js'
import { Settlements } from './settlement.js'
import type { Store } from './store.js'

export interface Shop {
  readonly catalogue: Catalogue
  readonly store: Store
  /** the platform in process, whether it is the one in use or not */
  readonly ledger: LedgerPlatform
  readonly purchases: Purchases
  readonly cards: Cards
  readonly settlements: Settlements
}

/** `platform`: another than the ledger in the store. `clock`: µs since 1970. */
export function openShop(
  store: Store,
  catalogue: Catalogue,
  clock: () => number,
  platform?: ChargingPlatform,
): Shop {
  const ledger = new LedgerPlatform(store)
  const used = platform ?? ledger
  return {
    catalogue,
    store,
    ledger,
    purchases: new Purchases(store, catalogue, used, { clock }),
    cards: new Cards(store, catalogue, clock),
    settlements: new Settlements(store, catalogue, used),
  }
}
