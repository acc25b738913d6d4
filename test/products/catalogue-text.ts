/** Product files for tests. */

import type { Catalogue } from '../../src/products/catalogue.js'
import { parseProducts } from '../../src/products/parse.js'

/** A catalogue with these products, one line each, in the time zone +08:00. */
export function catalogueOf(products: readonly string[], head = ''): Catalogue {
  return parseProducts('products.yaml', catalogueText(products, head))
}

export function catalogueText(products: readonly string[], head = ''): string {
  const lines = products.map(line => `  - {${line}}\n`).join('')
  return `catalogue: test\nversion: "1"\ntimezone: "+08:00"\ncurrency: CNY\n${head}products:\n${lines}`
}

/** The operator of the tests: each kind of product. */
export const everyKind = [
  'id: base, kind: base, price: 5800, volume: 1000, validity: monthly, priority: 10, leftover: blocked',
  'id: big, kind: base, price: 9800, volume: 5000, validity: monthly, priority: 10, excludes: [base]',
  'id: refuel, kind: topup, price: 1000, volume: 500, validity: this-month, priority: 20, leftover: blocked',
  'id: video, kind: directed, price: 900, volume: 300, validity: {days: 30}, priority: 30, scope: {tables: [video]}, usagePrice: {price: 3, per: 100}, stock: 3',
  'id: night, kind: idle, price: 300, volume: 400, validity: monthly, priority: 25, scope: {hours: "23:00-07:00"}',
  'id: abroad, kind: roaming, price: 3000, volume: 200, validity: {days: 7}, priority: 40, scope: {place: roaming}',
  'id: old, kind: topup, price: 1, volume: 1, validity: this-month, onSale: false',
] as const
