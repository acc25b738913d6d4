/** products.yaml to products: text -> values with places -> checked shapes -> `Catalogue`. Every problem is
 * reported with its place; reading goes on after each. Read traffic-products.md in docs first. */

import { createHash } from 'node:crypto'
import type { BucketScope, DaySpan } from '../rating/bucket.js'
import { Calendar } from '../rating/calendar.js'
import { nearestWord } from '../record/filter/nearest.js'
import { reportForm } from '../rules/form-issues.js'
import { type Problem, RuleError } from '../rules/rule-error.js'
import { placeText, type RuleSet } from '../rules/rule-set.js'
import { type Path, YamlSource } from '../rules/yaml-source.js'
import type { Catalogue, Product, UsagePrice, Validity } from './catalogue.js'
import { catalogueShape, hoursPattern, productShape, volumePattern } from './schema.js'

const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** Octets of `500 MB`; undefined when they are no whole number that can be counted exactly. */
export function volumeOf(value: number | string): number | undefined {
  if (typeof value === 'number') return value
  const [, digits = '', unit = ''] = volumePattern.exec(value) ?? []
  const octets = Number((Number(digits) * (units[unit] ?? Number.NaN)).toFixed(3))
  return Number.isSafeInteger(octets) ? octets : undefined
}

function spanOf(text: string): DaySpan {
  const part = hoursPattern.exec(text) ?? []
  const minutes = (hour: string | undefined, minute: string | undefined) =>
    Number(hour ?? 0) * 60 + Number(minute ?? 0)
  return { from: minutes(part[1], part[2]), to: minutes(part[3] ?? part[5], part[4]) }
}

export interface ProductReading {
  catalogue: Catalogue | undefined
  problems: readonly Problem[]
}

/** Reads one file. `tables`: with a rule set, its level-2 tables and charging ids must exist. */
export function readProducts(file: string, text: string, rules?: RuleSet): ProductReading {
  const source = new YamlSource(file, text)
  const { value, problems } = source
  if (problems.length > 0) return { catalogue: undefined, problems }
  const form = catalogueShape.safeParse(value)
  if (!form.success) {
    reportForm(source, [], value, form.error.issues, Object.keys(catalogueShape.shape))
    return { catalogue: undefined, problems }
  }
  const head = form.data
  const calendar = calendarOf(source, head.timezone)
  const products = new Map<string, Product>()
  const paths = new Map<string, Path>()
  for (const [i, one] of head.products.entries()) {
    const path = ['products', i]
    const product = readProduct(source, path, one, head.leftover ?? 'billed')
    if (product === undefined) continue
    const earlier = products.get(product.id)
    if (earlier !== undefined) {
      const text = `product "${product.id}" is already at ${earlier.at}`
      source.refuse([...path, 'id'], 'value', 'DUPLICATE-ID', text)
    }
    products.set(product.id, product)
    paths.set(product.id, path)
    if (rules !== undefined) checkScope(source, path, product.scope, rules)
  }
  checkExclusions(source, products, paths)
  if (problems.length > 0 || calendar === undefined) return { catalogue: undefined, problems }
  const catalogue: Catalogue = {
    name: head.catalogue,
    version: head.version,
    calendar,
    currency: head.currency,
    leftover: head.leftover ?? 'billed',
    products,
    file,
    sha256: createHash('sha256').update(text, 'utf8').digest('hex'),
  }
  return { catalogue, problems }
}

/** As `readProducts`; throws a `RuleError` that holds all problems. */
export function parseProducts(file: string, text: string, rules?: RuleSet): Catalogue {
  const { catalogue, problems } = readProducts(file, text, rules)
  const [first, ...rest] = problems
  if (first) throw new RuleError([first, ...rest])
  if (!catalogue) throw new TypeError('a file without problems is a catalogue')
  return catalogue
}

function calendarOf(source: YamlSource, zone: string): Calendar | undefined {
  try {
    return new Calendar(zone)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const text = `unknown timezone "${zone}"`
    source.refuse(['timezone'], 'value', 'BAD-VALUE', text, 'UTC, "+08:00" or Asia/Dhaka')
    return undefined
  }
}

