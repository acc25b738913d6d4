/** Products as an operator sells them: what a bucket of each is, for how long, at what price. */

import type { BucketKind, BucketScope, Leftover } from '../rating/bucket.js'
import type { Calendar } from '../rating/calendar.js'

/** How long a bucket lives. `monthly`: until it is released, renewed each month. `this-month`: void next
 * month, whenever it was bought. */
export type Validity =
  | { readonly kind: 'monthly' }
  | { readonly kind: 'this-month' }
  | { readonly kind: 'days'; readonly days: number }

/** What use costs when it is settled by statistics: `price` for each `octets` begun. */
export interface UsagePrice {
  readonly price: number
  readonly octets: number
}

export interface Product {
  readonly id: string
  readonly name: string | undefined
  readonly kind: BucketKind
  /** in the smallest unit of the currency */
  readonly price: number
  readonly usagePrice: UsagePrice | undefined
  readonly volume: number
  readonly scope: BucketScope
  /** higher is consumed first */
  readonly priority: number
  readonly validity: Validity
  readonly leftover: Leftover
  /** products that a holder of this one may not buy, and the other way round */
  readonly excludes: ReadonlySet<string>
  /** how many can be sold; undefined when any number */
  readonly stock: number | undefined
  readonly onSale: boolean
  /** file:line:col */
  readonly at: string
}

export interface Catalogue {
  readonly name: string
  readonly version: string
  readonly calendar: Calendar
  /** ISO 4217 */
  readonly currency: string
  /** of octets that no bucket covers */
  readonly leftover: Leftover
  readonly products: ReadonlyMap<string, Product>
  readonly file: string
  readonly sha256: string
}

/** From when to when a bucket that is granted at `atUs` lives; the end is exclusive. */
export function lifetime(product: Product, atUs: number, calendar: Calendar) {
  const { validity } = product
  const fromUs = atUs
  if (validity.kind === 'monthly') return { fromUs, untilUs: Number.POSITIVE_INFINITY }
  if (validity.kind === 'days') return { fromUs, untilUs: atUs + validity.days * 86_400_000_000 }
  return { fromUs, untilUs: calendar.monthStartUs(calendar.monthOf(atUs) + 1) }
}

/** What a business event says of it (`scope`): general, directed:IDS, night, roaming. */
export function scopeText({ kind, scope }: Product): string {
  if (scope.place === 'roaming') return 'roaming'
  if (scope.charges !== undefined || scope.tables !== undefined) {
    return `directed:${[...(scope.tables ?? []), ...(scope.charges ?? [])].join(',')}`
  }
  return kind === 'idle' || scope.hours !== undefined ? 'night' : 'general'
}

export function excludesEachOther(a: Product, b: Product): boolean {
  return a.excludes.has(b.id) || b.excludes.has(a.id)
}
