/** Whether a subscriber may buy a product: he exists and is active, it is on sale, nothing that he holds
 * excludes it, and there is one left. */

import { type Catalogue, excludesEachOther, type Product } from './catalogue.js'
import type { Store } from './store.js'
import type { Subscriber } from './subscribers.js'

/** Why not; undefined when he may. `products`: what he holds or is about to. */
export function refusalOf(
  subscriber: Subscriber,
  product: Product | undefined,
  products: readonly string[],
  catalogue: Catalogue,
): string | undefined {
  if (!subscriber.active) return 'subscriber is not active'
  if (product === undefined) return 'no such product'
  if (!product.onSale) return 'product is not on sale'
  for (const id of products) {
    const other = catalogue.products.get(id)
    if (other !== undefined && excludesEachOther(product, other)) return `excluded by ${other.id}`
  }
  return undefined
}

/** How many are sold or set aside. */
export class Stock {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  taken(product: string): number {
    return Number(this.#store.get('SELECT taken FROM stock WHERE product = ?', product)?.taken ?? 0)
  }

  /** Sets one aside; false when none is left. */
  take({ id, stock }: Product): boolean {
    if (stock !== undefined && this.taken(id) >= stock) return false
    const sql =
      'INSERT INTO stock VALUES (?, 1) ON CONFLICT (product) DO UPDATE SET taken = taken + 1'
    this.#store.run(sql, id)
    return true
  }

  giveBack(product: string): void {
    this.#store.run('UPDATE stock SET taken = taken - 1 WHERE product = ?', product)
  }
}