function readProduct(
  source: YamlSource,
  path: Path,
  value: unknown,
  fallback: Product['leftover'],
): Product | undefined {
  const form = productShape.safeParse(value)
  if (!form.success) {
    reportForm(source, path, value, form.error.issues, Object.keys(productShape.shape))
    return undefined
  }
  const { id, name, kind, price, validity, stock, onSale, excludes } = form.data
  const volume = countable(source, [...path, 'volume'], form.data.volume)
  const scope = readScope(source, [...path, 'scope'], form.data.scope)
  return {
    id,
    name,
    kind,
    price,
    usagePrice: readUsagePrice(source, [...path, 'usagePrice', 'per'], form.data.usagePrice),
    volume,
    scope,
    priority: form.data.priority ?? 0,
    validity: validityOf(validity),
    leftover: form.data.leftover ?? fallback,
    excludes: new Set(excludes),
    stock,
    onSale: onSale ?? true,
    at: placeText(source.place(path)),
  }
}

function countable(source: YamlSource, path: Path, value: number | string): number {
  const octets = volumeOf(value)
  if (octets === undefined) {
    source.refuse(path, 'value', 'BAD-VALUE', `"${value}" is no whole number of octets`)
  }
  return octets ?? 0
}

function readUsagePrice(
  source: YamlSource,
  path: Path,
  form: { price: number; per: number | string } | undefined,
): UsagePrice | undefined {
  if (form === undefined) return undefined
  const octets = countable(source, path, form.per)
  if (octets === 0) source.refuse(path, 'value', 'BAD-VALUE', 'a price needs octets')
  return { price: form.price, octets }
}

function validityOf(form: 'monthly' | 'this-month' | { days: number }): Validity {
  return typeof form === 'string' ? { kind: form } : { kind: 'days', days: form.days }
}

type ScopeForm = ReturnType<typeof productShape.parse>['scope']

function readScope(source: YamlSource, path: Path, form: ScopeForm): BucketScope {
  if (form === undefined || form === 'any') return {}
  const { charges, tables, place } = form
  const texts = typeof form.hours === 'string' ? [form.hours] : form.hours
  const hours = texts?.map(text => {
    const span = spanOf(text)
    if (span.from === span.to) {
      source.refuse([...path, 'hours'], 'value', 'BAD-VALUE', `hours "${text}" are empty`)
    }
    return span
  })
  return {
    ...(charges && { charges: new Set(charges) }),
    ...(tables && { tables: new Set(tables) }),
    ...(hours && { hours }),
    ...(place && { place }),
  }
}

function checkScope(source: YamlSource, path: Path, scope: BucketScope, rules: RuleSet): void {
  const names = new Set(rules.tables.map(table => table.name))
  for (const [i, name] of [...(scope.tables ?? [])].entries()) {
    if (names.has(name)) continue
    const text = `level-2 table "${name}" is not in ${rules.source.file}`
    const at = [...path, 'scope', 'tables', i]
    source.refuse(at, 'value', 'UNDEFINED-REF', text, nearestWord(name, names))
  }
  const ids = new Set(rules.charges.map(charge => charge.id))
  for (const [i, id] of [...(scope.charges ?? [])].entries()) {
    if (ids.has(id)) continue
    const text = `charging id ${id} is not in ${rules.source.file}`
    source.refuse([...path, 'scope', 'charges', i], 'value', 'UNDEFINED-REF', text)
  }
}

function checkExclusions(
  source: YamlSource,
  products: ReadonlyMap<string, Product>,
  paths: ReadonlyMap<string, Path>,
): void {
  for (const { id, excludes } of products.values()) {
    for (const [i, other] of [...excludes].entries()) {
      if (products.has(other)) continue
      const path = [...(paths.get(id) ?? []), 'excludes', i]
      const text = `product "${other}" is not defined`
      source.refuse(path, 'value', 'UNDEFINED-REF', text, nearestWord(other, products.keys()))
    }
  }
}
